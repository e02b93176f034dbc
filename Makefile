PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
RUN := $(BIN)/python -m helpers
# NAME=VALUE on the command line is a parameter of the chapters, as in `make report LEADER=gold LAGS=4`.
ASKED = $(filter-out PYTHON=% ARGS=%,$(MAKEOVERRIDES))
FROM_ENVIRONMENT = $(foreach v,AS_OF START LEADER FOLLOWER,$(if $(filter environment,$(origin $v)),$(v)=$($(v))))

.PHONY: report notebooks test check bench simulate lab refresh restore snapshot update history stamp verify clean distclean

report: .venv/ready
	@$(RUN) report $(FROM_ENVIRONMENT) $(ASKED)

notebooks test check bench simulate lab restore snapshot update history stamp verify: .venv/ready
	@$(RUN) $@ $(ARGS)

# Status 3: some required series is old. `make refresh report` then goes on and the report says so.
refresh: .venv/ready
	@$(RUN) $@ $(ARGS) || [ $$? -eq 3 ]

# These two need nothing installed.
clean distclean:
	@$(PYTHON) -m helpers $@

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -c "import pathlib; pathlib.Path('.venv/ready').touch()"

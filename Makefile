PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python

.PHONY: report notebooks test check bench simulate lab refresh snapshot clean

report: .venv/ready
	$(RUN) -m helpers.report.build $(foreach v,AS_OF START LEADER FOLLOWER,$(if $($(v)),--set $(v)=$($(v))))

notebooks: .venv/ready
	SILVER_SOURCE=snapshot $(RUN) -m helpers.report.publish

test: .venv/ready
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/ready
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: .venv/ready
	$(RUN) -m benchmarks

simulate: .venv/ready
	$(RUN) -m helpers.claims.simulations

lab: .venv/ready
	$(BIN)/jupyter lab notebooks

refresh: .venv/ready
	$(RUN) -m helpers.data.refresh $(ARGS)

snapshot: .venv/ready
	$(RUN) -m helpers.data.freeze

clean:
	rm -rf build pages/_build .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

"""An update brings everything up to date, or leaves every byte as it was and says why."""

import contextlib
import functools
import shutil
import threading

import pandas as pd
import pytest

import helpers.update as updating
from helpers import __main__ as cli
from helpers.claims import Trial, decide
from helpers.claims.history import COLUMNS
from helpers.claims.stamps import read_stamps
from helpers.data import load
from helpers.data.catalog import CATALOG
from helpers.data.errors import DataError
from helpers.data.refresh import refresh
from helpers.machine import project_lock
from helpers.report.run import ChapterError
from helpers.update import UpdateError, all_or_nothing, put_back, update
from tests.data.fridays import friday_night, snapshot_until

FIRST, SECOND, THIRD, LATE = "2026-07-10", "2026-07-17", "2026-07-24", "2026-09-25"

REQUIRED = [name for name, spec in CATALOG.items() if spec.required]


class Project:
    """A project in a folder of its own, with sources on loopback and steps that take no time."""

    def __init__(self, folder, settings, standin):
        self.folder, self.settings, self.standin, self.fails = folder, settings, standin, None
        self.asked = []

    def publish(self):
        (self.folder / "notebooks" / "00_summary.ipynb").write_text("half a chapter")
        (self.folder / "notebooks" / "01_new.ipynb").write_text("new")
        (self.folder / "README.md").unlink()
        if self.fails:
            raise self.fails
        (self.folder / "README.md").write_text("new findings")

    def submit(self, path):
        self.asked.append(path.name)
        return False

    def update(self, day):
        self.standin.until = day
        return update(settings=self.settings, now=friday_night(day))

    def content(self):
        paths = [path for path in self.folder.rglob("*") if path.is_file() and path.name != "lock"]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("frozen") / "snapshot"
    snapshot_until(folder, FIRST)
    return folder


@pytest.fixture
def project(standin, access, frozen, tmp_path, monkeypatch):
    folder = tmp_path / "project"
    for name in ("claims", "notebooks", "pages"):
        (folder / name).mkdir(parents=True)
    (folder / "claims" / "claims.toml").write_text("rules")
    (folder / "notebooks" / "00_summary.ipynb").write_text("summary")
    (folder / "README.md").write_text("findings")
    shutil.copytree(frozen, folder / "data" / "snapshot")
    settings = access(standin, snapshot=folder / "data" / "snapshot", cache=folder / "data" / "cache")
    made = Project(folder, settings, standin)
    for name in ("snapshot", "cache", "manual"):
        monkeypatch.setenv(f"SILVER_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("SILVER_FORECASTS", str(folder / "forecasts"))
    monkeypatch.setattr(updating, "ROOT", folder)
    written = [folder / name for name in ("claims", "notebooks", "changes", "CHANGES.md", "README.md")]
    monkeypatch.setattr(updating, "WRITTEN", tuple(written))
    monkeypatch.setattr(updating, "refresh", functools.partial(refresh, only=REQUIRED))
    monkeypatch.setattr(updating, "publish", made.publish)
    monkeypatch.setattr(updating, "build_report", lambda: None)
    monkeypatch.setattr(updating, "write_history", lambda dataset: 0)
    monkeypatch.setattr(updating, "read_history", lambda: pd.DataFrame(columns=list(COLUMNS)))
    monkeypatch.setattr(updating, "verdicts", lambda dataset: decide(Trial(dataset), {}))
    monkeypatch.setattr(updating, "submit_to_calendars", made.submit)
    log = updating.log_change

    def log_change(text, day):
        log(text, day, log=folder / "changes", latest=folder / "CHANGES.md")

    monkeypatch.setattr(updating, "log_change", log_change)
    return made


def test_updates_bring_a_week_nothing_and_a_forecast_that_fell_due(project):
    told = project.update(SECOND)
    assert f"{load(source='snapshot').weekly.index[-1]:%Y-%m-%d}" == SECOND
    assert told.startswith("# What moved: data to 17 July 2026\n\nOne new week, that of 17 July 2026.\n")
    assert (project.folder / "CHANGES.md").read_text() == told
    assert (project.folder / "changes" / "2026-07-18.md").read_text() == told
    assert (project.folder / "README.md").read_text() == "new findings"
    (stamp,) = read_stamps(project.folder)
    assert set(stamp.files) == {"claims/claims.toml", "data/snapshot/manifest.json"}
    assert project.asked == [stamp.path.name]
    assert not list(project.folder.glob(".before-update*"))
    before = project.content()
    assert project.update(SECOND) == "Nothing new: the data reach 2026-07-17 as before.\n"
    assert project.content() == before
    told = project.update(THIRD)
    assert "The forecast of 23 January 2026 fell due on 24 July 2026: 1 of its 4 statements came true." in told
    assert "A forecast was made on 24 July 2026; it is due on 22 January 2027." in told
    assert len(read_stamps(project.folder)) == 2


FAULTS = {
    "a past that changed": ({"yahoo": "revise"}, SECOND, "btc: stopped: the past of yahoo BTC-USD changed"),
    "a past that was lost": ({"yahoo": "shrink"}, SECOND, "silver: stopped: the past of yahoo SI=F changed"),
    "no source answers": (dict.fromkeys(("fred", "yahoo", "lbma", "coinmetrics"), "403"), SECOND, "silver: "),
    "sources that stand still": ({}, LATE, "silver: stale"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_source_or_another_past_stops_it_and_nothing_changes(project, name):
    faults, day, said = FAULTS[name]
    before = project.content()
    project.standin.faults = faults
    project.standin.until = min(day, SECOND)
    with pytest.raises((UpdateError, DataError)) as stopped:
        update(settings=project.settings, now=friday_night(day))
    assert said in str(stopped.value)
    assert project.content() == before


@pytest.mark.parametrize("error", [ChapterError("01, cell 3: it failed"), KeyboardInterrupt()])
def test_a_step_that_fails_or_is_stopped_leaves_every_byte_as_it_was(project, error):
    before, project.fails = project.content(), error
    with pytest.raises(type(error)):
        project.update(SECOND)
    assert project.content() == before


def test_what_a_killed_update_left_is_put_back_by_the_next_command_whatever_it_is(project, monkeypatch, capsys):
    class KilledError(BaseException):
        pass

    before = project.content()
    paths = [*updating.WRITTEN, project.settings.snapshot]
    with contextlib.suppress(KilledError), pytest.MonkeyPatch.context() as patch:
        patch.setattr(updating, "put_back", lambda root: None)  # a killed process puts nothing back
        with all_or_nothing(project.folder, paths):
            project.publish()
            (project.settings.snapshot / "silver.csv").unlink()
            raise KilledError
    assert (project.folder / ".before-update").is_dir()
    met = []
    monkeypatch.setattr(cli, "ROOT", project.folder)
    monkeypatch.setattr(cli, "_stop_once", lambda: None)
    monkeypatch.setitem(cli.COMMANDS, "report", lambda words: met.append(project.content()) or 0)
    assert cli.main(["report"]) == 0
    assert "an update that was killed has been undone" in capsys.readouterr().err
    met[0].pop(".lock", None)
    assert met == [before]


def test_copies_that_were_not_yet_whole_go(project):
    before = project.content()
    (project.folder / ".before-update.part").mkdir()
    (project.folder / ".before-update.part" / "0").write_text("half")
    put_back(project.folder)
    assert project.content() == before


def test_a_second_update_waits_for_the_first(project, monkeypatch):
    monkeypatch.setattr(cli, "ROOT", project.folder)
    monkeypatch.setattr(cli, "_stop_once", lambda: None)
    monkeypatch.setitem(cli.COMMANDS, "update", lambda words: 0)
    second = threading.Thread(target=cli.main, args=(["update"],))
    with project_lock(project.folder):
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join(30.0)
    assert not second.is_alive()

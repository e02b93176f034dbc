"""Building the report: the last one stands until the new one is whole, and one command works at a time."""

import threading

import pytest

from helpers.data import DataError
from helpers.machine import BusyError, project_lock
from helpers.report import build
from helpers.report.run import ChapterError


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A last report, and chapters and pages that are made in no time."""
    html, work = tmp_path / "html", tmp_path / "report"
    for folder in (html, work):
        folder.mkdir()
        (folder / "index.html").write_text("the last report")

    def run_chapters(paths, *, into, **options):
        into.mkdir(parents=True)
        return ["digest"]

    def build_pages(notebooks, *, sources, html):
        html.mkdir()
        (html / "index.html").write_text("the new report")

    monkeypatch.setattr(build, "run_chapters", run_chapters)
    monkeypatch.setattr(build, "build_pages", build_pages)
    return work, html


def test_a_new_report_takes_the_place_of_the_last_one(place):
    work, html = place
    build.build_report(work, html=html)
    assert (html / "index.html").read_text() == "the new report"
    assert not (work / "index.html").exists()
    assert sorted(path.name for path in html.parent.iterdir()) == ["html", "report"]


def test_pages_of_the_same_chapters_are_not_built_again(place, monkeypatch):
    work, html = place
    build.build_report(work, html=html)
    (html / "index.html").write_text("still there")
    build.build_report(work, html=html)
    assert (html / "index.html").read_text() == "still there"
    monkeypatch.setattr(build, "run_chapters", lambda paths, *, into, **options: into.mkdir(parents=True) or ["other"])
    build.build_report(work, html=html)
    assert (html / "index.html").read_text() == "the new report"


@pytest.mark.parametrize("fails", ["run_chapters", "build_pages"])
@pytest.mark.parametrize("error", [ChapterError, KeyboardInterrupt])
def test_the_last_report_stands_when_a_new_one_fails(place, monkeypatch, fails, error):
    work, html = place

    def fail(*paths, **options):
        raise error

    monkeypatch.setattr(build, fails, fail)
    with pytest.raises(error):
        build.build_report(work, html=html)
    assert (html / "index.html").read_text() == (work / "index.html").read_text() == "the last report"


def test_data_that_change_during_a_run_stop_it(place, monkeypatch):
    work, html = place
    seen = iter(["a", "a", "b"])
    monkeypatch.setattr(build, "load", lambda: type("Data", (), {"source": "live", "digest": next(seen)}))
    monkeypatch.setattr(build, "pinned", lambda: next(seen) and {})
    with pytest.raises(DataError, match="a refresh or an amendment in between"):
        build.build_report(work, html=html)
    assert (html / "index.html").read_text() == "the last report"


def test_rules_that_are_amended_during_a_run_stop_it(place, monkeypatch):
    work, html = place
    digests = iter(["as registered", "amended"])
    monkeypatch.setattr(build, "rules_digest", lambda: next(digests))
    with pytest.raises(DataError, match="the same data and rules"):
        build.build_report(work, html=html)
    assert (html / "index.html").read_text() == "the last report"


def test_an_exchange_that_was_cut_off_is_repaired(place):
    _, html = place
    html.rename(html.with_name("html.old"))
    build.repair(html)
    assert (html / "index.html").read_text() == "the last report"


def test_the_run_is_bound_to_one_source_and_day(monkeypatch):
    monkeypatch.setenv("SILVER_SOURCE", "snapshot")
    monkeypatch.setenv("SILVER_AS_OF", "2026-03-06")
    assert build.pinned() == {"SILVER_SOURCE": "snapshot", "SILVER_AS_OF": "2026-03-06"}


def test_one_command_at_a_time(tmp_path, capsys):
    inside, leave = threading.Event(), threading.Event()

    def hold():
        with project_lock(tmp_path):
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    inside.wait(10)
    with (
        pytest.raises(BusyError, match=r"still at work in this project after 0\.1 s"),
        project_lock(tmp_path, patience=0.1),
    ):
        pass
    assert capsys.readouterr().err == "waiting: another command is at work in this project\n"
    leave.set()
    with project_lock(tmp_path, patience=10):
        other.join()

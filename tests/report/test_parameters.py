"""What a reader asks for is read as typed, and refused before anything runs when no chapter could answer it."""

import datetime as dt

import nbformat
import pytest

from helpers.data import DataError
from helpers.report.colours import colour_of
from helpers.report.parameters import defaults, inject, read_parameters
from helpers.report.run import chapters

TODAY = dt.date(2026, 9, 1)


def notebook(source):
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["tags"] = ["parameters"]
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.fixture
def paths(tmp_path):
    sources = {
        "03_a": 'AS_OF = None\nLEADER = "silver"\nFOLLOWER = "btc"\nLAGS = 8\nLEVEL = 0.5\nDEEP = False',
        "04_b": 'LEADER = "silver"\nSTART = None\nNOTE = "x"\nREFERENCE = "gold"',
    }
    for name, source in sources.items():
        nbformat.write(notebook(source), tmp_path / f"{name}.ipynb")
    return sorted(tmp_path.glob("*.ipynb"))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("LAGS=4", 4),
        ("LEVEL=2", 2.0),
        ("LEVEL=0.25", 0.25),
        ("DEEP=True", True),
        ("NOTE=4", "4"),
        ("LEADER=gold", "gold"),
        ("AS_OF=2026-03-06", "2026-03-06"),
        ("START=20160104", "2016-01-04"),
        ("AS_OF=", None),
    ],
)
def test_values_have_the_kind_that_the_chapter_has(paths, word, value):
    (found,) = read_parameters([word], paths, today=TODAY).values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["TIN=3"], "a name of AS_OF, DEEP, FOLLOWER, LAGS, LEADER, LEVEL, NOTE, REFERENCE, START, found 'TIN=3'"),
        (["LAGS"], "found 'LAGS'"),
        (["LAGS=4.5"], "LAGS: expected a whole number, found '4.5'"),
        (["LAGS=True"], "LAGS: expected a whole number"),
        (["LAGS=__import__('os')"], "LAGS: expected a whole number"),
        (["LEVEL=much"], "LEVEL: expected a number"),
        (["DEEP=1"], "DEEP: expected True or False"),
        (["LEADER=doge"], "LEADER: expected a series of silver, gold, .*found 'doge'"),
        (["LEADER=btc"], "FOLLOWER: expected another series than LEADER, found 'btc'"),
        (["LEADER=gold", "FOLLOWER=gold"], "another series than LEADER, found 'gold'"),
        (["AS_OF=2026-09-02"], "AS_OF: expected a day up to 2026-09-01, found 2026-09-02"),
        (["START=2027-01-01"], "START: expected a day up to 2026-09-01"),
        (["AS_OF=2026-01-22"], "2026-01-23, the day of the record"),
        (["AS_OF=soon"], "AS_OF: expected a date"),
    ],
)
def test_what_no_chapter_could_answer_is_refused(paths, words, told):
    with pytest.raises(DataError, match=told):
        read_parameters(words, paths, today=TODAY)


@pytest.mark.parametrize(("day", "told"), [("2030-01-01", "up to 2026-09-01"), ("2025-06-27", "the day of the record")])
def test_the_day_of_the_environment_is_held_to_the_same(paths, monkeypatch, day, told):
    monkeypatch.setenv("SILVER_AS_OF", day)
    with pytest.raises(DataError, match=told):
        read_parameters([], paths, today=TODAY)
    assert read_parameters(["AS_OF=2026-03-06"], paths, today=TODAY) == {"AS_OF": "2026-03-06"}


def test_a_saved_series_may_lead_and_is_named_as_its_file_says(paths, tmp_path, monkeypatch):
    monkeypatch.setenv("SILVER_MANUAL", str(tmp_path))
    (tmp_path / "tin.csv").write_text("# label: Malay tin\n# colour: #777777\ndate,price\n2026-08-14,9\n2026-08-21,8\n")
    (tmp_path / "rice.csv").write_text("date,price\n2026-06-30,9\n2026-07-31,8\n")
    assert read_parameters(["LEADER=tin"], paths, today=TODAY) == {"LEADER": "tin"}
    with pytest.raises(DataError, match=r"LEADER: expected a weekly series.*'rice', which is monthly"):
        read_parameters(["LEADER=rice"], paths, today=TODAY)
    told = nbformat.v4.new_notebook(
        cells=[*notebook('LEADER = "silver"').cells, nbformat.v4.new_markdown_cell("Silver")]
    )
    inject(told, {"LEADER": "tin"})
    assert told.cells[1].source == "Malay tin"
    assert colour_of("tin") == "#777777"


def test_only_the_values_that_a_chapter_has_are_put_in():
    chapter = notebook('LEADER = "silver"\nLAGS = 8')
    inject(chapter, {"LEADER": "gold", "WINDOW": 150})
    assert chapter.cells[0].source == "LEADER = 'gold'\nLAGS = 8"
    untouched = notebook("LAGS = 8  # weeks")
    inject(untouched, {"WINDOW": 150})
    assert untouched.cells[0].source == "LAGS = 8  # weeks"


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_leader_and_follower_mean_the_same_in_every_chapter(path):
    """A chapter that compares with something else has another name for it, which a pair leaves alone."""
    found = defaults(nbformat.read(path, as_version=4))
    assert (found["LEADER"], found["FOLLOWER"]) == ("silver", "btc")

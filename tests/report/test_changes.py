"""What moved, in words; the log as a page and as a valid Atom feed; what is due next."""

import datetime as dt
import xml.etree.ElementTree as ET
from dataclasses import replace

import pandas as pd
import pytest

from helpers.claims import Trial, Verdict, decide
from helpers.claims.history import COLUMNS
from helpers.data import load
from helpers.data.dataset import cut
from helpers.report.changes import (
    FEED_LENGTH,
    Change,
    atom,
    log_change,
    read_changes,
    what_moved,
    write_change_pages,
)

ATOM = "http://www.w3.org/2005/Atom"
NAME = {"a": ATOM}


@pytest.fixture(scope="module")
def dataset():
    return load(source="snapshot", as_of="2026-08-21")


def at(dataset, day):
    return decide(Trial(cut(dataset.holdings, pd.Timestamp(day).date())), {})


def row(day, verdict, data, known):
    numbers = dict.fromkeys(("estimate", "low", "high", "always_low", "always_high", "p"), 1.0)
    return {"as_of": day, "claim": "C4", "verdict": verdict, **numbers, "known": known, "data": data, "rules": "r",
            "code": "c"}  # fmt: skip


def told(dataset, since, until, history=()):
    table = pd.DataFrame(list(history), columns=list(COLUMNS))
    before, after = at(dataset, since), at(dataset, until)
    judged = [replace(one, verdict=Verdict.LEANING) if one.claim.id == "C4" else one for one in before.judged]
    data = "# Snapshot\n\n- silver: 5 rows added\n- gold: unchanged\n"
    return what_moved(replace(before, every=tuple(judged)), after, history=table, data=data)


def test_verdicts_are_told_with_the_cause_that_the_history_knows(dataset):
    known = str(dataset.holdings.as_known)
    rows = [row("2026-08-14", "Leaning", "d1", "2026-08-15"), row("2026-08-14", "Not tested yet", "d2", known)]
    text = told(dataset, "2026-08-14", "2026-08-21", rows)
    assert "- C4, A shift to safety lifts metals: Leaning before, Not tested yet now (restated data)." in text
    assert text.count("before, ") == 1
    assert "- silver: 5 rows added" in text
    assert "gold: unchanged" not in text


def test_a_record_and_a_rise_are_told(dataset):
    text = told(dataset, "2026-01-16", "2026-01-23")
    silver = dataset.price("silver").loc["2026-01-23"]
    assert f"- Silver closed a week at ${silver:.2f} on 23 January 2026, higher than ever." in text
    rise = 100 * (silver / dataset.price("silver").loc["2026-01-16"] - 1)
    assert f"- Silver: ${silver:.2f}, +{rise:.1f}% since 16 January 2026." in text
    assert "A forecast was made on 23 January 2026; it is due on 24 July 2026." in text


def test_a_quiet_week_says_so(dataset):
    text = told(dataset, "2026-08-21", "2026-08-21")
    assert "No new week since 21 August 2026; figures of earlier ones came late or were revised." in text
    assert "None fell due and none was made." in text
    assert "No record of a weekly close." in text
    assert "\n\n\n" not in text


def test_the_log_is_read_newest_first_and_a_day_has_one_entry(tmp_path):
    for text, day in (("# One\n", 5), ("# Two\n", 12), ("# Two again\n", 12)):
        log_change(text, dt.date(2026, 9, day), log=tmp_path / "log", latest=tmp_path / "CHANGES.md")
    assert [change.title for change in read_changes(tmp_path / "log")] == ["Two again", "One"]
    assert (tmp_path / "CHANGES.md").read_text() == "# Two again\n"


def test_the_feed_is_atom():
    """RFC 4287, section 4.1: what a feed and an entry must have, once each; ids are absolute and never repeat."""
    days = [dt.date(2026, 9, 4) + dt.timedelta(weeks=week) for week in range(40)][::-1]
    changes = [Change(day, f"# Data to {day} & more\n\n<b>bold</b>\n") for day in days]
    feed = ET.fromstring(atom(changes, days[0]))  # noqa: S314 - our own bytes
    assert feed.tag == f"{{{ATOM}}}feed"
    for name in ("id", "title", "updated", "author/a:name"):
        assert len(feed.findall(f"a:{name}", NAME)) == 1
    entries = feed.findall("a:entry", NAME)
    assert len(entries) == FEED_LENGTH
    for entry, change in zip(entries, changes, strict=False):
        for name in ("id", "title", "updated", "content"):
            assert len(entry.findall(f"a:{name}", NAME)) == 1
        assert entry.find("a:content", NAME).text == change.text
        assert dt.datetime.fromisoformat(entry.find("a:updated", NAME).text).date() == change.day
        assert [link.get("rel") for link in entry.findall("a:link", NAME)] == ["alternate"]
    ids = [element.text for element in feed.iter(f"{{{ATOM}}}id")]
    assert len(set(ids)) == len(ids) == FEED_LENGTH + 1
    assert all(name.startswith("urn:uuid:") for name in ids)
    assert feed.find("a:updated", NAME).text == entries[0].find("a:updated", NAME).text


def test_an_entry_keeps_its_id_whatever_comes_later():
    first = Change(dt.date(2026, 9, 4), "# One\n")
    later = [Change(dt.date(2026, 9, 11), "# Two\n"), replace(first, text="# One, mended\n")]
    assert first.id.encode() in atom(later, first.day)


def test_pages_are_written_with_an_empty_log_too(dataset, tmp_path):
    write_change_pages(tmp_path, dataset, log=tmp_path / "none")
    assert "Nothing has moved yet" in (tmp_path / "changes.md").read_text()
    assert ET.fromstring((tmp_path / "_extra" / "feed.xml").read_bytes()).findall("a:entry", NAME) == []  # noqa: S314

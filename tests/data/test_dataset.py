"""The panel: the same numbers whatever comes later, changes in the right units, values known when they are used."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import WEEKLY, DataError, load
from helpers.data.dataset import cut, published_on
from helpers.data.snapshot import read_snapshot
from helpers.data.tables import check_tables

TABLES = check_tables(read_snapshot())
DAYS = st.dates(dt.date(2000, 9, 8), dt.date(2026, 8, 21))


@settings(max_examples=25, deadline=None)
@given(day=DAYS, seed=st.integers(0, 2**32 - 1))
def test_nothing_after_the_date_changes_anything_before_it(day, seed):
    rng = np.random.default_rng(seed)
    scrambled = {}
    for name in ("weekly", "monthly"):
        frame = getattr(TABLES, name).copy()
        later = frame.index > pd.Timestamp(day)
        frame.loc[later] = frame.loc[later] * rng.uniform(0.5, 2, size=(later.sum(), frame.shape[1]))
        scrambled[name] = frame
    for name, column in (("policy", "effective"), ("records", "date"), ("balance", "published")):
        frame = getattr(TABLES, name)
        scrambled[name] = frame[frame[column] <= pd.Timestamp(day)].reset_index(drop=True)
    ours, theirs = cut(TABLES, day), cut(replace(TABLES, **scrambled), day)
    assert ours.digest == theirs.digest
    pd.testing.assert_frame_equal(ours.returns(), theirs.returns())
    pd.testing.assert_series_equal(ours.as_published("cpi"), theirs.as_published("cpi"))


@settings(max_examples=25, deadline=None)
@given(early=DAYS, late=DAYS)
def test_an_earlier_cut_is_a_prefix_of_a_later_one(early, late):
    first, second = sorted((early, late))
    short, long = cut(TABLES, first).weekly, cut(TABLES, second).weekly
    published = [name for name, spec in WEEKLY.items() if not spec.publication_days]
    pd.testing.assert_frame_equal(short[published], long.loc[: short.index[-1], published])


def test_a_week_counts_once_its_friday_is_past():
    # 2026-01-23 was a Friday: on the Thursday the last full week is the one of the 16th.
    assert load(source="snapshot", as_of="2026-01-22").weekly.index[-1] == pd.Timestamp("2026-01-16")
    assert load(source="snapshot", as_of="2026-01-23").weekly.index[-1] == pd.Timestamp("2026-01-23")


def test_financial_conditions_are_known_five_days_later():
    panel = load(source="snapshot", as_of="2026-01-27")
    assert panel.price("nfci").index[-1] == pd.Timestamp("2026-01-16")
    assert load(source="snapshot", as_of="2026-01-28").price("nfci").index[-1] == pd.Timestamp("2026-01-23")


def test_consumer_prices_count_from_publication():
    # December 2025 (326.031) is known from 31 December + 20 days = 20 January; the week of the 16th has November's.
    cpi = load(source="snapshot", as_of="2026-01-23").as_published("cpi")
    assert cpi["2026-01-16"] == pytest.approx(325.063)
    assert cpi["2026-01-23"] == pytest.approx(326.031)


def test_the_month_that_was_never_published_is_not_invented():
    # October 2025 has no figure: through November 2025 September's stands, until November's comes on 20 December.
    panel = load(source="snapshot")
    assert np.isnan(panel.monthly.loc["2025-10-01", "cpi"])
    september = panel.monthly.loc["2025-09-01", "cpi"]
    assert (panel.as_published("cpi")["2025-10-24":"2025-12-19"] == september).all()


def test_published_on_adds_the_days_to_the_end_of_the_month():
    dates = published_on(pd.DatetimeIndex(["2024-02-01", "2025-12-01"]), 20)
    assert list(dates) == [pd.Timestamp("2024-03-20"), pd.Timestamp("2026-01-20")]


def test_balance_counts_from_the_edition_that_printed_it():
    panel = load(source="snapshot", as_of="2026-01-23")
    assert "WSS 2026" not in set(panel.balance["vintage"])
    assert "WSS 2026" in set(load(source="snapshot", as_of="2026-04-30").balance["vintage"])


def test_returns_by_hand():
    # silver 2026-01-23 to 30: 100 ln(78.290 / 100.925) = -25.40; 10-year real yield: plain difference of the levels.
    panel = load(source="snapshot")
    returns = panel.returns("silver", "real10")
    assert returns.loc["2026-01-30", "silver"] == pytest.approx(100 * np.log(78.290 / 100.925), abs=1e-9)
    levels = panel.weekly["real10"]
    assert returns.loc["2026-01-30", "real10"] == pytest.approx(levels["2026-01-30"] - levels["2026-01-23"])
    assert returns.index[0] == pd.Timestamp("2010-07-30")
    assert panel.returns("silver", start="2020-01-01").index[0] == pd.Timestamp("2020-01-03")


def test_real_price_by_hand():
    # 29 April 2011: 48.584 in the dollars of the last published month; CPI known that week was March 2011's.
    panel = load(source="snapshot")
    cpi = panel.monthly["cpi"]
    expected = 48.584 * cpi["2026-07-01"] / cpi["2011-03-01"]
    assert panel.real("silver")["2011-04-29"] == pytest.approx(expected, rel=1e-4)


def test_unknown_names_are_refused():
    panel = load(source="snapshot")
    for call in (lambda: panel.returns("tin"), lambda: panel.price("tin"), lambda: panel.as_published("tin")):
        with pytest.raises(DataError, match=r"tin: expected one of .* found no such"):
            call()


def test_environment_chooses_source_and_date(monkeypatch):
    monkeypatch.setenv("SILVER_SOURCE", "snapshot")
    monkeypatch.setenv("SILVER_AS_OF", "2026-01-23")
    assert str(load().as_of) == "2026-01-23"
    assert str(load(as_of="2020-01-03").as_of) == "2020-01-03"
    monkeypatch.setenv("SILVER_SOURCE", "moon")
    with pytest.raises(DataError, match="SILVER_SOURCE: expected one of auto, snapshot, live, found 'moon'"):
        load()


def test_a_text_that_is_no_date_is_refused():
    with pytest.raises(DataError, match="as_of: expected a date such as 2026-01-23, found 'yesterday'"):
        load(source="snapshot", as_of="yesterday")


def test_banner_says_what_ends_early_and_which_rung():
    banner = load(source="snapshot").banner()
    assert "frozen on 2026-08-21" in repr(banner)
    assert "dollar 2026-07-24" in repr(banner)
    assert "Not from the first choice" not in repr(banner)
    other = replace(banner, provenance=banner.provenance.assign(rung=2, instrument="London silver price"))
    assert "Not from the first choice: silver: London silver price" in repr(other)
    assert "London silver price" in other._repr_html_()


def test_digest_moves_with_any_figure():
    panel = load(source="snapshot")
    weekly = TABLES.weekly.copy()
    weekly.loc["2015-03-06", "gold"] += 0.1
    assert cut(replace(TABLES, weekly=weekly), None).digest != panel.digest
    assert cut(TABLES, None).digest == panel.digest

"""From stored days to the tables of the panel."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.data.catalog import WEEKLY
from helpers.data.errors import DataError
from helpers.data.live import read_live
from helpers.data.refresh import refresh
from helpers.data.snapshot import read_snapshot
from helpers.data.tables import check_tables
from helpers.data.weeks import last_of_week


def days(values):
    return pd.Series(list(values.values()), index=pd.DatetimeIndex(values), dtype=float)


def labelled(weeks):
    return {f"{week:%m-%d}": value for week, value in weeks.items()}


MARCH = {  # the weeks to Good Friday, 3 April 2026
    "2026-03-26": 1, "2026-03-27": 2, "2026-03-30": 3, "2026-03-31": 4, "2026-04-01": 5, "2026-04-02": 6,
}  # fmt: skip


def test_a_holiday_friday_takes_thursdays_value_once_monday_is_there():
    saturday, tuesday = dt.date(2026, 4, 4), dt.date(2026, 4, 7)
    assert labelled(last_of_week(days(MARCH), known=saturday)) == {"03-27": 2}  # the source could just be a day behind
    later = days(MARCH | {"2026-04-06": 7})
    assert labelled(last_of_week(later, known=tuesday)) == {"03-27": 2, "04-03": 6}


def test_the_running_week_comes_only_when_its_friday_has_passed():
    week = days(MARCH | {"2026-04-06": 7, "2026-04-10": 8})
    assert labelled(last_of_week(week, known=dt.date(2026, 4, 10)))["04-03"] == 6
    assert "04-10" not in labelled(last_of_week(week, known=dt.date(2026, 4, 10)))
    assert labelled(last_of_week(week, known=dt.date(2026, 4, 11)))["04-10"] == 8


def test_saturday_belongs_to_the_next_week():
    # Bitcoin trades on Saturday: with nothing later, the week to 31 July is not known from Saturday the 25th.
    bitcoin = days({"2026-07-23": 1, "2026-07-24": 2, "2026-07-25": 3})
    assert labelled(last_of_week(bitcoin, known=dt.date(2026, 8, 22))) == {"07-24": 2}


def test_a_weekly_series_counts_in_the_week_of_its_day():
    wednesdays = days(
        dict(zip(map(str, pd.date_range("2026-07-01", periods=8, freq="W-WED").date), range(8), strict=True))
    )
    known = dt.date(2026, 8, 22)  # the Saturday after Wednesday the 19th
    assert labelled(last_of_week(wednesdays, known=known))["08-21"] == 7
    assert labelled(last_of_week(wednesdays, known=dt.date(2026, 8, 20)))["08-14"] == 6


def test_a_week_without_a_value_stays_empty():
    weeks = last_of_week(days({"2026-07-03": 1, "2026-07-17": 3}), known=dt.date(2026, 8, 1))
    assert np.isnan(weeks["2026-07-10"])
    assert len(weeks) == 3


def test_nothing_refreshed_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match=r"expected what `make refresh` brings, found nothing\. Run `make refresh`"):
        read_live(tmp_path)


SATURDAY = dt.datetime(2026, 8, 22, 9, tzinfo=dt.UTC)


def test_what_was_never_brought_comes_from_the_snapshot_and_is_called_that(standin, access):
    given = access(standin)
    refresh(settings=given, only=["vix", "btc"], now=SATURDAY)
    live, frozen = check_tables(read_live(given.cache)), read_snapshot()
    pd.testing.assert_frame_equal(live.weekly, frozen.weekly, check_freq=False, rtol=1e-9)
    origin = live.provenance
    assert list(origin.index) == list(WEEKLY)
    assert origin.loc["silver", "note"] == "no live data: from the snapshot of 2026-08-21"
    assert origin.loc["silver", "retrieved"] == dt.date(2026, 8, 21)
    assert (origin.loc["vix", "provider"], origin.loc["vix", "place"]) == ("fred", 2)
    assert origin.loc["vix", "retrieved"] == dt.date(2026, 8, 22)
    pd.testing.assert_frame_equal(live.monthly, frozen.monthly, check_freq=False)
    assert live.balance.equals(frozen.balance)
    assert live.records.equals(frozen.records)
    assert live.policy.equals(frozen.policy)


def test_nothing_of_the_snapshot_is_later_than_the_refresh(standin, access):
    given = access(standin)
    standin.until = "2026-07-17"
    refresh(settings=given, only=["vix"], now=dt.datetime(2026, 7, 18, 9, tzinfo=dt.UTC))
    live = check_tables(read_live(given.cache))
    assert (live.as_known, live.weekly.index[-1]) == (dt.date(2026, 7, 18), pd.Timestamp("2026-07-17"))


def test_the_live_sample_starts_where_the_snapshots_does(standin, access):
    given = access(standin)
    early = [("1990-01-05", "17.24"), ("1990-01-12", "18.19")]
    rows = standin._rows["VIXCLS"]
    weeks = [(f"{day:%Y-%m-%d}", "20") for day in pd.date_range("1990-01-19", "2010-07-16", freq="W-FRI")]
    standin._rows["VIXCLS"] = [*early, *weeks, *rows]
    refresh(settings=given, only=["vix"], now=SATURDAY)
    assert read_live(given.cache).weekly["vix"].first_valid_index() == pd.Timestamp("2010-07-23")


def test_a_series_kept_from_a_midweek_refresh_does_not_pass_for_friday(standin, access):
    """A source that fails on Saturday leaves Wednesday's answer: that week stays empty for it."""
    given = access(standin)
    rows = standin._rows["VIXCLS"]
    daily = [(f"{day:%Y-%m-%d}", "20.5") for day in pd.bdate_range("2026-07-06", "2026-08-21")]
    standin._rows["VIXCLS"] = [row for row in rows if row[0] < "2026-07-06"] + daily
    standin.until = "2026-08-18"
    refresh(settings=given, only=["vix"], now=dt.datetime(2026, 8, 19, 9, tzinfo=dt.UTC))
    standin.until = "2026-08-21"
    standin.faults["fred"] = "503"
    refresh(settings=given, only=["vix", "gold"], now=SATURDAY)
    live = read_live(given.cache)
    assert live.weekly["vix"].last_valid_index() == pd.Timestamp("2026-08-14")
    assert live.weekly["gold"].last_valid_index() == pd.Timestamp("2026-08-21")
    assert live.provenance.loc["vix", "note"] == "kept from 2026-08-19: fred VIXCLS: status 503"
    assert live.provenance.loc["vix", "retrieved"] == dt.date(2026, 8, 19)


def test_the_dates_of_policy_decisions_are_the_days_on_which_the_rate_changes(standin, access):
    given = access(standin)
    refresh(settings=given, only=["policy_rate"], now=SATURDAY)
    live = read_live(given.cache)
    assert live.policy.equals(read_snapshot().policy)
    assert live.weekly.loc["2015-12-18", "policy_rate"] == 0.5
    assert live.weekly.loc["2015-12-11", "policy_rate"] == 0.25


def test_tables_of_live_data_pass_the_checks_of_every_table(standin, access):
    given = access(standin)
    refresh(settings=given, now=SATURDAY)
    live = check_tables(read_live(given.cache))
    with pytest.raises(DataError):
        check_tables(replace(live, weekly=live.weekly.drop(columns="vix")))

"""The guards, on figures worked by hand."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.catalog import CATALOG
from helpers.data.checks import check_series
from helpers.data.errors import DataError
from helpers.data.guards import compare, jump_problem, jumps, stands, unlike
from helpers.data.settings import Settings
from helpers.data.store import Store

# Settlements in New York and noon prices in London, USD an ounce, as published for those days.
NEW_YORK = {"2026-01-28": 113.111, "2026-01-29": 114.037, "2026-01-30": 78.290, "2026-02-02": 76.778}
LONDON = {"2026-01-28": 112.795, "2026-01-29": 118.450, "2026-01-30": 103.190, "2026-02-02": 81.975}
BLACK_FRIDAY = pd.Timestamp("2026-01-30")


def series(values):
    return pd.Series(list(values.values()), index=pd.DatetimeIndex(values), dtype=float)


def days(*values, start="2026-01-05"):
    return pd.Series(values, index=pd.bdate_range(start, periods=len(values)), dtype=float)


def test_the_crash_of_30_january_2026_is_a_jump_that_london_confirms_on_the_day_and_on_the_next():
    silver = CATALOG["silver"]
    # ln(78.290 / 114.037) = -0.3761, beyond the 0.15 that is believed unasked.
    assert jumps(silver, series(NEW_YORK), after=None).to_dict() == {BLACK_FRIDAY: pytest.approx(-0.3761, abs=1e-4)}
    # That day: London ln(103.19 / 118.45) = -0.1379; 0.238 apart, within 0.25.
    that_evening = [series(venue).loc[:"2026-01-30"] for venue in (NEW_YORK, LONDON)]
    assert jump_problem(silver, that_evening[0], BLACK_FRIDAY, that_evening[1]) == ""
    # With Monday: ln(76.778 / 114.037) = -0.3956 and ln(81.975 / 118.45) = -0.3681; 0.028 apart, within 0.12.
    assert jump_problem(silver, series(NEW_YORK), BLACK_FRIDAY, series(LONDON)) == ""


def test_a_crash_that_london_never_sees_is_not_believed_once_monday_is_there():
    # 114.037 -> 92: -0.215, within 0.25 of an unmoved London that Friday, but not within 0.12 once Monday is there.
    fallen = series(NEW_YORK | {"2026-01-30": 92.0, "2026-02-02": 91.0})
    unmoved = series(LONDON | {"2026-01-30": 118.0, "2026-02-02": 117.5})
    assert jump_problem(CATALOG["silver"], fallen[:BLACK_FRIDAY], BLACK_FRIDAY, unmoved[:BLACK_FRIDAY]) == ""
    said = jump_problem(CATALOG["silver"], fallen, BLACK_FRIDAY, unmoved)
    assert said == "log change -0.215, second source -0.004 (it ends on 2026-02-02)"


def test_a_wrong_print_that_comes_back_the_next_day_is_not_believed():
    # 114 -> 60 -> 113: over both days the two agree, and the day itself, 0.64 apart, still tells.
    spiked = NEW_YORK | {"2026-01-30": 60.0, "2026-02-02": 113.0}
    calm = LONDON | {"2026-01-30": 118.0, "2026-02-02": 117.5}
    assert jump_problem(CATALOG["silver"], series(spiked), BLACK_FRIDAY, series(calm)) != ""


def test_only_new_days_are_looked_at_and_the_last_accepted_one_again():
    bitcoin = days(100, 130, 131, 132, 170, start="2026-01-05")
    spec = CATALOG["btc"]  # believed up to a log change of 0.20: both 130/100 (0.26) and 170/132 (0.25) are beyond
    assert list(jumps(spec, bitcoin, after=bitcoin.index[2]).index) == [bitcoin.index[4]]
    assert list(jumps(spec, bitcoin, after=bitcoin.index[1]).index) == [bitcoin.index[1], bitcoin.index[4]]
    assert list(jumps(CATALOG["vix"], days(12, 40), after=None)) == [pytest.approx(np.log(40 / 12))]


def embedded(name):
    store = Store(Settings().snapshot)
    return store.figures(name, store.load().entries[name])


@pytest.mark.parametrize(("name", "second"), [("silver", "london_silver"), ("gold", "london_gold")])
def test_the_limits_let_every_real_jump_of_two_decades_pass(name, second):
    spec, own, other = CATALOG[name], embedded(name), embedded(second)
    found = jumps(spec, own, after=own.index[0])
    problems = {}
    for day in found.index[(found.index > other.index[0]) & (found.index < other.index[-1])]:
        problems[day] = jump_problem(spec, own, day, other) + jump_problem(spec, own[:day], day, other[:day])
    assert problems
    assert not any(problems.values()), problems


def test_figures_of_another_thing_are_told_apart_and_two_venues_are_not():
    silver, london = CATALOG["silver"], embedded("london_silver")
    assert unlike(silver, embedded("silver"), london) == ""
    # One ounce is 31.1 grams.
    assert unlike(silver, embedded("silver"), london / 31.1).startswith("0.0322 times the figures at hand")
    drifting = london * np.linspace(1, 1.4, len(london))
    assert "over the last common days" in unlike(silver, london, drifting.where(drifting.index > "2010", london))
    said = unlike(CATALOG["real10"], embedded("real10"), embedded("dgs2"))
    assert said.endswith("at the median over all common days")


def test_a_jump_stands_when_the_next_value_stays_there():
    rate = CATALOG["dgs2"]  # believed up to one percentage point in a day
    assert not stands(rate, days(3.9, 3.9, 0.1), pd.Timestamp("2026-01-07"))
    assert stands(rate, days(3.9, 3.9, 2.4, 2.5), pd.Timestamp("2026-01-07"))
    assert not stands(rate, days(3.9, 3.9, 0.1, 3.9), pd.Timestamp("2026-01-07"))


def test_a_past_that_is_the_same_to_the_last_digit_of_a_float_is_unchanged():
    before = days(1.0, 2.0, 3.0)
    assert not compare(before, before * (1 + 1e-9))
    assert not compare(before, pd.concat([before, days(4.0, start="2026-01-08")]))


def test_a_change_in_the_sixth_digit_is_one():
    # 100.0002 is 2 millionths above 100, of which one is let pass; beside zero nothing is.
    before = days(100.0, 0.0, 3.0)
    assert list(compare(before, days(100.0002, 0.0, 3.0)).altered.index) == [pd.Timestamp("2026-01-05")]
    assert not compare(before, days(100.00005, 0.0, 3.0))
    assert list(compare(before, days(100.0, 1e-9, 3.0)).altered.index) == [pd.Timestamp("2026-01-06")]


def test_changes_are_told_by_date_and_value():
    before, after = days(1.0, 2.0, 3.0, 4.0), days(1.0, 2.5, 3.0, 4.0).drop(pd.Timestamp("2026-01-05"))
    changes = compare(before, after)
    assert changes.lines() == [
        "1 of 4 past values are gone: 2026-01-05",
        "it starts on 2026-01-06, before it was 2026-01-05",
        "1 of 4 past values changed: 2026-01-06 2 -> 2.5",
    ]
    assert not changes.only_altered
    assert compare(before, days(1.0, 2.5, 3.0, 4.0)).only_altered


def test_a_gap_that_is_filled_later_is_no_change_of_the_past():
    assert not compare(days(1.0, 2.0, 3.0).drop(pd.Timestamp("2026-01-06")), days(1.0, 2.0, 3.0))


def test_only_the_last_three_rows_are_the_newest():
    rows = days(1.0, 2.0, 3.0, 4.0)
    assert compare(rows, days(1.0, 2.0, 3.1, 4.1)).only_newest
    assert compare(rows, days(1.0, 2.2, 3.0, 4.0)).only_newest
    assert not compare(rows, days(1.1, 2.0, 3.0, 4.0)).only_newest
    assert not compare(rows, days(1.0, 2.0, 3.0)).only_newest  # one is lost


def test_bounds_and_gaps_are_named_with_their_day():
    with pytest.raises(DataError, match="vix on 2026-01-06: expected a value from 5"):
        check_series(CATALOG["vix"], days(20.0, 2.0))
    vix = days(*np.full(30, 20.0))
    check_series(CATALOG["vix"], vix)
    with pytest.raises(DataError, match="vix on 2026-01-23: expected an observation every 7 days, found 14 days"):
        check_series(CATALOG["vix"], vix[(vix.index < "2026-01-10") | (vix.index > "2026-01-17")])


def test_every_series_of_the_catalog_has_a_guard_and_its_own_past_mostly_passes_it():
    for name, spec in CATALOG.items():
        assert np.isfinite(spec.jump), name
        if not spec.sum_of:
            found = embedded(name)
            assert len(jumps(spec, found, after=found.index[0])) <= 0.005 * len(found), name

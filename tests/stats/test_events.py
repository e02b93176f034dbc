"""Event dates: known in real time, first after a quiet spell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import load
from helpers.stats import InputError, find_highs, find_strength, high_ladder
from helpers.stats.events import new_highs, strong_weeks

FOUR_WEEKS = 29 / 365.25


def weekly(prices: list[float] | np.ndarray, start: str = "2001-01-05") -> pd.Series:
    return pd.Series(prices, index=pd.date_range(start, periods=len(prices), freq="W-FRI"), name="price", dtype=float)


def walk(seed: int, weeks: int) -> pd.Series:
    return weekly(100 * np.exp(np.cumsum(0.03 * np.random.default_rng(seed).standard_normal(weeks))))


def weeks_of(price: pd.Series, events: pd.DatetimeIndex) -> list[int]:
    return (price.index.get_indexer(events) + 1).tolist()


# Week    1  2  3  4  5  6  7  8  9 10 11 12
HAND = weekly([5, 6, 4, 4, 4, 7, 8, 5, 5, 5, 9, 9])
# Against the four weeks before:
# week 5: 4 > max(5, 6, 4, 4) no        week 6: 7 > max(6, 4, 4, 4) yes     week 7: 8 > 7 yes
# weeks 8-10: 5 > 8 no                  week 11: 9 > max(8, 5, 5, 5) yes    week 12: 9 > 9 no, not strictly


def test_highs_by_hand():
    highs = new_highs(HAND, lookback=FOUR_WEEKS)
    # Before four weeks have passed, a close above all that came before counts: weeks 1 and 2.
    assert (np.flatnonzero(highs) + 1).tolist() == [1, 2, 6, 7, 11]


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (0, [6, 7, 11]),
        (3, [6, 11]),  # week 6: weeks 3, 4, 5 without a high; week 7: week 6 was one; week 11: weeks 8, 9, 10 without
        (4, []),  # week 6: week 2 was a high, and lies 4 weeks back; week 11: so was week 7
    ],
)
def test_quiet_spell_by_hand(quiet, expected):
    assert weeks_of(HAND, find_highs(HAND, lookback=FOUR_WEEKS, quiet=quiet)) == expected


def test_highs_inside_a_run_restart_the_clock():
    # All-time highs in weeks 4, 6 and 8 (two weeks apart), quiet = 3: only week 4 follows three quiet weeks.
    price = weekly([9, 8, 8, 10, 9, 11, 9, 12, 9, 9, 9, 13])
    # Week 12: the last high was in week 8; weeks 9, 10, 11 are quiet.
    assert weeks_of(price, find_highs(price, lookback=None, quiet=3)) == [12]
    assert weeks_of(price, find_highs(price, lookback=None, quiet=2)) == [4, 12]


def test_floor_is_the_record_to_beat():
    price = weekly([10, 20, 5, 5, 30, 5, 5, 5, 49.45, 5, 5, 5, 49.46])
    # Known record 49.45: week 9 only equals it, week 13 beats it.
    assert weeks_of(price, find_highs(price, lookback=None, quiet=3, floor=49.45)) == [13]
    # Without the record: highs in weeks 1, 2, 5, 9, 13. Week 5: weeks 2-4 hold one. Weeks 9 and 13: quiet before.
    assert weeks_of(price, find_highs(price, lookback=None, quiet=3)) == [9, 13]


def brute_force(price: pd.Series, years: float, quiet: int) -> list[pd.Timestamp]:
    days = (price.index - price.index[0]).days.to_numpy()
    close, high, found = price.to_numpy(), [], []
    for i, day in enumerate(days):
        high.append(all(close[i] > close[j] for j in range(i) if days[j] >= day - 365.25 * years))
        silent = not any(high[j] for j in range(i) if days[j] >= day - 7 * quiet)
        if high[i] and silent and day >= 365.25 * years:
            found.append(price.index[i])
    return found


@pytest.mark.parametrize("years", [1, 3])
def test_highs_against_a_plain_loop(years):
    price = walk(years, 420)
    assert list(find_highs(price, lookback=years)) == brute_force(price, years, 26)


def test_highs_of_silver_since_bitcoin_trades():
    # By a separate script over the embedded weekly closes; the record of 1980 (London fixing 49.45) as floor.
    silver = load(source="snapshot").price("silver")
    expected = {
        1: ["2016-04-29", "2019-07-19", "2021-05-28", "2023-05-05", "2024-04-05"],
        2: ["2019-08-30", "2021-05-28", "2024-04-05"],
        3: ["2010-09-17", "2020-02-21", "2021-05-28", "2024-04-12"],
        5: ["2010-09-17", "2020-07-24", "2021-05-28", "2024-04-12"],
    }
    for years, dates in expected.items():
        events = find_highs(silver, lookback=years)
        assert events[events >= "2010-07-30"].strftime("%Y-%m-%d").tolist() == dates
    assert find_highs(silver, lookback=None, floor=49.45).strftime("%Y-%m-%d").tolist() == ["2025-10-17"]
    ladder = high_ladder(silver, floor=49.45)
    assert list(ladder) == ["1-year highs", "2-year highs", "3-year highs", "5-year highs", "all-time highs"]
    assert ladder["all-time highs"].strftime("%Y-%m-%d").tolist() == ["2025-10-17"]
    assert ladder["5-year highs"].equals(find_highs(silver, lookback=5))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(60, 399), lookback=st.sampled_from([1, 2, None]))
def test_events_of_a_prefix_are_a_prefix(seed, cut, lookback):
    price = walk(seed, 400)
    for find in (
        lambda p: find_highs(p, lookback=lookback),
        find_strength,
    ):
        whole, part = find(price), find(price.iloc[:cut])
        assert list(part) == list(whole[: len(part)])
        assert (whole[len(part) :] > price.index[cut - 1]).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.25, 8.0, 1024.0]), days=st.integers(-2000, 2000))
def test_unit_and_calendar_do_not_matter(seed, factor, days):
    price = walk(seed, 300)
    moved = (price * factor).set_axis(price.index + pd.Timedelta(days=days))
    for find in (lambda p: find_highs(p, lookback=1), find_strength):
        assert list(find(moved)) == list(find(price) + pd.Timedelta(days=days))


def test_strength_against_a_plain_loop():
    price = walk(7, 220)
    growth = np.log(price).diff(26).dropna()
    strong = strong_weeks(price, minimum=1)
    span = pd.Timedelta(days=365.25)
    for date, value in growth.items():
        past = growth[growth.index < date]
        expected = date - growth.index[0] >= span and value >= past.quantile(0.9)
        assert strong[date] == expected
    assert strong.any()
    assert not strong.iloc[:78].any()


def test_strength_by_hand_leaves_the_week_itself_out():
    # Weekly log returns 1, 3, 2.9. The 90 % quantile of the two before the last is 1 + .9 x 2 = 2.8: 2.9 is strong.
    # With itself among them it would be 2.9 + .8 x .1 = 2.98, and it would not.
    price = weekly(np.exp(np.cumsum([0.0, 1.0, 3.0, 2.9])))
    assert strong_weeks(price, window=1, minimum=13 / 365.25).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("price", "options", "message"),
    [
        (HAND.to_numpy(), {}, "pandas Series on dates"),
        (HAND.reset_index(drop=True), {}, "DatetimeIndex"),
        (HAND.astype(object), {}, "dtype object"),
        (HAND[::-1], {}, "unordered"),
        (HAND.where(HAND.index != HAND.index[6]), {}, "missing or infinite on 2001-02-16"),
        (HAND.where(HAND < 9, -1.0), {}, "not positive on 2001-03-16"),
        (HAND * np.nan, {}, "no close at all"),
        (HAND, {"lookback": 0}, "must be positive"),
        (HAND, {"quiet": -1}, "quiet must be 0 or more"),
        (HAND, {"floor": 3.0}, "lookback=None only"),
    ],
)
def test_faulty_prices_are_refused(price, options, message):
    with pytest.raises(InputError, match=message):
        find_highs(price, **{"lookback": 1, **options})


def test_missing_closes_outside_the_span_do_not_matter():
    padded = HAND.reindex(pd.date_range("2000-12-01", "2001-06-01", freq="W-FRI"))
    assert list(find_highs(padded, lookback=FOUR_WEEKS, quiet=3)) == list(
        find_highs(HAND, lookback=FOUR_WEEKS, quiet=3)
    )

"""Input that gives wrong numbers without a word is refused by name; what cannot be computed says why."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import (
    InputError,
    causality_path,
    causality_triangle,
    cross_correlation,
    frequency_test,
    granger_scan,
    granger_specifications,
    granger_test,
    lead_search,
    local_projection,
)

FRIDAYS = pd.date_range("2010-01-01", periods=300, freq="W-FRI")

ESTIMATORS = {
    "granger_test": lambda d, lags: granger_test(effect=d.y, cause=d.x, controls=d[["z"]], lags=lags),
    "granger_scan": lambda d, lags: granger_scan(effect=d.y, cause=d.x, lags=[1, lags], reps=19, seed=1),
    "frequency_test": lambda d, lags: frequency_test(effect=d.y, cause=d.x, lags=lags),
    "causality_path": lambda d, lags: causality_path(effect=d.y, cause=d.x, lags=lags),
    "causality_triangle": lambda d, lags: causality_triangle(effect=d.y, cause=d.x, lags=lags),
    "cross_correlation": lambda d, lags: cross_correlation(x=d.x, y=d.y, max_lag=lags, reps=19, seed=1),
    "local_projection": lambda d, lags: local_projection(response=d.y, shock=d.x, lags=lags, reps=9, seed=1),
}
WITHOUT_LAGS = {
    "lead_search": lambda d, _: lead_search(leader=np.exp(d.x), follower=np.exp(d.y), max_lag=4),
}


def frame(index=FRIDAYS):
    values = np.random.default_rng(1).standard_normal((len(index), 3))
    return pd.DataFrame(values, index=index, columns=["y", "x", "z"])


@pytest.mark.parametrize("name", [*ESTIMATORS, *WITHOUT_LAGS])
def test_a_hole_of_eighty_weeks_is_refused_by_name_and_date(name):
    run = (ESTIMATORS | WITHOUT_LAGS)[name]
    holed = frame().drop(FRIDAYS[100:180])
    # The last week before the hole is the 100th Friday of 2010 on, 25 November 2011; the next row is 80 weeks later.
    with pytest.raises(InputError, match=r"no rows between 2011-11-25 and 2013-06-14.*every 7 days.*reset_index"):
        run(holed, 2)
    run(holed.reset_index(drop=True), 2)


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda y: y.where(y.index != y.index[9]), "missing or infinite on 2010-03-05"),
        (lambda y: y + 1j, "is complex .*real part"),
        (lambda y: 1e200 * y, "divide it by 1e\\+200|divide it by [2-9]e\\+200"),
        (lambda y: 1e-200 * y, "multiply it by"),
        (lambda y: y * 0 + 3, "is constant"),
    ],
)
def test_values_without_meaning_are_refused(name, spoil, message):
    data = frame()
    with pytest.raises(InputError, match=message):
        (ESTIMATORS | WITHOUT_LAGS)[name](data.assign(y=spoil(data.y)), 2)


@pytest.mark.parametrize(
    "index",
    [
        FRIDAYS.tz_localize("America/New_York"),
        FRIDAYS.to_period("W-FRI"),
        pd.RangeIndex(300),
        pd.Index(np.arange(1700, 2000)),
        pd.date_range("2019-01-01", periods=300, freq="D"),
        pd.bdate_range("2019-01-01", periods=310).delete([80, 81, 82]),  # a week with three holidays
        pd.date_range("2000-01-31", periods=300, freq="ME"),
    ],
    ids=["zone", "period", "range", "years", "days", "business days", "months"],
)
@pytest.mark.parametrize("name", [*ESTIMATORS, *WITHOUT_LAGS])
def test_every_regular_index_gives_the_same_numbers(name, index):
    run = (ESTIMATORS | WITHOUT_LAGS)[name]
    index = index[:300]
    dated, plain = run(frame(index), 2), run(frame(pd.RangeIndex(len(index))), 2)
    assert "2" not in type(dated).__name__
    shown = [[row for row in map(str, r._rows()) if "sample" not in row.lower()] for r in (dated, plain)]
    assert shown[0] == shown[1]
    assert dated.summary()
    assert "<table>" in dated._repr_html_()


def test_series_of_two_time_zones_say_what_to_do():
    data = frame()
    with pytest.raises(InputError, match=r"time zone UTC and 'y' of None.*tz_localize"):
        granger_test(effect=data.y, cause=data.x.tz_localize("UTC"), lags=2)


@pytest.mark.parametrize("lags", [52, 200])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_too_many_lags_for_thirty_weeks_end_in_a_reason(name, lags):
    found = ESTIMATORS[name](frame().iloc[:30], lags)
    assert found.reason
    assert "Not done" in found.summary()
    assert "0.00" not in found.summary()


def test_a_specification_curve_of_a_short_sample_ends_in_a_reason():
    chosen = {"controls": {"none": ()}, "starts": ("2010-01-01",)}
    found = granger_specifications(returns=frame().iloc[:4], effect="y", cause="x", **chosen, seed=1)
    assert "no specification" in found.reason

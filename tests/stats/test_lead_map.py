"""The map of lags: cells against single tests, draws against a loop, the search, bounds, threads."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from helpers.stats import InputError, all_windows, lead_map, lead_test
from helpers.stats.validation_plan import rejection_rate


def weeks(seed: int, n: int = 300) -> pd.DataFrame:
    """Independent series on Fridays, the effect with a variance that changes."""
    values = np.random.default_rng(seed).normal(size=(n, 3))
    values[:, 0] *= 1 + (np.arange(n) // 50 % 2)
    return pd.DataFrame(values, index=pd.date_range("2011-01-07", periods=n, freq="W-FRI"), columns=["y", "x", "z"])


def test_all_windows_inside_thirty_weeks():
    windows = all_windows(30)
    assert len(windows) == len(set(windows)) == 465  # 30 * 31 / 2
    assert all(1 <= first <= last <= 30 for first, last in windows)


def test_a_cell_is_the_lead_test_on_the_common_rows():
    frame = weeks(1)
    found = lead_map(effect=frame.y, causes=frame[["x", "z"]], reps=199, seed=1)
    assert (found.nobs, len(found.cells)) == (270, 930)  # 30 rows lost to the longest window
    for leader, first, last in [("x", 1, 26), ("z", 17, 30), ("x", 3, 3)]:
        single = lead_test(effect=frame.y, cause=frame[leader], window=(first, last), sample=(frame.index[30], None))
        cell = found.cell(leader, first, last)
        assert single.nobs == found.nobs
        assert cell["estimate"] == pytest.approx(single.estimate, rel=1e-9)
        assert cell["standard_error"] == pytest.approx(single.standard_error, rel=1e-9)
        assert cell["effect_13_weeks"] == pytest.approx(single.effect_13_weeks, rel=1e-9)
        assert (cell["effect_low"], cell["effect_high"]) == pytest.approx(single.effect_13_weeks_interval, rel=1e-9)


def test_draws_against_a_loop_over_statsmodels():
    # Every draw by hand: its signs, its residuals as the dependent variable, HC3 of statsmodels for every cell.
    frame, windows = weeks(2, n=120), [(1, 4), (2, 9), (5, 5)]
    found = lead_map(effect=frame.y, causes=frame[["x", "z"]], windows=windows, reps=199, seed=7)
    data = pd.DataFrame({f"y{lag}": frame.y.shift(lag) for lag in range(1, 5)}).assign(y=frame.y, one=1.0).iloc[26:]
    scale = 1 / np.sqrt((frame.y**2).ewm(halflife=8).mean().shift(1)).iloc[26:]
    data = data.mul(scale, axis=0)
    own = data.drop(columns="y")
    cells = {
        (leader, first, last): own.assign(x=frame[leader].rolling(last - first + 1).mean().shift(first) * scale)
        for leader in "xz" for first, last in windows
    }  # fmt: skip
    restricted = sm.OLS(data.y, own).fit().resid.to_numpy()
    words = np.random.default_rng(7).integers(0, 2**64 - 1, size=(199, 2), dtype=np.uint64, endpoint=True)
    bits = np.unpackbits(words.view(np.uint8), axis=1, count=94).astype(bool)

    def statistics(y):
        return np.array([sm.OLS(y, x.to_numpy()).fit(cov_type="HC3").tvalues[-1] for x in cells.values()])

    draws = np.array([np.abs(statistics(np.where(signs, restricted, -restricted))) for signs in bits])
    observed = np.abs(statistics(data.y.to_numpy()))
    largest = draws.max(axis=1)
    assert found.statistic == pytest.approx(observed.max(), rel=1e-8)
    assert found.pvalue == (1 + np.sum(largest >= observed.max())) / 200
    assert found.pvalue_error == pytest.approx(np.sqrt(found.pvalue * (1 - found.pvalue) / 200))
    assert found.critical == pytest.approx(np.quantile(largest, 0.95), rel=1e-8)
    reading = found.cells.sd * found.cells.weeks
    expected = (found.cells.estimate + np.quantile(largest, 0.95) * found.cells.standard_error) * reading
    np.testing.assert_allclose(found.cells.bound_high, expected, rtol=1e-8)
    assert found.upper_bound == pytest.approx(expected.max())
    assert found.lower_bound == found.cells.bound_low.min()


def test_a_planted_lead_is_found_in_its_window():
    frame = weeks(3, n=600)
    frame["y"] += 1.5 * frame.z.rolling(10).mean().shift(8).fillna(0)
    found = lead_map(effect=frame.y, causes=frame[["x", "z"]], reps=499, seed=1)
    leader, first, last = found.strongest
    assert found.pvalue == 1 / 500
    assert leader == "z"
    # Weeks 8 to 17.
    assert abs(first - 8) <= 3
    assert abs(last - 17) <= 4
    assert found.cells.loc["x", "statistic"].abs().max() < found.critical
    # Between that of 930 unrelated cells and that of one.
    assert 0.05 / 930 < found.pointwise_alpha < 0.05
    assert stats.norm.cdf(found.critical) - stats.norm.cdf(-found.critical) == pytest.approx(1 - found.pointwise_alpha)
    assert "strongest  " in found.summary()


def test_a_lead_that_lowers_is_the_strongest_too():
    frame = weeks(3)
    frame["y"] -= 2 * frame.z.shift(2).fillna(0)
    found = lead_map(effect=frame.y, causes=frame[["x", "z"]], windows=[(1, 1), (2, 2), (3, 3)], reps=199, seed=1)
    assert found.strongest == ("z", 2, 2)
    assert found.cell("z", 2, 2)["estimate"] == pytest.approx(-2, abs=0.5)


def test_results_do_not_depend_on_threads():
    script = (
        "import numpy as np, pandas as pd\n"
        "from helpers.stats import lead_map\n"
        "values = np.random.default_rng(1).normal(size=(500, 4))\n"
        "frame = pd.DataFrame(values, pd.date_range('2011-01-07', periods=500, freq='W-FRI'), list('abcd'))\n"
        "found = lead_map(effect=frame.a, causes=frame[['b', 'c', 'd']], reps=999, seed=3)\n"
        "print(found.pvalue, repr(found.critical))\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1]


@pytest.mark.slow
def test_size_of_the_search():
    # 60 samples: .05 with a standard error of .03; a search without correction would find something in most.
    assert rejection_rate("lead_map", n=250, process="garch", reps=60, seed=2) <= 0.15


def test_leaders_share_the_rows_of_the_last_to_begin():
    frame = weeks(5)
    frame.loc[: frame.index[59], "z"] = np.nan
    found = lead_map(effect=frame.y, causes=frame[["x", "z"]], windows=[(1, 10)], reps=199, seed=1)
    assert found.sample[0] == frame.index[70]
    assert found.nobs == 230


def test_faults_are_named():
    frame = weeks(6)
    found = lead_map(effect=frame.y, causes=frame[["x"]], windows=[(1, 3), (2, 5)], reps=199, seed=1)
    with pytest.raises(InputError, match=r"no window 1 to 4 of 'x'.*lags end at 5"):
        found.cell("x", 1, 4)
    with pytest.raises(InputError, match="causes must be a pandas DataFrame"):
        lead_map(effect=frame.y, causes=frame.x)
    with pytest.raises(InputError, match="reps must be a whole number of at least 199"):
        lead_map(effect=frame.y, causes=frame[["x"]], reps=50)
    with pytest.raises(InputError, match="window 1 to 1 of 'same' is collinear"):
        lead_map(effect=frame.y, causes=frame.y.to_frame("same"), windows=[(1, 1)], reps=199)
    short = lead_map(effect=frame.y.iloc[:50], causes=frame[["x"]].iloc[:50], reps=199)
    assert "too few" in short.reason
    assert np.isnan(short.pvalue)
    assert "too few" in short.summary()


def test_the_frame_is_the_triangle_of_one_leader():
    frame = weeks(7)
    found = lead_map(effect=frame.y, causes=frame[["x", "z"]], windows=all_windows(6), reps=199, seed=1)
    triangle = found.frame("z")
    assert triangle.shape == (6, 6)
    assert triangle.notna().sum().sum() == 21
    assert triangle.loc[2, 5] == found.cell("z", 2, 5)["effect_13_weeks"]

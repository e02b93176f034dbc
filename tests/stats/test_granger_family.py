"""Scan, lag-augmented and frequency-domain tests: published values and behaviour."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels
from scipy import stats
from statsmodels.datasets import macrodata

from helpers.stats import (
    InputError,
    frequency_test,
    granger_scan,
    granger_searches,
    granger_test,
)
from helpers.stats.inference import min_p

E1 = Path(statsmodels.__file__).parent / "tsa/vector_ar/tests/results/e1.dat"


@pytest.fixture(scope="module")
def levels() -> pd.DataFrame:
    """Logs of West German investment, income, consumption 1960Q1-1978Q4 (Luetkepohl 2005, data set E1)."""
    header, *rows = E1.read_text().split(">")[1].split("\n")[1:]
    values = [[float(v) for v in row.split()] for row in rows if row.strip()]
    frame = pd.DataFrame(values, columns=header.split())
    frame.index = pd.period_range("1960Q1", periods=len(frame), freq="Q")
    return np.log(frame.loc[:"1978Q4"])


@pytest.fixture(scope="module")
def growth(levels) -> pd.DataFrame:
    """Their differences."""
    return levels.diff().dropna()


@pytest.fixture(scope="module")
def macro() -> pd.DataFrame:
    """Log differences of US output and consumption, statsmodels' macrodata."""
    return np.log(macrodata.load_pandas().data[["realgdp", "realcons"]]).diff().dropna()


def noise(seed: int, n: int = 300) -> pd.DataFrame:
    """Independent normal series on Fridays."""
    index = pd.date_range("2011-01-07", periods=n, freq="W-FRI")
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)), index=index, columns=list("xyz"))


# Luetkepohl (2005), E1, VAR(2) by equation, residual degrees of freedom 66 = 73 - 7; statsmodels VAR gives the same.
BY_EQUATION = [
    ("invest", "income", 0.04848),
    ("invest", "cons", 1.50033),
    ("income", "invest", 1.76832),
    ("income", "cons", 1.71847),
    ("cons", "invest", 0.97145),
    ("cons", "income", 6.14650),
]


@pytest.mark.parametrize(("effect", "cause", "expected"), BY_EQUATION)
def test_luetkepohl_by_equation(growth, effect, cause, expected):
    rest = growth.drop(columns=[effect, cause])
    result = granger_test(effect=growth[effect], cause=growth[cause], controls=rest, lags=2, covariance="nonrobust")
    assert result.statistic == pytest.approx(expected, abs=6e-6)
    assert result.df == (2, 66)


def test_lag_augmented_income_on_consumption(levels):
    # Three tested lags and one more fitted, all three series: Wald 15.1928, p = .0017 (statsmodels OLS wald_test).
    result = granger_test(
        effect=levels.cons, cause=levels.income, controls=levels[["invest"]], lags=3, extra=1, covariance="nonrobust"
    )
    assert 3 * result.statistic == pytest.approx(15.1928, abs=5e-5)
    assert stats.chi2.sf(3 * result.statistic, 3) == pytest.approx(0.0017, abs=5e-5)
    assert (result.nobs, result.df, list(result.coefficients.index)) == (72, (3, 72 - 13), [1, 2, 3])
    assert "(levels)" in result.null


def test_lag_augmented_bootstrap_agrees_with_chi_square_on_random_walks():
    walks = noise(5, n=800).cumsum()
    result = granger_test(effect=walks.x, cause=walks.y, lags=2, extra=1, reps=1999, seed=1)
    assert result.pvalue_bootstrap == pytest.approx(result.pvalue, abs=0.04)


def test_two_lags_give_the_granger_f_at_every_frequency(macro):
    # Two restrictions on two coefficients are all of them (Breitung and Candelon 2006).
    result = frequency_test(effect=macro.realgdp, cause=macro.realcons, lags=2, covariance="nonrobust")
    np.testing.assert_allclose(result.curve.statistic, 19.03532, atol=6e-6)


def test_frequency_curve_of_consumption_on_gdp(macro, monkeypatch):
    # Four lags, statsmodels OLS f_test of the cosine and sine sums.
    monkeypatch.setattr(granger_searches, "GRID", np.array([0.01, 0.5, 1, 1.5, 2, 2.5, 3]))
    result = frequency_test(effect=macro.realgdp, cause=macro.realcons, lags=4, covariance="nonrobust")
    expected = [18.9814, 17.2739, 9.3340, 3.5726, 6.1771, 7.0517, 8.4726]
    np.testing.assert_allclose(result.curve.statistic, expected, atol=6e-5)
    # Periods 2 pi / w: 628, 12.6, 6.3, 4.2, 3.1, 2.5, 2.1, so that three lie between 4 and 52.
    assert result.curve.in_band.tolist() == [False, True, True, True, False, False, False]
    assert result.band_statistic == pytest.approx(17.2739, abs=6e-5)


def test_frequency_of_a_planted_cycle():
    # y follows the second difference of x, whose gain |1 - exp(-iw)|^2 is zero at long periods and 4 at period 2.
    frame = noise(4, n=830)
    frame["y"] += 0.3 * frame.x.diff().diff().shift(1).fillna(0)
    result = frequency_test(effect=frame.y, cause=frame.x, lags=4, reps=199, seed=1)
    assert result.curve.pvalue.iloc[0] > 0.05
    assert result.curve.pvalue.iloc[-1] < 1e-6
    assert result.band_pvalue == 1 / 200
    assert result.critical < result.band_critical < 3 * result.critical


def test_min_p_by_hand():
    # Pool of observed and three draws, two tests; rank p-values (share at least as large) over the four:
    # test 1: 5 9 1 2 -> 2/4 1/4 4/4 3/4; test 2: 7 3 1 8 -> 2/4 3/4 4/4 1/4. Row minima 2/4 1/4 4/4 1/4.
    # At most the observed 2/4: three of four.
    result = min_p(np.array([5.0, 7.0]), np.array([[9.0, 3.0], [1.0, 1.0], [2.0, 8.0]]))
    assert result.single.tolist() == [0.5, 0.5]
    assert result.adjusted.tolist() == [0.75, 0.75]
    assert result.joint == 0.75


def test_min_p_of_a_search_over_noise_is_uniform():
    # Twelve dependent tests; with no effect the joint p-value is below .10 in a tenth of the searches.
    rng = np.random.default_rng(0)
    searches = rng.normal(size=(400, 100, 12)).cumsum(axis=2)
    rate = np.mean([min_p(search[0], search[1:]).joint <= 0.1 for search in searches])
    naive = np.mean([(min_p(search[0], search[1:]).single <= 0.1).any() for search in searches])
    assert 0.07 <= rate <= 0.13
    assert naive > 0.2


def test_scan_of_one_length_is_the_bootstrap_test():
    frame = noise(7)
    scan = granger_scan(effect=frame.x, cause=frame.y, lags=[4], reps=199, seed=3)
    single = granger_test(effect=frame.x, cause=frame.y, lags=4, reps=199, seed=3)
    assert scan.table.statistic.item() == pytest.approx(single.statistic, rel=1e-12)
    assert scan.pvalue == single.pvalue_bootstrap


def test_scan_has_one_sample_and_pays_for_the_search():
    frame = noise(8)
    scan = granger_scan(effect=frame.x, cause=frame.y, lags=[1, 4, 13], reps=399, seed=3)
    assert scan.nobs == 287
    cut = frame.iloc[12:]
    assert scan.table.statistic[1] == pytest.approx(granger_test(effect=cut.x, cause=cut.y, lags=1).statistic)
    assert scan.pvalue == scan.table.pvalue_adjusted.min() > scan.table.pvalue_bootstrap.min()


def test_scan_finds_a_late_lead():
    frame = noise(9, n=600)
    frame["x"] += 0.3 * frame.y.shift(7).fillna(0)
    scan = granger_scan(effect=frame.x, cause=frame.y, lags=[1, 4, 8], reps=399, seed=3)
    assert scan.pvalue < 0.01
    assert scan.table.pvalue_bootstrap[1] > 0.05


def test_short_samples_give_reasons():
    frame = noise(0, n=40)
    pair = {"effect": frame.x, "cause": frame.y}
    for result in (
        granger_scan(**pair, lags=[1, 13]),
        granger_test(**pair, lags=12, extra=1),
        frequency_test(**pair, lags=12),
    ):
        assert "too few" in result.reason
        assert "too few" in result._repr_html_()
        assert np.isnan(getattr(result, "pvalue", getattr(result, "band_pvalue", None)))


FAULTS = [
    (granger_scan, {"lags": []}, "at least one"),
    (granger_scan, {"lags": [2, 2]}, "different"),
    (granger_scan, {"lags": [0, 2]}, "found 0"),
    (granger_scan, {"reps": 0}, "reps must be a whole number of at least 19"),
    (granger_test, {"lags": 2, "extra": -1}, "extra must be"),
    (frequency_test, {"lags": 1}, "lags must be a whole number of at least 2"),
]


@pytest.mark.parametrize(("test", "options", "message"), FAULTS)
def test_faults_are_named(test, options, message):
    frame = noise(0)
    with pytest.raises(InputError, match=message):
        test(effect=frame.x, cause=frame.y, **options)

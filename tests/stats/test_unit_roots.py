"""Unit roots and cointegration: agreement with statsmodels, published values, verdicts on planted cases, faults."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter
from statsmodels.datasets import macrodata
from statsmodels.tsa.stattools import adfuller, coint, kpss, zivot_andrews

from helpers.stats import InputError, cointegration, unit_roots


@pytest.fixture(scope="module")
def macro() -> pd.DataFrame:
    """Logarithms of US output and consumption, statsmodels' macrodata."""
    return np.log(macrodata.load_pandas().data[["realgdp", "realcons"]])


def shocks(seed: int, n: int = 400) -> np.ndarray:
    """Normal shocks."""
    return np.random.default_rng(seed).normal(size=n)


def test_agrees_with_statsmodels(macro):
    found = unit_roots(series=macro.realgdp, trend="ct").table.loc["level"]
    dickey_fuller = adfuller(macro.realgdp, regression="ct", autolag="BIC", result_object=False)
    assert found.loc["Dickey-Fuller", "statistic"] == pytest.approx(dickey_fuller[0], rel=1e-6)
    assert found.loc["Dickey-Fuller", "pvalue"] == pytest.approx(dickey_fuller[1], rel=1e-4)
    assert found.loc["Dickey-Fuller", "lags"] == dickey_fuller[2]
    statistic = kpss(macro.realgdp, regression="ct", nlags=int(found.loc["KPSS", "lags"]), result_object=True).statistic
    assert found.loc["KPSS", "statistic"] == pytest.approx(statistic, rel=1e-6)
    broken = zivot_andrews(macro.realgdp.to_numpy(), regression="ct", autolag="BIC")
    assert found.loc["Zivot-Andrews", "statistic"] == pytest.approx(broken[0], rel=1e-6)


@pytest.mark.parametrize(
    ("values", "order", "words"),
    [
        (shocks(1).cumsum(), 1, "wanders and its changes do not"),
        (lfilter([1], [1, -0.5], shocks(2)), 0, "is stationary"),
        (shocks(3).cumsum().cumsum(), None, "wanders, and so do its changes"),
    ],
)
def test_verdict_on_planted_series(values, order, words):
    result = unit_roots(series=pd.Series(values, name="x"))
    assert result.order == order
    assert words in result.verdict


def test_engle_granger_and_johansen_against_statsmodels(macro):
    found = cointegration(series=macro[["realcons", "realgdp"]])
    expected = coint(macro.realcons, macro.realgdp, trend="c", autolag="bic", maxlag=14)
    assert found.engle_granger_statistic == pytest.approx(expected[0], rel=0.02)
    assert found.engle_granger_pvalue == pytest.approx(expected[1], abs=0.02)
    # Critical values of the trace with a constant, 5 per cent, two and one common trends: MacKinnon, Haug and Michelis
    # (1999), Journal of Applied Econometrics 14, table II as used by statsmodels: 15.4943, 3.8415.
    np.testing.assert_allclose(found.johansen["trace_critical"], [15.4943, 3.8415], atol=1e-4)
    assert found.johansen["largest"].iloc[-1] == pytest.approx(found.johansen["trace"].iloc[-1])


def test_verdicts_on_planted_pairs():
    walk = shocks(4).cumsum()
    together = cointegration(series=pd.DataFrame({"y": walk + lfilter([1], [1, -0.5], shocks(5)), "x": walk}))
    apart = cointegration(series=pd.DataFrame({"y": shocks(6).cumsum(), "x": walk}))
    still = cointegration(series=pd.DataFrame({"y": shocks(7), "x": shocks(8)}))
    assert (together.rank, together.verdict) == (1, "both tests find a shared trend")
    assert (apart.rank, apart.verdict) == (0, "neither test finds a shared trend")
    assert still.rank == 2
    assert "every series for stationary" in still.verdict


def test_units_change_no_verdict(macro):
    one, two = (cointegration(series=macro * factor + 5) for factor in (1, 1000))
    np.testing.assert_allclose(one.johansen, two.johansen, rtol=1e-6)
    assert one.engle_granger_pvalue == pytest.approx(two.engle_granger_pvalue, rel=1e-6)


def test_faults_are_named(macro):
    with pytest.raises(InputError, match="has 20 rows: unit root tests need at least 50"):
        unit_roots(series=macro.realgdp.iloc[:20])
    with pytest.raises(InputError, match="missing or infinite"):
        unit_roots(series=macro.realgdp.where(macro.index != 7))
    with pytest.raises(InputError, match="at least two series"):
        cointegration(series=macro[["realgdp"]])
    with pytest.raises(InputError, match="max_lags"):
        cointegration(series=macro, max_lags=0)

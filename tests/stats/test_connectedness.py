"""Connectedness: a system worked by hand, agreement with statsmodels, order, direction, faults."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import macrodata
from statsmodels.tsa.api import VAR

from helpers.stats import InputError, connectedness, generalised_variance_shares


@pytest.fixture(scope="module")
def macro() -> pd.DataFrame:
    """Log differences of US output, consumption and investment, statsmodels' macrodata."""
    return np.log(macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]).diff().dropna()


def test_two_series_by_hand():
    # A = [[.5, 0], [.4, .3]], Sigma = [[1, .5], [.5, 2]], two periods ahead: responses I and A.
    # I Sigma = [[1, .5], [.5, 2]]; A Sigma = [[.5, .25], [.4 + .15, .2 + .6]] = [[.5, .25], [.55, .8]].
    # Explained by 1: (1 + .25) / 1 = 1.25 and (.25 + .3025) / 1 = .5525;
    # by 2: (.25 + .0625) / 2 = .15625 and (4 + .64) / 2 = 2.32.
    # Error variances: 1 + .25 = 1.25 and 2 + (.16 + 2 (.12) .5 + .09 (2)) = 2.46.
    # Unscaled shares: 1, .125 and .5525 / 2.46, 2.32 / 2.46; scaled rows: 1 / 1.125, .125 / 1.125 and
    # .5525 / 2.8725, 2.32 / 2.8725.
    shares = generalised_variance_shares(
        np.array([[[0.5, 0.0], [0.4, 0.3]]]), np.array([[1.0, 0.5], [0.5, 2.0]]), horizon=2
    )
    expected = [[1 / 1.125, 0.125 / 1.125], [0.5525 / 2.8725, 2.32 / 2.8725]]
    np.testing.assert_allclose(shares, expected, rtol=1e-12)


@pytest.mark.parametrize("horizon", [1, 4, 10])
def test_each_column_is_the_orthogonal_decomposition_with_that_series_first(macro, horizon):
    # Pesaran and Shin (1998, prop. 3.1): a generalised response to j is the Cholesky response with j ordered first.
    unscaled = np.empty((3, 3))
    for j, name in enumerate(macro.columns):
        order = [name, *(other for other in macro.columns if other != name)]
        decomposed = VAR(macro[order].to_numpy()).fit(2).fevd(horizon).decomp[:, -1, 0]
        unscaled[[list(macro.columns).index(other) for other in order], j] = decomposed
    expected = 100 * unscaled / unscaled.sum(axis=1, keepdims=True)
    result = connectedness(data=macro, lags=2, horizon=horizon)
    np.testing.assert_allclose(result.table, expected, rtol=1e-8)


def test_measures_add_up_and_do_not_depend_on_the_order(macro):
    result = connectedness(data=macro, lags=2)
    turned = connectedness(data=macro[["realinv", "realgdp", "realcons"]], lags=2)
    np.testing.assert_allclose(result.table.sum(axis=1), 100)
    np.testing.assert_allclose(result.net, result.given - result.taken)
    assert result.net.sum() == pytest.approx(0, abs=1e-9)
    assert result.total == pytest.approx(result.given.sum() / 3)
    assert result.pairwise.loc["realgdp", "realinv"] == pytest.approx(
        result.table.loc["realgdp", "realinv"] - result.table.loc["realinv", "realgdp"]
    )
    pd.testing.assert_frame_equal(turned.table.loc[result.table.index, result.table.columns], result.table)


def test_a_planted_giver_is_a_net_giver_and_independent_series_are_not():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(500, 3)), columns=list("xyz"))
    alone = connectedness(data=data, lags=1, reps=199, seed=1)
    data["y"] += 0.6 * data.x.shift(1).fillna(0)
    led = connectedness(data=data, lags=1, reps=199, seed=1)
    # Variance of y: 1 + .36, of which x gives .36 / 1.36 = 26 per cent; nothing goes back.
    assert led.net["x"] == pytest.approx(26.5, abs=6)
    assert led.net_interval.loc["x", "lower"] > 0 > led.net_interval.loc["y", "upper"]
    assert led.net_interval.loc["x", "lower"] < 26.5 < led.net_interval.loc["x", "upper"]
    assert ((alone.net_interval.lower < 0) & (alone.net_interval.upper > 0)).all()


@pytest.mark.parametrize(
    ("data", "lags", "message"),
    [
        (pd.DataFrame({"x": [1.0, 2.0, 4.0]}), 1, "at least two series"),
        (pd.DataFrame({"x": [1.0, 2.0], "y": [np.nan, 1.0]}), 1, "missing or infinite"),
        (pd.DataFrame(np.eye(12)[:, :2]), 0, "lags must be a whole number"),
    ],
)
def test_faults_are_named(data, lags, message):
    with pytest.raises(InputError, match=message):
        connectedness(data=data, lags=lags)

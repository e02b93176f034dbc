"""Joint test of two responses: statsmodels by hand, level at both edges of the null, power, refusals."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.stats import InputError, joint_response_test


def sample(seed: int, *, metals: float, bitcoin: float, n: int = 400) -> dict[str, pd.Series]:
    """Both answer a standard normal shock in the same week; noise is shared and scaled by the shock."""
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2012-01-06", periods=n, freq="W-FRI")
    shock, common, own, other = rng.normal(size=(4, n))
    scale = 0.5 + np.abs(shock)
    return {
        "rises": pd.Series(metals * shock + scale * (common + own), weeks, name="metals"),
        "holds": pd.Series(bitcoin * shock + 3 * scale * (common + other), weeks, name="btc"),
        "shock": pd.Series(shock, weeks, name="vix"),
    }


def test_agrees_with_statsmodels():
    data = sample(1, metals=0.5, bitcoin=-0.5)
    result = joint_response_test(**data, horizon=2, margin=1.0)
    frame = pd.DataFrame(data)
    frame["shock"] /= frame["shock"].std()
    frame["difference"] = frame["rises"] - frame["holds"]
    lagged = pd.concat([frame[["rises", "holds", "shock"]].shift(k) for k in (1, 2, 3, 4)], axis=1)
    for row, name in enumerate(("rises", "holds", "difference")):
        ahead = sum(frame[name].shift(-j) for j in range(3))
        known = pd.concat([ahead, frame["shock"], lagged], axis=1).dropna().to_numpy()
        fit = sm.OLS(known[:, 0], sm.add_constant(known[:, 1:])).fit(cov_type="HC3")
        assert result.table["estimate"].iloc[row] == pytest.approx(fit.params[1])
        assert result.table["se"].iloc[row] == pytest.approx(fit.bse[1])
    z = result.table["estimate"] / result.table["se"]
    assert result.table.loc["metals", "pvalue"] == pytest.approx(1 - 0.5 * (1 + _erf(z["metals"])), abs=1e-9)
    shifted = (result.table.loc["btc", "estimate"] + 1) / result.table.loc["btc", "se"]
    assert result.table.loc["btc", "pvalue"] == pytest.approx(1 - 0.5 * (1 + _erf(shifted)), abs=1e-9)
    assert result.pvalue == result.table["pvalue"].iloc[:2].max()
    assert result.nobs == 394


def _erf(z: float) -> float:
    return math.erf(z / math.sqrt(2))


def rejections(metals: float, bitcoin: float, paths: int = 150) -> tuple[float, float]:
    found = [
        joint_response_test(**sample(seed, metals=metals, bitcoin=bitcoin, n=250), horizon=1, margin=1.0)
        for seed in range(paths)
    ]
    return np.mean([r.pvalue <= 0.05 for r in found]), np.mean([r.pvalue_against <= 0.05 for r in found])


@pytest.mark.slow
def test_level_and_power():
    # At one edge, far inside the other: the level is reached (.05, three standard errors of .0178).
    assert 0 < rejections(0.0, 8.0)[0] < 0.104
    assert 0 < rejections(3.0, -1.0)[0] < 0.104
    both, against = rejections(0.0, -1.0)
    assert both < 0.05
    assert against < 0.104
    assert rejections(1.5, 2.0, paths=50)[0] > 0.9
    assert rejections(0.5, -5.0, paths=50)[1] > 0.9


def test_summary_and_too_few_weeks():
    result = joint_response_test(**sample(2, metals=1, bitcoin=0), horizon=4, margin=1.0)
    assert "does not fall by more than 1" in result.summary()
    assert "metals" in result.summary()
    short = joint_response_test(**sample(3, metals=1, bitcoin=0, n=25), horizon=4, margin=1.0)
    assert short.reason
    assert np.isnan([short.pvalue, short.pvalue_against]).all()


def test_refusals():
    data = sample(4, metals=1, bitcoin=0)
    with pytest.raises(InputError, match="margin must be a finite number"):
        joint_response_test(**data, horizon=4, margin=np.nan)
    with pytest.raises(InputError, match="margin must be a finite number of at least 0, found -1"):
        joint_response_test(**data, horizon=4, margin=-1)
    with pytest.raises(InputError, match="align"):
        joint_response_test(**data | {"shock": data["shock"].iloc[1:]}, horizon=4, margin=1)
    with pytest.raises(InputError, match="'btc' is missing or infinite on 2012-01-27"):
        joint_response_test(
            **data | {"holds": data["holds"].mask(data["holds"].index == pd.Timestamp("2012-01-27"))},
            horizon=4,
            margin=1,
        )

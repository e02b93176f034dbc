"""Driver regressions: against statsmodels and arithmetic by hand, planted and absent effects, eras."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.stats import InputError, betas_by_era, driver_betas
from helpers.stats.driver_betas import driver_design
from helpers.stats.regression import coefficient_tests


def sample(
    seed: int, n: int = 400, *, beta: float = 2.0, scale_by_driver: bool = False
) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2011-01-07", periods=n, freq="W-FRI", name="week")
    drivers = pd.DataFrame(rng.normal(size=(n, 2)), weeks, ["dollar", "yield"])
    drivers["yield"] += 0.5 * drivers["dollar"]
    noise = rng.normal(size=n) * (1 + drivers["yield"].abs() if scale_by_driver else 1)
    return (beta * drivers["dollar"] + noise).rename("silver"), drivers


@pytest.mark.parametrize(("covariance", "options"), [
    ("HC3", {"cov_type": "HC3", "use_t": True}),
    ("nonrobust", {}),
    ("HAC", {"cov_type": "HAC", "cov_kwds": {"maxlags": 5, "use_correction": True}, "use_t": True}),
])  # fmt: skip
def test_agrees_with_statsmodels(covariance, options):
    y, x = sample(1, scale_by_driver=True)  # n = 400: Newey-West bandwidth 4 (400 / 100) ** (2 / 9) = 5.44 -> 5
    expected = sm.OLS(y, sm.add_constant(x)).fit(**options)
    tests, r2 = coefficient_tests(*driver_design(response=y, drivers=x), covariance=covariance)
    table = pd.DataFrame(tests)
    np.testing.assert_allclose(table["estimate"], expected.params.iloc[1:])
    np.testing.assert_allclose(table["se"], expected.bse.iloc[1:])
    np.testing.assert_allclose(table[["low", "high"]], expected.conf_int().iloc[1:])
    np.testing.assert_allclose(table["pvalue"], expected.pvalues.iloc[1:], atol=1e-12)
    assert r2 == pytest.approx(expected.rsquared)
    if covariance == "HC3":
        np.testing.assert_allclose(driver_betas(response=y, drivers=x).table, table)


def test_one_driver_by_hand():
    # y = 0, 2, 1, 5 on x = 0, 1, 2, 3 (and repeated, to have enough rows): slope 7 / 5 = 1.4, intercept -0.1.
    n = 12
    weeks = pd.date_range("2015-01-02", periods=4 * n, freq="W-FRI")
    y = pd.Series([0.0, 2, 1, 5] * n, weeks, name="silver")
    x = pd.DataFrame({"yield": [0.0, 1, 2, 3] * n}, weeks)
    row = coefficient_tests(*driver_design(response=y, drivers=x), covariance="nonrobust")[0][0]
    # Residuals .1, .7, -1.7, .9 -> SSR 4.2 n; variance 4.2 n / (4n - 2); Sxx = 5 n.
    assert row["estimate"] == pytest.approx(1.4)
    assert row["se"] == pytest.approx(np.sqrt(4.2 * n / (4 * n - 2) / (5 * n)))
    assert row["detectable"] == pytest.approx((2.0129 + 0.8416) * row["se"], rel=1e-4)  # t(46) and normal quantiles


def test_the_bootstrap_finds_what_is_there_and_only_that():
    y, x = sample(2, beta=0.4)
    table = driver_betas(response=y, drivers=x, reps=999, seed=5).table
    assert table.loc["dollar", "pvalue_bootstrap"] == pytest.approx(1 / 1000)
    assert table.loc["yield", "pvalue_bootstrap"] > 0.05
    again = driver_betas(response=y, drivers=x, reps=999, seed=5).table
    pd.testing.assert_frame_equal(table, again)


def test_units_of_a_driver_change_its_beta_only():
    y, x = sample(3)
    plain, scaled = (driver_betas(response=y, drivers=d).table for d in (x, x.assign(**{"yield": x["yield"] / 10})))
    assert scaled.loc["yield", "estimate"] == pytest.approx(10 * plain.loc["yield", "estimate"])
    pd.testing.assert_series_equal(scaled["pvalue"], plain["pvalue"])


def test_eras_are_separate_regressions():
    y, x = sample(4, n=600)
    table = betas_by_era(response=y, drivers=x)
    late = driver_betas(response=y.loc["2014":"2019"], drivers=x.loc["2014":"2019"]).table
    assert table.loc[("dollar", "2014-2019"), "estimate"] == pytest.approx(late.loc["dollar", "estimate"])
    assert table.loc[("dollar", "2014-2019"), "nobs"] == 313
    assert set(table.index.get_level_values("era")) == {"2010-2013", "2014-2019", "2020 on"}


def test_a_short_era_has_a_reason_and_no_number():
    y, x = sample(4, n=470)  # ends on 2020-01-03: one week in the last era
    assert betas_by_era(response=y, drivers=x).loc[("yield", "2020 on"), "estimate":"pvalue"].isna().all()
    short = driver_betas(response=y.iloc[:22], drivers=x.iloc[:22])
    assert "22 weeks are too few" in str(short.reason)


def test_faults_are_named():
    y, x = sample(9)
    with pytest.raises(InputError, match="driver 'both' is a sum of multiples"):
        driver_betas(response=y, drivers=x.assign(both=x["dollar"] + x["yield"]))
    with pytest.raises(InputError, match="driver 'yield' is missing or infinite on 2011-01-14"):
        driver_betas(response=y, drivers=x.assign(**{"yield": x["yield"].where(x.index != x.index[1])}))
    with pytest.raises(InputError, match="has 399 rows"):
        driver_betas(response=y, drivers=x.iloc[1:])

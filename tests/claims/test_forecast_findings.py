"""What followed, and every specification at once: the main numbers of C14 and of what stands beside C10 and C11."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from arch.bootstrap import StationaryBootstrap, optimal_block_length

from helpers.claims import Trial
from helpers.claims.findings import forecast, lead, precedence, robustness
from helpers.data import load

NOW = load(source="snapshot")
TRIAL = Trial(NOW)
BTC = 100 * np.log(NOW.weekly["btc"].dropna())
SILVER = 100 * np.log(NOW.weekly["silver"].dropna())
DAY, DUE = pd.Timestamp("2026-01-23"), pd.Timestamp("2026-07-24")


def _after_quiet(high: pd.Series, passed: pd.Timestamp) -> list[pd.Timestamp]:
    """Weeks of a high with none in the 26 weeks before, once a span has passed."""
    fresh = high & ~high.shift().rolling(26, min_periods=1).max().fillna(0).astype(bool)
    return [day for day in high.index[fresh] if day >= passed]


def test_the_half_year_since_the_record_by_hand():
    found, half_years = forecast.stage_is_set(TRIAL), BTC.diff(26)
    # Weekly returns count from the first week of 2014 on, so that the first half year ends 25 weeks later.
    past = half_years.loc[BTC.loc["2014":].index[25] : DAY]
    outcome = BTC[DUE] - BTC[DAY]
    assert found.estimate == pytest.approx(outcome - past.median())
    assert (found.n, found.extra["due_date"]) == (len(past), str(DUE.date()))
    assert found.extra["place"] == pytest.approx((past < outcome).mean())
    highs: set[pd.Timestamp] = set()
    for years in (1, 2, 3, 5, 100):
        before = SILVER.rolling(pd.Timedelta(days=365.25 * years), closed="left").max()
        span = pd.Timedelta(days=365.25 * years if years < 100 else 182)
        highs |= set(_after_quiet(before.fillna(-np.inf) < SILVER, SILVER.index[0] + span))
    apart: list[pd.Timestamp] = []
    for day in sorted(highs):
        if not apart or day - apart[-1] >= pd.Timedelta(weeks=26):
            apart.append(day)
    assert found.k == len([day for day in apart if BTC.index[1] <= day < DAY])


def test_the_place_in_history_by_another_bootstrap():
    known = BTC.diff().dropna().loc[:DAY]
    block = float(optimal_block_length(known**2)["stationary"].iloc[0])
    draws = StationaryBootstrap(block, known.to_numpy(), seed=1).bootstrap(4_000)
    sums = np.array([sample[0][0][:26].sum() for sample in draws])
    place = forecast.stage_is_set(TRIAL).extra["place at any start since 2010"]
    assert place == pytest.approx((sums < BTC[DUE] - BTC[DAY]).mean(), abs=0.03)


@pytest.mark.parametrize(("find", "weeks"), [(forecast.gain_in_a_month, 4), (forecast.gain_in_a_quarter, 13)])
def test_the_gain_out_of_sample_by_expanding_regressions(find, weeks):
    pairs = pd.DataFrame({"x": SILVER.diff(13), "y": BTC.shift(-weeks) - BTC}).loc[BTC.index[1] :].dropna(subset="x")
    misses = []
    for made in range(156 + weeks - 1, len(pairs) - weeks):
        past, now = pairs.iloc[: made - weeks + 1], pairs.iloc[made]
        slope, level = np.polyfit(past["x"], past["y"], 1)
        misses.append((now["y"] - past["y"].mean(), now["y"] - level - slope * now["x"]))
    mean, model = np.array(misses).T
    found = find(TRIAL)
    assert found.estimate == pytest.approx(100 * (1 - (model**2).sum() / (mean**2).sum()))
    assert (found.n, found.k) == (len(misses), -(-len(misses) // weeks))
    # Clark and West (2007): the test of the mean of f; Newey and West count one lag less than the weeks of a return.
    f = mean**2 - model**2 + (mean - model) ** 2
    fit = sm.OLS(f, np.ones(len(f))).fit(cov_type="HAC", cov_kwds={"maxlags": weeks - 1})
    assert found.p == pytest.approx(float(fit.pvalues[0] / 2 if fit.params[0] > 0 else 1 - fit.pvalues[0] / 2), abs=0.1)


def test_the_share_of_significant_granger_tests_by_statsmodels():
    known = ["gold", "dollar", "nasdaq", "vix"]
    weekly = TRIAL.returns("btc", "silver", *known)
    scaled = (weekly["btc"] / weekly["btc"].rolling(26).std().shift()).dropna()
    signs = []
    for lags, held, start, effect in product(
        (1, 2, 4, 8, 13), ([], known[:2], known), ("2010-07", "2014-01", "2017-01"), (weekly["btc"], scaled)
    ):
        y = effect.loc[start:]
        part = weekly.loc[y.index, ["silver", *held]].assign(own=y)
        table = pd.DataFrame({f"{name} {lag}": part[name].shift(lag) for name in part for lag in range(1, lags + 1)})
        x = sm.add_constant(table.dropna())
        tested = np.eye(x.shape[1])[x.columns.str.startswith("silver")]
        newey_west = {"cov_type": "HAC", "maxlags": int(4 * (len(x) / 100) ** (2 / 9)), "use_correction": True}
        plain = sm.OLS(y.loc[x.index], x).fit()
        for fit in (plain, *(plain.get_robustcov_results(**kind) for kind in ({"cov_type": "HC3"}, newey_west))):
            signs.append(tested.sum(axis=0) @ fit.params > 0 and float(fit.f_test(tested).pvalue) < 0.05)
    found = robustness.lead_in_every_specification(TRIAL)
    assert found.extra["specifications"] == len(signs) == 270
    assert found.estimate == pytest.approx(100 * np.mean(signs))
    assert 0.05 < found.p < 0.5  # one in twenty is expected, 5.2 % is what there is


def test_the_share_of_significant_event_studies_by_rolled_events():
    returns, found = TRIAL.response, robustness.highs_in_every_specification(TRIAL)
    signs = []
    for quiet, start in product((13, 26, 52), ("2010-07", "2014-01")):
        part = returns.loc[start:]
        for events, weeks in product(TRIAL.highs("silver", quiet=quiet).values(), (4, 13, 26, 52)):
            after = (part.rolling(weeks).sum().shift(-weeks) - weeks * part.mean()).to_numpy()
            near = ((part - part.mean()) ** 2).rolling(2 * 26 + 1, center=True, min_periods=1).mean()
            spread = near.rolling(weeks).sum().shift(-weeks).to_numpy()
            held = part.index.isin(events)
            if not np.isfinite(after[held]).any():
                continue
            after = after - np.nanmean(after)
            moved = np.array([np.roll(held, shift) for shift in range(len(part))])
            many = np.array([np.isfinite(after[row]).sum() for row in moved], dtype=float)
            with np.errstate(invalid="ignore", divide="ignore"):
                z = np.array([np.nansum(after[row]) / np.sqrt(np.nansum(spread[row])) for row in moved])
            known = np.abs(z[many > 0]).round(9)
            signs.append(z[0] > 0 and np.mean(known >= known[0]) < 0.05)
    assert found.extra["specifications"] == len(signs)
    assert found.estimate == pytest.approx(100 * np.mean(signs))
    assert found.p == 1 if not any(signs) else found.p < 1  # no share is smaller than none


def test_the_lead_of_an_older_week_by_statsmodels():
    names = ["silver", "btc", *precedence.controls(TRIAL)]
    weekly = TRIAL.returns("btc", "silver", *precedence.controls(TRIAL))[names]
    weekly["silver"] = weekly["silver"].shift()
    weekly = weekly.iloc[1:]
    table = pd.DataFrame({f"{name} {lag}": weekly[name].shift(lag) for name in names for lag in range(1, 9)}).dropna()
    fit = sm.OLS(weekly["btc"].loc[table.index], sm.add_constant(table)).fit(cov_type="HC3", use_t=True)
    tested = np.eye(len(fit.params))[fit.params.index.str.startswith("silver")]
    found = robustness.lead_a_week_older(TRIAL)
    assert found.n == len(table)
    assert found.p == pytest.approx(float(fit.f_test(tested).pvalue), abs=0.1)


def test_what_the_search_over_lags_could_find_passes_its_own_critical_value(monkeypatch):
    for name in ("FIRST_DRAWS", "MOST_DRAWS"):
        monkeypatch.setattr(f"helpers.stats.monte_carlo.{name}", 199)
    found = lead.lag_of_weeks_to_months(TRIAL)
    # The cell has to pass the critical value of the largest of all cells; .8416 standard errors more in four of five.
    beyond = float(found.extra["usual standard errors"]) + 0.8416
    assert found.detectable == pytest.approx(beyond * abs(found.estimate) / found.standardised, rel=1e-4)
    assert found.detectable > 4 * abs(found.estimate) / found.standardised

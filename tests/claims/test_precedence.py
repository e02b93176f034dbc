"""C10 and C11 on the snapshot by plain pandas, statsmodels and scipy: what the findings say, worked by other means."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.tsa.ar_model import AutoReg, ar_select_order

from helpers.claims import Trial
from helpers.claims.findings import lead, precedence
from helpers.data import load

NOW = load(source="snapshot")
TRIAL = Trial(NOW)
NAMES = ["btc", "silver", "gold", "dollar", "nasdaq", "vix", "copper", "platinum", "sp500"]
CHANGES = 100 * np.log(NOW.weekly[NAMES]).diff().loc["2000":]
BTC = CHANGES["btc"].dropna()
ERAS = {"2010-2013": ("2010", "2013"), "2014-2019": ("2014", "2019"), "2020 on": ("2020", None)}
RIVALS = ["copper", "nasdaq", "dollar", "sp500", "platinum"]


def fitted(effect, causes, *, first=1, last=26, half_life=8, burn_in=26, sample=(None, None)):
    """Weighted least squares of an effect on means of past rows beside its own four lags: classical, HC3, means."""
    causes = causes.reindex(causes.index.union(effect.index))
    x = causes.rolling(last - first + 1).mean().shift(first).where(causes.shift().notna())
    own = pd.DataFrame({f"own {lag}": effect.shift(lag) for lag in range(1, 5)})
    rows = own.join(x).assign(y=effect, variance=1.0)
    if half_life:
        rows["variance"] = (effect**2).ewm(halflife=half_life).mean().shift()
        rows = rows.iloc[burn_in:]
    rows = rows.loc[sample[0] : sample[1]].dropna()
    model = sm.WLS(rows["y"], sm.add_constant(rows[[*x, *own]]), weights=1 / rows["variance"])
    return model.fit(), model.fit(cov_type="HC3"), rows[list(x)]


def share(plain, name, coefficient):
    """Per cent of variance: b^2 / (b^2 + s^2 df) with the sign of b, as in t^2 / (t^2 + df)."""
    return 100 * np.sign(coefficient) * coefficient**2 / (coefficient**2 + plain.bse[name] ** 2 * plain.df_resid)


def check(found, fits, name, weeks):
    """Estimate, interval, distance, direction and n in shares of variance; the next quarter in log points."""
    plain, robust, x = fits
    b, se, ends = robust.params[name], robust.bse[name], robust.conf_int().loc[name]
    told = [found.estimate, found.low, found.high, found.standardised, found.direction, found.n]
    shares = [share(plain, name, value) for value in (b, *ends)]
    assert told == pytest.approx([*shares, abs(b / se), np.sign(b), len(x)], rel=1e-6)
    reading = x[name].std() * weeks
    assert list(found.extra.values())[-3:] == pytest.approx([v * reading for v in (b, *ends)], rel=1e-6)
    return robust


def once(test, **_):
    """Draw once and not until a side is known."""
    return SimpleNamespace(value=test(399, 1), error=0.0)


@pytest.fixture(scope="module")
def primaries():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lead, "decided", once)
        return {"C10": lead.sustained_strength_leads(TRIAL), "C11": lead.lag_of_weeks_to_months(TRIAL)}


def test_c10_by_weighted_least_squares(primaries):
    found = primaries["C10"]
    # Strength of 26 weeks fades in 26: 13 - 78 / 26 = 10 weeks' worth in the next 13.
    plain, robust, x = fits = fitted(BTC, CHANGES[["silver"]])
    check(found, fits, "silver", 10)
    assert found.n == len(x) == 813
    # 80 % power at 5 % asks for 1.95996 + .84162 standard errors.
    assert found.detectable == pytest.approx(share(plain, "silver", 2.80158 * robust.bse["silver"]), rel=1e-5)
    assert found.p == pytest.approx(robust.pvalues["silver"], abs=0.06)


def test_c10_of_placebos_and_of_eras(primaries):
    found = primaries["C10"]
    placebos = {name: abs(fitted(BTC, CHANGES[[name]])[1].tvalues[name]) for name in RIVALS}
    assert found.placebos == pytest.approx(placebos, rel=1e-6)
    eras = {era: fitted(BTC, CHANGES[["silver"]], sample=ends)[1].params["silver"] for era, ends in ERAS.items()}
    assert found.eras == pytest.approx(eras, rel=1e-6)


def test_c10_beside_with_equal_weights_and_given_others():
    check(lead.lead_unweighted(TRIAL), fitted(BTC, CHANGES[["silver"]], half_life=None), "silver", 10)
    others = CHANGES[["silver", "gold", "dollar", "nasdaq"]].dropna()
    check(lead.lead_given_others(TRIAL), fitted(BTC, others), "silver", 10)


@pytest.mark.parametrize(("later", "last"), [(False, 5), (True, 20)])
def test_c10_by_day(later, last):
    days = pd.concat({name: NOW.daily(name) for name in ("btc", "silver")}, axis=1, sort=True).dropna()
    changes = 100 * np.log(days.loc[BTC.index[0] :]).diff()
    changes["silver"] = changes["silver"].shift(int(later))
    changes = changes.dropna()
    fits = fitted(changes["btc"], changes[["silver"]], last=last, half_life=40, burn_in=130)
    # Rows 0 to 64 ahead, each fading by 1 / m: (m + 1) / 2 rows' worth.
    found = lead._daily(TRIAL, last=last, later=later)
    check(found, fits, "silver", (last + 1) / 2)


def test_c11_liquidity_by_weighted_least_squares():
    growth = NOW.returns("net_liquidity")
    fits = fitted(BTC.loc[growth.index[0] :], growth, first=11, last=13)
    check(lead._liquidity(TRIAL, window=(11, 13)), fits, "net_liquidity", 2)  # 1 + 2/3 + 1/3


def every_window(name):
    """Estimate, HC3 error, sd and weeks' worth of all 465 windows, by numpy's least squares on common rows."""
    rows = fitted(BTC, CHANGES[[name]], last=30)[2].index
    weights = 1 / np.sqrt((BTC**2).ewm(halflife=8).mean().shift()).loc[rows].to_numpy()
    own = np.column_stack([np.ones(len(rows)), *(BTC.shift(lag).loc[rows] for lag in range(1, 5))])
    y, own = BTC.loc[rows].to_numpy() * weights, own * weights[:, None]
    table = {}
    for first in range(1, 31):
        for last in range(first, 31):
            mean = CHANGES[name].rolling(last - first + 1).mean().shift(first).loc[rows].to_numpy()
            x = np.column_stack([mean * weights, own])
            inverse = np.linalg.inv(x.T @ x)
            b = inverse @ x.T @ y
            leverage = np.sum(x @ inverse * x, axis=1)
            se = np.sqrt(np.sum((x @ inverse[0] * (y - x @ b) / (1 - leverage)) ** 2))
            ahead = np.maximum(0, 1 - np.arange(13) / (last - first + 1)).sum()
            table[name, first, last] = {"b": b[0], "se": se, "reading": mean.std(ddof=1) * ahead}
    return pd.DataFrame(table).T


def test_c11_by_every_window(primaries):
    found, cells = primaries["C11"], pd.concat([every_window("silver"), every_window("gold")])
    distance = (cells["b"] / cells["se"]).abs()
    top = cells.loc[best := distance.idxmax()]
    assert found.extra["strongest window"] == f"{best[0]}, weeks {best[1]} to {best[2]}"
    critical = found.extra["usual standard errors"]  # of the largest of 930, and .84162 more for a power of 80 %
    told = [found.estimate, found.standardised, found.detectable]
    expected = [top.b * top.reading, distance.max(), (critical + 0.84162) * top.se * top.reading]
    assert told == pytest.approx(expected, rel=1e-5)
    reach = critical * cells["se"]
    ends = [((cells["b"] + sign * reach) * cells["reading"]).agg(how) for sign, how in ((-1, "min"), (1, "max"))]
    assert [found.low, found.high] == pytest.approx(ends, rel=1e-6)
    wider = found.extra["always-valid standard errors"] * cells["se"]
    ends = [((cells["b"] + sign * wider) * cells["reading"]).agg(how) for sign, how in ((-1, "min"), (1, "max"))]
    assert [found.always_low, found.always_high] == pytest.approx(ends, rel=1e-6)
    assert (found.n, found.direction) == (BTC.index.size - 26, np.sign(top.b))


def test_c11_of_a_placebo_and_of_eras(primaries):
    found, copper = primaries["C11"], every_window("copper")
    assert found.placebos["copper"] == pytest.approx((copper["b"] / copper["se"]).abs().max(), rel=1e-6)
    assert set(found.placebos) == set(RIVALS)
    name, _, first, _, last = found.extra["strongest window"].replace(",", "").split()
    for era, ends in ERAS.items():
        _, robust, x = fitted(BTC, CHANGES[[name]], first=int(first), last=int(last), sample=ends)
        ahead = np.maximum(0, 1 - np.arange(13) / (int(last) - int(first) + 1)).sum()
        assert found.eras[era] == pytest.approx(robust.params[name] * x[name].std() * ahead, rel=1e-6)


def granger(effect, cause, held, *, lags=8, extra=0, data=CHANGES):
    """Ordinary regression on lags: classical fit, HC3 fit, names of the tested lags."""
    rows = data[[effect, cause, *held]].dropna()
    table = {f"{name} {lag}": rows[name].shift(lag) for name in rows for lag in range(1, lags + extra + 1)}
    x = sm.add_constant(pd.DataFrame(table).dropna())
    model = sm.OLS(rows[effect].loc[x.index], x)
    return model.fit(), model.fit(cov_type="HC3", use_t=True), [f"{cause} {lag}" for lag in range(1, lags + 1)]


HELD = ["gold", "dollar", "nasdaq", "vix"]


def test_c10_as_first_registered():
    found = precedence.lead(TRIAL)
    plain, robust, tested = granger("btc", "silver", HELD)
    short = sm.OLS(plain.model.endog, plain.model.data.orig_exog.drop(columns=tested)).fit()
    assert found.estimate == pytest.approx(100 * (1 - plain.mse_resid / short.mse_resid), rel=1e-8)
    assert found.n == plain.nobs
    assert found.direction == np.sign(plain.params[tested].sum())
    # Noncentralities that put the robust F at its 2.5 and 97.5 per cent points, times classical over robust F.
    restrict = np.eye(len(plain.params))[plain.params.index.isin(tested)]
    robust_f, classical_f = (float(fit.f_test(restrict).fvalue) for fit in (robust, plain))
    df = 8, plain.df_resid

    def bound(value, probability):
        if stats.f.cdf(value, *df) <= probability:
            return 0
        root = optimize.brentq(lambda c: stats.ncf.cdf(value, *df, c) - probability, 1e-9, 500)
        shown = root * classical_f / robust_f
        return 100 * shown / (shown + plain.nobs)

    ends = [bound(robust_f, 0.975), bound(robust_f, 0.025), bound(stats.f.isf(0.05, *df), 0.2)]
    assert [found.low, found.high, found.detectable] == pytest.approx(ends, rel=1e-4)
    for era, (first, last) in ERAS.items():
        part = granger("btc", "silver", HELD, data=CHANGES.loc[first:last].loc[BTC.index[0] :])
        assert found.eras[era] == pytest.approx(part[0].params[part[2]].sum(), rel=1e-6)


@pytest.mark.parametrize(
    ("test", "asked"),
    [
        (precedence.reverse_lead, ("silver", "btc", HELD)),
        (precedence.lead_alone, ("btc", "silver", [])),
        (precedence.lead_in_levels, ("btc", "silver", HELD)),
    ],
)
def test_c10_beside_have_the_p_of_the_f_test_nearly(test, asked, monkeypatch):
    monkeypatch.setattr(precedence, "REPS", 499)
    # The wild bootstrap departs from the F distribution by a few points at most.
    levels = test is precedence.lead_in_levels
    data = np.log(NOW.weekly[NAMES]).loc[BTC.index[0] - pd.Timedelta(weeks=1) :] if levels else CHANGES
    _, robust, tested = granger(*asked, extra=int(levels), data=data)
    found = test(TRIAL)
    restrict = np.eye(len(robust.params))[robust.params.index.isin(tested)]
    assert found.p == pytest.approx(float(robust.f_test(restrict).pvalue), abs=0.08)
    assert found.n == robust.nobs


def test_the_scan_has_the_weeks_of_its_longest_lag(monkeypatch):
    monkeypatch.setattr(precedence, "REPS", 99)
    found = precedence.lead_at_any_lag(TRIAL)
    assert found.n == granger("btc", "silver", HELD, lags=26)[0].nobs == 813


def test_the_response_by_regressions_at_thirteen_weeks(monkeypatch):
    monkeypatch.setattr(precedence, "RESPONSE_REPS", 19)
    found = precedence.response_to_leader(TRIAL)
    rows = CHANGES[["btc", "silver", "gold", "dollar", "nasdaq"]].dropna()
    lagged = {f"{name} {lag}": rows[name].shift(lag) for name in rows for lag in range(1, 9)}
    # Weeks 1 to 13 after the shock: each week's response by a regression of its own on common rows, summed.
    x = sm.add_constant(rows.drop(columns="btc").assign(**lagged)).dropna()
    ahead = pd.concat([rows["btc"].shift(-k) for k in range(1, 14)], axis=1).sum(axis=1, skipna=False)
    both = x.assign(y=ahead).dropna()
    direct = sm.OLS(both["y"], both.drop(columns="y")).fit().params["silver"]
    assert found.estimate == pytest.approx(direct, abs=0.75 * found.se)
    assert found.n == len(rows) - 9


def test_correlations_ahead_by_whitening_and_direct_sums(monkeypatch):
    monkeypatch.setattr(precedence, "RESPONSE_REPS", 19)
    found = precedence.correlation_ahead(TRIAL)
    pair = CHANGES[["silver", "btc"]].dropna()

    def excess(part):
        white = {}
        for name, values in part.items():
            chosen = ar_select_order(values.to_numpy(), maxlag=12, ic="bic").ar_lags
            white[name] = AutoReg(values.to_numpy(), lags=chosen).fit().resid if chosen else values.to_numpy()
        n = min(map(len, white.values()))
        x, y = (stats.zscore(values[-n:]) for values in white.values())
        return sum(x[: n - k] @ y[k:] / n for k in range(1, 27)) - x @ y / n, n

    assert (found.estimate, found.n) == pytest.approx(excess(pair))
    for era, (first, last) in ERAS.items():
        assert found.eras[era] == pytest.approx(excess(pair.loc[first:last])[0])


def first_highs(price):
    """Closes above all of the year before, after 26 weeks without one and a year of prices."""
    year, out, quiet = pd.Timedelta(days=365.25), [], 99
    for date, close in price.items():
        before = price.loc[date - year : date].iloc[:-1]
        high = not len(before) or close > before.max()
        if high and quiet >= 26 and date - price.index[0] >= year:
            out.append(date)
        quiet = 0 if high else quiet + 1
    return pd.DatetimeIndex(out)


def after(events, returns, eras=False):
    """Mean of the 13 weeks after events less that of every week, each week less its normal return; how many events."""
    if eras:
        group = np.searchsorted(pd.DatetimeIndex(["2014-01-01", "2020-01-01"]), returns.index, side="right")
        normal = returns.groupby(group).transform("mean")
    else:
        normal = pd.Series(returns.mean(), returns.index)
    total = (returns - normal).rolling(13).sum().shift(-13).dropna()
    weeks = returns.index[returns.index.searchsorted(events[(events >= returns.index[0])])].unique()
    found = total.reindex(weeks).dropna()
    return found.mean() - total.mean(), len(found)


def test_after_highs_by_hand():
    highs = first_highs(NOW.weekly["silver"].dropna())
    real = NOW.real("silver")
    asked = [
        (precedence.after_highs, highs, False),
        (precedence.after_highs_in_own_era, highs, True),
        (precedence.after_real_highs, first_highs(real), False),
    ]
    for test, events, eras in asked:
        found = test(TRIAL)
        expected = after(events, BTC, eras)
        assert (found.estimate, found.k) == pytest.approx(expected), test.__name__
        assert found.n == len(BTC)
        assert found.low < found.estimate < found.high


def test_highs_of_both_metals_weighed_by_volatility():
    events = [first_highs(NOW.weekly[name].dropna()) for name in ("silver", "gold")]
    volatility = np.sqrt((BTC**2).ewm(halflife=26).mean().shift()).iloc[26:]
    scaled = BTC.iloc[26:] * volatility.median() / volatility
    found = precedence.after_highs_of_both(TRIAL)
    assert found.n == len(scaled)
    assert found.k >= 6
    both = events[0].union(events[1])
    apart = [date for i, date in enumerate(both) if i == 0 or (date - both[i - 1]).days > 26 * 7]
    assert (found.estimate, found.k) == pytest.approx(after(pd.DatetimeIndex(apart), scaled, True))

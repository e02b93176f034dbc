"""The numbers that verdicts rest on, worked from the embedded levels with pandas and statsmodels alone."""

from itertools import permutations
from math import atanh, log, sqrt, tanh

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from arch.bootstrap import StationaryBootstrap
from scipy import stats

from helpers.claims import Trial
from helpers.claims.findings import FINDINGS, drivers, metal, record, regimes
from helpers.data import load

NOW = load(source="snapshot")
TRIAL, WEEKLY, DAY = Trial(NOW), NOW.weekly, pd.Timestamp("2026-01-23")
RATES = ("real10",)
ERAS = {"2010-2013": ("2010-07-01", "2013"), "2014-2019": ("2014", "2019"), "2020 on": ("2020", "2100")}
# Of the interval that holds at all weeks, where it is narrowest (Waudby-Smith et al. 2024, theorem 2.2).
FACTOR = min(sqrt(2 * (r + 1) / r * log(sqrt(r + 1) / 0.05)) for r in np.linspace(5, 15, 500))


def moved(*names: str) -> pd.DataFrame:
    """Weekly changes over the weeks that all have: per cent, of a rate percentage points."""
    made = {n: WEEKLY[n].diff() if n in RATES else 100 * np.log(WEEKLY[n]).diff() for n in names}
    return pd.DataFrame(made).dropna()


def hc3(y: pd.Series, x: pd.DataFrame, **options):
    return sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC3", **options)


def four_weeks_after(y: pd.Series, x: pd.Series, *others: pd.Series, scale: float | None = None):
    """Response in the week of a shock of one standard deviation (or of `scale`) and the four after it, its error, n."""
    shock = x / x.std()
    past = {f"{k} {lag}": s.shift(lag) for k, s in enumerate((y, shock, *others)) for lag in (1, 2, 3, 4)}
    data = pd.DataFrame({"ahead": y.rolling(5).sum().shift(-4), "shock": shock} | past).dropna()
    fit = hc3(data["ahead"], data.drop(columns="ahead"))
    factor = 1 if scale is None else scale / x.std()
    return factor * fit.params["shock"], fit.bse["shock"], len(data)


def test_c1_the_record():
    price, london = WEEKLY["silver"].dropna(), NOW.daily("london_silver").loc[:DAY]
    june, december, january = (price[day] for day in ("2025-06-27", "2025-12-26", DAY))
    found = record.record_price(TRIAL)
    assert found.estimate == pytest.approx(100 * (log(january / december) / 4 - log(december / june) / 26))
    assert january == found.extra["weekly close"] == pytest.approx(100.925)
    # London was fixed at 49.45 on 18 January 1980, the highest price on record before 2025.
    assert january > max(price.loc[:DAY].iloc[:-1].max(), 49.45)
    assert list(found.parts.values()) == [
        True,
        True,
        december > june,
        january / december > (december / june) ** (4 / 26),
    ]
    assert (found.extra["London, last"], found.extra["London, highest before"]) == (london.iloc[-1], london[:-1].max())
    cpi = NOW.as_published("cpi")
    real = (WEEKLY["london_silver"] / cpi).loc[:DAY].dropna()
    share = found.extra["London, share of its highest week after inflation"]
    assert share == pytest.approx(real.iloc[-1] / real.max())


def shares(leader: str, follower: str, margin: float, *, first: str | None = None) -> tuple[float, int, int, pd.Series]:
    """Share of the half-years before the last, their number, stretches that do not overlap, and the weekly gaps."""
    pair = WEEKLY[[leader, follower]].dropna().loc[first:DAY]
    weekly = 100 * np.log(pair[leader] / pair[follower]).diff().dropna()
    past = weekly.rolling(26).sum().dropna().iloc[:-1]
    hits, count, last = np.flatnonzero(past >= margin), 0, -26
    for week in hits:
        if week - last >= 26:
            count, last = count + 1, week
    return 100 * len(hits) / len(past), len(past), count, weekly.iloc[:-1]


def inverted(weekly: pd.Series, share: float) -> tuple[float, float]:
    """The true shares under which fewer, and more, than the share seen are not rare (3 %) in rebuilt series."""
    drawn = StationaryBootstrap(13, weekly.to_numpy(), seed=9).bootstrap(400)
    sums = np.array([np.convolve(one[0][0], np.ones(26), "valid") for one in drawn])
    true = np.arange(0.5, 75, 0.5)
    shown = np.array([100 * np.mean(sums >= edge, axis=1) for edge in np.quantile(sums, 1 - true / 100)])
    kept = true[(np.mean(shown <= share, axis=1) >= 0.03) & (np.mean(shown >= share, axis=1) >= 0.03)]
    return kept.min(), kept.max()


@pytest.mark.parametrize(
    ("find", "pair", "placebo", "margin", "first", "ahead"),
    [
        (FINDINGS["C2", "any"].function, ("silver", "gold"), ("copper", "gold"), 0, None, 0),
        (FINDINGS["C2", "large"].function, ("silver", "gold"), ("copper", "gold"), 25, None, 0),
        (record.gap_is_usual, ("silver", "btc"), ("silver", "nasdaq"), 25, "2010-07-23", 4),
    ],
)
def test_c2_and_c8_half_years_ahead(find, pair, placebo, margin, first, ahead):
    found = find(TRIAL)
    share, n, episodes, weekly = shares(*pair, margin, first=first)
    assert (found.estimate, found.n, found.k) == (pytest.approx(share), n, episodes)
    past = weekly.rolling(26).sum().dropna()
    assert (past >= found.extra["margin of that week"]).sum() == ahead
    assert found.extra["margin of that week"] == pytest.approx(
        100 * log(WEEKLY.loc[DAY, pair[0]] / WEEKLY.loc["2025-07-25", pair[0]])
        - 100 * log(WEEKLY.loc[DAY, pair[1]] / WEEKLY.loc["2025-07-25", pair[1]])
    )
    assert found.extra["earlier half-years as far ahead"] == ahead
    assert list(found.extra.values())[2] == pytest.approx(shares(*placebo, margin, first=first)[0])
    low, high = inverted(weekly, share)
    # Two sets of a few hundred draws: the ends of 3 % tails differ by a tenth or so.
    assert (found.low, found.high) == (pytest.approx(low, rel=0.2, abs=0.6), pytest.approx(high, rel=0.12))
    assert found.confidence == 0.90


def test_c3_what_silvers_run_let_one_expect():
    found, pair = record.had_not_followed(TRIAL), moved("btc", "silver").loc[:DAY]
    price = WEEKLY["silver"].dropna().loc[:DAY]
    high = price > price.cummax().shift()
    quiet = ~high.shift(fill_value=False).rolling(26, min_periods=1).max().astype(bool)
    breakout = price.index[high & quiet & (price.index < DAY)][-1]
    assert found.extra["breakout"] == f"{breakout:%Y-%m-%d}" == "2025-10-17"
    before, after = pair.loc[:breakout], pair.loc[breakout:].iloc[1:]
    fit = sm.OLS(before["btc"], sm.add_constant(before["silver"])).fit()
    assert (found.n, found.extra["response"]) == (len(before), pytest.approx(fit.params["silver"]))
    ends = after.sum()
    assert found.extra["Bitcoin's return"] == pytest.approx(ends["btc"])
    assert found.extra["silver's return"] == pytest.approx(ends["silver"])
    expected = len(after) * fit.params["const"] + fit.params["silver"] * ends["silver"]
    # A mean of 999 paths whose spread is the residual's over 14 weeks.
    spread = sqrt(len(after) * fit.scale + (ends["silver"] * fit.bse["silver"]) ** 2)
    assert found.extra["expected, middle"] == pytest.approx(expected, abs=3 * spread / sqrt(999))
    assert found.estimate == pytest.approx(100 * stats.norm.cdf((ends["btc"] - expected) / spread), abs=4)


def test_c4_silver_after_a_jump_of_fear():
    found, pair = drivers.gains_in_fear(TRIAL), moved("silver", "vix")
    estimate, se, n = four_weeks_after(pair["silver"], pair["vix"])
    assert (found.estimate, found.se, found.n) == (pytest.approx(estimate), pytest.approx(se), n)
    assert (found.low, found.high) == (pytest.approx(estimate - 1.959964 * se), pytest.approx(estimate + 1.959964 * se))
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(estimate) / se))
    assert found.detectable == pytest.approx((1.959964 + 0.841621) * se)
    assert found.always_low == pytest.approx(estimate - FACTOR * se, abs=1e-3 * se)
    for name in ("copper", "nasdaq"):
        other = moved(name, "vix")
        size, error, _ = four_weeks_after(other[name], other["vix"])
        assert found.placebos[name] == pytest.approx(abs(size) / error)
        assert found.extra[{"nasdaq": "Nasdaq"}.get(name, name)] == pytest.approx(size)
    scale = pair["vix"].std()
    for era, (first, last) in ERAS.items():
        part = pair.loc[first:last]
        assert found.eras[era] == pytest.approx(four_weeks_after(part["silver"], part["vix"], scale=scale)[0])


def test_c5_silver_and_the_real_yield():
    found, pair = drivers.lower_yields(TRIAL), moved("silver", "real10").loc["2010-07-01":]
    fit = hc3(pair["silver"], 10 * pair[["real10"]], use_t=True)
    assert (found.estimate, found.se, found.n) == (
        pytest.approx(fit.params["real10"]), pytest.approx(fit.bse["real10"]), len(pair),
    )  # fmt: skip
    assert [found.low, found.high] == pytest.approx(list(fit.conf_int().loc["real10"]))
    assert found.p == 1 / 10_000  # the smallest of 9,999 draws: the t-value is above five
    assert fit.pvalues["real10"] < 1e-6
    for name in ("copper", "nasdaq"):
        other = moved(name, "real10").loc["2010-07-01":]
        assert found.placebos[name] == pytest.approx(abs(hc3(other[name], other[["real10"]]).tvalues["real10"]))
    for era, (first, last) in ERAS.items():
        part = pair.loc[first:last]
        assert found.eras[era] == pytest.approx(hc3(part["silver"], 10 * part[["real10"]]).params["real10"])


def test_c9_metals_and_bitcoin_after_a_jump_of_fear():
    metals, waits = drivers.metals_first(TRIAL), drivers.follower_waits(TRIAL)
    weekly = moved("silver", "gold", "btc", "vix")
    both = weekly[["silver", "gold"]].mean(axis=1)
    for found, y, other in ((metals, both, weekly["btc"]), (waits, weekly["btc"], both)):
        estimate, se, n = four_weeks_after(y, weekly["vix"], other)
        assert (found.estimate, found.se, found.n) == (pytest.approx(estimate), pytest.approx(se), n)
    assert metals.p == pytest.approx(2 * stats.norm.sf(abs(metals.estimate) / metals.se))
    # Against a fall of one per cent, the smallest that counts.
    assert waits.p == pytest.approx(2 * stats.norm.cdf((waits.estimate + 1) / waits.se))
    assert waits.extra["joint p of the opposite"] == pytest.approx(min(waits.p, 1))
    scale = weekly["vix"].std()
    for era, (first, last) in ERAS.items():
        part = both.loc[first:last]
        assert metals.eras[era] == pytest.approx(four_weeks_after(part, weekly["vix"][part.index], scale=scale)[0])


# Silver Institute, World Silver Surveys 2019 and 2026, Interim Review of November 2021: market balance, million ounces.
BALANCES = {
    "WSS 2019": {2009: 78.2, 2010: 25.0, 2015: -111.0, 2016: -4.4},
    "Nov-2021 Interim Review": {2011: -34.0, 2012: 31.0, 2013: -30.0, 2014: 46.0},
    "WSS 2026": {2017: 53.3, 2018: 15.0, 2019: 11.1, 2020: 52.5, 2021: -83.7, 2022: -254.0, 2023: -200.1, 2024: -137.9},
}


def pooled(name: str) -> tuple[float, dict[str, float], list[tuple[np.ndarray, np.ndarray]]]:
    year_end = WEEKLY[name].dropna().groupby(lambda week: week.year).last()
    change = np.log(year_end).diff().shift(-1)
    ranks, single = [], {}
    for edition, figures in BALANCES.items():
        a, b = (stats.rankdata(list(v)) for v in (figures.values(), change[list(figures)]))
        ranks.append((a - a.mean(), b - b.mean()))
        single[edition] = stats.spearmanr(a, b).statistic
    across = sum(a @ b for a, b in ranks)
    return across / sqrt(sum(a @ a for a, _ in ranks) * sum(b @ b for _, b in ranks)), single, ranks


def test_c6_balance_and_the_next_years_price():
    deficit, found = metal.in_deficit(TRIAL), metal.deficit_supports(TRIAL)
    # (-83.7 - 254.0 - 200.1 - 137.9 - 40.3) / 5 = -143.2
    assert (deficit.estimate, deficit.n, list(deficit.parts.values())) == (pytest.approx(-143.2), 5, [True])
    r, single, ranks = pooled("silver")
    assert (found.estimate, found.n) == (pytest.approx(r), 16)
    assert found.eras == pytest.approx(single)
    # Fisher: z = atanh(r), variance 1 / (16 - 3 means - 2) = 1 / 11.
    assert [found.low, found.high] == pytest.approx([tanh(atanh(r) + side * 1.959964 / sqrt(11)) for side in (-1, 1)])
    assert found.placebos == pytest.approx({n: abs(atanh(pooled(n)[0])) * sqrt(11) for n in ("gold", "copper")})
    rng, seen = np.random.default_rng(1), sum(a @ b for a, b in ranks)
    drawn = sum(rng.permuted(np.tile(b, (40_000, 1)), axis=1) @ a for a, b in ranks)
    assert found.p == pytest.approx(np.mean(np.abs(drawn) >= abs(seen) - 1e-9), abs=0.01)


def shapley(y: pd.Series, x: pd.DataFrame) -> pd.Series:
    """Gain in R2 by each predictor, averaged over the orders of entry, in per cent."""
    c = np.corrcoef(np.column_stack([y, x]).T)

    def r2(chosen: tuple[int, ...]) -> float:
        at = [k + 1 for k in chosen]
        return float(c[0, at] @ np.linalg.solve(c[np.ix_(at, at)], c[0, at])) if at else 0.0

    orders = list(permutations(range(x.shape[1])))
    gains = [[r2(o[: o.index(k) + 1]) - r2(o[: o.index(k)]) for k in range(x.shape[1])] for o in orders]
    return pd.Series(100 * np.mean(gains, axis=0), x.columns)


def test_c7_industry_and_copper():
    demand, found = metal.industrial_demand(TRIAL), metal.industrial_metal(TRIAL)
    # World Silver Survey 2026: 528.0 million ounces in 2017, 657.4 in 2025; solar 99.3 and 186.6.
    assert (demand.estimate, demand.n) == (pytest.approx(100 * (657.4 / 528.0 - 1)), 9)
    assert list(demand.parts.values()) == [True, True]
    weekly = moved("silver", "gold", "dollar", "copper")
    x = weekly[["gold", "dollar", "copper"]]

    def copper(rows):
        return shapley(weekly["silver"].loc[rows], x.loc[rows])["copper"]

    before = copper(slice(None, "2015-12-31"))
    assert (found.extra["before"], found.n) == (pytest.approx(before), len(weekly))
    assert found.estimate == pytest.approx(copper(slice("2016", None)) - before)
    assert found.eras == pytest.approx(
        {
            "2016-2019": copper(slice("2016", "2019")) - before,
            "2020-2022": copper(slice("2020", "2022")) - before,
            "2023 on": copper(slice("2023", None)) - before,
        }
    )
    first, data = len(x.loc[:"2015-12-31"]), np.column_stack([weekly["silver"], x])
    changes = []
    for shift in range(0, len(data), 9):
        turned = pd.DataFrame(np.roll(data, -shift, axis=0))
        parts = (turned.iloc[:first], turned.iloc[first:])
        early, late = (shapley(part[0], part[[1, 2, 3]])[3] for part in parts)
        changes.append(abs(late - early))
    assert found.p == pytest.approx(np.mean(np.array(changes) >= changes[0]), abs=0.03)


def test_c18_mine_output_and_the_price():
    found, figures = metal.inelastic_supply(TRIAL), NOW.table("silver_balance_long")
    mined = figures[figures["item"] == "mine_production"].pivot_table(index="year", columns="vintage", values="moz")
    growth = 100 * np.log(mined).diff().dropna(how="all")
    order = ["WSS 2026", "WSS 2024", "Nov-2021 Interim Review", "WSS 2019", "WSS 2013", "Clio Infra / USGS"]
    latest = growth[order].bfill(axis=1).iloc[:, 0].dropna()
    real = (NOW.daily("silver_average") / NOW.daily("cpi")).dropna()
    price = 100 * np.log(real.groupby(real.index.year).mean()).diff()
    lags = pd.concat({k: price.shift(k) for k in (1, 2, 3)}, axis=1).dropna()
    years = latest.index.intersection(lags.index)
    # 55 years: bandwidth 4 (55 / 100) ** (2 / 9) = 3.5 -> 3
    fit = sm.OLS(latest[years].to_numpy(), sm.add_constant(lags.loc[years].to_numpy())).fit(
        cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True
    )
    total = fit.t_test([0, 1, 1, 1])
    assert (found.n, found.extra["first year"], found.extra["last year"]) == (55, 1971, 2025)
    assert (found.estimate, found.se) == (pytest.approx(total.effect[0]), pytest.approx(total.sd[0, 0]))
    assert [found.low, found.high] == pytest.approx(list(total.conf_int()[0]))
    assert found.extra["R2"] == pytest.approx(fit.rsquared)
    assert found.p == pytest.approx(float(total.pvalue), abs=0.05)  # by the wild bootstrap, theirs by Student's t


def holds(name: str) -> pd.Series:
    if name == "fear":
        vix = WEEKLY["vix"].dropna()
        return (vix > vix.rolling(260).quantile(0.8)).iloc[259:]
    if name == "liquidity":
        return WEEKLY["net_liquidity"].dropna().diff(26).dropna() > 0
    both = WEEKLY[["breakeven10", "real10"]].dropna().diff(26).dropna()
    return (both["breakeven10"] > 0) & (both["real10"] < 0)


def contrast(y: pd.Series, state: pd.Series) -> np.ndarray:
    """Mean in the state less that outside, and the same with the state moved by 1, 2, .. weeks on a circle."""
    values, held = y.to_numpy(), state.to_numpy()
    turned = (np.roll(held, shift) for shift in range(len(held)))
    return np.array([values[one].mean() - values[~one].mean() for one in turned])


def check_contrast(found, state: pd.Series) -> None:
    """Thirteen weeks of the difference, everything that is said of it by moving the state round the calendar."""
    y = moved("btc")["btc"][state.index]
    every = 13 * contrast(y, state)
    root = np.sqrt(np.mean(every**2))
    assert (found.estimate, found.n) == (pytest.approx(every[0]), len(state))
    assert found.k == int((state & ~state.shift(fill_value=False)).sum())
    assert found.low == pytest.approx(every[0] - np.quantile(every, 0.975))
    assert found.high == pytest.approx(every[0] - np.quantile(every, 0.025))
    assert found.p == pytest.approx(np.mean(np.abs(every) >= abs(every[0]) - 1e-9))
    assert (found.se, found.detectable) == (pytest.approx(root), pytest.approx((1.959964 + 0.841621) * root))
    assert found.always_high == pytest.approx(every[0] + FACTOR * root, abs=1e-3 * root)
    for name in ("nasdaq", "copper", "gold"):
        other = moved(name)[name].reindex(state.index).dropna()
        shifts = contrast(other, state[other.index])
        assert found.placebos[name] == pytest.approx(abs(shifts[0]) / np.sqrt(np.mean(shifts**2)))
    for era, (first, last) in ERAS.items():
        part, on = y.loc[first:last], state.loc[first:last]
        if on.any():
            assert found.eras[era] == pytest.approx(13 * (part[on].mean() - part[~on].mean()))
    assert found.extra["inside, % a week"] == pytest.approx(y[state].mean())


def shared(*names: str) -> pd.DataFrame:
    held = pd.concat({name: holds(name) for name in names}, axis=1, join="inner")
    return held.loc[held.index.isin(moved("btc").index)]


def test_c12_the_turn_of_fear():
    held = shared("fear", "debasement", "liquidity")
    either = held["debasement"] | held["liquidity"]
    fear = held["fear"].to_numpy()
    ends = np.flatnonzero(fear[:-1] & ~fear[1:])
    after = np.zeros(len(fear), dtype=bool)
    for end in ends:
        after[end + 1 : end + 27] = True
    found = regimes.fear_turned(TRIAL)
    check_contrast(found, pd.Series(after & ~fear & either.to_numpy(), held.index))
    begins = np.flatnonzero(np.diff(either.to_numpy().astype(int)) == 1) + 1
    whole = ends[ends + 26 < len(fear)]
    soon = [((begins > end) & (begins <= end + 26)).any() for end in whole]
    assert (found.extra["ends of fear"], found.extra["followed in time"]) == (len(whole), pytest.approx(np.mean(soon)))


def test_c21_debasement():
    check_contrast(regimes.best_under_debasement(TRIAL), shared("debasement")["debasement"])


def test_c13_what_held_and_what_was_forming():
    forming, holding = regimes.conditions_forming(TRIAL), regimes.conditions_holding(TRIAL)
    before = {week: WEEKLY.loc[week] for week in ("2025-04-25", "2025-07-25", "2025-10-24", DAY)}
    april, july, october, now = before.values()
    debasement = [
        min(late["breakeven10"] - early["breakeven10"], early["real10"] - late["real10"])
        for early, late in ((april, october), (july, now))
    ]
    growth = [
        100 * log(late["net_liquidity"] / early["net_liquidity"]) for early, late in ((april, october), (july, now))
    ]
    assert holding.extra["margin of debasement"] == pytest.approx(debasement[1])
    assert holding.extra["margin of liquidity"] == pytest.approx(growth[1])
    nearer = [pair[1] <= 0 and pair[1] > pair[0] for pair in (debasement, growth)]
    assert (forming.estimate, holding.estimate) == (sum(nearer), sum(pair[1] > 0 for pair in (debasement, growth)))
    money = NOW.price("m2").loc[:DAY]
    year = np.log(money).diff(52)
    assert holding.extra["margin of money"] == pytest.approx(100 * (year.iloc[-1] - year.iloc[-27]))

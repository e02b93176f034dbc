"""Pooled ranks by brute force, supply responses against statsmodels and planted elasticities."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm

from helpers.stats import (
    InputError,
    exact_rank_test,
    growth_within_vintages,
    pooled_rank_test,
    supply_response,
)


def pairs(*strata: tuple[list[float], list[float]]) -> dict[str, pd.Series]:
    x = pd.Series([value for a, _ in strata for value in a], name="balance", dtype=float)
    y = pd.Series([value for _, b in strata for value in b], name="change", dtype=float)
    label = pd.Series([f"vintage {k}" for k, (a, _) in enumerate(strata) for _ in a])
    return {"x": x, "y": y, "strata": label}


def test_two_vintages_of_three_by_hand():
    # Both in perfect order: of the 6 x 6 pairings only this one and its mirror reach it, so p = 2 / 36.
    result = pooled_rank_test(**pairs(([1, 2, 3], [5, 6, 7]), ([90, 80, 70], [3, 2, 1])))
    assert result.statistic == pytest.approx(1)
    assert result.pvalue == pytest.approx(2 / 36)
    # One pair swapped in one vintage: centred ranks -1 0 1 and -1 1 0 give 1 of 2, with the other 3 of 4.
    result = pooled_rank_test(**pairs(([1, 2, 3], [5, 7, 6]), ([90, 80, 70], [3, 2, 1])))
    assert result.statistic == pytest.approx(3 / 4)
    assert result.pvalue == pytest.approx((2 + 8) / 36)  # two ways in either vintage, and mirrored
    assert result.strata["correlation"].to_list() == pytest.approx([0.5, 1.0])


@pytest.mark.parametrize("ties", [False, True])
def test_every_pairing_by_brute_force(ties):
    rng = np.random.default_rng(1)
    strata = [(list(rng.normal(size=n)), list(rng.normal(size=n))) for n in (5, 4)]
    if ties:
        strata = [([*a[:-1], a[0]], [*b[:-2], b[0], b[1]]) for a, b in strata]
    result = pooled_rank_test(**pairs(*strata))
    ranks = [tuple(scipy.stats.rankdata(v) - (len(v) + 1) / 2 for v in pair) for pair in strata]
    scale = np.sqrt(sum(a @ a for a, _ in ranks) * sum(b @ b for _, b in ranks))
    every = [sum(a @ np.array(p) for (a, _), p in zip(ranks, drawn, strict=True)) / scale
             for drawn in product(*(permutations(b) for _, b in ranks))]  # fmt: skip
    assert result.statistic == pytest.approx(sum(a @ b for a, b in ranks) / scale)
    assert result.pvalue == pytest.approx(np.mean(np.abs(every) >= abs(result.statistic) - 1e-9))
    assert result.nobs == 9


def test_one_stratum_is_the_exact_rank_test():
    rng = np.random.default_rng(2)
    x, y = (pd.Series(rng.normal(size=9), name=name) for name in ("balance", "change"))
    pooled = pooled_rank_test(x=x, y=y, strata=pd.Series(["one"] * 9))
    alone = exact_rank_test(x=x, y=y)
    assert (pooled.statistic, pooled.pvalue) == (pytest.approx(alone.statistic), pytest.approx(alone.pvalue))
    assert pooled.detectable == pytest.approx(alone.detectable)


def test_levels_of_vintages_do_not_matter_and_joining_them_misleads():
    # Within each vintage unrelated; the second stands higher in both, which a joint test takes for a relation.
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 9)), rng.normal(size=(2, 9)) + 10
    data = pairs(*((list(a), list(b)) for a, b in (first, second)))
    assert pooled_rank_test(**data).pvalue > 0.05
    assert scipy.stats.spearmanr(data["x"], data["y"]).pvalue < 0.01
    moved = data["x"] + 100 * (data["strata"] == "vintage 1")
    assert pooled_rank_test(x=moved, y=data["y"], strata=data["strata"]).pvalue == pooled_rank_test(**data).pvalue


def annual(seed: int, *, elasticity: float, n: int = 55) -> tuple[pd.Series, pd.Series]:
    rng = np.random.default_rng(seed)
    years = pd.RangeIndex(1970, 1970 + n)
    price = pd.Series(rng.normal(scale=25, size=n), years, name="price")
    growth = 2 + elasticity * price.shift(3, fill_value=0.0) + rng.normal(scale=3, size=n)
    return growth.rename("growth"), price


def test_supply_agrees_with_statsmodels():
    growth, price = annual(4, elasticity=0.05)
    result = supply_response(growth=growth, price_changes=price, reps=0)
    x = pd.concat([price.shift(k) for k in (1, 2, 3)], axis=1).dropna()
    # n = 52: Newey-West bandwidth 4 (52 / 100) ** (2 / 9) = 3.46 -> 3
    fit = sm.OLS(growth[x.index].to_numpy(), sm.add_constant(x.to_numpy())).fit(
        cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True
    )
    np.testing.assert_allclose(result.table["estimate"].iloc[:3], fit.params[1:])
    np.testing.assert_allclose(result.table["se"].iloc[:3], fit.bse[1:])
    total = fit.t_test([0, 1, 1, 1])
    assert result.elasticity == pytest.approx(total.effect[0])
    assert result.table.loc["together", "se"] == pytest.approx(total.sd[0, 0])
    np.testing.assert_allclose(result.table.loc["together", ["low", "high"]].to_numpy(dtype=float), total.conf_int()[0])
    assert result.sample == (1973, 2024)
    assert result.r2 == pytest.approx(fit.rsquared)


def test_a_planted_elasticity_and_none():
    planted = supply_response(**dict(zip(("growth", "price_changes"), annual(5, elasticity=0.15), strict=True)), seed=1)
    assert planted.table.loc["together", "low"] < 0.15 < planted.table.loc["together", "high"]
    assert planted.table.loc["3 years before", "pvalue_bootstrap"] < 0.01
    assert "together" in planted.summary()
    rejected = [
        supply_response(growth=g, price_changes=p, reps=199, seed=s).table.loc["together", "pvalue_bootstrap"] <= 0.05
        for s in range(300)
        for g, p in [annual(s, elasticity=0.0)]
    ]
    assert 0.01 < np.mean(rejected) < 0.09  # .05 and three standard errors of .0126


def test_growth_stays_within_vintages():
    figures = pd.DataFrame(
        [(2000, 100, "a"), (2001, 110, "a"), (2002, 121, "a"), (2001, 500, "b"), (2002, 550, "b"), (2003, 495, "b")],
        columns=["year", "moz", "vintage"],
    )
    growth = growth_within_vintages(figures, vintages=["a", "b"])
    up, down = 100 * np.log(1.1), 100 * np.log(0.9)
    assert growth.to_dict() == pytest.approx({2001: up, 2002: up, 2003: down})
    with pytest.raises(InputError, match="No vintage holds the growth after 2001"):
        growth_within_vintages(figures.drop(index=[2, 3]), vintages=["a", "b"])
    with pytest.raises(InputError, match="'c' needs one positive figure a year"):
        growth_within_vintages(figures, vintages=["c"])


def test_refusals():
    good = pairs(([1, 2, 3], [5, 6, 7]))
    with pytest.raises(InputError, match="stratum vintage 0 has 2 pairs"):
        pooled_rank_test(**pairs(([1, 2], [5, 6])))
    with pytest.raises(InputError, match="has 15 pairs: 3 to 14"):
        pooled_rank_test(**pairs((list(range(15)), list(range(15)))))
    with pytest.raises(InputError, match="stratum vintage 0: 'change' is missing"):
        pooled_rank_test(**good | {"y": good["y"].where(good["y"] > 5)})
    with pytest.raises(InputError, match="have 3, 3 and 2 rows"):
        pooled_rank_test(**good | {"strata": good["strata"].iloc[:2]})
    growth, price = annual(6, elasticity=0.0)
    with pytest.raises(InputError, match="'growth' leaves out a year"):
        supply_response(growth=growth.drop(1990), price_changes=price, reps=0)
    with pytest.raises(InputError, match="8 years are too few for 3 lags: at least 14"):
        supply_response(growth=growth.loc[:1980], price_changes=price, reps=0)

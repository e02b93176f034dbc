"""Decomposition of a rise: exact adding up, statsmodels by hand, planted parts and remainders, size, refusals."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.stats import InputError, decompose_rise

WEEKS = pd.date_range("2006-01-06", periods=520, freq="W-FRI", name="week")
START, END = WEEKS[499], WEEKS[513]
BLOCKS = {"macro": ["dollar", "yield"], "copper": ["copper"], "gold": ["gold"]}


def sample(seed: int, *, own: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.normal(size=(520, 5)), WEEKS, ["dollar", "yield", "copper", "gold", "silver"])
    data["copper"] -= 0.5 * data["dollar"]
    data["gold"] += 0.3 * data["copper"] - 0.8 * data["yield"] + 0.1
    data["silver"] += 1.5 * data["gold"] + 0.4 * data["copper"]
    data.loc[data.index[500:514], "silver"] += own
    return data


def split(data: pd.DataFrame, **options):
    options = {"start": START, "end": END, "reps": 499, "seed": 1} | options
    blocks = {name: data[columns] for name, columns in BLOCKS.items()}
    return decompose_rise(response=data["silver"], blocks=blocks, **options)


def test_parts_and_remainder_add_up():
    data = sample(1)
    result = split(data)
    run = data["silver"].iloc[500:514]
    assert result.weeks == 14
    assert result.total == pytest.approx(run.sum())
    assert result.table["contribution"].sum() + result.remainder == pytest.approx(result.total, abs=1e-10)
    assert result.blocks["explained"].iloc[-1] + result.remainder == pytest.approx(result.total, abs=1e-10)
    np.testing.assert_allclose(result.table["beta"] * result.table["moved"], result.table["contribution"])


def test_blocks_are_differences_of_nested_regressions(monkeypatch):
    monkeypatch.setattr("helpers.stats.decomposition.newey_west_lags", lambda _: 0)  # errors are those of HC3 then
    data = sample(2)
    result = split(data)
    past, run = data.iloc[:500], data.iloc[500:514]
    stages, columns = [past["silver"].mean() * 14], []
    for names in BLOCKS.values():
        columns = columns + names
        fit = sm.OLS(past["silver"], sm.add_constant(past[columns])).fit()
        moves = np.array([14, *run[columns].sum()])
        stages.append(float(moves @ fit.params))
    np.testing.assert_allclose(result.blocks["contribution"].iloc[1:], [b - a for a, b in pairwise(stages)])
    assert result.blocks["contribution"].iloc[0] == pytest.approx(stages[0])
    residuals = fit.resid * np.sqrt(500 / 495)
    sums = np.array([residuals.iloc[k : k + 14].sum() for k in range(487)])
    # The error of everything explained is that of the last regression alone, whatever the order of the blocks.
    error = np.sqrt(moves @ fit.get_robustcov_results("HC3").cov_params() @ moves)
    assert result.remainder_sd == pytest.approx(np.sqrt(np.mean(sums**2) + error**2))
    alone = sm.OLS(past["silver"], np.ones(500)).fit(cov_type="HC3")
    assert result.blocks["se"].iloc[0] == pytest.approx(14 * alone.bse.iloc[0])
    ends = [stages[0] - 1.959964 * 14 * alone.bse.iloc[0], stages[0] + 1.959964 * 14 * alone.bse.iloc[0]]
    assert result.blocks[["low", "high"]].iloc[0].tolist() == pytest.approx(ends)
    assert result.standardised == pytest.approx(result.remainder / result.remainder_sd)


def test_an_earlier_block_is_credited_with_what_later_ones_share():
    # Silver moves with gold only; gold moves with the yield one for one. The yield falls by 10 in the run, gold adds 0.
    rng = np.random.default_rng(3)
    data = sample(3)
    data["gold"] = -data["yield"] + 0.01 * rng.normal(size=520)
    data["silver"] = 2 * data["gold"] + 0.01 * rng.normal(size=520)
    blocks = split(data).blocks["contribution"]
    moved = data["yield"].iloc[500:514].sum() - 14 * data["yield"].iloc[:500].mean()
    assert blocks["macro"] == pytest.approx(-2 * moved, abs=0.1)
    assert blocks["gold"] == pytest.approx(0, abs=0.2)


def test_a_planted_rise_of_its_own_is_found_as_remainder():
    plain, own = split(sample(4)), split(sample(4, own=3.0))
    assert own.remainder - plain.remainder == pytest.approx(14 * 3.0)
    assert own.remainder_sd == pytest.approx(plain.remainder_sd)
    assert own.standardised > 5
    assert own.pvalue == pytest.approx(1 / 500)
    assert split(sample(4, own=-3.0)).pvalue == pytest.approx(1 / 500)  # a fall of its own counts as a rise does
    pd.testing.assert_frame_equal(own.table, plain.table)
    assert split(sample(4, own=3.0)).pvalue == own.pvalue


@pytest.mark.slow
def test_size_and_coverage_without_a_remainder():
    found = [split(sample(1000 + seed), reps=199) for seed in range(400)]
    rejected = np.mean([result.pvalue <= 0.05 for result in found])
    assert 0.02 < rejected < 0.09  # .05 and three standard errors of .011; blocks of residuals add a little
    assert np.std([result.standardised for result in found]) == pytest.approx(1, abs=0.12)
    # The true part of gold: 1.5 times its own move, by the true equations.
    covered = []
    for seed, result in enumerate(found):
        data = sample(1000 + seed).iloc[500:514]
        move = (data["gold"] - 0.1 - 0.3 * data["copper"] + 0.8 * data["yield"]).sum()
        covered.append(result.blocks.loc["gold", "low"] <= 1.5 * move <= result.blocks.loc["gold", "high"])
    assert 0.89 < np.mean(covered) < 0.985


def test_refusals():
    data = sample(6)
    with pytest.raises(InputError, match=r"'silver' has no value on 2015-08-01.*in its index"):
        split(data, start=pd.Timestamp("2015-08-01"))
    with pytest.raises(InputError, match="give an end after the start"):
        split(data, end=START)
    with pytest.raises(InputError, match=r"50 weeks up to 2006-12-15.*at least 104"):
        split(data, start=WEEKS[49])
    with pytest.raises(InputError, match=r"driver 'gold' is missing or infinite on 2006-03-17"):
        split(data.assign(gold=data["gold"].mask(data.index == WEEKS[10])))
    with pytest.raises(InputError, match="driver 'gold' is a sum of multiples"):
        split(data.assign(gold=data["dollar"] + data["yield"]))

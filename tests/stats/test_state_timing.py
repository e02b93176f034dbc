"""Order of states and mean returns by state: by hand on a closed circle, size, power and faults."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import money_margin, state_means, state_order, state_phase


def weekly(values, name: str) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2010-01-01", periods=len(values), freq="W-FRI"), name=name)


def marked(n: int, *spans: tuple[int, int], name: str) -> pd.Series:
    state = np.zeros(n, dtype=bool)
    for first, last in spans:
        state[first : last + 1] = True
    return weekly(state, name)


def test_the_order_by_hand():
    # 60 weeks. Fear ends in weeks 4, 19, 34 and 58 (no complete window of 5). Debasement starts in 7, 25, 36:
    # 3, 6 and 2 weeks after an end, so two of three in time.
    fear = marked(60, (2, 4), (15, 19), (30, 34), (56, 58), name="fear")
    money = marked(60, (7, 9), (25, 26), (36, 40), name="debasement")
    found = state_order(first=fear, then=money, within=5)
    assert (found.K, found.share) == (3, pytest.approx(2 / 3))
    assert found.table["wait"].tolist()[:3] == [3, 6, 2]
    assert np.isnan(found.table["wait"].iloc[3])
    assert not found.table["holding"].any()
    # Moving the starts by every number of weeks: each of the 3 x 3 pairs of end and start is in time at 5 of 60 shifts;
    # no end can have two starts within 5 weeks, as they lie 11 or more apart.
    assert found.expected == pytest.approx(3 * 3 * 5 / 60 / 3)
    starts, ends = np.array([7, 25, 36]), np.array([4, 19, 34])
    moved = [np.mean([((starts + s - e - 1) % 60 < 5).any() for e in ends]) for s in range(60)]
    assert found.pvalue == pytest.approx(np.mean(np.array(moved) >= 2 / 3 - 1e-12))


def test_returns_in_spells_that_follow_by_hand():
    fear = marked(80, (2, 4), (30, 34), (60, 62), name="fear")
    money = marked(80, (6, 7), (20, 22), (36, 37), (50, 53), name="debasement")
    returns = np.full(80, 0.25)
    returns[[6, 7, 36, 37]] = 3.0
    returns[[20, 21, 22, 50, 51, 52, 53]] = -1.0
    told = state_order(first=fear, then=money, within=5, returns=weekly(returns, "btc")).returns
    assert (told["after"], told["other"], told["difference"]) == (3, -1, 4)
    assert (told["K_after"], told["K_other"]) == (2, 2)


def spells_of(rng, n: int, share: float = 0.35) -> np.ndarray:
    return np.repeat(rng.random(n // 8 + 1) < share, 8)[:n]


def test_order_size_and_power():
    rng, rejected, found = np.random.default_rng(3), [], []
    for _ in range(100):
        first = spells_of(rng, 500, 0.15)
        other = spells_of(rng, 500, 0.15)
        # Two of three ends of the first state are followed by the second within four weeks.
        ends = np.flatnonzero(first[:-1] & ~first[1:])
        ends = ends[rng.random(ends.size) < 2 / 3]
        follows = np.zeros(500, dtype=bool)
        follows[np.minimum(ends + 4, 499)] = True
        rejected.append(state_order(first=weekly(first, "a"), then=weekly(other, "b"), within=6).pvalue <= 0.05)
        found.append(state_order(first=weekly(first, "a"), then=weekly(follows, "b"), within=6).pvalue <= 0.05)
    assert np.mean(rejected) <= 0.11  # 0.05 plus 2.7 standard errors
    assert np.mean(found) >= 0.85


def test_means_by_state_by_hand():
    rng = np.random.default_rng(1)
    states = pd.DataFrame({"fear": weekly(spells_of(rng, 300), "x"), "money": weekly(spells_of(rng, 300), "x")})
    returns = weekly(rng.normal(size=300) + 2 * states["money"].to_numpy(), "btc")
    found = state_means(returns=returns, states=states)
    money = found.table.loc["money"]
    inside, outside = returns[states["money"]].mean(), returns[~states["money"]].mean()
    assert (money["inside"], money["outside"]) == (pytest.approx(inside), pytest.approx(outside))
    assert found.best == "money"
    assert found.best_pvalue <= 0.02
    moved = [np.roll(states["money"], s) for s in range(300)]
    every = np.array([returns[m].mean() - returns[~m].mean() for m in moved])
    assert money["pvalue"] == pytest.approx(np.mean(np.abs(every) >= abs(every[0]) - 1e-9))
    assert money["low"] == pytest.approx(every[0] - np.quantile(every, 0.975))


def test_the_best_of_several_states_has_its_size():
    rng, rejected = np.random.default_rng(8), []
    for _ in range(120):
        states = pd.DataFrame({name: weekly(spells_of(rng, 400), name) for name in "abc"})
        rejected.append(state_means(returns=weekly(rng.normal(size=400), "y"), states=states).best_pvalue <= 0.05)
    assert 0.01 <= np.mean(rejected) <= 0.10


def test_too_few_spells_say_so():
    states = pd.DataFrame({"once": marked(200, (50, 90), name="once")})
    found = state_means(returns=weekly(np.random.default_rng(0).normal(size=200), "y"), states=states)
    assert str(found.reason).startswith("1 spells of once")
    assert np.isnan(found.table.loc["once", "difference"])
    short = state_order(first=states["once"], then=states["once"])
    assert str(short.reason).startswith("1 ends of once")


def test_money_and_phases_by_hand(monkeypatch):
    monkeypatch.setattr("helpers.stats.states.HALF_YEAR", 2)
    monkeypatch.setattr("helpers.stats.states.YEAR", 1)
    # 1 % a week for two weeks, then 3 %: over one-week years two weeks apart, growth gained 2 points.
    money = weekly(np.exp([0.00, 0.01, 0.02, 0.05, 0.08]), "m2")
    assert money_margin(money=money).tolist() == pytest.approx([2, 2])
    margin = weekly([-3.0, -2, -1, 1, 2, -1, -2, -4], "debasement")
    assert state_phase(margin, weeks=1).tolist() == [
        "forming", "forming", "holding", "holding", "absent", "absent", "absent",
    ]  # fmt: skip

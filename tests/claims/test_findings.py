"""The functions of the claims on small made-up data, and on pairs that nobody tells a story of."""

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest

from helpers.claims import PRIMARY, Trial, Verdict, judge
from helpers.claims.findings import FINDINGS, drivers, forecast, precedence, record, regimes
from helpers.data import DataError, load
from helpers.data.catalog import WEEKLY
from helpers.stats import RAW

NOW = load(source="snapshot")


def dataset(weekly):
    """Give the snapshot with other weekly levels."""
    return dataclasses.replace(NOW, tables=dataclasses.replace(NOW.tables, weekly=weekly))


@pytest.fixture(scope="module")
def planted():
    """Walks from 2012 on in which the Nasdaq repeats half of gold's last week."""
    rng, weeks = np.random.default_rng(5), pd.date_range("2012-01-06", "2026-02-27", freq="W-FRI")
    changes = pd.DataFrame(rng.normal(0, 2, (len(weeks), len(WEEKLY))), weeks, list(WEEKLY))
    changes["nasdaq"] += 0.5 * changes["gold"].shift(fill_value=0)
    levels = 100 * np.exp(changes.cumsum() / 100)
    for name, spec in WEEKLY.items():
        if spec.change == "difference":
            levels[name] = changes[name].cumsum() / 20
    return dataset(levels)


def test_a_planted_lead_is_found_in_its_direction_and_its_size(planted):
    trial = Trial(planted, "gold", "nasdaq")
    there, back = precedence.lead(trial), precedence.reverse_lead(trial)
    # Partial R2: .25 x 4 / (.25 x 4 + 4) = 20 %.
    assert there.low < 20 < there.high
    assert there.p < 0.001
    assert back.p > 0.05
    assert there.direction == 1
    assert set(there.placebos) == {"copper", "dollar"}
    assert len(there.eras) == 3


def test_response_over_a_quarter_has_the_planted_size(planted):
    found = precedence.response_to_leader(Trial(planted, "gold", "nasdaq"))
    assert found.estimate == pytest.approx(0.5, abs=3 * found.detectable / 2.8)
    assert found.low < found.estimate < found.high


def test_interval_and_episodes_are_those_of_the_study():
    trial = Trial(NOW)
    found = precedence.after_highs(trial)
    cell = found.results["study"].table.loc[13]
    assert (found.low, found.high, found.k) == (cell["low"], cell["high"], cell["K"])
    gap = record.gap_is_usual(trial)
    assert gap.k == len(gap.results["gaps"][26].episodes)
    assert gap.low < gap.estimate < gap.high
    states = regimes.depends_on_state(trial)
    assert states.k == states.results["interaction"].spells.loc["debasement", "spells_inside"]
    share = record.ahead_of_gold(trial)
    assert share.kept().k == int(share.results["margin"].table.loc[(RAW, 26), "effective"])


def test_a_falling_price_changes_the_facts(planted):
    weekly = NOW.weekly.copy()
    weekly.loc["2026-01-02":, "silver"] *= 0.5
    parts = list(record.record_price(Trial(dataset(weekly))).parts.values())
    assert parts[:2] == [False, False]
    assert list(record.record_price(Trial(NOW)).parts.values()) == [True] * 4


def test_the_forecast_is_open_until_its_week():
    early = Trial(load(source="snapshot", as_of="2026-07-17"))
    late = Trial(load(source="snapshot", as_of="2026-07-24"))
    assert [forecast.stage_is_set(trial).extra["due"] for trial in (early, late)] == [False, True]


def test_what_cannot_be_asked_has_a_reason():
    assert "VIX is itself the fear" in drivers.gains_in_fear(Trial(NOW, "vix", "btc")).reason
    assert "the 10-year real yield is itself" in drivers.lower_yields(Trial(NOW, "real10", "silver")).reason


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("sliver", "btc"), "leader: expected one of silver, gold, btc.*found 'sliver'"),
        (("silver", "bitcoin"), "follower: expected one of silver, gold, btc.*found 'bitcoin'"),
        (("gold", "gold"), "follower: expected another series than the leader: silver, btc.*found 'gold'"),
    ],
)
def test_a_pair_that_is_none_is_refused_before_anything_runs(pair, message):
    with pytest.raises(DataError, match=message):
        judge(NOW, leader=pair[0], follower=pair[1])


QUICK = {
    key: found
    for key, found in FINDINGS.items()
    if key[1] == PRIMARY or key[1] in ("reverse", "sustained_strength", "fear_weeks", "real_highs", "local_projection")
}


@pytest.fixture(scope="module")
def quick():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpers.claims.judgement.FINDINGS", QUICK)
        patch.setattr("helpers.claims.judgement.Parallel", lambda **_: lambda calls: [f(*a, **k) for f, a, k in calls])
        yield


@pytest.mark.parametrize(
    ("leader", "follower"),
    [
        ("gold", "nasdaq"),
        ("btc", "silver"),
        ("copper", "btc"),
        ("vix", "btc"),
        ("real10", "silver"),
        ("silver", "dgs2"),
    ],
)
def test_another_pair_is_judged_in_its_own_words(quick, leader, follower):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judgement = judge(NOW, leader=leader, follower=follower)
    alone = {judged.claim.id for judged in judgement if not judged.claim.pair_title}
    assert {"C1", "C2", "C6", "C7"} == alone
    assert all(judgement.verdict(name).verdict == Verdict.NOT_APPLICABLE for name in alone)
    told = f"{judgement!r} {judgement.table.to_string()} {judgement.supporting.to_string()}".lower()
    told += " ".join(
        f"{text}" for found in judgement.findings.values() for text in (*found.parts, *found.extra)
    ).lower()
    unasked = {"silver": "silver", "btc": "bitcoin"}
    assert not [word for name, word in unasked.items() if name not in (leader, follower) and word in told]
    for found in judgement.findings.values():
        assert found.reason or found.parts or not np.isnan([found.estimate, found.p]).all(), (found.claim, found.test)


def test_a_rate_is_measured_in_points_and_has_no_smallest_effect(quick):
    judgement = judge(NOW, leader="silver", follower="dgs2")
    assert judgement.finding("C11").unit.label == "percentage points over 13 weeks"
    assert judgement.verdict("C11").verdict == Verdict.NOT_APPLICABLE
    assert judgement.verdict("C10").verdict != Verdict.NOT_APPLICABLE


def test_order_and_processes_change_nothing(monkeypatch):
    few = {key: FINDINGS[key] for key in [("C10", "reverse"), ("C12", PRIMARY), ("C11", PRIMARY), ("C5", PRIMARY)]}
    monkeypatch.setattr("helpers.claims.judgement.FINDINGS", few)
    there = judge(NOW)
    monkeypatch.setattr("helpers.claims.judgement.FINDINGS", dict(reversed(few.items())))
    monkeypatch.setattr(
        "helpers.claims.judgement.Parallel", lambda **_: lambda calls: [f(*a, **k) for f, a, k in calls]
    )
    back = judge(NOW)
    assert {key: repr(vars(found)) for key, found in there.findings.items()} == {
        key: repr(vars(found)) for key, found in back.findings.items()
    }

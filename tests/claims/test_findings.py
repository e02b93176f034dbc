"""The functions of the claims on small made-up data, and on pairs that nobody tells a story of."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.claims import PRIMARY, Trial, Verdict, judge, statements, verdicts
from helpers.claims.findings import FINDINGS, drivers, forecast, lead, metal, precedence, record, regimes
from helpers.claims.findings.always import from_shifts
from helpers.data import DataError, load
from helpers.stats import lead_test
from tests.report.strength import strength_faults

NOW = load(source="snapshot")


def test_interval_and_episodes_are_those_of_the_study():
    trial = Trial(NOW)
    found = precedence.after_highs(trial)
    cell = found.results["study"].table.loc[13]
    assert (found.low, found.high, found.k) == (cell["low"], cell["high"], cell["K"])
    gap = record.gap_is_usual(trial)
    assert gap.k == record._margin(trial, "silver", "btc").table.loc[25, "episodes"]
    assert gap.low < gap.estimate < gap.high


def test_what_policy_and_the_dollar_did_by_hand():
    # Federal Reserve, Fridays 25 July 2025, 17 October 2025, 23 January 2026: real yield 1.96, 1.75 and 1.92; broad
    # dollar 119.9857, 120.7028 and 118.8976; on the last day the two-year yield 3.60 and the policy rate 3.75.
    trial = Trial(NOW)
    real, dollar, cuts = (FINDINGS["C17", test].function(trial) for test in ("real_yield", "dollar", "cuts"))
    assert (real.estimate, real.extra["over 26 weeks"]) == pytest.approx((0.17, -0.04))
    assert list(real.parts.values()) == [False, True]
    assert (dollar.estimate, dollar.extra["over 26 weeks"]) == pytest.approx((-1.4956, -0.9069), abs=1e-4)
    assert cuts.estimate == pytest.approx(-0.15)
    assert list(cuts.parts.values()) == [True]


def test_moves_and_thresholds_by_hand():
    # Fridays 25 July 2025, 23 January and 24 April 2026: Bitcoin 117,635.88 and 89,503.88; silver 100.925 and 76.383.
    trial, vix = Trial(NOW), NOW.weekly["vix"].dropna().loc[:"2026-01-23"]
    priced, after, fear = (
        found(trial) for found in (regimes.not_yet_priced, regimes.defensive_money_continues, regimes.phase_of_fear)
    )
    assert priced.extra["move"] == pytest.approx(100 * np.log(89_503.88 / 117_635.88), abs=1e-4)
    half_years = 100 * np.log(NOW.weekly["btc"].dropna().loc[:"2026-01-23"]).diff(26)
    assert priced.estimate == pytest.approx(priced.extra["move"] - half_years.median(), abs=2)
    assert after.extra["move"] == pytest.approx(100 * np.log(76.383 / 100.925))
    assert after.estimate == pytest.approx(after.extra["move"] - after.extra["usual"])
    # The 80th percentile of the last five years of the VIX, 16.09 on the day.
    assert fear.estimate == pytest.approx(16.09 - vix.iloc[-260:].quantile(0.8))


def test_which_series_leads_and_which_fears():
    trial, returns = Trial(NOW), NOW.returns("vix", "gold", "silver", "btc")
    direct = lead_test(effect=NOW.returns("btc")["btc"], cause=NOW.returns("silver")["silver"], window=(1, 26))
    assert lead.lead_of(trial, "silver").estimate == pytest.approx(direct.estimate, rel=0.05)
    same_week = returns.loc[trial.response.index[0] :].dropna().corr()["vix"]
    found = drivers.first_week_of_fear(trial)  # net of each series' own past
    assert found.estimate == pytest.approx(same_week["gold"] - same_week["btc"], abs=0.03)
    assert found.extra["btc"] == pytest.approx(same_week["btc"], abs=0.03)


def test_the_position_of_funds_by_hand():
    # CFTC, 6 January 2026: managed money long 26,978 and short 11,156 of 153,240 contracts.
    found = metal.positions(Trial(NOW))
    assert found.extra["report"] == "2026-01-06"
    assert found.extra["net position"] == pytest.approx(100 * (26_978 - 11_156) / 153_240)
    net = found.results["net"].loc[:"2026-01-06"]
    assert found.estimate == pytest.approx(100 * np.mean(net.iloc[:-1] < net.iloc[-1]))


def test_a_state_is_told_over_thirteen_weeks():
    row = {"difference": -0.5, "low": -1.0, "high": 0.2, "detectable": 2.8, "pvalue": 0.3, "spells": 4.0}
    found = from_shifts(row, weeks=13, n=500)
    assert (found.estimate, found.low, found.high) == (-6.5, -13.0, pytest.approx(2.6))
    # 80 % power at 5 % asks for 1.96 + 0.84 = 2.80 standard errors.
    assert (found.detectable, found.se) == (pytest.approx(36.4), pytest.approx(13, rel=1e-3))
    assert (found.direction, found.k, found.n, found.p) == (-1, 4, 500, 0.3)


def test_the_response_to_the_leader_has_the_band_of_all_weeks():
    found = precedence.response_to_leader(Trial(NOW))
    assert found.confidence == 0.90
    # One week alone: 1.645 standard errors; 26 weeks together more, and less than the 2.88 of independent ones.
    assert 1.7 < (found.high - found.estimate) / found.se < 2.9
    assert found.estimate - found.low == pytest.approx(found.high - found.estimate)


def test_the_reverse_test_and_the_lead_swap_the_two_series():
    trial = Trial(NOW)
    weekly = trial.returns()[["silver", "btc", *precedence.controls(trial)]].dropna()
    table = {f"{name} {lag}": weekly[name].shift(lag) for name in weekly for lag in range(1, 9)}
    x = sm.add_constant(pd.DataFrame(table).dropna())
    leads, back = [f"silver {lag}" for lag in range(1, 9)], [f"btc {lag}" for lag in range(1, 9)]
    asked = [("btc", leads, precedence.lead(trial)), ("silver", back, precedence.reverse_lead(trial))]
    for effect, cause, found in asked:
        fit = sm.OLS(weekly[effect].loc[x.index], x).fit(cov_type="HC3", use_f=True)
        assert found.p == pytest.approx(float(fit.f_test(np.eye(x.shape[1])[x.columns.isin(cause)]).pvalue), abs=0.1)
    assert asked[0][2].direction == np.sign(sm.OLS(weekly["btc"].loc[x.index], x).fit().params[leads].sum())


def test_the_forecast_is_open_until_its_week():
    early = Trial(load(source="snapshot", as_of="2026-07-17"))
    late = Trial(load(source="snapshot", as_of="2026-07-24"))
    assert [forecast.stage_is_set(trial).extra["due"] for trial in (early, late)] == [False, True]


def test_what_cannot_be_asked_has_a_reason():
    assert "VIX is itself the fear" in drivers.gains_in_fear(Trial(NOW, "vix", "btc")).reason
    assert "10-year real yield is itself" in drivers.lower_yields(Trial(NOW, "real10", "silver")).reason
    assert "42 weeks up to 2025-10-17" in record.had_not_followed(Trial(NOW, start="2025-01-01")).reason


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
    if key[1] in (PRIMARY, "metals", "waits", "forming", "holding", "priced", "sustained_strength", "fear_weeks")
}


@pytest.fixture
def quick():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpers.claims.judgement.FINDINGS", QUICK)
        patch.setattr("helpers.claims.judgement.Parallel", lambda **_: lambda calls: [f(*a, **k) for f, a, k in calls])
        yield


@pytest.mark.parametrize(
    ("leader", "follower"),
    [
        ("gold", "nasdaq"),
        ("vix", "btc"),
        ("real10", "silver"),
    ],
)
def test_another_pair_is_judged_in_its_own_words(quick, leader, follower):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judgement = judge(NOW, leader=leader, follower=follower)
    alone = {judged.claim.id for judged in judgement.every if not judged.claim.pair_title}
    assert not alone & {judged.claim.id for judged in judgement}
    assert alone == {"C1", "C2", "C6", "C7", "C15", "C16", "C17", "C18", "C19", "C20"}
    assert all(judgement.verdict(name).verdict == Verdict.NOT_APPLICABLE for name in alone)
    told = f"{judgement!r} {judgement.table.to_string()}".lower()
    told += " ".join(f"{one.plain} {one.why} {' '.join(part.title for part in one.parts)}" for one in judgement.every)
    told += " ".join(f"{text}" for found in judgement.findings.values() for text in (*found.parts, *found.extra))
    told = told.lower()
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
    few = {key: FINDINGS[key] for key in [("C10", "reverse"), ("C12", PRIMARY), ("C21", PRIMARY), ("C5", PRIMARY)]}
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


@pytest.mark.parametrize("day", [None, "2026-01-23"])
def test_plain_sentences_say_no_more_than_their_verdicts(day):
    judgement = verdicts(load(source="snapshot", as_of=day))
    told = [(one.verdict, one.plain) for one in judgement] + [(one.verdict, one.plain) for one in statements(judgement)]
    assert len(told) == 21 + 31
    for verdict, sentence in told:
        if verdict not in (Verdict.MIXED, Verdict.NOT_DUE, Verdict.CANNOT_BE_DECIDED):
            assert strength_faults(sentence, verdict) == [], sentence
        assert sentence.endswith(".")
        assert "log point" not in sentence
        assert not re.search(r"\s0\s%", sentence)
        assert "nan" not in sentence.split()
    answers = [one.plain for one in statements(judgement) if one.verdict != Verdict.NOT_DUE]
    assert len(set(answers)) == len(answers)  # each statement has the sentence that answers it and no other

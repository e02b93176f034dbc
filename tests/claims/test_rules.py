"""The verdict rules on findings made by hand: every branch, both sides of every threshold and the threshold itself."""

import math
from dataclasses import replace

import pytest

from helpers.claims import PRIMARY, Finding, Trial, Unit, Verdict, decide, load_claims
from helpers.claims import judgement as judging
from helpers.claims.judgement import adjust_families, adjust_supporting
from helpers.claims.simulations import worst_sizes
from helpers.data import load

TRIAL = Trial(load(source="snapshot"))
REGISTRY = load_claims()


def finding(claim="C5", **changes):
    """Give a finding that the rule of C5 calls supported: -0.9 % per +10 basis points, everything in place."""
    base = Finding(
        claim=claim, unit=Unit(REGISTRY[claim].rule.unit), estimate=-0.9, low=-1.3, high=-0.5, p=0.001, direction=-1,
        n=800, placebos={"copper": 0.4, "nasdaq": 0.2}, eras={"2010-2013": -1.0, "2014-2019": -0.8, "2020 on": 0.1},
        procedure="driver_wild",
    )  # fmt: skip
    return replace(base, **changes)


def verdict_of(*found, claim="C5"):
    return decide(TRIAL, {(one.claim, one.test): one for one in found}).verdict(claim)


# The family "mechanism" has five registered members (C4, C5, C6, C7, C9): with only C5 tested, Holm takes 5 p.
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Verdict.SUPPORTED),
        ({"p": 0.009}, Verdict.SUPPORTED),  # 0.045 < 0.05
        ({"p": 0.01}, Verdict.LEANING),  # 0.05 is not below 0.05
        ({"p": 0.011}, Verdict.LEANING),
        ({"p": 0.03}, Verdict.LEANING),  # 0.15, and that is the only condition missed
        ({"p": 0.02, "estimate": -0.4}, Verdict.INCONCLUSIVE),  # 0.10 is not below 0.10, and two conditions are missed
        ({"p": 0.0199, "estimate": -0.4}, Verdict.LEANING),  # 0.0995 is
        ({"low": -1.9, "high": 0.1, "p": 0.3}, Verdict.INCONCLUSIVE),
        ({"low": -0.5, "high": 0.0, "p": 0.3}, Verdict.INCONCLUSIVE),  # zero at the end is held; 0.5 is reached
        ({"low": -0.499, "high": 0.0, "p": 0.3}, Verdict.NOT_SUPPORTED),
        ({"low": -math.inf, "high": math.inf, "p": 0.3}, Verdict.INCONCLUSIVE),
        ({"estimate": -0.5}, Verdict.SUPPORTED),  # exactly the smallest effect
        ({"estimate": -0.4}, Verdict.LEANING),
        ({"placebos": {"copper": 0.0001, "nasdaq": 0.2}}, Verdict.LEANING),
        ({"placebos": {"copper": 0.001, "nasdaq": 0.2}}, Verdict.LEANING),  # a tie is not beaten
        ({"eras": {"a": 1.0, "b": 0.8, "c": -0.1}}, Verdict.LEANING),
        ({"eras": {"a": -1.0, "b": -0.8, "c": 0.0}}, Verdict.SUPPORTED),
        ({"eras": {"a": -1.0, "b": 0.0, "c": math.nan}}, Verdict.LEANING),
        ({"estimate": 0.9, "low": 0.5, "high": 1.3, "direction": 1}, Verdict.CONTRADICTED),
        ({"estimate": 0.9, "low": 0.5, "high": 1.3, "direction": 1, "p": 0.01}, Verdict.INCONCLUSIVE),
        ({"estimate": -0.2, "low": -0.9, "high": 0.5, "p": 0.5}, Verdict.INCONCLUSIVE),
        ({"estimate": -0.1, "low": -0.4, "high": 0.2, "p": 0.5}, Verdict.NOT_SUPPORTED),
        ({"estimate": 0.1, "low": -0.2, "high": 0.4, "p": 0.5, "direction": 1}, Verdict.NOT_SUPPORTED),
        ({"estimate": -0.3, "low": -0.5, "high": -0.1, "p": 0.04}, Verdict.INCONCLUSIVE),
    ],
)
def test_rule_for_tests(changes, expected):
    assert verdict_of(finding(**changes)).verdict == expected


def precedence(**changes):
    base = Finding(
        claim="C10", unit=Unit("% partial R2", signed=False), estimate=2.0, low=0.8, high=3.5, p=0.002, direction=1,
        placebos={"copper": 0.4, "nasdaq": 0.2, "dollar": 0.9}, eras={"a": 1.0, "b": 0.5, "c": -0.2},
        procedure="granger_wild",
    )  # fmt: skip
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("changes", "gain", "expected"),
    [
        ({}, 0.7, Verdict.SUPPORTED),
        ({}, 0.0, Verdict.LEANING),
        ({}, -0.7, Verdict.LEANING),
        ({}, None, Verdict.LEANING),
        ({"direction": -1}, 0.7, Verdict.CONTRADICTED),
        ({"estimate": 0.1, "low": 0.0, "high": 0.9, "p": 0.4}, 0.7, Verdict.NOT_SUPPORTED),
        ({"estimate": 0.1, "low": 0.0, "high": 1.0, "p": 0.4}, 0.7, Verdict.INCONCLUSIVE),
    ],
)
def test_precedence_needs_a_gain_out_of_sample(changes, gain, expected):
    beside = [] if gain is None else [Finding(claim="C10", test="out_of_sample", estimate=gain)]
    assert verdict_of(precedence(**changes), *beside, claim="C10").verdict == expected


def test_the_type_of_the_unit_decides_whether_a_size_has_a_sign():
    # A label alone changes nothing; a signed unit turns the negative estimate of a falling claim into its size.
    unsigned = finding(unit=Unit("any words at all", signed=False))
    assert not dict(verdict_of(unsigned).conditions)["at least 0.5 any words at all"]
    named = finding(unit=Unit("% partial R2"))
    assert dict(verdict_of(named).conditions)["at least 0.5 % partial R2"]


@pytest.mark.parametrize(
    ("claim", "estimate", "ends", "expected"),
    [
        ("C2", 3.0, (1.0, 8.0), Verdict.SUPPORTED),
        ("C2", 3.0, (1.0, 10.0), Verdict.LEANING),  # an end at the threshold is not below it
        ("C2", 8.0, (3.0, 14.0), Verdict.LEANING),
        ("C2", 10.0, (6.0, 19.0), Verdict.INCONCLUSIVE),
        ("C2", 12.0, (10.0, 19.0), Verdict.INCONCLUSIVE),
        ("C2", 30.0, (20.0, 41.0), Verdict.NOT_SUPPORTED),
        ("C8", 30.0, (20.0, 41.0), Verdict.SUPPORTED),
        ("C8", 30.0, (10.0, 41.0), Verdict.LEANING),
        ("C8", 12.0, (6.0, 19.0), Verdict.LEANING),
        ("C8", 10.0, (3.0, 14.0), Verdict.INCONCLUSIVE),
        ("C8", 3.0, (1.0, 8.0), Verdict.NOT_SUPPORTED),
    ],
)
def test_rule_for_frequencies(claim, estimate, ends, expected):
    found = Finding(claim=claim, estimate=estimate, low=ends[0], high=ends[1])
    assert verdict_of(found, claim=claim).verdict == expected
    wrong = replace(found, parts={"silver had outperformed gold": False})
    assert verdict_of(wrong, claim=claim).verdict == Verdict.CONTRADICTED


def test_rule_for_facts():
    found = Finding(claim="C1", parts={"a": True, "b": True})
    assert verdict_of(found, claim="C1").verdict == Verdict.SUPPORTED
    broken = verdict_of(replace(found, parts={"a": True, "b": False}), claim="C1")
    assert (broken.verdict, broken.why) == (Verdict.CONTRADICTED, "does not hold: b")


@pytest.mark.parametrize(
    ("estimate", "place", "skill", "due", "expected"),
    [
        (15.0, 0.9, 0.1, True, Verdict.SUPPORTED),  # each exactly at its threshold
        (15.0, 0.9, 0.0, True, Verdict.LEANING),
        (40.0, 0.80, 0.1, True, Verdict.LEANING),
        (5.0, 0.60, 0.1, True, Verdict.INCONCLUSIVE),
        (0.0, 0.5, 0.1, True, Verdict.NOT_SUPPORTED),
        (-60.0, 0.05, 0.1, True, Verdict.CONTRADICTED),
        (-60.0, 0.051, 0.1, True, Verdict.NOT_SUPPORTED),
        (math.nan, math.nan, math.nan, False, Verdict.NOT_DUE),
    ],
)
def test_rule_for_the_forecast(estimate, place, skill, due, expected):
    extra = {"due": due, "due_date": "2026-07-24", "place": place, "skill": skill}
    found = Finding(claim="C14", estimate=estimate, extra=extra, parts={"quiet": True})
    assert verdict_of(found, claim="C14").verdict == expected


@pytest.mark.parametrize(
    ("size", "refused"), [(0.029, True), (0.03, False), (0.07, False), (0.071, True), (0.09, True)]
)
def test_a_test_of_the_wrong_size_is_refused(monkeypatch, size, refused):
    monkeypatch.setattr(judging, "worst_sizes", lambda: {"driver_wild": size})
    judged = verdict_of(finding())
    assert (judged.verdict == Verdict.INCONCLUSIVE) == refused
    assert ("of true nulls at 5 %" in judged.why) == refused


def test_a_test_without_a_size_on_record_is_refused():
    judged = verdict_of(finding(procedure="tea_leaves"))
    assert (judged.verdict, judged.why) == (Verdict.INCONCLUSIVE, "no simulated size is on record for tea_leaves")


def test_the_worst_size_counts(tmp_path):
    path = tmp_path / "simulations.csv"
    head = "procedure,label,kind,process,n,effect,verdict,warning,reps,rejections,first\n"
    rows = ["iid,830,,True,False,100,5,1", "garch,830,,True,False,100,6,1", "iid,190,,False,False,100,9,1"]
    path.write_text(head + "".join(f"driver_wild,Drivers,size,{row}\n" for row in rows))
    assert worst_sizes(path) == {"driver_wild": 0.06}


def test_untested_and_undone():
    assert verdict_of(claim="C7").verdict == Verdict.NOT_TESTED
    undone = verdict_of(finding(reason="no vintage was printed by then"))
    assert (undone.verdict, undone.why) == (Verdict.INCONCLUSIVE, "no vintage was printed by then")


def test_holm_over_the_registered_family():
    # Mechanism: C4 .01, C5 .04, C6 .03, C7 untested (1), C9 .005. Sorted .005, .01, .03, .04, 1: times 5, 4, 3, 2, 1 =
    # .025, .04, .09, .08 -> raised to .09, 1.
    found = {
        (name, PRIMARY): Finding(claim=name, p=p)
        for name, p in (("C4", 0.01), ("C5", 0.04), ("C6", 0.03), ("C9", 0.005))
    }
    adjusted = adjust_families(found, REGISTRY)
    assert [adjusted[name, PRIMARY] for name in ("C9", "C4", "C6", "C5")] == pytest.approx([0.025, 0.04, 0.09, 0.09])
    assert math.isnan(adjusted["C7", PRIMARY])


def test_supporting_findings_are_adjusted_together():
    # Benjamini-Hochberg of .01, .04, .03: sorted .01*3/1, .03*3/2 = .045, .04*3/3 = .04 -> .03, .04, .04.
    found = {("C10", name): Finding(claim="C10", test=name, p=p) for name, p in (("a", 0.01), ("b", 0.04), ("c", 0.03))}
    adjusted = adjust_supporting(found | {("C10", PRIMARY): Finding(claim="C10", p=0.5)})
    assert adjusted == pytest.approx({("C10", "a"): 0.03, ("C10", "b"): 0.04, ("C10", "c"): 0.04})


def test_placebos_beaten():
    # p = .04 beats .30 and .06, not .01: two of three; a placebo that could not be tested does not count.
    found = Finding(p=0.04, placebos={"a": 0.30, "b": 0.06, "c": 0.01, "d": math.nan})
    assert found.placebos_beaten == pytest.approx(2 / 3)
    assert math.isnan(Finding(placebos={"a": 0.3}).placebos_beaten)
    assert math.isnan(Finding(p=0.1).placebos_beaten)

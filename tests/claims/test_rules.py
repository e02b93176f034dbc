"""The verdict rules on findings made by hand: every branch, both sides of every threshold and the threshold itself."""

import math
from dataclasses import replace

import pytest

from helpers.claims import PRIMARY, Finding, Trial, Unit, Verdict, decide, load_claims
from helpers.claims import judgement as judging
from helpers.claims.judgement import adjust_families, adjust_supporting
from helpers.claims.rules import combine
from helpers.claims.simulations import worst_sizes
from helpers.data import load

TRIAL = Trial(load(source="snapshot"))
REGISTRY = load_claims()


def finding(claim="C5", **changes):
    """Give a finding that the rule of C5 calls supported: -0.9 % per +10 basis points, everything in place."""
    base = Finding(
        claim=claim, unit=Unit(REGISTRY[claim].rule.unit), estimate=-0.9, low=-1.2, high=-0.6, se=0.15,
        always_low=-1.35, always_high=-0.45, p=0.001, direction=-1, standardised=6.0, n=800,
        placebos={"copper": 2.0, "nasdaq": 1.0}, eras={"2010-2013": -1.0, "2014-2019": -0.8, "2020 on": 0.1},
        procedure="driver_wild",
    )  # fmt: skip
    return replace(base, **changes)


def verdict_of(*found, claim="C5"):
    return decide(TRIAL, {(one.claim, one.test): one for one in found}).verdict(claim)


# Five members of "mechanism" (C4, C5, C6 price, C7 copper, C9 metals): with C5 alone, Holm takes 5 p.
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Verdict.SUPPORTED),
        ({"p": 0.009}, Verdict.SUPPORTED),  # 0.045 < 0.05
        ({"p": 0.01}, Verdict.LEANING),  # 0.05 is not below 0.05
        ({"p": 0.0199}, Verdict.LEANING),  # 0.0995 < 0.10
        ({"p": 0.02}, Verdict.INCONCLUSIVE),  # 0.10 is not below 0.10
        ({"always_low": -1.8, "always_high": 0.0}, Verdict.LEANING),  # zero at the end is held
        ({"p": 0.3, "always_low": -0.5, "always_high": 0.1}, Verdict.INCONCLUSIVE),  # 0.5 is reached
        ({"p": 0.3, "always_low": -0.499, "always_high": 0.1}, Verdict.NOT_SUPPORTED),
        ({"p": 0.3, "low": -0.4, "high": 0.2, "always_low": -0.9, "always_high": 0.7}, Verdict.INCONCLUSIVE),
        ({"estimate": -0.5}, Verdict.SUPPORTED),  # exactly the smallest effect
        ({"estimate": -0.4}, Verdict.LEANING),
        ({"placebos": {"copper": 6.5, "nasdaq": 1.0}}, Verdict.LEANING),
        ({"placebos": {"copper": 6.0, "nasdaq": 1.0}}, Verdict.LEANING),  # a tie is not beaten
        ({"eras": {"a": 1.0, "b": 0.8, "c": -0.1}}, Verdict.LEANING),
        ({"eras": {"a": -1.0, "b": -0.8, "c": 0.0}}, Verdict.SUPPORTED),
        ({"eras": {"a": -1.0, "b": 0.0, "c": math.nan}}, Verdict.LEANING),
        ({"estimate": 0.9, "always_low": 0.4, "always_high": 1.4, "direction": 1}, Verdict.CONTRADICTED),
        ({"estimate": 0.9, "always_low": -0.1, "always_high": 1.4, "direction": 1}, Verdict.NOT_SUPPORTED),
        ({"estimate": 0.9, "always_low": -0.6, "always_high": 1.4, "direction": 1}, Verdict.INCONCLUSIVE),
        # 2.5 standard errors pass 1.96, but not the 2.33 of Holm's 0.02 two-sided; 2.3 do not either way.
        ({"p": 0.015, "standardised": 2.3}, Verdict.INCONCLUSIVE),
        ({"p": 0.015, "standardised": 2.4}, Verdict.LEANING),
    ],
)
def test_rule_for_tests(changes, expected):
    assert verdict_of(finding(**changes)).verdict == expected


def test_chance_in_the_draws_that_would_change_the_verdict_is_said():
    # Holm times 5: .0095 with an error of .0002 reaches .0475 +- 5 * 3.29 * .0002 = .0508; with .0001 only .0491.
    assert verdict_of(finding(p=0.0095, p_error=0.0002)).verdict == Verdict.UNDECIDED
    assert verdict_of(finding(p=0.0095, p_error=0.0001)).verdict == Verdict.SUPPORTED


def precedence(**changes):
    base = Finding(
        claim="C10", unit=Unit("% partial R2", signed=False), estimate=2.0, low=0.8, high=3.5, se=0.4, p=0.002,
        always_low=0.4, always_high=4.1, standardised=4.0, direction=1,
        placebos={"copper": 0.4, "nasdaq": 0.2, "dollar": 0.9}, eras={"a": 1.0, "b": 0.5, "c": -0.2},
        extra={"next 13 weeks": 3.0}, procedure="lead_test",
    )  # fmt: skip
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("changes", "gain", "expected"),
    [
        ({}, 0.7, Verdict.SUPPORTED),
        ({}, 0.0, Verdict.LEANING),
        ({}, -0.7, Verdict.LEANING),
        ({}, None, Verdict.LEANING),
        ({"direction": -1, "always_low": -4.0, "always_high": -0.4}, 0.7, Verdict.CONTRADICTED),
        ({"estimate": 0.1, "always_low": -0.5, "always_high": 0.99, "p": 0.4}, 0.7, Verdict.NOT_SUPPORTED),
        ({"estimate": 0.1, "always_low": -0.5, "always_high": 1.0, "p": 0.4}, 0.7, Verdict.INCONCLUSIVE),
    ],
)
def test_precedence_needs_a_gain_out_of_sample(changes, gain, expected):
    beside = [] if gain is None else [Finding(claim="C10", test="out_of_sample", estimate=gain)]
    assert verdict_of(precedence(**changes), *beside, claim="C10").verdict == expected


@pytest.mark.parametrize(
    ("largest", "t", "p", "expected"),
    [
        (14.9, 3.0, 0.3, Verdict.NOT_SUPPORTED),
        (15.0, 3.0, 0.3, Verdict.INCONCLUSIVE),
        (16.6, 5.0, 0.001, Verdict.SUPPORTED),
        (16.6, 4.6, 0.001, Verdict.LEANING),  # within the 4.7 standard errors that hold for all cells at all weeks
    ],
)
def test_the_search_is_judged_by_the_bound_of_all_cells(monkeypatch, largest, t, p, expected):
    monkeypatch.setattr(judging, "worst_sizes", lambda: {"lead_map": 0.05})
    found = Finding(
        claim="C11", unit=Unit("log points over 13 weeks"), estimate=15.5, low=-9.0, high=14.0, always_low=-12.0,
        always_high=largest, p=p, direction=1, standardised=t, placebos={"copper": 1.0}, eras={"a": 1.0, "b": 1.0},
        extra={"always-valid standard errors": 4.7, "strongest window": "silver, weeks 1 to 4"}, procedure="lead_map",
    )  # fmt: skip
    gain = Finding(claim="C11", test="out_of_sample", estimate=0.5)
    assert verdict_of(found, gain, claim="C11").verdict == expected


def test_the_type_of_the_unit_decides_whether_a_size_has_a_sign():
    # A label alone changes nothing; a signed unit turns the negative estimate of a falling claim into its size.
    unsigned = finding(unit=Unit("any words at all", signed=False))
    assert not dict(verdict_of(unsigned).parts[0].conditions)["at least 0.5 any words at all"]
    named = finding(unit=Unit("% partial R2"))
    assert dict(verdict_of(named).parts[0].conditions)["at least 0.5 % partial R2"]


@pytest.mark.parametrize(
    ("claim", "part", "estimate", "ends", "expected"),
    [
        ("C2", "large", 3.0, (1.0, 8.0), Verdict.SUPPORTED),
        ("C2", "large", 3.0, (1.0, 10.0), Verdict.LEANING),  # an end at the threshold is not below it
        ("C2", "large", 8.0, (3.0, 14.0), Verdict.LEANING),
        ("C2", "large", 10.0, (6.0, 19.0), Verdict.INCONCLUSIVE),
        ("C2", "any", 12.0, (10.0, 19.0), Verdict.INCONCLUSIVE),
        ("C2", "any", 30.0, (20.0, 41.0), Verdict.NOT_SUPPORTED),
        ("C8", PRIMARY, 30.0, (20.0, 41.0), Verdict.SUPPORTED),
        ("C8", PRIMARY, 30.0, (10.0, 41.0), Verdict.LEANING),
        ("C8", PRIMARY, 10.0, (3.0, 14.0), Verdict.INCONCLUSIVE),
        ("C8", PRIMARY, 3.0, (1.0, 8.0), Verdict.NOT_SUPPORTED),
        ("C18", PRIMARY, 0.05, (-0.06, 0.19), Verdict.SUPPORTED),
        ("C18", PRIMARY, 0.05, (-0.06, 0.2), Verdict.LEANING),
        ("C9", "waits", -0.5, (-0.99, 0.2), Verdict.SUPPORTED),
        ("C9", "waits", -3.5, (-6.0, -1.01), Verdict.NOT_SUPPORTED),
    ],
)
def test_rule_for_thresholds(claim, part, estimate, ends, expected):
    extra = {"own sample": estimate}
    found = Finding(claim=claim, test=part, estimate=estimate, low=ends[0], high=ends[1], extra=extra)
    assert verdict_of(found, claim=claim).part(part).verdict == expected
    # Where there is an always-valid interval it decides.
    wide = replace(found, always_low=-1000.0, always_high=1000.0)
    assert verdict_of(wide, claim=claim).part(part).verdict in (Verdict.LEANING, Verdict.INCONCLUSIVE)
    wrong = replace(found, parts={"silver had outperformed gold": False})
    assert verdict_of(wrong, claim=claim).part(part).verdict == Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("verdicts", "each", "together"),
    [
        (["Supported", "Supported"], "Supported", "Supported"),
        (["Supported", "Leaning"], "Mixed", "Leaning"),
        (["Supported", "Contradicted"], "Mixed", "Contradicted"),
        (["Inconclusive", "Not supported"], "Mixed", "Not supported"),
        (["Does not apply", "Supported"], "Mixed", "Mixed"),
    ],
)
def test_parts_make_one_verdict(verdicts, each, together):
    found = [Verdict(word) for word in verdicts]
    assert combine(found, REGISTRY["C2"].rule.together) == each
    assert combine(found, REGISTRY["C9"].rule.together) == together


@pytest.mark.parametrize(
    ("place", "expected"),
    [(24.9, Verdict.SUPPORTED), (25.0, Verdict.LEANING), (49.9, Verdict.LEANING), (50.0, Verdict.CONTRADICTED)],
)
def test_rule_for_what_was_to_be_expected(place, expected):
    extra = {"Bitcoin's return": -10.0, "silver's return": 70.0}
    assert verdict_of(Finding(claim="C3", estimate=place, extra=extra), claim="C3").verdict == expected


CONTINUED = {"due": True, "due_date": "", "move": -28.0, "usual": 2.6, "told": "", "followed": False, "complete": True}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"met": False}, Verdict.CONDITION_NOT_MET),
        ({"met": True, "followed": True, "complete": False}, Verdict.SUPPORTED),
        ({"met": True}, Verdict.CONTRADICTED),
        ({"met": True, "complete": False}, Verdict.NOT_DUE),
        ({"due": False}, Verdict.NOT_DUE),
    ],
)
def test_rule_for_a_condition(changes, expected):
    assert verdict_of(Finding(claim="C20", extra=CONTINUED | changes), claim="C20").verdict == expected


def test_what_public_data_cannot_decide_names_the_figures_that_would():
    judged = verdict_of(Finding(claim="C19", parts={"listed": True}), claim="C19")
    assert judged.verdict == Verdict.CANNOT_BE_DECIDED
    assert judged.why == f"it would take {REGISTRY['C19'].rule.needed}"


def test_rule_for_facts():
    found = Finding(claim="C1", parts={"a": True, "b": True}, extra={"weekly close": 100.9})
    assert verdict_of(found, claim="C1").verdict == Verdict.SUPPORTED
    broken = verdict_of(replace(found, parts={"a": True, "b": False}), claim="C1")
    assert (broken.verdict, broken.why) == (Verdict.CONTRADICTED, "does not hold: b")


@pytest.mark.parametrize(
    ("place", "due", "expected"),
    [
        (0.6667, True, Verdict.HAPPENED),
        (0.66, True, Verdict.INCONCLUSIVE),
        (0.34, True, Verdict.INCONCLUSIVE),
        (0.3333, True, Verdict.DID_NOT_HAPPEN),
        (math.nan, False, Verdict.NOT_DUE),
    ],
)
def test_rule_for_the_forecast(place, due, expected):
    extra = {"due": due, "due_date": "2026-07-24", "place": place, "outcome": -30.0}
    assert verdict_of(Finding(claim="C14", estimate=1.0, extra=extra), claim="C14").verdict == expected


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
    # .025, .04, .09, .08 -> raised to .09, 1. Holm leaves 1/5, 1/4, 1/3, 1/2 and all of the level.
    members = {("C4", PRIMARY): 0.01, ("C5", PRIMARY): 0.04, ("C6", "price"): 0.03, ("C9", "metals"): 0.005}
    found = {key: Finding(claim=key[0], test=key[1], p=p) for key, p in members.items()}
    adjusted, shares = adjust_families(found, REGISTRY)
    order = [("C9", "metals"), ("C4", PRIMARY), ("C6", "price"), ("C5", PRIMARY)]
    assert [adjusted[key] for key in order] == pytest.approx([0.025, 0.04, 0.09, 0.09])
    assert [shares[key] for key in order] == pytest.approx([1 / 5, 1 / 4, 1 / 3, 1 / 2])
    assert math.isnan(adjusted["C7", "copper"])


def test_detectable_effects_are_those_after_holm():
    # Alone of five, C5 is tested at 1 %: (2.5758 + .8416) / (1.9600 + .8416) = 1.2198 times the effect at 5 %.
    assert verdict_of(finding(detectable=0.5)).parts[0].detectable == pytest.approx(0.5 * 1.2198, rel=1e-4)


def test_supporting_findings_are_adjusted_together():
    # Benjamini-Hochberg of .01, .04, .03: sorted .01*3/1, .03*3/2 = .045, .04*3/3 = .04 -> .03, .04, .04.
    found = {("C10", name): Finding(claim="C10", test=name, p=p) for name, p in (("a", 0.01), ("b", 0.04), ("c", 0.03))}
    adjusted = adjust_supporting(found | {("C10", PRIMARY): Finding(claim="C10", p=0.5)}, REGISTRY)
    assert adjusted == pytest.approx({("C10", "a"): 0.03, ("C10", "b"): 0.04, ("C10", "c"): 0.04})


def test_placebos_beaten():
    # 2.1 standard errors beat 1.0 and 1.9, not 2.6: two of three; a placebo that could not be tested does not count.
    found = Finding(standardised=2.1, placebos={"a": 1.0, "b": 1.9, "c": 2.6, "d": math.nan})
    assert found.placebos_beaten == pytest.approx(2 / 3)
    assert math.isnan(Finding(placebos={"a": 0.3}).placebos_beaten)
    assert math.isnan(Finding(standardised=1.0).placebos_beaten)

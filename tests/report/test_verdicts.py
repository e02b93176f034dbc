"""The verdict rules: every verdict from hand-made findings, families adjusted, unsound tests refused."""

import json
import math
from dataclasses import replace

import pytest

from helpers.report import rules
from helpers.report.ledger import Entry
from helpers.report.registry import load_claims
from helpers.report.verdicts import adjusted_pvalues, exploratory_pvalues, judge, read_sizes

DIGEST = "0123456789abcdef"
REGISTRY = load_claims()


def finding(claim="C5", **changes):
    """Give a finding that the rule of C5 calls supported: -0.9 % per +10 basis points, everything in place."""
    base = Entry(
        claim=claim,
        unit=REGISTRY[claim].rule["unit"],
        estimate=-0.9,
        interval=(-1.3, -0.5),
        pvalue=0.001,
        direction=-1,
        n=800,
        placebo_pvalues={"copper": 0.4, "nasdaq": 0.2},
        eras={"2010-2013": -1.0, "2014-2019": -0.8, "2020 on": 0.1},
        procedure="driver_wild",
        data={"digest": DIGEST},
    )
    return replace(base, **changes)


@pytest.fixture
def folder(tmp_path):
    sizes = {"driver_wild": {"size": {"iid": 0.05, "garch": 0.06}}, "granger_wild": {"size": {"iid": 0.048}}}
    (tmp_path / "validation.json").write_text(json.dumps({"procedures": sizes}))
    return tmp_path


def verdict_of(folder, *entries, claim="C5", digest=DIGEST):
    return {verdict.claim.id: verdict for verdict in judge(list(entries), digest=digest, folder=folder)}[claim]


# The family "mechanism" has five registered members (C4, C5, C6, C7, C9): with only C5 tested, Holm takes 5 p.
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, rules.SUPPORTED),  # adjusted p = 0.005
        ({"pvalue": 0.009}, rules.SUPPORTED),  # 0.045 < 0.05
        ({"pvalue": 0.011}, rules.LEANING),  # 0.055: right sign and below 0.10
        ({"pvalue": 0.03}, rules.LEANING),  # 0.15, and that is the only condition missed
        ({"interval": (-1.9, 0.1), "pvalue": 0.3}, rules.INCONCLUSIVE),  # only p is missed, but the interval holds zero
        ({"estimate": -0.4}, rules.LEANING),  # below the smallest effect, p fine
        ({"placebo_pvalues": {"copper": 0.0001, "nasdaq": 0.2}}, rules.LEANING),
        ({"eras": {"2010-2013": 1.0, "2014-2019": 0.8, "2020 on": -0.1}}, rules.LEANING),
        ({"estimate": 0.9, "interval": (0.5, 1.3), "direction": 1}, rules.CONTRADICTED),
        ({"estimate": -0.2, "interval": (-0.9, 0.5), "pvalue": 0.5}, rules.INCONCLUSIVE),
        ({"estimate": -0.1, "interval": (-0.4, 0.2), "pvalue": 0.5}, rules.NOT_SUPPORTED),
        ({"estimate": 0.1, "interval": (-0.2, 0.4), "pvalue": 0.5, "direction": 1}, rules.NOT_SUPPORTED),
        ({"estimate": -0.3, "interval": (-0.5, -0.1), "pvalue": 0.04}, rules.INCONCLUSIVE),
    ],
)
def test_rule_for_tests(folder, changes, expected):
    assert verdict_of(folder, finding(**changes)).verdict == expected


def precedence(**changes):
    base = Entry(
        claim="C10", unit="% partial R2", estimate=2.0, interval=(0.8, 3.5), pvalue=0.002, direction=1,
        placebo_pvalues={"copper": 0.4, "nasdaq": 0.2, "dollar": 0.9}, eras={"a": 1.0, "b": 0.5, "c": -0.2},
        procedure="granger_wild", data={"digest": DIGEST},
    )  # fmt: skip
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("changes", "gain", "expected"),
    [
        ({}, 0.7, rules.SUPPORTED),
        ({}, -0.7, rules.LEANING),
        ({}, None, rules.LEANING),
        ({"direction": -1}, 0.7, rules.CONTRADICTED),
        ({"estimate": 0.1, "interval": (0.0, 0.9), "pvalue": 0.4}, 0.7, rules.NOT_SUPPORTED),
        ({"estimate": 0.1, "interval": (0.0, 1.1), "pvalue": 0.4}, 0.7, rules.INCONCLUSIVE),
    ],
)
def test_precedence_needs_a_gain_out_of_sample(folder, changes, gain, expected):
    oos = [] if gain is None else [Entry(claim="C10", test="out_of_sample", estimate=gain)]
    assert verdict_of(folder, precedence(**changes), *oos, claim="C10").verdict == expected


@pytest.mark.parametrize(
    ("claim", "estimate", "interval", "expected"),
    [
        ("C2", 3.0, (1.0, 8.0), rules.SUPPORTED),
        ("C2", 8.0, (3.0, 14.0), rules.LEANING),
        ("C2", 12.0, (6.0, 19.0), rules.INCONCLUSIVE),
        ("C2", 30.0, (20.0, 41.0), rules.NOT_SUPPORTED),
        ("C8", 30.0, (20.0, 41.0), rules.SUPPORTED),
        ("C8", 12.0, (6.0, 19.0), rules.LEANING),
        ("C8", 8.0, (3.0, 14.0), rules.INCONCLUSIVE),
        ("C8", 3.0, (1.0, 8.0), rules.NOT_SUPPORTED),
    ],
)
def test_rule_for_frequencies(folder, claim, estimate, interval, expected):
    entry = Entry(claim=claim, unit="% of weeks", estimate=estimate, interval=interval, data={"digest": DIGEST})
    assert verdict_of(folder, entry, claim=claim).verdict == expected
    wrong = replace(entry, parts={"silver had outperformed gold": False})
    assert verdict_of(folder, wrong, claim=claim).verdict == rules.CONTRADICTED


def test_rule_for_facts(folder):
    entry = Entry(claim="C1", parts={"a": True, "b": True}, data={"digest": DIGEST})
    assert verdict_of(folder, entry, claim="C1").verdict == rules.SUPPORTED
    broken = verdict_of(folder, replace(entry, parts={"a": True, "b": False}), claim="C1")
    assert (broken.verdict, broken.why) == (rules.CONTRADICTED, "does not hold: b")


@pytest.mark.parametrize(
    ("estimate", "place", "skill", "due", "expected"),
    [
        (40.0, 0.95, 0.1, True, rules.SUPPORTED),
        (40.0, 0.80, 0.1, True, rules.LEANING),
        (5.0, 0.60, 0.1, True, rules.INCONCLUSIVE),
        (-5.0, 0.40, 0.1, True, rules.NOT_SUPPORTED),
        (-60.0, 0.04, 0.1, True, rules.CONTRADICTED),
        (math.nan, math.nan, math.nan, False, rules.NOT_DUE),
    ],
)
def test_rule_for_the_forecast(folder, estimate, place, skill, due, expected):
    extra = {"due": due, "due_date": "2026-07-24", "place": place, "skill": skill}
    entry = Entry(claim="C14", estimate=estimate, extra=extra, parts={"quiet": True}, data={"digest": DIGEST})
    assert verdict_of(folder, entry, claim="C14").verdict == expected


def test_a_test_of_the_wrong_size_is_refused(folder):
    sizes = {"driver_wild": {"size": {"iid": 0.05, "garch": 0.09}}}
    (folder / "validation.json").write_text(json.dumps({"procedures": sizes}))
    verdict = verdict_of(folder, finding())
    assert (verdict.verdict, verdict.why) == (rules.INCONCLUSIVE, "driver_wild rejects 9.0 % of true nulls at 5 %")


def test_a_test_without_a_size_on_record_is_refused(folder):
    verdict = verdict_of(folder, finding(procedure="tea_leaves"))
    assert (verdict.verdict, verdict.why) == (rules.INCONCLUSIVE, "no simulated size is on record for tea_leaves")


def test_the_worst_size_counts(folder):
    assert read_sizes(folder)["driver_wild"] == 0.06
    assert read_sizes(folder / "nowhere") == {}


def test_untested_and_undone(folder):
    assert verdict_of(folder, claim="C7").verdict == rules.NOT_TESTED
    undone = verdict_of(folder, finding(reason="no vintage was printed by then"))
    assert (undone.verdict, undone.why) == (rules.INCONCLUSIVE, "no vintage was printed by then")


def test_findings_on_other_data_are_stale(folder):
    assert verdict_of(folder, finding(), digest="fedcba9876543210").stale
    assert not verdict_of(folder, finding()).stale


def test_holm_over_the_registered_family():
    # Mechanism: C4 .01, C5 .04, C6 .03, C7 untested (1), C9 .005. Sorted .005, .01, .03, .04, 1: times 5, 4, 3, 2, 1 =
    # .025, .04, .09, .08 -> raised to .09, 1.
    found = {
        (claim, "primary"): Entry(claim=claim, pvalue=p)
        for claim, p in {"C4": 0.01, "C5": 0.04, "C6": 0.03, "C9": 0.005}.items()
    }
    adjusted = adjusted_pvalues(found, REGISTRY)
    assert [adjusted[name] for name in ("C9", "C4", "C6", "C5")] == pytest.approx([0.025, 0.04, 0.09, 0.09])
    assert math.isnan(adjusted["C7"])


def test_exploratory_findings_are_adjusted_together():
    # Benjamini-Hochberg of .01, .04, .03: sorted .01*3/1, .03*3/2 = .045, .04*3/3 = .04 -> .03, .04, .04.
    entries = [Entry(claim="C10", test=name, pvalue=p) for name, p in (("a", 0.01), ("b", 0.04), ("c", 0.03))]
    adjusted = exploratory_pvalues([*entries, Entry(claim="C10", pvalue=0.5)])
    assert [adjusted["C10", name] for name in "abc"] == pytest.approx([0.03, 0.04, 0.04])

"""The functions give what the notebooks recorded, to ten digits, for both dates. Retired with the old files."""

import json
import math

import pytest

from helpers.claims import read_ledger
from helpers.data import load
from helpers.data.settings import ROOT

OLD = ROOT / "claims" / "results"
FIELDS = {"estimate": "estimate", "p": "pvalue", "detectable": "detectable", "confidence": "level", "n": "n", "k": "k"}


def same(new, old):
    if isinstance(new, float | int) and not isinstance(new, bool):
        return (math.isnan(new) and old is None) or new == old
    return new == old


@pytest.mark.parametrize(("day", "folder"), [(None, OLD), ("2026-01-23", OLD / "2026-01-23")])
def test_same_numbers_and_verdicts(day, folder):
    judgement = read_ledger(load(source="snapshot", as_of=day))
    files = {path.stem: json.loads(path.read_text()) for path in folder.glob("C*.json")}
    assert {f"{c}" if t == "primary" else f"{c}.{t}" for c, t in judgement.findings} == set(files)
    for (claim, test), found in judgement.findings.items():
        old = files[claim if test == "primary" else f"{claim}.{test}"]
        for new_name, old_name in FIELDS.items():
            assert same(getattr(found, new_name), old[old_name]), (claim, test, new_name)
        assert all(same(new, end) for new, end in zip((found.low, found.high), old["interval"], strict=True)), claim
        assert found.parts == old["parts"]
        assert found.direction == (0 if old["reason"] else old["direction"])
        for new, kept in ((found.placebos, old["placebo_pvalues"]), (found.eras, old["eras"])):
            assert set(new) == set(kept)
            assert all(same(new[name], kept[name]) for name in kept), (claim, test)
        assert (found.procedure, found.reason) == (old["procedure"], old["reason"])
    if day is None:
        for claim, old in json.loads((folder / "verdicts.json").read_text()).items():
            judged = judgement.verdict(claim)
            assert judged.verdict == old["verdict"]
            assert same(float(f"{judged.adjusted:.10g}"), old["adjusted_pvalue"])
            assert sorted(met for _, met in judged.conditions) == sorted(old["conditions"].values())

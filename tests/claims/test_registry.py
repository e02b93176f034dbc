"""The registry: no rule changes without a dated amendment, now or at any point of the project's history."""

import tomllib

import pytest

from helpers.claims import PRIMARY, Finding, Trial, Unit, decide, judgement
from helpers.claims.findings import FINDINGS, finds, register
from helpers.claims.registry import CLAIMS, claim_digest, git, load_claims, load_rules, registered_in
from helpers.claims.rules import RULES
from helpers.data import DataError, load
from helpers.data.settings import ROOT
from helpers.report.run import NOTEBOOKS

TRIAL = Trial(load(source="snapshot"))


def read(load, path):
    with registered_in(path):
        return load()


def test_every_claim_is_tested_by_a_chapter_that_exists():
    for claim in load_claims().values():
        assert (NOTEBOOKS / f"{claim.chapter}.ipynb").exists(), claim.id


def test_a_rule_lacks_nothing_that_its_kind_needs(tmp_path):
    text = CLAIMS.read_text().replace("smallest_effect = 0.5\n", "", 1)
    digest = claim_digest(tomllib.loads(text)["C5"])
    path = tmp_path / "claims.toml"
    path.write_text(text.replace(load_claims()["C5"].digest, digest))
    with pytest.raises(DataError, match=r"C5: expected a test rule with .*, found not smallest_effect"):
        read(load_claims, path)


def test_every_claim_has_a_function_that_measures_in_its_unit():
    for name, claim in load_claims().items():
        for test, rule in claim.rule.asked.items():
            assert FINDINGS[name, test].unit.of(rate=False).label == rule.unit


def test_a_new_claim_needs_its_entry_and_its_function_alone(tmp_path, monkeypatch):
    text = CLAIMS.read_text()
    entry = text[text.index("[C16]") : text.index("[C17]")].replace("C16", "C99")
    path = tmp_path / "claims.toml"
    path.write_text(text + "\n" + entry)
    monkeypatch.setattr(judgement, "FINDINGS", dict(FINDINGS))
    monkeypatch.setattr(register, "FINDINGS", judgement.FINDINGS)
    found = finds("C99", unit=Unit("{points}"))(lambda trial: Finding(parts={"it is so": True}))(TRIAL)
    judged = read(lambda: decide(TRIAL, {("C99", PRIMARY): found}), path).verdict("C99")
    assert (judged.verdict, judged.plain) == ("Supported", "It is so.")


def test_smallest_effects_are_those_fixed_in_the_methods():
    rules = {name: claim.rule for name, claim in load_claims().items()}
    assert rules["C10"].smallest_effect == 1.0
    assert rules["C11"].smallest_effect == 15.0
    assert (rules["C5"].expected_sign, rules["C5"].smallest_effect) == (-1, 0.5)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("smallest_effect = 15.0", "smallest_effect = 1.0"),
        ("expected_sign = -1", "expected_sign = 1"),
        ('family = "precedence"', 'family = "mechanism"'),
        ("threshold = 10.0", "threshold = 60.0"),
        ("Sustained silver strength has preceded", "Silver has sometimes preceded"),
    ],
)
def test_an_edited_rule_without_an_amendment_is_refused(tmp_path, old, new):
    path = tmp_path / "claims.toml"
    path.write_text(CLAIMS.read_text().replace(old, new, 1))
    with pytest.raises(DataError, match=r"expected a last amendment with the digest .* needs a dated amendment"):
        read(load_claims, path)


def test_a_dated_amendment_makes_the_edit_legal(tmp_path):
    text = (
        CLAIMS.read_text()
        .replace('title = "Silver ahead', 'title = "X, silver ahead')
        .replace("threshold = 10.0", "threshold = 12.0")
    )
    digests = {name: claim_digest(tomllib.loads(text)[name]) for name in ("C2", "C8")}
    amendment = "".join(
        f'\n[[{name}.amendments]]\ndate = 2026-12-01\nreason = "Test."\ndigest = "{digest}"\n'
        for name, digest in digests.items()
    )
    path = tmp_path / "claims.toml"
    path.write_text(text + amendment)
    assert read(load_claims, path)["C8"].rule.threshold == 12.0


def test_amendments_out_of_order_are_refused(tmp_path):
    text = CLAIMS.read_text()
    digest = load_claims()["C1"].digest
    path = tmp_path / "claims.toml"
    path.write_text(text + f'\n[[C1.amendments]]\ndate = 2020-01-01\nreason = "Earlier."\ndigest = "{digest}"\n')
    with pytest.raises(DataError, match="C1: expected amendments in the order of their dates"):
        read(load_claims, path)


def test_every_rule_that_was_ever_committed_is_in_the_chain():
    """A rule rewritten together with its own registration would pass the digest check, but not this one."""
    commits = git(ROOT, "log", "--format=%H", "--", "claims/claims.toml").decode().split()
    if not commits:
        pytest.skip("no git history here, so past rules cannot be compared")
    now = {name: {amendment.digest for amendment in claim.amendments} for name, claim in load_claims().items()}
    now["rules"] = {amendment.digest for amendment in load_rules().amendments}
    for commit in commits:
        for name, entry in tomllib.loads(git(ROOT, "show", f"{commit}:claims/claims.toml").decode()).items():
            assert claim_digest(entry) in now[name], f"{name} at {commit[:7]} is not in its chain of amendments"


def test_the_rules_of_judgement_are_registered_too(tmp_path):
    rules = load_rules()
    assert (rules.standards.level, rules.standards.weak_level, rules.standards.size_band) == (0.05, 0.10, (0.03, 0.07))
    assert set(rules.words) == set(RULES)
    path = tmp_path / "claims.toml"
    path.write_text(CLAIMS.read_text().replace("weak_level = 0.10", "weak_level = 0.20"))
    with pytest.raises(DataError, match="rules: expected a last amendment with the digest"):
        read(load_rules, path)

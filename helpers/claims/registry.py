"""The claims and their rules, fixed in advance, and the chain of dated amendments that guards them."""

import datetime as dt
import hashlib
import json
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from helpers.claims.rules import RULES, Rule, Standards
from helpers.data import DataError
from helpers.data.settings import ROOT

CLAIMS = ROOT / "claims" / "claims.toml"
STANDARDS = "rules"
_ALWAYS = ("kind", "estimand", "test", "null", "unit", "placebos")
_IN_USE: ContextVar[Path] = ContextVar("registry", default=CLAIMS)


@dataclass(frozen=True)
class Amendment:
    """One dated change of a rule, why it was made, and the digest of the rule after it."""

    date: dt.date
    reason: str
    digest: str


@dataclass(frozen=True)
class Claim:
    """One claim with the rule that judges it.

    Parameters
    ----------
    id, title, text : its name in the registry; a short title; the claim in our own words
    type, chapter : its kind of statement; the notebook that shows its test
    rule, digest : by the kind of claim; digest of text, type and rule as they stand
    amendments : the registration and every change since
    pair_title, pair_parts
        Title for any pair, with {leader}, {follower}, {Leader} and {Follower} in it, "" for a claim that is of the
        story's own pair alone; the same for those of its parts whose own title names the story's pair.
    """

    id: str
    title: str
    text: str
    type: str
    chapter: str
    rule: Rule
    amendments: tuple[Amendment, ...]
    digest: str
    pair_title: str = ""
    pair_parts: dict[str, str] = field(default_factory=dict)

    def part_title(self, part: str, words: dict[str, str] | None) -> str:
        """Name a part, or the claim where it has none, in the words of another pair where there are any."""
        if not self.rule.parts:
            return self.title if words is None else self.pair_title.format(**words)
        told = self.rule.titles[part]
        return told if words is None else self.pair_parts.get(part, told).format(**words)


@dataclass(frozen=True)
class VerdictRules:
    """The standards, and each rule in words, registered like the claims."""

    standards: Standards
    words: dict[str, str]
    amendments: tuple[Amendment, ...]
    digest: str


def load_rules() -> VerdictRules:
    """Read the rules of judgement from the registry in use; raises as `load_claims`."""
    return _rules(_IN_USE.get())


def load_claims() -> dict[str, Claim]:
    """Read the claims from the registry in use.

    Returns
    -------
    dict of str to Claim
        By id, in the order of the file.

    Raises
    ------
    DataError
        A claim has an unknown kind, a rule with missing or unknown entries, no amendment, dates out of order, or a
        rule that its last amendment does not cover.
    """
    return _claims(_IN_USE.get())


@contextmanager
def registered_in(path: Path) -> Iterator[None]:
    """Judge by the rules of another file for a while."""
    token = _IN_USE.set(path)
    try:
        yield
    finally:
        _IN_USE.reset(token)


def claim_digest(entry: dict[str, Any]) -> str:
    """Digest what an amendment must cover: text, type and rule of a claim, or all rules of judgement."""
    guarded = ("text", "type", "rule") if "rule" in entry else entry.keys() - {"amendments"}
    content = {key: entry[key] for key in guarded}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of claims/."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def git(folder: Path, *words: str) -> bytes:
    """Ask git in a folder; nothing where there is no git, no repository or no answer."""
    try:
        run = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)  # noqa: S603, S607
    except OSError:
        return b""
    return run.stdout if run.returncode == 0 else b""


@cache
def _rules(path: Path) -> VerdictRules:
    raw = read_toml(path)[STANDARDS]
    amendments, digest = _amended(STANDARDS, raw)
    numbers = {key: value for key, value in raw.items() if key not in (*RULES, "amendments")}
    try:
        words = {kind: " ".join(raw[kind].split()) for kind in RULES}
        standards = Standards(**{**numbers, "size_band": tuple(raw["size_band"])})
    except (KeyError, TypeError) as error:
        wanted = "every standard, and every kind of rule in words"
        raise DataError(STANDARDS, expected=wanted, found=str(error)) from None
    return VerdictRules(standards, words, amendments, digest)


@cache
def _claims(path: Path) -> dict[str, Claim]:
    claims = {}
    for name, entry in read_toml(path).items():
        if name != STANDARDS:
            amendments, digest = _amended(name, entry)
            checked = {"rule": _rule(name, entry["rule"]), "amendments": amendments, "digest": digest}
            claims[name] = Claim(id=name, **{**entry, **checked})
    return claims


def _rule(name: str, entry: dict[str, Any]) -> Rule:
    found = {key: value for key, value in entry.items() if key != "title"}
    kind = found["kind"]
    if kind not in RULES:
        raise DataError(name, expected=f"kind one of {', '.join(RULES)}", found=repr(kind))
    if "parts" in found:
        found["titles"] = {part: own["title"] for part, own in found["parts"].items()}
        found["parts"] = {part: _rule(f"{name}, {part}", own) for part, own in found["parts"].items()}
    needed = {*_ALWAYS, *RULES[kind]}
    if wrong := sorted(needed - set(found)) or sorted(set(found) - needed - {"n_registered"}):
        raise DataError(name, expected=f"a {kind} rule with {', '.join(sorted(needed))}", found=f"not {wrong[0]}")
    return Rule(**{**found, "placebos": tuple(found["placebos"])})


def _amended(name: str, entry: dict[str, Any]) -> tuple[tuple[Amendment, ...], str]:
    """Read the amendments of an entry and prove that the last one covers it as it stands."""
    amendments, digest = tuple(Amendment(**one) for one in entry.get("amendments", ())), claim_digest(entry)
    dates = [amendment.date for amendment in amendments]
    if dates != sorted(dates):
        raise DataError(name, expected="amendments in the order of their dates", found=", ".join(map(str, dates)))
    last = amendments[-1].digest if amendments else "none"
    if last != digest:
        wanted = f"a last amendment with the digest of the rule as it stands, {digest}"
        remedy = "A changed rule needs a dated amendment with its reason in claims/claims.toml."
        raise DataError(name, expected=wanted, found=last, remedy=remedy)
    return amendments, digest


if __name__ == "__main__":
    for _name, _entry in read_toml(CLAIMS).items():  # for a new amendment
        print(_name, claim_digest(_entry))  # noqa: T201

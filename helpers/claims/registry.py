"""The claims and their rules, fixed in advance, and the chain of dated amendments that guards them."""

import datetime as dt
import hashlib
import json
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
    id, title, text, type, chapter : str
        Its name in the registry; a short title; the claim in our own words; its kind of statement; the notebook
        that shows its test.
    rule : Rule
        By the kind of claim.
    amendments : tuple of Amendment
        The registration and every change since.
    digest : str
        Of text, type and rule as they stand.
    pair_title : str
        Title for any pair, with {leader}, {follower}, {Leader} and {Follower} in it; "" for a claim that is of the
        story's own pair alone.
    pair_parts : mapping of str to str
        The same for those of its parts whose own title names the story's pair.
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


def load_rules(path: Path | None = None) -> VerdictRules:
    """Read the rules of judgement from the registry; raises as `load_claims`."""
    return _rules(path or _IN_USE.get())


def load_claims(path: Path | None = None) -> dict[str, Claim]:
    """Read the claims from the registry.

    Parameters
    ----------
    path : pathlib.Path, optional
        The TOML file; the one in use when omitted.

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
    return _claims(path or _IN_USE.get())


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


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _rules(path: Path) -> VerdictRules:
    raw = dict(_read(path)[STANDARDS])
    amendments, digest = _amended(STANDARDS, raw)
    numbers = {key: value for key, value in raw.items() if key not in (*RULES, "amendments")}
    try:
        words = {kind: " ".join(raw[kind].split()) for kind in RULES}
        standards = Standards(**{**numbers, "size_band": tuple(raw["size_band"])})
    except (KeyError, TypeError) as error:
        raise DataError(
            STANDARDS, expected="every standard, and every kind of rule in words", found=str(error)
        ) from None
    return VerdictRules(standards, words, amendments, digest)


@cache
def _claims(path: Path) -> dict[str, Claim]:
    return {name: _claim(name, entry) for name, entry in _read(path).items() if name != STANDARDS}


def _claim(name: str, entry: dict[str, Any]) -> Claim:
    amendments, digest = _amended(name, entry)
    told = {key: value for key, value in entry.items() if key not in ("rule", "amendments")}
    return Claim(id=name, rule=_rule(name, entry["rule"]), amendments=amendments, digest=digest, **told)


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
        raise DataError(
            name,
            expected=f"a last amendment with the digest of the rule as it stands, {digest}",
            found=last,
            remedy="A changed rule needs a dated amendment with its reason in claims/claims.toml.",
        )
    return amendments, digest


def main() -> None:
    """Print the digest of every claim, and of the rules, as they stand, for a new amendment."""
    for name, entry in _read(CLAIMS).items():
        print(name, claim_digest(entry))  # noqa: T201


if __name__ == "__main__":
    main()

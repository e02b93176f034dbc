"""The claims and their rules, fixed in advance, and the chain of dated amendments that guards them."""

import datetime as dt
import hashlib
import json
import tomllib
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from helpers.claims.rule import Rule, Standards
from helpers.claims.rules import RULES, PartsRule
from helpers.data import DataError
from helpers.data.settings import ROOT

CLAIMS = ROOT / "claims" / "claims.toml"
STANDARDS = "rules"


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


@dataclass(frozen=True)
class VerdictRules:
    """The standards, and each rule in words, registered like the claims."""

    standards: Standards
    words: dict[str, str]
    amendments: tuple[Amendment, ...]
    digest: str


@cache
def load_rules(path: Path = CLAIMS) -> VerdictRules:
    """Read the rules of judgement.

    Parameters
    ----------
    path : pathlib.Path
        The TOML file.

    Returns
    -------
    VerdictRules
        As registered.

    Raises
    ------
    DataError
        Amendments out of order, or rules that the last amendment does not cover.
    """
    raw = dict(_read(path)[STANDARDS])
    amendments = tuple(Amendment(**amendment) for amendment in raw.pop("amendments", ()))
    digest = _digest(raw)
    _check_chain(STANDARDS, amendments, digest)
    words = {kind: " ".join(raw.pop(kind).split()) for kind in RULES}
    standards = Standards(**{**raw, "size_band": tuple(raw["size_band"])})
    return VerdictRules(standards, words, amendments, digest)


@cache
def load_claims(path: Path = CLAIMS) -> dict[str, Claim]:
    """Read the registry.

    Parameters
    ----------
    path : pathlib.Path
        The TOML file.

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
    return {name: _claim(name, entry) for name, entry in _read(path).items() if name != STANDARDS}


def claim_digest(entry: dict[str, Any]) -> str:
    """Digest of what an amendment must cover.

    Parameters
    ----------
    entry : dict
        A claim, or the table of rules, as read from the file.

    Returns
    -------
    str
        First 16 hexadecimal digits of the sha256 of text, type and rule (for the rules: of all but the amendments).
    """
    if "rule" in entry:
        return _digest({key: entry[key] for key in ("text", "type", "rule")})
    return _digest({key: value for key, value in entry.items() if key != "amendments"})


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _claim(name: str, entry: dict[str, Any]) -> Claim:
    amendments = tuple(Amendment(**amendment) for amendment in entry.get("amendments", ()))
    digest = claim_digest(entry)
    _check_chain(name, amendments, digest)
    told = {key: entry[key] for key in ("title", "text", "type", "chapter")}
    rule = _rule(name, entry["rule"])
    pair_title = entry.get("pair_title", "")
    return Claim(id=name, **told, rule=rule, amendments=amendments, digest=digest, pair_title=pair_title)


def _rule(name: str, entry: dict[str, Any]) -> Rule:
    found = dict(entry)
    kind = found.pop("kind")
    if kind not in RULES:
        raise DataError(name, expected=f"kind one of {', '.join(RULES)}", found=repr(kind))
    rule = RULES[kind]
    if rule is PartsRule:
        parts = found.get("parts", {})
        found["titles"] = {part: own["title"] for part, own in parts.items()}
        found["parts"] = {
            part: _rule(f"{name}, {part}", {key: value for key, value in own.items() if key != "title"})
            for part, own in parts.items()
        }
    known = {field.name for field in fields(rule)}
    needed = {field.name for field in fields(rule) if field.default is MISSING} | _own(rule)
    if not needed <= set(found) <= known:
        wrong = sorted(needed - set(found)) or sorted(set(found) - known)
        raise DataError(name, expected=f"a {kind} rule with {', '.join(sorted(needed))}", found=f"not {wrong[0]}")
    return rule(**{**found, "placebos": tuple(found["placebos"])})


def _own(rule: type[Rule]) -> set[str]:
    """Fields that a kind of rule asks for although rules in general do not."""
    return {name for kind in rule.__mro__ if kind is not Rule for name in vars(kind).get("__annotations__", {})} & {
        field.name for field in fields(rule)
    }


def _check_chain(name: str, amendments: tuple[Amendment, ...], digest: str) -> None:
    dates = [amendment.date for amendment in amendments]
    if dates != sorted(dates):
        raise DataError(name, expected="amendments in the order of their dates", found=", ".join(map(str, dates)))
    if not amendments or amendments[-1].digest != digest:
        last = amendments[-1].digest if amendments else "none"
        raise DataError(
            name,
            expected=f"a last amendment with the digest of the rule as it stands, {digest}",
            found=last,
            remedy="A changed rule needs a dated amendment with its reason in claims/claims.toml.",
        )


def main() -> None:
    """Print the digest of every claim, and of the rules, as they stand, for a new amendment."""
    for name, entry in _read(CLAIMS).items():
        print(name, claim_digest(entry))  # noqa: T201


if __name__ == "__main__":
    main()

"""The claims and their rules, fixed in advance, and the chain of dated amendments that guards them."""

import datetime as dt
import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.data.errors import DataError
from helpers.data.settings import ROOT

CLAIMS = ROOT / "claims" / "claims.toml"
RULES = "rules"
KINDS = ("fact", "frequency", "test", "forecast")


@dataclass(frozen=True)
class Amendment:
    """One dated change of a rule.

    Parameters
    ----------
    date : datetime.date
        When it was made.
    reason : str
        Why.
    digest : str
        Digest of the claim after the change.
    """

    date: dt.date
    reason: str
    digest: str


@dataclass(frozen=True)
class Claim:
    """One claim with the rule that judges it.

    Parameters
    ----------
    id, title, text, type, chapter : str
        "C1" to "C14"; a short name; the claim in our own words; its kind of statement; the notebook that tests it.
    rule : dict
        Kind, estimand, test, null, unit and placebos; by kind also family, expected_sign, smallest_effect, side,
        threshold.
    amendments : tuple of Amendment
        The registration and every change since.
    digest : str
        Digest of text, type and rule as they stand.
    """

    id: str
    title: str
    text: str
    type: str
    chapter: str
    rule: dict[str, Any]
    amendments: tuple[Amendment, ...]
    digest: str


@dataclass(frozen=True)
class VerdictRules:
    """The numbers and words by which verdicts follow, registered like the claims.

    Parameters
    ----------
    level, weak_level : float
        Significance for "supported" and for "leaning".
    placebo_share : float
        Share of placebos to beat.
    eras_needed : int
        Eras, out of three, that must show the claimed sign.
    size_band : tuple of float
        Simulated sizes at 5 % that a test may have.
    words : dict of str to str
        The rule in words, by kind of claim.
    amendments : tuple of Amendment
        The registration and every change since.
    """

    level: float
    weak_level: float
    placebo_share: float
    eras_needed: int
    size_band: tuple[float, float]
    words: dict[str, str]
    amendments: tuple[Amendment, ...]


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
    raw = dict(_read(path)[RULES])
    amendments = tuple(Amendment(**amendment) for amendment in raw.pop("amendments", ()))
    _check_chain(RULES, amendments, _digest(raw))
    words = {kind: " ".join(raw.pop(kind).split()) for kind in KINDS}
    return VerdictRules(**{**raw, "size_band": tuple(raw["size_band"])}, words=words, amendments=amendments)


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
        A claim has an unknown kind, no amendment, dates out of order, or a rule that its last amendment does not cover.
    """
    return {name: _claim(name, entry) for name, entry in _read(path).items() if name != RULES}


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
    if entry["rule"]["kind"] not in KINDS:
        raise DataError(name, expected=f"kind one of {', '.join(KINDS)}", found=repr(entry["rule"]["kind"]))
    amendments = tuple(Amendment(**amendment) for amendment in entry.get("amendments", ()))
    digest = claim_digest(entry)
    _check_chain(name, amendments, digest)
    fields = {key: entry[key] for key in ("title", "text", "type", "chapter", "rule")}
    return Claim(id=name, **fields, amendments=amendments, digest=digest)


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

"""The verdict on each claim: computed from what was recorded, by the rule that was registered."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.report.ledger import PRIMARY, VALIDATION, Entry, results_folder
from helpers.report.registry import Claim, load_claims
from helpers.report.rules import INCONCLUSIVE, LEVEL, NOT_TESTED, RULES, SIZE_BAND
from helpers.stats import benjamini_hochberg, holm


@dataclass(frozen=True)
class Verdict:
    """What the rule says of one claim.

    Parameters
    ----------
    claim : Claim
        With its rule.
    verdict : str
        One of the five verdicts, "Not tested yet" or "Not due yet".
    entry : Entry or None
        The primary finding; None for an untested claim.
    adjusted_pvalue : float
        Holm's p over the registered family; NaN outside a family.
    conditions : tuple of (str, bool)
        What "Supported" asks for, and whether each is met.
    why : str
        The deciding fact, in words.
    stale : bool
        Whether the finding was made on other data than those in use.
    """

    claim: Claim
    verdict: str
    entry: Entry | None
    adjusted_pvalue: float
    conditions: tuple[tuple[str, bool], ...]
    why: str
    stale: bool


def judge(
    entries: list[Entry], *, digest: str, folder: Path | None = None, registry: Mapping[str, Claim] | None = None
) -> list[Verdict]:
    """Judge every registered claim.

    Parameters
    ----------
    entries : list of Entry
        The ledger.
    digest : str
        Digest of the data in use; findings on other data are marked stale.
    folder : pathlib.Path, optional
        Where validation.json is; `results_folder()` if not given.
    registry : mapping of str to Claim, optional
        `load_claims()` if not given.

    Returns
    -------
    list of Verdict
        One a claim, in the order of the registry.
    """
    registry = load_claims() if registry is None else registry
    sizes = read_sizes(folder)
    found = {(entry.claim, entry.test): entry for entry in entries}
    adjusted = adjusted_pvalues(found, registry)
    return [_judge_one(claim, found, adjusted.get(name, math.nan), digest, sizes) for name, claim in registry.items()]


def adjusted_pvalues(found: Mapping[tuple[str, str], Entry], registry: Mapping[str, Claim]) -> dict[str, float]:
    """Adjust the primary p-values within each registered family by Holm's method.

    Parameters
    ----------
    found : mapping of (claim, test) to Entry
        The ledger.
    registry : mapping of str to Claim
        The families. A registered member without a p-value counts as p = 1, so that testing fewer claims gains nothing.

    Returns
    -------
    dict of str to float
        By claim id; NaN where the claim has no p-value.
    """
    families: dict[str, list[str]] = {}
    for name, claim in registry.items():
        if "family" in claim.rule:
            families.setdefault(claim.rule["family"], []).append(name)
    out: dict[str, float] = {}
    for members in families.values():
        raw = [found[name, PRIMARY].pvalue if (name, PRIMARY) in found else math.nan for name in members]
        adjusted = holm([1.0 if math.isnan(p) else p for p in raw])
        out |= {
            name: math.nan if math.isnan(p) else float(a) for name, p, a in zip(members, raw, adjusted, strict=True)
        }
    return out


def exploratory_pvalues(entries: list[Entry]) -> dict[tuple[str, str], float]:
    """Adjust the p-values of everything that is not a primary test by Benjamini and Hochberg.

    Parameters
    ----------
    entries : list of Entry
        The ledger.

    Returns
    -------
    dict of (claim, test) to float
        Only findings with a p-value.
    """
    rest = [entry for entry in entries if entry.test != PRIMARY and not math.isnan(entry.pvalue)]
    if not rest:
        return {}
    adjusted = benjamini_hochberg([entry.pvalue for entry in rest])
    return {(entry.claim, entry.test): float(p) for entry, p in zip(rest, adjusted, strict=True)}


def read_sizes(folder: Path | None = None) -> dict[str, float]:
    """Read the simulated size of each procedure that is farthest from 5 %.

    Parameters
    ----------
    folder : pathlib.Path, optional
        `results_folder()` if not given; its validation.json is what the robustness chapter wrote.

    Returns
    -------
    dict of str to float
        Empty where nothing has been simulated yet.
    """
    path = (folder or results_folder()) / VALIDATION
    if not path.exists():
        return {}
    table = json.loads(path.read_text(encoding="utf-8"))["procedures"]
    return {name: max(row["size"].values(), key=lambda size: abs(size - LEVEL)) for name, row in table.items()}


def write_verdicts(verdicts: list[Verdict], folder: Path | None = None) -> Path:
    """Store the verdicts beside the findings they were computed from.

    Parameters
    ----------
    verdicts : list of Verdict
        From `judge`.
    folder : pathlib.Path, optional
        `results_folder()` if not given.

    Returns
    -------
    pathlib.Path
        The file written, verdicts.json.
    """
    rows = {verdict.claim.id: _stored(verdict) for verdict in verdicts}
    path = (folder or results_folder()) / "verdicts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return path


def _stored(verdict: Verdict) -> dict[str, Any]:
    beaten = math.nan if verdict.entry is None else verdict.entry.placebos_beaten
    return {
        "verdict": verdict.verdict,
        "adjusted_pvalue": None if math.isnan(verdict.adjusted_pvalue) else float(f"{verdict.adjusted_pvalue:.10g}"),
        "placebos_beaten": None if math.isnan(beaten) else float(f"{beaten:.4g}"),
        "conditions": dict(verdict.conditions),
        "why": verdict.why,
    }


def _judge_one(
    claim: Claim, found: Mapping[tuple[str, str], Entry], adjusted: float, digest: str, sizes: Mapping[str, float]
) -> Verdict:
    entry = found.get((claim.id, PRIMARY))
    if entry is None:
        return Verdict(claim, NOT_TESTED, None, math.nan, (), "no finding is recorded", stale=False)
    stale = entry.data.get("digest") != digest
    refusal = _refusal(entry, sizes)
    if refusal:
        return Verdict(claim, INCONCLUSIVE, entry, adjusted, (), refusal, stale)
    oos = found.get((claim.id, "out_of_sample"))
    verdict, conditions, why = RULES[claim.rule["kind"]](claim, entry, adjusted, oos)
    return Verdict(claim, verdict, entry, adjusted, conditions, why, stale)


def _refusal(entry: Entry, sizes: Mapping[str, float]) -> str:
    """Say why a finding cannot feed a verdict, if so."""
    if entry.reason:
        return entry.reason
    if not entry.procedure:
        return ""
    if entry.procedure not in sizes:
        return f"no simulated size is on record for {entry.procedure}"
    size = sizes[entry.procedure]
    if not SIZE_BAND[0] <= size <= SIZE_BAND[1]:
        return f"{entry.procedure} rejects {100 * size:.1f} % of true nulls at 5 %"
    return ""

"""The trial itself: every finding, adjusted within its family, and the verdict that the registered rule gives."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd
from joblib import Parallel, delayed

from helpers.claims import table
from helpers.claims.finding import PRIMARY, Finding
from helpers.claims.findings import FINDINGS
from helpers.claims.registry import Claim, load_claims, load_rules
from helpers.claims.rules import Conditions, Decision, Verdict
from helpers.claims.simulations import worst_sizes
from helpers.claims.trial import Trial, is_rate, label
from helpers.data import Dataset
from helpers.stats import benjamini_hochberg, holm

OUT_OF_SAMPLE = "out_of_sample"
Key = tuple[str, str]


@dataclass(frozen=True)
class Judged:
    """What the rule says of one claim.

    Parameters
    ----------
    claim : Claim
        With its rule.
    title : str
        Short title, in the words of the pair.
    verdict : Verdict
        As the rule gives it.
    finding : Finding or None
        The primary one; None for a claim that was not tested.
    adjusted : float
        Holm's p over the registered family; NaN outside a family.
    conditions : tuple of (str, bool)
        What "Supported" asks for, and whether each is met.
    why : str
        The deciding fact, in words.
    """

    claim: Claim
    title: str
    verdict: Verdict
    finding: Finding | None
    adjusted: float
    conditions: Conditions
    why: str


@dataclass(frozen=True)
class Judgement:
    """All claims on one dataset and pair.

    Parameters
    ----------
    trial : Trial
        The dataset and the pair.
    judged : tuple of Judged
        One a claim, in the order of the registry.
    findings : mapping of (claim, test) to Finding
        Primary and supporting.
    adjusted : mapping of (claim, test) to float
        p of primary findings by Holm within the family, of supporting ones by Benjamini and Hochberg together.
    """

    trial: Trial
    judged: tuple[Judged, ...]
    findings: Mapping[Key, Finding] = field(repr=False)
    adjusted: Mapping[Key, float] = field(repr=False)

    def verdict(self, claim: str) -> Judged:
        """Give what was found on one claim, such as "C10"."""
        return next(judged for judged in self.judged if judged.claim.id == claim)

    def finding(self, claim: str, test: str = PRIMARY) -> Finding:
        """Give one finding."""
        return self.findings[claim, test]

    @property
    def table(self) -> pd.DataFrame:
        """Verdicts for a reader: claim, verdict, finding, adjusted p, what would change it."""
        return table.verdict_table(self.judged)

    @property
    def supporting(self) -> pd.DataFrame:
        """Supporting findings that have a p-value, with p adjusted together."""
        return table.supporting_table(self.findings, self.adjusted)

    def __iter__(self) -> Iterator[Judged]:
        return iter(self.judged)

    def __len__(self) -> int:
        return len(self.judged)

    def __repr__(self) -> str:
        return "\n".join(f"{judged.claim.id:<4} {judged.title}: {judged.verdict} ({judged.why})" for judged in self)

    def _repr_html_(self) -> str:
        return self.table.to_html()


def judge(dataset: Dataset, *, leader: str = "silver", follower: str = "btc", start: str | None = None) -> Judgement:
    """Test and judge every registered claim.

    Parameters
    ----------
    dataset : Dataset
        Cut at one date.
    leader, follower : str
        The pair, two series of the catalog.
    start : str, optional
        First week to use.

    Returns
    -------
    Judgement
        The same numbers whatever the order, the threads and the number of processes.

    Raises
    ------
    DataError
        A series is not known, or the two are one.
    """
    trial = Trial(dataset, leader, follower, start)
    asked = [key for key in FINDINGS if _applies(load_claims()[key[0]], trial)]
    found = Parallel(n_jobs=-1)(delayed(_find)(key, trial) for key in asked)
    return decide(trial, dict(zip(asked, found, strict=True)))


def _find(key: Key, trial: Trial) -> Finding:
    return FINDINGS[key].function(trial).kept()


def decide(trial: Trial, findings: Mapping[Key, Finding]) -> Judgement:
    """Apply the registered rules to findings, however these came about.

    Parameters
    ----------
    trial : Trial
        The dataset and the pair on which they were found.
    findings : mapping of (claim, test) to Finding
        Primary and supporting.

    Returns
    -------
    Judgement
        One verdict a registered claim.
    """
    registry, sizes = load_claims(), worst_sizes()
    adjusted = adjust_families(findings, registry) | adjust_supporting(findings)
    judged = tuple(_judge_one(claim, trial, findings, adjusted, sizes) for claim in registry.values())
    return Judgement(trial, judged, findings, adjusted)


def adjust_families(findings: Mapping[Key, Finding], registry: Mapping[str, Claim]) -> dict[Key, float]:
    """Adjust the primary p-values within each registered family by Holm's method.

    A registered member without a p-value counts as p = 1, so that testing fewer claims gains nothing.
    """
    families: dict[str, list[Key]] = {}
    for name, claim in registry.items():
        if claim.rule.family:
            families.setdefault(claim.rule.family, []).append((name, PRIMARY))
    out: dict[Key, float] = {}
    for members in families.values():
        raw = [findings[key].p if key in findings else math.nan for key in members]
        told = holm([1.0 if math.isnan(p) else p for p in raw])
        out |= {key: math.nan if math.isnan(p) else float(a) for key, p, a in zip(members, raw, told, strict=True)}
    return out


def adjust_supporting(findings: Mapping[Key, Finding]) -> dict[Key, float]:
    """Adjust the p-values of everything that is not primary by Benjamini and Hochberg."""
    rest = {key: found.p for key, found in findings.items() if key[1] != PRIMARY and not math.isnan(found.p)}
    if not rest:
        return {}
    return dict(zip(rest, map(float, benjamini_hochberg(list(rest.values()))), strict=True))


def _judge_one(
    claim: Claim,
    trial: Trial,
    findings: Mapping[Key, Finding],
    adjusted: Mapping[Key, float],
    sizes: Mapping[str, float],
) -> Judged:
    key = (claim.id, PRIMARY)
    found, p = findings.get(key), adjusted.get(key, math.nan)
    title = claim.title if trial.is_story else claim.pair_title.format(**trial.words)
    if not _applies(claim, trial):
        pair = f"{label(trial.leader)} and {label(trial.follower)}"
        why = f"a statement of the story's own pair, which is not asked of {pair}"
        return Judged(claim, "Of the story's own pair alone", Verdict.NOT_APPLICABLE, None, math.nan, (), why)
    if found is None:
        return Judged(claim, title, Verdict.NOT_TESTED, None, math.nan, (), "no function is registered that tests it")
    refusal = _refusal(found, sizes)
    if refusal:
        decided = Decision(Verdict.INCONCLUSIVE, (), refusal)
    elif _measured_on_a_rate(claim, trial):
        why = f"its smallest effect of interest is fixed for prices, and {found.unit.label} is what a rate moves by"
        decided = Decision(Verdict.NOT_APPLICABLE, (), why)
    else:
        gain = findings.get((claim.id, OUT_OF_SAMPLE))
        standards = load_rules().standards
        decided = claim.rule.decide(found, p, math.nan if gain is None else gain.estimate, standards)
    return Judged(claim, title, decided.verdict, found, p, decided.conditions, decided.why)


def _applies(claim: Claim, trial: Trial) -> bool:
    return trial.is_story or bool(claim.pair_title)


def _measured_on_a_rate(claim: Claim, trial: Trial) -> bool:
    """Whether the smallest effect is in log points or per cent while the series measured is a rate."""
    registered = FINDINGS[claim.id, PRIMARY]
    moves = registered.unit.of(rate=True) != registered.unit.of(rate=False)
    return moves and is_rate(getattr(trial, registered.of)) and not math.isnan(claim.rule.smallest_effect)


def _refusal(found: Finding, sizes: Mapping[str, float]) -> str:
    """Say why a finding cannot feed a verdict, if so."""
    if found.reason or not found.procedure:
        return found.reason
    if found.procedure not in sizes:
        return f"no simulated size is on record for {found.procedure}"
    low, high = load_rules().standards.size_band
    size = sizes[found.procedure]
    return "" if low <= size <= high else f"{found.procedure} rejects {100 * size:.1f} % of true nulls at 5 %"

"""The trial itself: every finding, adjusted within its family, and the verdict that the registered rule gives."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd
from joblib import Parallel, delayed

from helpers.claims import plain
from helpers.claims.finding import PRIMARY, Finding
from helpers.claims.findings import FINDINGS
from helpers.claims.registry import Claim, load_claims, load_rules
from helpers.claims.rules import Conditions, Decision, Held, Rule, Verdict, combine
from helpers.claims.simulations import worst_sizes
from helpers.claims.trial import Trial, is_rate, label
from helpers.data import Dataset
from helpers.stats import benjamini_hochberg, detectable_at, holm, holm_alpha

OUT_OF_SAMPLE = "out_of_sample"
HALF = 0.5
Key = tuple[str, str]


@dataclass(frozen=True)
class JudgedPart:
    """What its rule says of one part of a claim, or of a claim that has one part only.

    Parameters
    ----------
    name, title : str
        Name of the finding that it rests on, and what it says in a few words.
    rule : Rule
        By which it is judged.
    finding : Finding or None
        None where it was not tested.
    adjusted, detectable : float
        Holm's p over the registered family, and the smallest effect found with 80 % power after Holm; NaN for none.
    verdict, why, conditions
        As of `Decision`.
    """

    name: str
    title: str
    rule: Rule
    finding: Finding | None
    adjusted: float
    detectable: float
    verdict: Verdict
    why: str
    conditions: Conditions


@dataclass(frozen=True)
class Judged:
    """What the rules say of one claim.

    Parameters
    ----------
    claim : Claim
        With its rule.
    title : str
        Short title, in the words of the pair.
    verdict : Verdict
        On the claim as a whole.
    parts : tuple of JudgedPart
        One, named "primary", for a claim that says one thing.
    plain : str
        One sentence for readers, in everyday units.
    """

    claim: Claim
    title: str
    verdict: Verdict
    parts: tuple[JudgedPart, ...]
    plain: str

    def part(self, name: str) -> JudgedPart:
        """Give one part by its name."""
        return next(part for part in self.parts if part.name == name)

    @property
    def finding(self) -> Finding | None:
        """The finding of the first part."""
        return self.parts[0].finding

    @property
    def why(self) -> str:
        """The deciding facts in words, part by part where there are several."""
        if len(self.parts) == 1:
            return self.parts[0].why
        return "; ".join(f"{part.title}: {part.verdict.lower()}, {part.why}" for part in self.parts)


@dataclass(frozen=True)
class Judgement:
    """All claims on one dataset and pair.

    Parameters
    ----------
    trial : Trial
        The dataset and the pair.
    every : tuple of Judged
        One a claim, in the order of the registry, those too that are not asked of the pair.
    findings : mapping of (claim, test) to Finding
        Primary and supporting.
    adjusted : mapping of (claim, test) to float
        p of what the rules ask for by Holm within the family, of supporting ones by Benjamini and Hochberg together.
    """

    trial: Trial
    every: tuple[Judged, ...]
    findings: Mapping[Key, Finding] = field(repr=False)
    adjusted: Mapping[Key, float] = field(repr=False)

    def verdict(self, claim: str) -> Judged:
        """Give what was found on one claim, such as "C10"."""
        return next(judged for judged in self.every if judged.claim.id == claim)

    def finding(self, claim: str, test: str = PRIMARY) -> Finding:
        """Give one finding: a supporting one, that of a part, or that of the whole claim."""
        return self.findings[claim, test]

    @property
    def judged(self) -> tuple[Judged, ...]:
        """The claims that are asked of the pair."""
        return tuple(judged for judged in self.every if _applies(judged.claim, self.trial))

    @property
    def table(self) -> pd.DataFrame:
        """Verdicts for a reader: index claim; columns title, verdict, finding in plain words, and why."""
        rows = {one.claim.id: [one.title, str(one.verdict), one.plain, one.why] for one in self}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["title", "verdict", "finding", "why"])

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


def judge_what_is_asked(dataset: Dataset) -> Judgement:
    """Judge the story by the findings that its rules ask for; supporting ones change no verdict, and take most time."""
    trial = Trial(dataset)
    asked = {(name, test) for name, claim in load_claims().items() for test in (*claim.rule.asked, OUT_OF_SAMPLE)}
    return decide(trial, {key: _find(key, trial) for key in FINDINGS if key in asked})


def _find(key: Key, trial: Trial) -> Finding:
    return FINDINGS[key].function(trial).kept()


def decide(trial: Trial, findings: Mapping[Key, Finding]) -> Judgement:
    """Apply the registered rules to findings of a trial, however these came about: a verdict a registered claim."""
    registry = load_claims()
    adjusted, shares = adjust_families(findings, registry)
    bench = _Bench(trial, findings, adjusted, shares, worst_sizes())
    judged = tuple(map(bench.judge, registry.values()))
    return Judgement(trial, judged, findings, adjusted | adjust_supporting(findings, registry))


def adjust_families(
    findings: Mapping[Key, Finding], registry: Mapping[str, Claim]
) -> tuple[dict[Key, float], dict[Key, float]]:
    """Adjust the p-values of each registered family by Holm's method.

    Parameters
    ----------
    findings : mapping of (claim, test) to Finding
        A registered member without a p-value counts as p = 1, so that testing fewer claims gains nothing.
    registry : mapping of str to Claim
        The claims.

    Returns
    -------
    adjusted, shares : dict of (claim, test) to float
        The adjusted p, NaN where there is none, and the part of the level that Holm leaves.
    """
    families: dict[str, list[Key]] = {}
    for name, claim in registry.items():
        for test, rule in claim.rule.asked.items():
            families.setdefault(rule.family, []).append((name, test))
    adjusted: dict[Key, float] = {}
    shares: dict[Key, float] = {}
    for family, members in families.items():
        if family:
            raw = [findings[key].p if key in findings else math.nan for key in members]
            filled = [1.0 if math.isnan(p) else p for p in raw]
            told = [math.nan if math.isnan(p) else float(a) for p, a in zip(raw, holm(filled), strict=True)]
            adjusted |= dict(zip(members, told, strict=True))
            shares |= dict(zip(members, map(float, holm_alpha(filled, alpha=HALF) / HALF), strict=True))
    return adjusted, shares


def adjust_supporting(findings: Mapping[Key, Finding], registry: Mapping[str, Claim]) -> dict[Key, float]:
    """Adjust the p-values of everything that no rule asks for by Benjamini and Hochberg."""
    asked = {(name, test) for name, claim in registry.items() for test in claim.rule.asked}
    rest = {key: found.p for key, found in findings.items() if key not in asked and not math.isnan(found.p)}
    return dict(zip(rest, map(float, benjamini_hochberg(list(rest.values()))), strict=True)) if rest else {}


@dataclass(frozen=True)
class _Bench:
    """Everything that the rules look at, at hand."""

    trial: Trial
    findings: Mapping[Key, Finding]
    adjusted: Mapping[Key, float]
    shares: Mapping[Key, float]
    sizes: Mapping[str, float]

    def judge(self, claim: Claim) -> Judged:
        """Judge one claim."""
        trial = self.trial
        if not _applies(claim, trial):
            why = f"of the comment on its own pair, not asked of {label(trial.leader)} and {label(trial.follower)}"
            decided = Decision(Verdict.NOT_APPLICABLE, f"a statement {why}")
            part = JudgedPart(PRIMARY, "", claim.rule, None, math.nan, math.nan, *decided)
            return Judged(claim, "Of the comment's own pair", part.verdict, (part,), f"A statement {why}.")
        parts = tuple(self.part(claim, name, rule) for name, rule in claim.rule.asked.items())
        verdict = combine([part.verdict for part in parts], claim.rule.together)
        title = claim.title if trial.is_story else claim.pair_title.format(**trial.words)
        return Judged(claim, title, verdict, parts, plain.finding_in_plain_words(claim.id, parts, trial))

    def part(self, claim: Claim, name: str, rule: Rule) -> JudgedPart:
        """Judge what one rule asks for."""
        key, trial = (claim.id, name), self.trial
        found, p, share = self.findings.get(key), self.adjusted.get(key, math.nan), self.shares.get(key, 1.0)
        title = claim.part_title(name, None if trial.is_story else trial.words)
        detectable = math.nan
        if found is not None and not math.isnan(found.detectable):
            detectable = detectable_at(found.detectable, alpha=load_rules().standards.level * share)
        return JudgedPart(name, title, rule, found, p, detectable, *self._decided(key, rule, found, p, share))

    def _decided(self, key: Key, rule: Rule, found: Finding | None, p: float, share: float) -> Decision:
        if found is None:
            return Decision(Verdict.NOT_TESTED, "no function is registered that tests it")
        if refusal := _refusal(found, self.sizes):
            return Decision(Verdict.INCONCLUSIVE, refusal)
        if _measured_on_a_rate(key, rule, self.trial):
            why = f"its smallest effect of interest is fixed for prices, and {found.unit.label} is what a rate moves by"
            return Decision(Verdict.NOT_APPLICABLE, why)
        gain = self.findings.get((key[0], OUT_OF_SAMPLE))
        return rule.decide(found, Held(load_rules().standards, p, share, math.nan if gain is None else gain.estimate))


def _applies(claim: Claim, trial: Trial) -> bool:
    return trial.is_story or bool(claim.pair_title)


def _measured_on_a_rate(key: Key, rule: Rule, trial: Trial) -> bool:
    """Whether the smallest effect is in log points or per cent while the series measured is a rate."""
    registered = FINDINGS[key]
    moves = registered.unit.of(rate=True) != registered.unit.of(rate=False)
    fixed = not math.isnan(rule.smallest_effect) or rule.kind == "threshold"
    return moves and is_rate(getattr(trial, registered.of)) and fixed


def _refusal(found: Finding, sizes: Mapping[str, float]) -> str:
    """Say why a finding cannot feed a verdict, if so."""
    if found.reason or not found.procedure:
        return found.reason
    if found.procedure not in sizes:
        return f"no simulated size is on record for {found.procedure}"
    low, high = load_rules().standards.size_band
    size = sizes[found.procedure]
    return "" if low <= size <= high else f"{found.procedure} rejects {100 * size:.1f} % of true nulls at 5 %"

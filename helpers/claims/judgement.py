"""The trial itself: every finding, adjusted within its family, and the verdict that the registered rule gives."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd
from joblib import Parallel, delayed

from helpers.claims import plain, table
from helpers.claims.finding import PRIMARY, Finding
from helpers.claims.findings import FINDINGS
from helpers.claims.registry import Claim, load_claims, load_rules
from helpers.claims.rule import Conditions, Decision, Evidence, Rule, Verdict
from helpers.claims.rules import PartsRule
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
    name : str
        Name of the finding that it rests on.
    title : str
        What it says, in a few words.
    rule : Rule
        By which it is judged.
    verdict : Verdict
        As the rule gives it.
    finding : Finding or None
        None where it was not tested.
    adjusted : float
        Holm's p over the registered family; NaN outside a family.
    detectable : float
        Smallest effect found with 80 % power after Holm; NaN where there is none.
    conditions : tuple of (str, bool)
        What "Supported" asks for, and whether each is met.
    why : str
        The deciding fact, in words.
    """

    name: str
    title: str
    rule: Rule
    verdict: Verdict
    finding: Finding | None
    adjusted: float
    detectable: float
    conditions: Conditions
    why: str


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
    def adjusted(self) -> float:
        """Holm's p of the first part that has one."""
        return next((part.adjusted for part in self.parts if not math.isnan(part.adjusted)), math.nan)

    @property
    def conditions(self) -> Conditions:
        """Conditions of all parts."""
        return tuple(condition for part in self.parts for condition in part.conditions)

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
    judged : tuple of Judged
        One a claim, in the order of the registry.
    findings : mapping of (claim, test) to Finding
        Primary and supporting.
    adjusted : mapping of (claim, test) to float
        p of what the rules ask for by Holm within the family, of supporting ones by Benjamini and Hochberg together.
    """

    trial: Trial
    judged: tuple[Judged, ...]
    findings: Mapping[Key, Finding] = field(repr=False)
    adjusted: Mapping[Key, float] = field(repr=False)

    def verdict(self, claim: str) -> Judged:
        """Give what was found on one claim, such as "C10"."""
        return next(judged for judged in self.judged if judged.claim.id == claim)

    def finding(self, claim: str, test: str = PRIMARY) -> Finding:
        """Give one finding: a supporting one, that of a part, or that of the whole claim."""
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
    registry = load_claims()
    adjusted = adjust_families(findings, registry) | adjust_supporting(findings)
    bench = _Bench(trial, findings, adjusted, holm_shares(findings, registry), worst_sizes())
    return Judgement(trial, tuple(map(bench.judge, registry.values())), findings, adjusted)


def registered_members(registry: Mapping[str, Claim]) -> dict[str, list[Key]]:
    """List the findings of each family, whether or not they were made."""
    families: dict[str, list[Key]] = {}
    for name, claim in registry.items():
        for test, rule in claim.rule.asked.items():
            if rule.family:
                families.setdefault(rule.family, []).append((name, test))
    return families


def adjust_families(findings: Mapping[Key, Finding], registry: Mapping[str, Claim]) -> dict[Key, float]:
    """Adjust the p-values of each registered family by Holm's method.

    A registered member without a p-value counts as p = 1, so that testing fewer claims gains nothing.
    """
    out: dict[Key, float] = {}
    for members in registered_members(registry).values():
        raw = [findings[key].p if key in findings else math.nan for key in members]
        told = holm([1.0 if math.isnan(p) else p for p in raw])
        out |= {key: math.nan if math.isnan(p) else float(a) for key, p, a in zip(members, raw, told, strict=True)}
    return out


def holm_shares(findings: Mapping[Key, Finding], registry: Mapping[str, Claim]) -> dict[Key, float]:
    """Give the part of the level that Holm leaves for each member of a family."""
    out: dict[Key, float] = {}
    for members in registered_members(registry).values():
        raw = [findings[key].p if key in findings else math.nan for key in members]
        left = holm_alpha([1.0 if math.isnan(p) else p for p in raw], alpha=HALF) / HALF
        out |= dict(zip(members, map(float, left), strict=True))
    return out


def adjust_supporting(findings: Mapping[Key, Finding]) -> dict[Key, float]:
    """Adjust the p-values of everything that no rule asks for by Benjamini and Hochberg."""
    asked = {(name, test) for name, claim in load_claims().items() for test in claim.rule.asked}
    rest = {key: found.p for key, found in findings.items() if key not in asked and not math.isnan(found.p)}
    if not rest:
        return {}
    return dict(zip(rest, map(float, benjamini_hochberg(list(rest.values()))), strict=True))


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
        title = claim.title if self.trial.is_story else claim.pair_title.format(**self.trial.words)
        if not _applies(claim, self.trial):
            pair = f"{label(self.trial.leader)} and {label(self.trial.follower)}"
            why = f"a statement of the story's own pair, which is not asked of {pair}"
            rule = claim.rule
            part = JudgedPart(PRIMARY, "", rule, Verdict.NOT_APPLICABLE, None, math.nan, math.nan, (), why)
            return Judged(
                claim, "Of the story's own pair alone", Verdict.NOT_APPLICABLE, (part,), plain.of_no_pair(pair)
            )
        parts = tuple(self.part(claim, name, rule) for name, rule in claim.rule.asked.items())
        verdicts = [part.verdict for part in parts]
        verdict = claim.rule.combine(verdicts) if isinstance(claim.rule, PartsRule) else verdicts[0]
        return Judged(claim, title, verdict, parts, plain.finding_in_plain_words(claim, parts, self.trial))

    def part(self, claim: Claim, name: str, rule: Rule) -> JudgedPart:
        """Judge what one rule asks for."""
        key = (claim.id, name)
        found, p = self.findings.get(key), self.adjusted.get(key, math.nan)
        title = claim.rule.titles[name] if isinstance(claim.rule, PartsRule) else claim.title
        if not self.trial.is_story:
            title = title.replace("Bitcoin", self.trial.words["Follower"]).replace(
                "The metals gain", f"{self.trial.words['Leader']} gains"
            )
        decided = self._decided(claim, key, rule, found, p)
        detectable = math.nan
        if found is not None and not math.isnan(found.detectable):
            detectable = detectable_at(found.detectable, alpha=load_rules().standards.level * self.shares.get(key, 1.0))
        return JudgedPart(name, title, rule, decided.verdict, found, p, detectable, decided.conditions, decided.why)

    def _decided(self, claim: Claim, key: Key, rule: Rule, found: Finding | None, p: float) -> Decision:
        if found is None:
            return Decision(Verdict.NOT_TESTED, (), "no function is registered that tests it")
        refusal = _refusal(found, self.sizes)
        if refusal:
            return Decision(Verdict.INCONCLUSIVE, (), refusal)
        if _measured_on_a_rate(key, rule, self.trial):
            why = f"its smallest effect of interest is fixed for prices, and {found.unit.label} is what a rate moves by"
            return Decision(Verdict.NOT_APPLICABLE, (), why)
        gain = self.findings.get((claim.id, OUT_OF_SAMPLE))
        evidence = Evidence(
            found=found, adjusted=p, share=self.shares.get(key, 1.0), gain=math.nan if gain is None else gain.estimate
        )
        return rule.decide(evidence, load_rules().standards)


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

"""The trial itself: every finding, adjusted within its family, and the verdict that the registered rule gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from helpers.claims import plain
from helpers.claims.finding import PRIMARY, Finding
from helpers.claims.findings import FINDINGS
from helpers.claims.registry import Claim, load_claims, load_rules
from helpers.claims.rules import Decision, Held, JudgedPart, Rule, Verdict, combine
from helpers.claims.simulations import worst_sizes
from helpers.claims.trial import Trial, is_rate, label
from helpers.data import Dataset
from helpers.stats import benjamini_hochberg, detectable_at, holm, holm_alpha
from helpers.stats.power import CRITICAL

OUT_OF_SAMPLE = "out_of_sample"
HALF = 0.5
Key = tuple[str, str]


@dataclass(frozen=True)
class Judged:
    """What the rules say of one claim.

    Parameters
    ----------
    claim, title : with its rule; short title, in the words of the pair
    verdict : on the claim as a whole
    parts : one, named "primary", for a claim that says one thing
    plain : one sentence for readers, in everyday units
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
    trial : the dataset and the pair
    every : one a claim, in the order of the registry, those too that are not asked of the pair
    findings : by claim and test, primary and supporting
    adjusted : p of what the rules ask for by Holm within the family, of all others by Benjamini and Hochberg together
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
    dataset, leader, follower, start
        As in `Trial`, which refuses a series that is not known.

    Returns
    -------
    Judgement
        The same numbers whatever the order, the threads and the number of processes.
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
    registry, sizes = load_claims(), worst_sizes()
    adjusted, shares = adjust_families(findings, registry)

    def _part(claim: Claim, name: str, rule: Rule) -> JudgedPart:
        key, standards = (claim.id, name), load_rules().standards
        found, gain = findings.get(key), findings.get((claim.id, OUT_OF_SAMPLE), Finding()).estimate
        held = Held(standards, adjusted.get(key, np.nan), shares.get(key, 1.0), gain)
        title = claim.part_title(name, None if trial.is_story else trial.words)
        decided = _decided(key, rule, found, held, trial, sizes)
        return JudgedPart(name, title, rule, found, held.adjusted, _detectable(found, held), *decided)

    def _judged(claim: Claim) -> Judged:
        if not _applies(claim, trial):
            return _not_asked(claim, trial)
        parts = tuple(_part(claim, name, rule) for name, rule in claim.rule.asked.items())
        title = claim.title if trial.is_story else claim.pair_title.format(**trial.words)
        verdict = combine([part.verdict for part in parts], claim.rule.together)
        return Judged(claim, title, verdict, parts, plain.finding_in_plain_words(claim.id, parts, trial))

    every = tuple(map(_judged, registry.values()))
    return Judgement(trial, every, findings, adjusted | adjust_supporting(findings, registry))


def adjust_families(
    findings: Mapping[Key, Finding], registry: Mapping[str, Claim]
) -> tuple[dict[Key, float], dict[Key, float]]:
    """Adjust the p-values of each registered family by Holm's method; NaN where there is no p-value.

    A member without one counts as p = 1, so that testing fewer claims gains nothing. Beside the adjusted p-values goes
    the part of the level that Holm leaves to each.
    """
    families: dict[str, list[Key]] = {}
    for name, claim in registry.items():
        for test, rule in claim.rule.asked.items():
            families.setdefault(rule.family, []).append((name, test))
    families.pop("", None)
    adjusted: dict[Key, float] = {}
    shares: dict[Key, float] = {}
    for members in families.values():
        raw = np.array([findings[key].p if key in findings else np.nan for key in members])
        filled = np.where(np.isnan(raw), 1.0, raw).tolist()
        told = np.where(np.isnan(raw), np.nan, holm(filled))
        adjusted |= dict(zip(members, told.tolist(), strict=True))
        shares |= dict(zip(members, (holm_alpha(filled, alpha=HALF) / HALF).tolist(), strict=True))
    return adjusted, shares


def adjust_supporting(findings: Mapping[Key, Finding], registry: Mapping[str, Claim]) -> dict[Key, float]:
    """Adjust the p-values of everything that no rule asks for by Benjamini and Hochberg."""
    asked = {(name, test) for name, claim in registry.items() for test in claim.rule.asked}
    rest = {key: found.p for key, found in findings.items() if key not in asked and not np.isnan(found.p)}
    return dict(zip(rest, map(float, benjamini_hochberg(list(rest.values()))), strict=True)) if rest else {}


def _detectable(found: Finding | None, held: Held) -> float:
    """Give the effect that is found with 80 % power after Holm, of a search by the critical value of its largest t."""
    if found is None:
        return np.nan
    critical = float(found.extra.get("usual standard errors", CRITICAL))
    return detectable_at(found.detectable, alpha=held.standards.level * held.share, critical=critical)


def _applies(claim: Claim, trial: Trial) -> bool:
    return trial.is_story or bool(claim.pair_title)


def _not_asked(claim: Claim, trial: Trial) -> Judged:
    why = f"of the comment on its own pair, not asked of {label(trial.leader)} and {label(trial.follower)}"
    verdict = Verdict.NOT_APPLICABLE
    part = JudgedPart(PRIMARY, "", claim.rule, None, np.nan, np.nan, verdict, f"a statement {why}")
    return Judged(claim, "Of the comment's own pair", verdict, (part,), f"A statement {why}.")


def _decided(
    key: Key, rule: Rule, found: Finding | None, held: Held, trial: Trial, sizes: Mapping[str, float]
) -> Decision:
    """Decide by the rule, unless there is nothing to decide by or its test is not let in."""
    if found is None:
        return Decision(Verdict.NOT_TESTED, "no function is registered that tests it")
    if refusal := found.reason or _wrong_size(found.procedure, sizes):
        return Decision(Verdict.INCONCLUSIVE, refusal)
    if _measured_on_a_rate(key, rule, trial):
        why = f"its smallest effect of interest is fixed for prices, and {found.unit.label} is what a rate moves by"
        return Decision(Verdict.NOT_APPLICABLE, why)
    return rule.decide(found, held)


def _measured_on_a_rate(key: Key, rule: Rule, trial: Trial) -> bool:
    """Whether the smallest effect is in log points or per cent while the series measured is a rate."""
    registered = FINDINGS[key]
    moves = registered.unit.of(rate=True) != registered.unit.of(rate=False)
    fixed = not np.isnan(rule.smallest_effect) or rule.kind == "threshold"
    return moves and is_rate(getattr(trial, registered.of)) and fixed


def _wrong_size(procedure: str, sizes: Mapping[str, float]) -> str:
    """Say why a simulated test cannot feed a verdict, if so."""
    if not procedure:
        return ""
    if procedure not in sizes:
        return f"no simulated size is on record for {procedure}"
    (low, high), size = load_rules().standards.size_band, sizes[procedure]
    return "" if low <= size <= high else f"{procedure} rejects {100 * size:.1f} % of true nulls at 5 %"

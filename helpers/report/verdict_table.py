"""The table of verdicts, for the summary, the README and the comparison of two dates."""

import math

import pandas as pd

from helpers.report.ledger import Entry
from helpers.report.prose.words import interval, number, pvalue, signed
from helpers.report.registry import Claim, VerdictRules
from helpers.report.rules import CONTRADICTED, INCONCLUSIVE, NOT_DUE, NOT_TESTED
from helpers.report.verdicts import Verdict, exploratory_pvalues
from helpers.stats import episodes_needed, implied_sd


def verdict_table(verdicts: list[Verdict]) -> pd.DataFrame:
    """Lay the verdicts out for a reader.

    Parameters
    ----------
    verdicts : list of Verdict
        From `judge`.

    Returns
    -------
    pandas.DataFrame
        Index claim id; columns claim, verdict, finding, adjusted p, what would change it.
    """
    rows = {
        verdict.claim.id: [
            verdict.claim.title,
            verdict_word(verdict),
            finding(verdict),
            adjusted(verdict),
            change(verdict),
        ]
        for verdict in verdicts
    }
    columns = ["claim", "verdict", "finding", "adjusted p", "what would change it"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def verdict_word(verdict: Verdict) -> str:
    """Give the verdict, marked when its finding was made on other data.

    Parameters
    ----------
    verdict : Verdict
        One verdict.

    Returns
    -------
    str
        Such as "Inconclusive" or "Leaning (stale)".
    """
    return f"{verdict.verdict} (stale)" if verdict.stale else verdict.verdict


def finding(verdict: Verdict) -> str:
    """Give the estimate with its interval, its sample and the smallest effect that it could have shown.

    Parameters
    ----------
    verdict : Verdict
        One verdict.

    Returns
    -------
    str
        A phrase; why there is none where there is none.
    """
    entry = verdict.entry
    if entry is None:
        return "-"
    if entry.reason:
        return entry.reason
    if math.isnan(entry.estimate):
        return verdict.why
    size = f"{signed(entry.estimate, 2)}" if entry.direction or entry.estimate < 0 else number(entry.estimate, 2)
    around = "" if math.isnan(entry.interval[0]) else f" ({100 * entry.level:.0f} %: {interval(*entry.interval, 2)})"
    return f"{size} {entry.unit}{around}{_sample(entry)}"


def _sample(entry: Entry) -> str:
    told = [f"{label} = {value:,}" for label, value in (("n", entry.n), ("K", entry.k)) if value is not None]
    if not math.isnan(entry.detectable):
        told.append(f"detectable {number(entry.detectable, 1)}")
    return f"; {', '.join(told)}" if told else ""


def adjusted(verdict: Verdict) -> str:
    """Give the adjusted p-value as text.

    Parameters
    ----------
    verdict : Verdict
        One verdict.

    Returns
    -------
    str
        Such as "p = 0.21"; "-" outside a family.
    """
    return "-" if math.isnan(verdict.adjusted_pvalue) else pvalue(verdict.adjusted_pvalue)


def change(verdict: Verdict) -> str:
    """Say what it would take for another verdict.

    Parameters
    ----------
    verdict : Verdict
        One verdict.

    Returns
    -------
    str
        The conditions not met, and for an inconclusive test how much more data the smallest effect of interest needs.
    """
    if verdict.verdict in (NOT_TESTED, NOT_DUE):
        return verdict.why
    missed = [text for text, met in verdict.conditions if not met]
    if not verdict.conditions:
        return "the sign that the claim says" if verdict.verdict == CONTRADICTED else verdict.why
    if not missed:
        return "any of the conditions it meets failing on new data"
    needed = _data_needed(verdict.claim, verdict.entry) if verdict.verdict == INCONCLUSIVE else ""
    return f"{'; '.join(missed)}{needed}"


def _data_needed(claim: Claim, entry: Entry | None) -> str:
    """Say how large a sample would show the smallest effect of interest with 80 % power."""
    smallest = claim.rule.get("smallest_effect")
    if entry is None or smallest is None or math.isnan(entry.detectable) or entry.detectable <= smallest:
        return ""
    if entry.k is not None and entry.k > 1:
        spread = implied_sd(detectable=entry.detectable, episodes=entry.k)
        wanted, have, noun = episodes_needed(effect=smallest, sd=spread), entry.k, "episodes"
    elif entry.k is None and entry.n is not None:
        power = 1 if "R2" in entry.unit else 2
        wanted = math.ceil(entry.n * (entry.detectable / smallest) ** power)
        have, noun = entry.n, "observations"
    else:
        return ""
    told = "more" if wanted is None else f"about {wanted:,}"
    return f" ({told} {noun} would show {smallest:g} {entry.unit}; there are {have:,})"


def compare_tables(then: list[Verdict], now: list[Verdict]) -> pd.DataFrame:
    """Set the verdicts of two dates side by side.

    Parameters
    ----------
    then, now : list of Verdict
        The same claims judged on two ledgers.

    Returns
    -------
    pandas.DataFrame
        Index claim id; columns claim, then, finding then, now, finding now.
    """
    rows = {
        a.claim.id: [a.claim.title, verdict_word(a), finding(a), verdict_word(b), finding(b)]
        for a, b in zip(then, now, strict=True)
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["claim", "then", "finding then", "now", "finding now"])


def rules_table(rules: VerdictRules, claims: dict[str, Claim]) -> pd.DataFrame:
    """Lay out the registered rules and every change since, of the rules and of single claims.

    Parameters
    ----------
    rules : VerdictRules
        From `load_rules`.
    claims : dict of str to Claim
        From `load_claims`.

    Returns
    -------
    pandas.DataFrame
        One row a kind of claim, then one a change; column rule.
    """
    rows = dict(rules.words)
    registered = {"rules": rules.amendments} | {name: claim.amendments for name, claim in claims.items()}
    for name, amendments in registered.items():
        rows |= {f"{name}, change {i} ({change.date})": change.reason for i, change in enumerate(amendments[1:], 1)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["rule"])


def exploratory_table(entries: list[Entry]) -> pd.DataFrame:
    """List the findings that are not primary, with p-values adjusted together.

    Parameters
    ----------
    entries : list of Entry
        The ledger.

    Returns
    -------
    pandas.DataFrame
        Index claim and test, as words; columns p and adjusted p (Benjamini-Hochberg).
    """
    adjusted_together = exploratory_pvalues(entries)
    raw = {(entry.claim, entry.test): entry.pvalue for entry in entries}
    rows = {f"{key[0]}, {key[1].replace('_', ' ')}": [raw[key], p] for key, p in adjusted_together.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["p", "adjusted p"])

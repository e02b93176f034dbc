"""How a chapter closes: the rows of the ledger that it gives, one folded line a claim."""

import math

from helpers.claims import Finding, Judged, Judgement
from helpers.report.components import Block, ledger_row
from helpers.report.sentences.words import interval, number


def claim_rows(judgement: Judgement, *ids: str) -> Block:
    """Close a chapter with the verdicts on its claims.

    Parameters
    ----------
    judgement : Judgement
        Of the dataset and pair in use.
    *ids : str
        Claims, such as "C10".

    Returns
    -------
    Block
        A folded row a claim.
    """
    rows = [_row(judgement.verdict(name)) for name in ids]
    return Block("".join(row.html for row in rows), "\n".join(row.text for row in rows))


def _row(judged: Judged) -> Block:
    told = {"claimed": judged.claim.text, "found": judged.plain}
    for part in judged.parts:
        ahead = "" if len(judged.parts) == 1 else f"{part.title}: "
        told[f"{ahead}why"] = f"{part.why[:1].upper()}{part.why[1:]}."
        if len(judged.parts) > 1:
            told[f"{ahead}verdict"] = str(part.verdict)
        if part.finding is not None:
            told |= {f"{ahead}{name}": value for name, value in _numbers(part.finding, part.detectable).items()}
    return ledger_row(f"{judged.claim.id}, {judged.title}", str(judged.verdict), told)


def _numbers(found: Finding, detectable: float) -> dict[str, str]:
    digits = found.unit.decimals
    told = {"estimate": f"{number(found.estimate, digits)} ({found.unit.label})"}
    told |= {"interval": interval((found.low, found.high), digits)}
    told |= {"always-valid interval": interval((found.always_low, found.always_high), digits)}
    told |= {"minimum detectable effect at 80% power": number(detectable, digits)}
    told |= {"n": number(found.n or math.nan, 0), "K (episodes)": number(found.k or math.nan, 0)}
    return {name: value for name, value in told.items() if "n/a" not in value}

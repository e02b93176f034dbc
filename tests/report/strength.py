"""Does a sentence say what its verdict says? Direction, strength and bold type against the one scale of words."""

import re

_CLAIMS = re.compile(
    r"\b(leads?|led|precedes?|preceded|predicts?|predicted|foretells?|drives?|drove|proves?|proved|confirms?|"
    r"establishes|shows that|clearly|certainly|no doubt)\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"\b(too (little|few)|cannot (tell|say|decide|be told|be decided)|undecided|inconclusive|not enough|"
    r"can neither|neither .* nor|not settled|could be|may|might|leaning|more likely than not|not clear|unclear)\b",
    re.IGNORECASE,
)
_DENIALS = re.compile(
    r"\b(not|no|nothing|none|never|neither|nor|without|hardly|too small|fails?|rules? out|ruled out|rather than|"
    r"opposite|instead|unlike|did the reverse|cannot)\b",
    re.IGNORECASE,
)


def strength_faults(text: str, verdict: str) -> list[str]:
    """Hold a sentence that reports a verdict against it.

    Parameters
    ----------
    text : str
        The sentence or paragraph, markdown.
    verdict : str
        A key of `helpers.report.components.SCALE`.

    Returns
    -------
    list of str
        What is wrong, in words; empty when nothing is.

    Notes
    -----
    It reads words, not meaning: it finds bold type and plain assertion without a verdict behind them, a denial under a
    verdict of support, and an undecided verdict told without saying so.
    """
    faults = []
    clauses = [part for part in re.split(r"(?<=[.;:!?])\s+", text) if part]
    asserting = [
        part for part in clauses if _CLAIMS.search(part) and not _DENIALS.search(part) and not _HEDGES.search(part)
    ]
    hedged, denied = bool(_HEDGES.search(text)), bool(_DENIALS.search(text))
    if "**" in text and verdict not in ("Supported", "Contradicted", "Not supported"):
        faults.append(f"bold type under a verdict of {verdict.lower()}")
    if asserting and verdict != "Supported":
        faults.append(f"asserts under a verdict of {verdict.lower()}: {asserting[0]}")
    if verdict in ("Inconclusive", "Leaning") and not hedged:
        faults.append(f"does not say that it is open, under a verdict of {verdict.lower()}")
    if verdict in ("Not supported", "Contradicted") and not denied:
        faults.append(f"denies nothing under a verdict of {verdict.lower()}")
    if verdict == "Supported" and clauses and _DENIALS.search(clauses[0]) and not asserting:
        faults.append("its first sentence denies under a verdict of supported")
    return faults

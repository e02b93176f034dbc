"""One plain sentence a verdict, for readers: dollars and per cent, the strength of the words as of the verdict."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from helpers.claims.finding import PRIMARY, Finding
from helpers.claims.rule import Verdict
from helpers.claims.words import number

if TYPE_CHECKING:
    from helpers.claims.judgement import JudgedPart
    from helpers.claims.registry import Claim
    from helpers.claims.trial import Trial

CLOSING = {
    Verdict.LEANING: ": more likely than not, but not settled",
    Verdict.INCONCLUSIVE: ": too little data to tell",
    Verdict.UNDECIDED: ": undecided by the draws at hand",
    Verdict.NOT_SUPPORTED: ": not of a size that matters",
    Verdict.CONTRADICTED: ": the opposite of the claim",
}
Words = dict[str, str]


def finding_in_plain_words(claim: "Claim", parts: "Sequence[JudgedPart]", trial: "Trial") -> str:
    """Say what was found on a claim in one sentence."""
    said = [part_in_plain_words(claim.id, part, trial) for part in parts]
    return _sentence("; ".join([said[0], *(_inside(clause) for clause in said[1:])]))


def part_in_plain_words(claim: str, part: "JudgedPart", trial: "Trial") -> str:
    """Say what was found on a part, a clause without its full stop."""
    found = part.finding
    if part.verdict in (Verdict.NOT_TESTED, Verdict.NOT_APPLICABLE, Verdict.NOT_DUE) or found is None:
        return f"{part.verdict}: {part.why}"
    if found.reason:
        return f"It cannot be told yet: {found.reason}"
    clause = CLAUSES[claim, part.name](found, trial.words)
    if claim == "C2" and part.verdict == Verdict.NOT_SUPPORTED:
        return f"{clause}: not rare"
    if part.rule.kind in ("fact", "expected") and part.verdict == Verdict.CONTRADICTED:
        return f"{clause}: not as the claim has it"
    return clause + CLOSING.get(part.verdict, "")


def of_no_pair(pair: str) -> str:
    """Say why a claim is not asked of a pair."""
    return f"A statement on silver and Bitcoin, which is not asked of {pair}."


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def _inside(clause: str) -> str:
    """Begin a clause inside a sentence, names left as they are."""
    return clause if clause.startswith(("Bitcoin", "VIX", "Fed", "S&P", "Nasdaq")) else clause[:1].lower() + clause[1:]


def share(value: float, digits: int = 0) -> str:
    """Write a percentage that is never rounded to nothing."""
    least = 10.0**-digits
    if 0 < abs(value) < least / 2:
        return f"less than {number(least, digits)} %"
    return f"{number(value, digits)} %"


def grown(log_points: float) -> float:
    """Turn log points into per cent."""
    return 100 * (math.exp(log_points / 100) - 1)


def moved(value: float, *, digits: int = 1, up: str = "gained", down: str = "lost") -> str:
    """Say a move in per cent with its direction in words."""
    return f"{up if value > 0 else down} {share(abs(value), digits)}"


def _record(found: Finding, words: Words) -> str:
    close = float(found.extra["weekly close"])
    held = "above every earlier close" if all(found.parts.values()) else "with not every stated fact in place"
    return f"{words['Leader']} closed the week at ${close:,.2f}, {held}, after months of rise that January sped up"


def _rare(margin: float) -> Callable[[Finding, Words], str]:
    by = f" by {share(grown(margin))} or more" if margin else ""
    return lambda found, words: f"silver beat gold{by} in {share(found.estimate)} of half-years"


def _gap(found: Finding, words: Words) -> str:
    by = share(grown(MARGIN))
    return f"{words['Leader']} beat {words['follower']} by {by} or more in {share(found.estimate)} of half-years"


def _followed(found: Finding, words: Words) -> str:
    own, lead = (float(value) for name, value in found.extra.items() if name.endswith("'s return"))
    return (
        f"{words['Follower']} {moved(grown(own), digits=0)} since the breakout while {words['leader']} "
        f"{moved(grown(lead), digits=0)}, and {share(found.estimate)} of the outcomes to be expected were lower"
    )


def _after_fear(who: str) -> Callable[[Finding, Words], str]:
    return lambda found, words: (
        f"{who.format(**words)} {moved(found.estimate)} in the four weeks after a usual jump of the VIX"
    )


def _metals(found: Finding, words: Words) -> str:
    who = "gold and silver together" if (words["leader"], words["follower"]) == ("silver", "Bitcoin") else "{Leader}"
    return _after_fear(who)(found, words)


def _yields(who: str) -> Callable[[Finding, Words], str]:
    return lambda found, words: (
        f"{who.format(**words)} {moved(found.estimate)} in weeks in which the real yield rose by a tenth of a point, "
        "and the reverse"
    )


def _deficit(found: Finding, words: Words) -> str:
    word = "short of" if found.estimate < 0 else "left with"
    return f"the market was {word} {number(abs(found.estimate), 0)} million ounces a year over five years"


def _deficit_price(found: Finding, words: Words) -> str:
    went = "went with a higher" if found.estimate < 0 else "went with a lower"
    rank = number(found.estimate, 2)
    return f"a larger deficit {went} price the year after in {found.n} years (rank correlation {rank})"


def _demand(found: Finding, words: Words) -> str:
    times = float(found.extra["solar, last year"]) / float(found.extra["solar, first year"])
    years = (found.n or 1) - 1
    return (
        f"industry took {share(found.estimate)} more silver than {years} years before, solar panels "
        f"{number(times, 1)} times as much"
    )


def _copper(found: Finding, words: Words) -> str:
    before, since = (share(float(found.extra[name])) for name in ("before", "since"))
    return f"copper's share in silver's weekly moves went from {before} to {since} after 2015"


def _lead(found: Finding, words: Words) -> str:
    quarter = float(found.extra["next 13 weeks"])
    most = max(found.widest[1], 0.0)
    return (
        f"after half a year of strong {words['leader']}, {words['follower']}'s next 13 weeks were "
        f"{share(abs(grown(quarter)), 1)} {'better' if quarter > 0 else 'worse'} than usual, and at most "
        f"{share(most, 1)} of its weekly variance can go with it"
    )


def _lag(found: Finding, words: Words) -> str:
    better = "better" if found.estimate > 0 else "worse"
    return (
        f"the strongest window of all ({found.extra['strongest window']}) goes with 13 weeks of {words['follower']} "
        f"{share(abs(grown(found.estimate)))} {better} than usual, and any window could still mean up to "
        f"{share(grown(found.widest[1]))}"
    )


def _state(when: str) -> Callable[[Finding, Words], str]:
    return lambda found, words: (
        f"{words['Follower']} earned {share(abs(grown(found.estimate)))} {'more' if found.estimate > 0 else 'less'} "
        f"over 13 weeks {when} than at other times, give or take {share(found.estimate - found.low)}"
    )


def _either(what: str) -> Callable[[Finding, Words], str]:
    return lambda found, words: (
        f"{what} {'on 23 January 2026 in at least one of the two' if found.estimate else 'in neither of the two'}"
    )


def _priced(found: Finding, words: Words) -> str:
    return f"{words['Follower']} had {moved(grown(float(found.extra['move'])), digits=0)} in half a year"


def _stage(found: Finding, words: Words) -> str:
    outcome, place = float(found.extra["outcome"]), 100 * float(found.extra["place"])
    return (
        f"{words['Follower']} {moved(grown(outcome), digits=0)} in the 26 weeks from the record; "
        f"{share(place)} of half-years since 2014 were worse"
    )


def _positions(found: Finding, words: Words) -> str:
    return f"funds had held a larger net position in silver in {share(100 - found.estimate)} of earlier weekly reports"


def _explosive(found: Finding, words: Words) -> str:
    weeks = int(float(found.extra["weeks of alarm"]))
    if not weeks:
        return "the price had grown within the bounds of a random walk"
    return f"the test for explosive growth had been above its limit for {weeks} week{'s' if weeks > 1 else ''}"


def _fear(found: Finding, words: Words) -> str:
    side = "above" if found.estimate > 0 else "below"
    return (
        f"the VIX stood at {number(float(found.extra['VIX']), 1)}, {number(abs(found.estimate), 1)} points {side} "
        "the threshold of fear"
    )


def _cuts(found: Finding, words: Words) -> str:
    side = "below" if found.estimate < 0 else "above"
    return f"the two-year yield lay {number(abs(found.estimate), 2)} points {side} the policy rate"


def _lower(what: str, unit: str) -> Callable[[Finding, Words], str]:
    def said(found: Finding, words: Words) -> str:
        half = float(found.extra["over 26 weeks"])
        return (
            f"{what} {'fell' if found.estimate < 0 else 'rose'} by {number(abs(found.estimate), 2)} {unit} over "
            f"silver's run and {'fell' if half < 0 else 'rose'} by {number(abs(half), 2)} over half a year"
        )

    return said


def _supply(found: Finding, words: Words) -> str:
    low, high = found.widest
    return (
        f"a price twice as high has gone with {share(grown(100 * found.estimate * math.log(2)), 1)} more mine output "
        f"three years on ({share(grown(100 * low * math.log(2)))} to {share(grown(100 * high * math.log(2)))})"
    )


def _listed(found: Finding, words: Words) -> str:
    on = "is" if all(found.parts.values()) else "was not yet"
    return (
        f"silver {on} on the final United States list of critical minerals of November 2025; whether it is "
        "stockpiled and stocks tighten cannot be decided without strategic purchases by month and stocks of exchanges "
        "and vaults over years"
    )


def _continued(found: Finding, words: Words) -> str:
    if not found.extra["met"]:
        usual = share(grown(float(found.extra["usual"])), 1)
        return (
            f"silver {moved(grown(float(found.extra['move'])), digits=0)} in the 13 weeks after the record, where it "
            f"usually gains {usual}: what the claim supposes did not come about"
        )
    followed = "did" if found.extra["followed"] else "did not"
    return f"silver stayed strong after the record, and worry about debasement {followed} begin within half a year"


MARGIN = 25.0
CLAUSES: dict[tuple[str, str], Callable[[Finding, Words], str]] = {
    ("C1", PRIMARY): _record,
    ("C2", "any"): _rare(0),
    ("C2", "large"): _rare(MARGIN),
    ("C3", PRIMARY): _followed,
    ("C4", PRIMARY): _after_fear("{Leader}"),
    ("C5", PRIMARY): _yields("{Leader}"),
    ("C5", "follower"): _yields("{Follower}"),
    ("C6", "deficit"): _deficit,
    ("C6", "price"): _deficit_price,
    ("C7", "demand"): _demand,
    ("C7", "copper"): _copper,
    ("C8", PRIMARY): _gap,
    ("C9", "metals"): _metals,
    ("C9", "waits"): _after_fear("{Follower}"),
    ("C10", PRIMARY): _lead,
    ("C11", PRIMARY): _lag,
    ("C12", PRIMARY): _state("once fear had turned into debasement or liquidity"),
    ("C13", "forming"): _either("debasement or liquidity was forming"),
    ("C13", "holding"): _either("debasement or liquidity held"),
    ("C13", "priced"): _priced,
    ("C14", PRIMARY): _stage,
    ("C15", "positions"): _positions,
    ("C15", "price"): _explosive,
    ("C16", PRIMARY): _fear,
    ("C17", "cuts"): _cuts,
    ("C17", "real_yield"): _lower("the real yield", "points"),
    ("C17", "dollar"): _lower("the dollar", "%"),
    ("C18", PRIMARY): _supply,
    ("C19", PRIMARY): _listed,
    ("C20", PRIMARY): _continued,
    ("C21", PRIMARY): _state("while debasement was the worry"),
}

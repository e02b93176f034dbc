"""How a chapter opens and closes: the claims on trial, the data in use, the versions that made it."""

import html
from dataclasses import dataclass
from importlib.metadata import version

from IPython.display import display

from helpers.claims import Claim, load_claims
from helpers.data import Dataset
from helpers.data.banner import Banner
from helpers.report.colours import NAMES
from helpers.report.components import Block, folded
from helpers.report.figures import Chart
from helpers.report.sentences import Sentence
from helpers.report.sentences.words import listing

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "arch", "numba", "matplotlib")
STORY = ("silver", "btc")


@dataclass(frozen=True)
class Head:
    """The claims on trial and the banner of the data.

    Parameters
    ----------
    claims : tuple of Claim
        None for a chapter that tests nothing.
    pair : tuple of str
        Leader and follower in use.
    banner : Banner
        The data.
    """

    claims: tuple[Claim, ...]
    pair: tuple[str, str]
    banner: Banner

    @property
    def _pair_line(self) -> list[str]:
        leader, follower = (NAMES[name] for name in self.pair)
        return (
            [] if self.pair == STORY else [f"Asked here of {leader} (in silver's place) and {follower} (in Bitcoin's)."]
        )

    def __repr__(self) -> str:
        told = [
            f"{claim.id}, {claim.title}. {claim.text}\n  Measured: {claim.rule.estimand}.\n"
            f"  Test: {claim.rule.test}.\n  Null: {claim.rule.null}"
            for claim in self.claims
        ]
        return "\n".join([*told, *self._pair_line, repr(self.banner)])

    def _repr_html_(self) -> str:
        told = "".join(
            f"<p><b>{claim.id}, {claim.title}.</b> <i>{html.escape(claim.text)}</i><br>"
            f"Measured: {html.escape(claim.rule.estimand)}.<br>Test: {html.escape(claim.rule.test)}.<br>"
            f"Null: {html.escape(claim.rule.null)}</p>"
            for claim in self.claims
        )
        pair = "".join(f"<p><b>{line}</b></p>" for line in self._pair_line)
        tried = listing(claim.id for claim in self.claims)
        title = f"What is on trial ({tried}), and which data" if self.claims else "Which data"
        return pair + folded(title, told + self.banner._repr_html_()).html


def head(panel: Dataset, *ids: str, leader: str = "silver", follower: str = "btc") -> Head:
    """Open a chapter.

    Parameters
    ----------
    panel : Dataset
        The data in use.
    *ids : str
        The claims on trial, such as "C10".
    leader, follower : str
        The pair in use, series of the catalog.

    Returns
    -------
    Head
        For display.
    """
    registry = load_claims()
    return Head(tuple(registry[name] for name in ids), (leader, follower), panel.banner())


def opening(answer: Sentence, picture: Chart) -> None:
    """Show the answer, then the one picture: the first screen of a chapter, under the question that is its title.

    Parameters
    ----------
    answer : Sentence
        From `say`; the confidence is in it.
    picture : Chart
        The picture that a reader would keep.
    """
    display(answer, picture)


def versions() -> Block:
    """Name the versions of the packages that computed the chapter."""
    text = "Made with " + ", ".join(f"{name} {version(name)}" for name in PACKAGES) + "."
    return Block(f"<p class='made'>{text}</p>", text)

"""How a chapter opens and closes: the claims on trial, the data in use, the versions that made it."""

from dataclasses import dataclass
from importlib.metadata import version

from IPython.display import display

from helpers.claims import Claim, Trial, load_claims
from helpers.claims.trial import STORY
from helpers.data import Dataset
from helpers.data.dataset import Banner
from helpers.report.components import Block, render
from helpers.report.figures import Chart
from helpers.report.sentences import Sentence
from helpers.report.sentences.words import in_print, listing

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "arch", "numba", "matplotlib")


@dataclass(frozen=True)
class Head:
    """The claims on trial, titled in the words of the pair, and the banner of the data.

    Parameters
    ----------
    claims : tuple of Claim
        None for a chapter that tests nothing.
    words : dict of str to str, optional
        Labels of the pair where it is another one than the story's.
    banner : Banner
        The data.
    """

    claims: tuple[Claim, ...]
    words: dict[str, str] | None
    banner: Banner

    @property
    def _told(self) -> list[tuple[str, list[str]]]:
        """Give each claim with what is registered of it; for another pair its title and test alone."""
        if self.words:
            asked = [claim for claim in self.claims if claim.pair_title]
            return [(f"{one.id}, {one.pair_title.format(**self.words)}.", [f"Test: {one.rule.test}."]) for one in asked]
        return [
            (f"{one.id}, {one.title}.",
             [one.text, f"Measured: {one.rule.estimand}.", f"Test: {one.rule.test}.", f"Null: {one.rule.null}"])
            for one in self.claims
        ]  # fmt: skip

    @property
    def _pair_line(self) -> str:
        asked = "Asked here of {leader} as the leader and of {follower} as the follower, by the rules as registered."
        return asked.format(**self.words) if self.words else ""

    def __repr__(self) -> str:
        told = ["\n  ".join([title, *lines]) for title, lines in self._told]
        return "\n".join(filter(None, [*told, self._pair_line, in_print(repr(self.banner))]))

    def _repr_html_(self) -> str:
        tried = [title.partition(",")[0] for title, _ in self._told]
        title = f"What is on trial ({listing(tried)}), and which data" if tried else "Which data"
        return Block(
            render("head", title, self._told, self._pair_line, in_print(self.banner._repr_html_())), ""
        )._repr_html_()


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
    registry, asked = load_claims(), (leader, follower)
    words = None if asked == STORY else Trial(panel, *asked).words
    return Head(tuple(registry[name] for name in ids), words, panel.banner())


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

"""Sentences that branch on a result: templates in this folder, a file a chapter; no number is typed in any."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.report.sentences.words import FILTERS, in_print

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sentence:
    """Computed prose, shown as a paragraph.

    Parameters
    ----------
    text : str
        Markdown; every number in it comes from a result.
    """

    text: str

    def __repr__(self) -> str:
        return self.text.replace("**", "")

    def _repr_markdown_(self) -> str:
        # JupyterLab takes the text between two dollar signs for mathematics, escaped or not, unless they stand in tags.
        return self.text.replace("$", "<span>&#36;</span>")


def say(chapter: str, name: str, /, **values: Any) -> Sentence:
    """Render a block of a chapter's template.

    Parameters
    ----------
    chapter : str
        Such as "06": the template is `06.md.j2`.
    name : str
        A `{% block name %}` in it.
    **values
        Everything that the block names.

    Returns
    -------
    Sentence
        For display as the last expression of a cell; `.text` for use in a title.

    Raises
    ------
    jinja2.UndefinedError
        The block names something that was not given.
    KeyError
        The template has no such block.

    Examples
    --------
    >>> say("06", "answer", test=primary, leader="silver", follower="Bitcoin")
    """
    template = environment().get_template(f"{chapter}.md.j2")
    context = template.new_context({**template.globals, **values})
    return Sentence(tidy("".join(template.blocks[name](context))))


def tidy(text: str) -> str:
    """Join the lines of a paragraph; an empty line stays a new paragraph."""
    paragraphs = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return in_print("\n\n".join(part for part in paragraphs if part))


@cache
def environment() -> Environment:
    """Give the template environment of the report: undefined names are errors, numbers pass through filters."""
    found = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - markdown, and all values are our own results
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= FILTERS
    return found

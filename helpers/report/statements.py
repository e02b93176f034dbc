"""The comment statement by statement: what was said, what the registered claim behind it came to, and where to look."""

from pathlib import Path

from helpers.claims import Judgement, statements, verdicts
from helpers.data import load
from helpers.report.components import Row, statement_list

_HEAD = """# The comment, statement by statement

On 23 January 2026 a market comment, copied widely, explained silver's record and what it means for
Bitcoin. Here is all that it says, in its own order and in our words, with the verdict on each and the way to the
evidence.

"""


def statement_rows(judgement: Judgement) -> list[Row]:
    """Give every statement with the verdict on it, in the order of the comment.

    Parameters
    ----------
    judgement : Judgement
        From `verdicts` or `judge`.

    Returns
    -------
    list of Row
        One a statement; the finding is one plain sentence.
    """
    return [
        Row(str(said.number), said.text, said.verdict, said.plain, f"{said.chapter}.ipynb" if said.chapter else "")
        for said in statements(judgement)
    ]


def write_statements(path: Path) -> None:
    """Write the page of statements on the committed or current ledger."""
    block = statement_list(statement_rows(verdicts(load(source="snapshot"))))
    body = block.html.replace(".ipynb'", ".html'")
    path.write_text(f"{_HEAD}```{{raw}} html\n{body}\n```\n", encoding="utf-8")

"""The comment statement by statement: what was said, what the registered claim behind it came to, and where to look."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from helpers.claims import Judged, Verdict, verdicts
from helpers.claims.table import told
from helpers.data import load
from helpers.data.settings import ROOT
from helpers.report.components import Row, statement_list

STATEMENTS = ROOT / "claims" / "statements.toml"
_HEAD = """# The comment, statement by statement

On 23 January 2026 a market comment, copied widely, explained silver's record and what it means for
Bitcoin. Here is all that it says, in its own order and in our words, with the verdict on each and the way to the
evidence.

"""


def statement_rows(judged: Iterable[Judged], path: Path = STATEMENTS) -> list[Row]:
    """Give every statement with the verdict on the claim behind it.

    Parameters
    ----------
    judged : iterable of Judged
        From `judge`.
    path : pathlib.Path
        The statements.

    Returns
    -------
    list of Row
        One a statement, in the order of the comment.
    """
    known = {one.claim.id: one for one in judged}
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["statement"]
    rows = []
    for place, said in enumerate(listed, 1):
        one = known.get(said.get("claim", ""))
        if one is None:
            answer = said.get("reason", f"Its claim, {said.get('claim')}, is not in the register yet.")
            rows.append(Row(str(place), said["text"], Verdict.NOT_TESTED, answer))
        else:
            link = f"{one.claim.chapter}.ipynb"
            rows.append(Row(str(place), said["text"], one.verdict, _told(one), link))
    return rows


def write_statements(path: Path) -> None:
    """Write the page of statements on the committed or current ledger."""
    block = statement_list(statement_rows(verdicts(load(source="snapshot"))))
    body = block.html.replace(".ipynb'", ".html'")
    path.write_text(f"{_HEAD}```{{raw}} html\n{body}\n```\n", encoding="utf-8")


def _told(one: Judged) -> str:
    return f"{one.claim.id}, {one.title}: {told(one)}."

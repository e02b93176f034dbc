"""The comment statement by statement: what was said, what the registered claim behind it came to, and where to look."""

import tomllib
from pathlib import Path

from helpers.data.settings import ROOT
from helpers.report.components import Row, statement_list
from helpers.report.ledger import read_entries
from helpers.report.rules import NOT_TESTED
from helpers.report.verdict_table import finding
from helpers.report.verdicts import Verdict, judge

STATEMENTS = ROOT / "claims" / "statements.toml"
_HEAD = """# The comment, statement by statement

On 23 January 2026 a market comment, copied widely, explained silver's record and what it means for
Bitcoin. Here is all that it says, in its own order and in our words, with the verdict on each and the way to the
evidence.

"""


def statement_rows(verdicts: list[Verdict], path: Path = STATEMENTS) -> list[Row]:
    """Give every statement with the verdict on the claim behind it.

    Parameters
    ----------
    verdicts : list of Verdict
        From `judge`.
    path : pathlib.Path
        The statements.

    Returns
    -------
    list of Row
        One a statement, in the order of the comment.
    """
    known = {verdict.claim.id: verdict for verdict in verdicts}
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["statement"]
    rows = []
    for place, said in enumerate(listed, 1):
        verdict = known.get(said.get("claim", ""))
        if verdict is None:
            told = said.get("reason", f"Its claim, {said.get('claim')}, is not in the register yet.")
            rows.append(Row(str(place), said["text"], NOT_TESTED, told))
        else:
            link = f"{verdict.claim.chapter}.ipynb"
            rows.append(Row(str(place), said["text"], verdict.verdict, _told(verdict), link))
    return rows


def write_statements(path: Path) -> None:
    """Write the page of statements on the committed or current ledger."""
    block = statement_list(statement_rows(judge(read_entries(), digest="")))
    body = block.html.replace(".ipynb'", ".html'")
    path.write_text(f"{_HEAD}```{{raw}} html\n{body}\n```\n", encoding="utf-8")


def _told(verdict: Verdict) -> str:
    text = finding(verdict)
    return f"{verdict.claim.id}, {verdict.claim.title}: {text}."

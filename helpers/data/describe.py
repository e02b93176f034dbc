"""The description of the embedded data, written from the catalog and the manifest."""

from helpers.data.catalog import CATALOG, TABLES
from helpers.data.store import State

_HEAD = """# The embedded data

Frozen on {day}; written by `make snapshot` from the catalog (`helpers/data/catalog.py`) and `manifest.json`, which
holds for each file its provider, code, sample and sha256: a file that does not match is refused. Files are not edited.
The live data of `make refresh` have the same layout. A series is a CSV of `date` and `value`, daily where its source
is, as the source has it; a month is dated with its first day. Nothing is filled. Weeks are computed when the data are
loaded: the last value on or before each Friday.

A value counts as known `lag` days after its date (a month's after its end): a report as of a day uses no other.

| series | what, unit | provider, code | first, last | rows | lag | licence | note |
|---|---|---|---|---|---|---|---|
"""
_TABLES = """
| table | what | columns | first, last | rows | licence |
|---|---|---|---|---|---|
"""


def describe(state: State) -> str:
    """Give the text of the README of a snapshot."""
    lines = [_HEAD.format(day=state.written[:10])]
    for name, spec in CATALOG.items():
        if spec.sum_of:
            parts = " ".join(f"{factor:+g} x {part}" for part, factor in spec.sum_of.items())
            lines.append(f"| `{name}` | {spec.quantity}, {spec.unit} | computed: {parts} | from {spec.first} | | "
                         f"{spec.lag} | | {spec.note} |\n")  # fmt: skip
        elif name in state.entries:
            entry = state.entries[name]
            notes = "; ".join(part for part in (spec.note, spec.citation and f"cite {spec.citation}") if part)
            source = f"{entry.provider} {entry.code}" if spec.sources else "figures at hand"
            lines.append(f"| `{name}` | {spec.quantity}, {spec.unit} | {source} | {entry.first}, {entry.last} | "
                         f"{entry.rows} | {spec.lag} | {spec.licence} | {notes} |\n")  # fmt: skip
    lines.append(_TABLES)
    for name, table in TABLES.items():
        if name in state.entries:
            entry = state.entries[name]
            what = f"{table.quantity}; cite {table.citation}" if table.citation else table.quantity
            columns = ", ".join(f"`{column}`" for column in table.columns)
            lines.append(f"| `{name}` | {what} | {columns} | {entry.first}, {entry.last} | {entry.rows} | "
                         f"{table.licence} |\n")  # fmt: skip
    return "".join(lines)

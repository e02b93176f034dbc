"""Tables whose cells hold sentences: wrapped, never cut."""

import html
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class TextTable:
    """A table of text.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells are text; the index names the rows.
    bold : str
        Column set in bold type; "" for none.
    """

    frame: pd.DataFrame
    bold: str = ""

    def __repr__(self) -> str:
        lines = []
        for name, row in self.frame.iterrows():
            cells = "; ".join(f"{column}: {value}" for column, value in row.items())
            lines.append(f"{name}. {cells}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        style = "text-align:left;vertical-align:top;white-space:normal"
        columns = "".join(f"<th style='{style}'>{html.escape(str(name))}</th>" for name in self.frame.columns)
        rows = "".join(self._html_row(str(name), row, style) for name, row in self.frame.iterrows())
        return f"<table><thead><tr><th></th>{columns}</tr></thead><tbody>{rows}</tbody></table>"

    def _html_row(self, name: str, row: pd.Series, style: str) -> str:
        cells = []
        for column, value in row.items():
            text = html.escape(str(value))
            cells.append(f"<td style='{style}'>{f'<b>{text}</b>' if column == self.bold else text}</td>")
        return f"<tr><th style='{style}'>{html.escape(name)}</th>{''.join(cells)}</tr>"

"""The line above every chapter that says what data it was made from."""

import datetime as dt
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.data.catalog import SeriesSpec


@dataclass(frozen=True)
class Banner:
    """What a dataset holds, as text and as HTML.

    Parameters
    ----------
    source : {"snapshot", "live"}
        Where the figures come from.
    as_known : datetime.date
        The day of the freeze or of the retrieval.
    as_of : datetime.date
        The cut.
    weekly : pandas.DataFrame
        Levels by week.
    provenance : pandas.DataFrame
        As of `Dataset.provenance`.
    specs : mapping of str to SeriesSpec
        What each series is.
    restated : sequence of str
        Series whose figures are not those that were known on the day of the cut.
    """

    source: str
    as_known: dt.date
    as_of: dt.date
    weekly: pd.DataFrame
    provenance: pd.DataFrame
    specs: Mapping[str, SeriesSpec]
    restated: Sequence[str] = ()

    @property
    def table(self) -> pd.DataFrame:
        """One row a series: provider, code, place, first and last week, weeks missing at the end, notes."""
        end = self.weekly.index[-1]
        rows = {}
        for name in self.weekly.columns.intersection(self.provenance.index):
            values, origin = self.weekly[name].dropna(), self.provenance.loc[name]
            first, last = (values.index[0], values.index[-1]) if len(values) else (pd.NaT, pd.NaT)
            missing = (end - last).days // 7 if len(values) else len(self.weekly)
            rows[name] = [origin.provider, origin.code, origin.place, first, last, missing, origin.about, origin.note]
        columns = ["provider", "code", "place", "first", "last", "weeks_missing_at_end", "about", "note"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def lines(self) -> list[str]:
        """Give the banner as sentences.

        Source and dates; the series that end early; those that a run of an earlier day has as restated since; those
        that are not from the first choice (another way to the same figures is no other choice); of live data, what the
        refresh noted on a series.
        """
        table = self.table
        made = "Embedded snapshot, frozen on" if self.source == "snapshot" else "Live data, retrieved on"
        lines = [f"{made} {self.as_known}; everything as of {self.as_of} (last week {self.weekly.index[-1]:%Y-%m-%d})."]
        early = table[table["weeks_missing_at_end"] > 0]
        if len(early):
            ends = ", ".join(
                f"{name} {last:%Y-%m-%d}" if pd.notna(last) else str(name) for name, last in early["last"].items()
            )
            lines.append(f"Ending earlier: {ends}.")
        if self.restated:
            labels = ", ".join(self.specs[name].label for name in self.restated)
            lines.append(f"As restated by {self.as_known}, not as first published: {labels}.")
        origins = self.provenance.loc[table.index]
        other = [
            f"{name}: {kind} from {provider}" for name, kind, code, provider in
            zip(origins.index, origins["instrument"], origins["code"], origins["provider"], strict=True)
            if self.specs[str(name)].sources and code != self.specs[str(name)].sources[0].code
        ]  # fmt: skip
        if other:
            lines.append(f"Not from the first choice: {', '.join(other)}.")
        if self.source == "live":
            lines += [f"{name}: {note}." for name, note in table["note"].items() if note and name not in self.restated]
        return lines

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        inner = "<br>".join(html.escape(line) for line in self.lines())
        return f'<div style="border-left:4px solid #888;padding:.3em .8em">{inner}</div>'

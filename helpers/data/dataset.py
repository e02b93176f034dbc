"""The data as of a date: the only door to them."""

import datetime as dt
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from helpers.data.catalog import CATALOG, MONTHLY, TABLES, SeriesSpec
from helpers.data.errors import DataError
from helpers.data.holdings import Holdings, read_holdings
from helpers.data.panel import added_up, changes, published, published_on, weekly_panel
from helpers.data.settings import chosen_date, read_settings, read_source


@dataclass(frozen=True)
class Dataset:
    """All series and tables cut at one date.

    Weeks are labelled with their Friday and hold the last value on or before it. Nothing is filled. Names are those of
    `helpers.data.catalog.CATALOG` and of one's own files in data/manual; any other one is a DataError.
    """

    holdings: Holdings = field(repr=False)  # the figures, nothing in them known later than `as_of`
    as_of: dt.date  # the date of the cut
    latest: bool = False  # nothing was cut: this is what is known at present

    @property
    def source(self) -> str:
        """Where the figures come from: "snapshot" or "live"."""
        return self.holdings.source

    @property
    def known(self) -> dt.date:
        """The day on which a report on these figures could be written: of the retrieval or freeze, or of the cut."""
        return self.holdings.as_known if self.latest else self.as_of

    @cached_property
    def specs(self) -> Mapping[str, SeriesSpec]:
        """What each series is, by name: the catalog's, then one's own."""
        return {**CATALOG, **self.holdings.own}

    @property
    def names(self) -> dict[str, str]:
        """What each series is called in the middle of a sentence."""
        return {name: spec.label for name, spec in self.specs.items()}

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Levels by week of every daily and weekly series, in their units, shape (weeks, series)."""
        series = {name: self.daily(name).loc[self.specs[name].first or None :] for name in self._at_hand(monthly=False)}
        after = self.as_of + dt.timedelta(days=1)
        known = {name: min(after, self.holdings.retrieved(name)) if self.latest else after for name in series}
        preludes = {
            name: self.table(spec.prelude).set_index("date")["value"]
            for name, spec in self.specs.items()
            if spec.prelude in self.holdings.tables
        }
        return weekly_panel(series, preludes, known).loc[: pd.Timestamp(self.as_of)]

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """Levels of the monthly series by reference month, labelled with its first day, shape (months, series)."""
        columns = {name: self.daily(name) for name in self._at_hand(monthly=True)}
        ends = [day for values in columns.values() if len(values) for day in (values.index[0], values.index[-1])]
        months = pd.date_range(min(ends), max(ends), freq="MS", name="month").as_unit("us")
        return pd.DataFrame({name: values.reindex(months) for name, values in columns.items()}, index=months)

    @property
    def balance(self) -> pd.DataFrame:
        """World silver supply and demand (million ounces), editions published by `as_of` only."""
        return self.table("silver_balance")

    @property
    def records(self) -> pd.DataFrame:
        """Silver highs by venue (USD/oz) up to `as_of`."""
        return self.table("records")

    @cached_property
    def provenance(self) -> pd.DataFrame:
        """Provider, code, instrument, place among the sources, day of retrieval and notes of each series."""
        rows = {}
        for name, spec in self.specs.items():
            if spec.sum_of:
                parts = ", ".join(spec.sum_of)
                rows[name] = ("computed", parts, spec.quantity, 1, self.holdings.as_known, spec.note, "")
            elif name in self.holdings.entries:
                one, day = self.holdings.entries[name], self.holdings.retrieved(name)
                later = [f"as restated by {self.holdings.as_known}, not as first published"] * self.restated(name)
                later += [f"as FRED's archive had it on {self.as_of}"] * self._archived(spec)
                note = "; ".join([*([one.note] if one.note else []), *later])
                rows[name] = (one.provider, one.code, one.instrument, one.place, day, spec.note, note)
        columns = ["provider", "code", "instrument", "place", "retrieved", "about", "note"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("series")

    def restated(self, name: str) -> bool:
        """Tell whether a run that looks back has later figures of a series than those of its day."""
        parts = [self.specs[part] for part in self.specs[name].sum_of or (name,)]
        return not self.latest and any(spec.changes_later and not self._archived(spec) for spec in parts)

    def _archived(self, spec: SeriesSpec) -> bool:
        return not self.latest and (spec.name, str(self.as_of)) in self.holdings.editions

    def daily(self, name: str) -> pd.Series:
        """Give the observations of one series by date, in its unit, as its source has them."""
        spec = self._spec(name)
        if not spec.sum_of and name not in self.holdings.series:
            raise DataError(name, expected="figures", found="none yet", remedy="Run `make refresh`.")
        return (added_up(spec, self.holdings.series) if spec.sum_of else self.holdings.series[name]).rename(name)

    def returns(self, *names: str, start: str | None = None) -> pd.DataFrame:
        """Give weekly changes of some series over the weeks in which all of them are there.

        Parameters
        ----------
        *names : str
            Series; every weekly one when none is named, and then rows with missing values stay in. A monthly series
            stands in each week with what was published by then.
        start : str, optional
            First week to keep.

        Returns
        -------
        pandas.DataFrame, shape (weeks, len(names))
            100 x log difference (per cent), or plain difference (percentage points) for rates and scores.

        Raises
        ------
        DataError
            A name is not in the catalog.
        """
        levels = pd.DataFrame({name: self._levels(name) for name in names}) if names else self.weekly
        moves = pd.DataFrame({name: changes(self.specs[str(name)], values) for name, values in levels.items()})
        moves = moves.loc[start:].iloc[0 if start else 1 :]
        return moves.dropna() if names else moves

    def price(self, name: str, *, start: str | None = None) -> pd.Series:
        """Give the levels of one series by week where it is there, in its unit, shape (weeks,)."""
        return self._levels(name).loc[start:].dropna()

    def as_published(self, name: str) -> pd.Series:
        """Give, for each week, the monthly value that was the latest published one, shape (weeks,)."""
        spec = self._spec(name)
        if spec.frequency != "monthly":
            raise DataError(name, expected=f"one of {', '.join(MONTHLY)}", found="no monthly series")
        values = self.daily(name)
        values.index = published_on(spec, pd.DatetimeIndex(values.index))
        return values.reindex(self.weekly.index, method="ffill").rename(name)

    def real(self, name: str) -> pd.Series:
        """Give a price in the dollars of the last published month: times latest CPI over CPI published by that week."""
        cpi = self.as_published("cpi")
        return (self.price(name) * cpi.dropna().iloc[-1] / cpi).dropna().rename(f"real {name}")

    def earlier_record(self, name: str) -> float | None:
        """Give the highest price of a weekly series on record from before its first week, in its unit.

        Without it an all-time high cannot be told from a recent one. None where none is known, or where the series
        began with its market.
        """
        known = self._spec(name).record
        if not known:
            return None
        values = self.daily(known) if known in CATALOG else self.table(known).set_index("date")["usd_per_oz"]
        earlier = values[values.index < self.price(name).index[0]]
        return float(earlier.max()) if len(earlier) else None

    def table(self, name: str) -> pd.DataFrame:
        """Give a table of the catalog, rows public by `as_of` only."""
        if name not in self.holdings.tables:
            raise DataError(name, expected=f"one of {', '.join(TABLES)}", found="no such table")
        return self.holdings.tables[name]

    @cached_property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the sha256 of every figure of the catalog; one's own files do not count."""
        seen = hashlib.sha256()
        for name in (name for name in CATALOG if name in self.holdings.series):
            values = self.holdings.series[name]
            seen.update(name.encode())
            seen.update(values.index.to_numpy().astype("<M8[D]").astype("<i8").tobytes())
            seen.update(values.to_numpy().astype("<f8").tobytes())
        for name in (name for name in TABLES if name in self.holdings.tables):
            seen.update(self.holdings.tables[name].to_csv(index=False, lineterminator="\n").encode())
        return seen.hexdigest()[:16]

    def banner(self) -> "Banner":
        """Say what data these are: source, date, first and last week of each series, anything that ends early."""
        return Banner(self)

    def _at_hand(self, *, monthly: bool) -> list[str]:
        there = {*self.holdings.series, *(name for name, spec in self.specs.items() if spec.sum_of)}
        return [name for name, spec in self.specs.items() if name in there and monthly == (spec.frequency == "monthly")]

    def _spec(self, name: str) -> SeriesSpec:
        if name not in self.specs:
            raise DataError(name, expected=f"one of {', '.join(self.specs)}", found="no such series")
        return self.specs[name]

    def _levels(self, name: str) -> pd.Series:
        if self._spec(name).frequency == "monthly":
            return self.as_published(name)
        return self.weekly[name] if name in self.weekly else self.daily(name)


@dataclass(frozen=True, repr=False)
class Banner:
    """The lines above every chapter that say what data it was made from, as text and as HTML."""

    dataset: Dataset

    def lines(self) -> list[str]:
        """Give the banner as sentences.

        Source and dates; the series that end early; those that a run of an earlier day has as restated since; those
        that are not from the first choice (another way to the same figures is no other choice); of live data, what the
        refresh noted on a series.
        """
        data, origins, known = self.dataset, self.dataset.provenance, self.dataset.holdings.as_known
        made = "Embedded snapshot, frozen on" if data.source == "snapshot" else "Live data, retrieved on"
        lines = [f"{made} {known}; everything as of {data.as_of} (last week {data.weekly.index[-1]:%Y-%m-%d})."]
        last = {name: values.last_valid_index() for name, values in data.weekly.items() if name in origins.index}
        early = [f"{name} {week:%Y-%m-%d}" if week else name for name, week in last.items()
                 if week != data.weekly.index[-1]]  # fmt: skip
        restated = [name for name in data.holdings.series if data.restated(name)]
        other = [
            f"{name}: {origins.loc[name, 'instrument']} from {origins.loc[name, 'provider']}"
            for name in last if (first := data.specs[name].sources) and origins.loc[name, "code"] != first[0].code
        ]  # fmt: skip
        if early:
            lines.append(f"Ending earlier: {', '.join(early)}.")
        if restated:
            labels = ", ".join(data.specs[name].label for name in restated)
            lines.append(f"As restated by {known}, not as first published: {labels}.")
        if other:
            lines.append(f"Not from the first choice: {', '.join(other)}.")
        if data.source == "live":
            notes = origins.loc[list(last), "note"]
            lines += [f"{name}: {note}." for name, note in notes.items() if note and name not in restated]
        return lines

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        inner = "<br>".join(html.escape(line) for line in self.lines())
        return f'<div style="border-left:4px solid #888;padding:.3em .8em">{inner}</div>'


def load(*, source: str = "auto", as_of: str | dt.date | None = None) -> Dataset:
    """Load the data.

    Parameters
    ----------
    source : {"auto", "snapshot", "live"}
        "auto" follows the environment variable SILVER_SOURCE; without it, live data where `make refresh` has brought
        them, else the embedded snapshot.
    as_of : str or datetime.date, optional
        Cut everything at what was published by this date; without it SILVER_AS_OF, else the latest data.

    Returns
    -------
    Dataset
        Checked against the catalog and cut.

    Raises
    ------
    DataError
        The data are not what they should be, or `as_of` lies before the first week or after the day of the data.
    """
    settings, asked = read_settings(), read_source("source", source)
    chosen = settings if asked == "auto" else replace(settings, source=asked)
    return cut(read_holdings(chosen), chosen_date(as_of))


def cut(holdings: Holdings, as_of: dt.date | None) -> Dataset:
    """Keep only what was public on a date; None keeps everything and dates the data with their last week.

    Raises
    ------
    DataError
        The date lies before the first observation, or after the day of the data.
    """
    if as_of is None:
        whole = Dataset(holdings, holdings.as_known, latest=True)
        return Dataset(holdings, whole.weekly.index[-1].date(), latest=True)
    first = min(values.index[0] for values in holdings.series.values()).date()
    if not first <= as_of <= holdings.as_known:
        expected = f"a date from {first} to {holdings.as_known}, the day of the data"
        raise DataError("as_of", expected=expected, found=str(as_of))
    day = pd.Timestamp(as_of)
    specs = {**CATALOG, **holdings.own}
    known = {name: holdings.editions.get((name, str(as_of)), values) for name, values in holdings.series.items()}
    series = {name: published(specs[name], values, day) for name, values in known.items()}
    tables = {
        name: table[TABLES[name].known(table) <= day].reset_index(drop=True) for name, table in holdings.tables.items()
    }
    return Dataset(replace(holdings, series=series, tables=tables), as_of)

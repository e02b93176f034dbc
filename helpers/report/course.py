"""How a price went, day by day, through the run to the record and what came after it."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from helpers.claims import DAY
from helpers.data import Dataset
from helpers.report.sentences.words import dollars, number, signed, went

BEGIN, RUN = pd.Timestamp("2025-10-01"), pd.Timestamp("2025-10-17")
"""First day shown; close from which the run is counted: the first week above every price known from before it."""


@dataclass(frozen=True)
class Course:
    """A daily series around the record.

    Parameters
    ----------
    values : pandas.Series
        From `BEGIN` to the date of the data.
    record : pandas.Timestamp
        Day of the record, or the last day of the data if that is earlier.
    unit : str
        Of the values.
    relative : bool
        Whether a change is one in per cent; of a rate it is one in points.
    """

    values: pd.Series
    record: pd.Timestamp
    unit: str
    relative: bool

    @property
    def start(self) -> float:
        """Value at which the run is counted from."""
        return float(self.values.asof(RUN))

    @property
    def at(self) -> float:
        """Value on the day of the record."""
        return float(self.values.asof(self.record))

    @property
    def now(self) -> float:
        """Last value."""
        return float(self.values.iloc[-1])

    @property
    def last(self) -> pd.Timestamp:
        """Day of the last value."""
        return self.values.index[-1]

    @property
    def later(self) -> bool:
        """Whether at least a week has passed since the record."""
        return self.last >= self.record + pd.Timedelta(weeks=1)

    @cached_property
    def since(self) -> pd.Series:
        """Values from the record on."""
        return self.values.loc[self.record :]

    @property
    def top(self) -> pd.Timestamp:
        """Day of the highest value since the record."""
        return self.since.idxmax()

    @property
    def low(self) -> pd.Timestamp:
        """Day of the lowest value since the record."""
        return self.since.idxmin()

    @property
    def crash(self) -> pd.Timestamp:
        """Day of the largest fall since the record."""
        return self.since.pct_change().iloc[1:].idxmin()

    @property
    def fall(self) -> float:
        """Share lost on the day of the largest fall."""
        return -float(self.since.pct_change()[self.crash])

    def told(self, value: float) -> str:
        """Write a value with its unit."""
        return (
            dollars(value) if self.unit.startswith("USD") else f"{number(value, 2)} {self.unit}".removesuffix(" index")
        )

    def moved(self, first: float, last: float) -> str:
        """Write a change: "+102%", or "+0.17 points" of a rate."""
        return f"{signed(100 * (last / first - 1), 0)}%" if self.relative else f"{signed(last - first, 2)} points"

    def went(self, first: float, last: float) -> str:
        """Say a change: "rose by 102%", "did not move"."""
        return went(self.moved(first, last))


def course(dataset: Dataset, name: str) -> Course:
    """Follow a series of the catalog, or one's own, around the record."""
    spec, last = dataset.specs[name], pd.Timestamp(dataset.as_of)
    values = dataset.daily(name).loc[BEGIN:last]
    return Course(values, min(pd.Timestamp(DAY), last), spec.unit, spec.change == "log")

"""What is put on trial: a dataset and a pair, checked before anything runs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.data import DataError, Dataset, spec_of
from helpers.stats import high_ladder

STORY = ("silver", "btc")
DAY = "2026-01-23"


def label(name: str) -> str:
    """Name a series in the middle of a sentence."""
    return spec_of(name).label


@dataclass(frozen=True)
class Trial:
    """A dataset and the pair that the claims are asked of.

    Parameters
    ----------
    dataset : the data, cut at one date
    leader, follower, start : two weekly series, of the catalog or saved in data/manual; first week to use

    Raises
    ------
    DataError
        A series is not known, or the two are one.
    """

    dataset: Dataset
    leader: str = STORY[0]
    follower: str = STORY[1]
    start: str | None = None

    def __post_init__(self) -> None:
        known = list(self.dataset.weekly)
        for role, name in (("leader", self.leader), ("follower", self.follower)):
            if name not in known:
                raise DataError(role, expected=f"one of {', '.join(known)}", found=repr(name))
        if self.leader == self.follower:
            others = ", ".join(name for name in known if name != self.leader)
            raise DataError("follower", expected=f"another series than the leader: {others}", found=repr(self.leader))

    @property
    def is_story(self) -> bool:
        """Whether the pair is the one that the story tells of."""
        return (self.leader, self.follower) == STORY

    @property
    def words(self) -> dict[str, str]:
        """Labels of the pair, for sentences: leader, follower, and the same to open a sentence with."""
        told = {"leader": label(self.leader), "follower": label(self.follower)}
        return told | {role.title(): words[:1].upper() + words[1:] for role, words in told.items()}

    @property
    def day(self) -> pd.Timestamp:
        """The week of the record, or the last week of the data if that is earlier."""
        return min(pd.Timestamp(DAY), self.dataset.weekly.index[-1])

    def others(self, *names: str) -> list[str]:
        """Keep the series that are neither leader nor follower."""
        return [name for name in names if name not in (self.leader, self.follower)]

    def returns(self, *names: str) -> pd.DataFrame:
        """Weekly changes of some series from the start on, over the weeks that all have."""
        return self.dataset.returns(*names, start=self.start)

    @cached_property
    def response(self) -> pd.Series:
        """Weekly changes of the follower from the start on."""
        return self.returns(self.follower)[self.follower]

    def price(self, name: str, *, start: str | None = None) -> pd.Series:
        """Levels of a series; of a rate, exp(level / 100), so that 100 log changes are percentage points."""
        return self._index(self.dataset.price(name, start=start))

    def prices(self, *names: str) -> pd.DataFrame:
        """Levels of some series from the start on, in the weeks that all have, each as in `price`."""
        levels = self.dataset.weekly[list(names)].loc[self.start :].dropna()
        return levels.apply(self._index)

    def highs(self, name: str, *, quiet: int = 26) -> dict[str, pd.DatetimeIndex]:
        """Weeks of new 1-, 2-, 3-, 5-year and all-time highs after `quiet` weeks without one."""
        floor = self.dataset.earlier_record(name)
        return high_ladder(self.price(name), quiet=quiet, floor=floor)

    @staticmethod
    def _index(levels: pd.Series) -> pd.Series:
        return np.exp(levels / 100) if is_rate(str(levels.name)) else levels


def is_rate(name: str) -> bool:
    """Whether changes of a series are plain differences, as of yields, and not relative ones, as of prices."""
    return spec_of(name).change == "difference"

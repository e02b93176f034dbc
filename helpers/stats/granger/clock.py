"""Two markets whose weeks close at different hours: what that does to a test of who leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.stats.checks import InputError
from helpers.stats.granger.primary import GrangerResult, granger_test
from helpers.stats.results import Result

HOURS_A_WEEK = 168
SETTLEMENT = "13:25:00"
SETTLEMENT_ZONE = "America/New_York"
REGISTERED, OLDER, REVERSE, REVERSE_OLDER = "as registered", "a week older", "reverse", "reverse, a week older"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClockResult(Result):
    """A Granger test with and without the lag that touches the boundary of the week.

    Parameters
    ----------
    effect, cause : str
        Names of the series.
    tests : dict of str to GrangerResult
        `REGISTERED` with lags 1 to p of the cause, `OLDER` with its lags 2 to p + 1, and both in the other direction.
    hours : (float, float)
        Shortest and longest time by which the effect's week closes after the cause's.
    share : float
        Mean of that time as a share of the week.
    same_week : float
        Correlation of the two in the same week.
    cause_first, effect_first : float
        Correlation of the cause with the effect a week later, and of the effect with the cause a week later.
    effect_first_expected : float
        What the clocks alone would make of `effect_first`.
    """

    effect: str
    cause: str
    tests: dict[str, GrangerResult]
    hours: tuple[float, float]
    share: float
    same_week: float
    cause_first: float
    effect_first: float
    effect_first_expected: float

    def rows(self) -> list[tuple[str, Any]]:
        """Give the lines of the summary.

        Returns
        -------
        list of (str, object)
            Hours, correlations, tests.
        """
        told = [
            (f"{name}: p, adjusted partial R2", (test.pvalue_bootstrap, test.partial_r2_adjusted))
            for name, test in self.tests.items()
        ]
        return [
            *super().rows(),
            (f"Hours from the close of {self.cause} to that of {self.effect}", self.hours),
            ("Correlation in the same week", self.same_week),
            (f"{self.cause} a week before {self.effect}", self.cause_first),
            (f"{self.effect} a week before {self.cause}", self.effect_first),
            ("the clocks alone would give", self.effect_first_expected),
            *told,
        ]


def clock_sensitivity(
    *,
    returns: pd.DataFrame,
    effect: str,
    cause: str,
    controls: Sequence[str],
    lags: int,
    reps: int,
    seed: int | None = None,
) -> ClockResult:
    """Ask whether the hours between two closes could hide or make a lead.

    Parameters
    ----------
    returns : pandas.DataFrame, shape (n, series)
        Weekly changes dated with their Friday, nothing missing.
    effect, cause : str
        Columns; the effect's week ends at midnight UTC after that Friday, the cause's with the COMEX settlement.
    controls : sequence of str
        Columns whose lags stay in.
    lags, bootstrap, seed
        As in `helpers.stats.granger.granger_test`.

    Returns
    -------
    ClockResult
        All tests on the same weeks.

    Raises
    ------
    InputError
        Weeks that are not dates; as in `granger_test`.

    Notes
    -----
    Let both move at the same moments, evenly over the week, and let the effect close a share ``f`` of the week later.
    The share ``f`` of the effect's week falls into the cause's next week: the same-week covariance is ``(1 - f)`` of
    the true one, and ``f`` of it appears as the effect leading the cause. None appears as the cause leading.
    """
    if not isinstance(returns.index, pd.DatetimeIndex):
        raise InputError("returns must be dated with the Friday of each week (DatetimeIndex).")
    hours = closing_gap(returns.index)
    share = float(hours.mean()) / HOURS_A_WEEK
    x, y = returns[cause], returns[effect]
    same = float(x.corr(y))
    options = {"controls": returns[list(controls)].iloc[1:], "lags": lags, "reps": reps, "seed": seed}
    pairs = {REGISTERED: (y, x), OLDER: (y, x.shift()), REVERSE: (x, y), REVERSE_OLDER: (x, y.shift())}
    tests = {name: granger_test(effect=a.iloc[1:], cause=b.iloc[1:], **options) for name, (a, b) in pairs.items()}
    return ClockResult(
        null=f"{cause} does not Granger-cause {effect}, whatever the hours of their closes",
        alternative=tests[REGISTERED].alternative,
        reason=tests[REGISTERED].reason,
        effect=effect,
        cause=cause,
        tests=tests,
        hours=(float(hours.min()), float(hours.max())),
        share=share,
        same_week=same,
        cause_first=float(x.shift().corr(y)),
        effect_first=float(y.shift().corr(x)),
        effect_first_expected=same * share / (1 - share),
    )


def closing_gap(fridays: pd.DatetimeIndex) -> pd.Series:
    """Give the hours from the COMEX settlement of each Friday to the midnight UTC that follows.

    Parameters
    ----------
    fridays : pandas.DatetimeIndex, shape (n,)
        Days without a time.

    Returns
    -------
    pandas.Series, shape (n,)
        Hours; one less in winter, when New York is five hours behind UTC instead of four.
    """
    settled = (fridays + pd.Timedelta(SETTLEMENT)).tz_localize(SETTLEMENT_ZONE)
    midnight = (fridays + pd.Timedelta(days=1)).tz_localize("UTC")
    return pd.Series((midnight - settled.tz_convert("UTC")) / pd.Timedelta(hours=1), index=fridays)

"""How returns in the weeks of a state differ from returns in other weeks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import require_clean, require_same_index
from helpers.stats.regimes.states import count_spells, require_state
from helpers.stats.results import Result
from helpers.stats.shift_null import shift_sums

_MIN_SPELLS = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class StateContrastResult(Result):
    """Mean returns in and out of a state, against the state moved to other times.

    Parameters
    ----------
    state : str
        Name of the state.
    table : pandas.DataFrame, shape (series, 6)
        By series: mean return `inside` and `outside` the state and their `difference`, the central 95% of the
        difference over all circular shifts of the state (`null_lower`, `null_upper`), and the two-sided `pvalue`.
    nobs, weeks_inside, spells_inside : int
        Weeks of the sample, weeks in the state, separate spells of it.
    """

    state: str
    table: pd.DataFrame
    nobs: int
    weeks_inside: int
    spells_inside: int

    def rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary.

        Returns
        -------
        list of (str, object)
            Hypotheses, counts, then each series' difference and p-value.
        """
        each = [(f"{name} (difference, p)", (row.difference, row.pvalue)) for name, row in self.table.iterrows()]
        return [
            *super().rows(),
            ("Weeks, weeks in the state", (self.nobs, self.weeks_inside)),
            ("Spells", self.spells_inside),
            *each,
        ]


def state_contrast(*, returns: pd.DataFrame, state: pd.Series) -> StateContrastResult:
    """Compare mean returns in the weeks of a state with those of other weeks.

    Parameters
    ----------
    returns : pandas.DataFrame, shape (n, k)
        Weekly returns, per cent.
    state : pandas.Series of bool, shape (n,)
        Whether the state holds, on the same dates.

    Returns
    -------
    StateContrastResult
        With NaN and a reason where the state has fewer than three spells, in or out.

    Raises
    ------
    InputError
        Missing, constant or unaligned returns, or a state that is not bool.

    Notes
    -----
    The null moves the whole state round the calendar by every possible number of weeks, which keeps its spells, their
    lengths and their order, and keeps the returns as they are.
    """
    held = require_state(state)
    runs = [count_spells(side) for side in (held, ~held)]
    columns = [require_clean(returns[name], role="return") for name in returns]
    require_same_index(state, *(returns[name] for name in returns))
    few = min(runs) < _MIN_SPELLS
    rows = [_unknown() if few else _compare(values, held) for values in columns]
    return StateContrastResult(
        null=f"returns are unrelated to the timing of {state.name}",
        alternative=f"mean returns differ between weeks with and without {state.name}",
        reason=f"{runs[0]} spells of {state.name} and {runs[1]} of its absence, at least {_MIN_SPELLS} are needed"
        if few
        else None,
        state=str(state.name),
        table=pd.DataFrame(rows, index=returns.columns),
        nobs=len(state),
        weeks_inside=int(state.sum()),
        spells_inside=runs[0],
    )


def _compare(values: np.ndarray, state: np.ndarray) -> dict[str, float]:
    """Contrast of one series and its distribution over all circular shifts of the state."""
    weeks, held = values.size, int(state.sum())
    sums = shift_sums(values, np.flatnonzero(state))
    shifted = sums / held - (values.sum() - sums) / (weeks - held)
    extreme = np.abs(shifted) >= abs(shifted[0]) * (1 - 1e-9)
    lower, upper = np.quantile(shifted, [0.025, 0.975])
    return {
        "inside": float(values[state].mean()),
        "outside": float(values[~state].mean()),
        "difference": float(shifted[0]),
        "null_lower": float(lower),
        "null_upper": float(upper),
        "pvalue": float(extreme.mean()),
    }


def _unknown() -> dict[str, float]:
    """Nothing known of a series."""
    return dict.fromkeys(("inside", "outside", "difference", "null_lower", "null_upper", "pvalue"), float("nan"))

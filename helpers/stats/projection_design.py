"""The regressions behind local projections: what is known in each period, and what follows it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_clean_columns, require_same_index
from helpers.stats.regression import collinear_column, lag_matrix

_MIN_DF = 10


@dataclass(frozen=True, eq=False)
class ProjectionDesign:
    """Regressors of each period and the outcomes that follow it.

    Parameters
    ----------
    names : response, shock, controls
    horizons : shape (m,), consecutive, from 0 or 1
    outcomes : shape (n, m), the response summed from the first horizon on; NaN where the sample ends before
    restricted : shape (n, k)
        Constant, lags of every series, controls of the period, response of the period where horizons start at 1.
    shock : shape (n,), the series whose surprise is followed
    labels : of the restricted regressors and the shock
    state : shape (n,), whether the state held in the period before
    index : dates of the rows
    """

    names: tuple[str, ...]
    horizons: np.ndarray
    outcomes: np.ndarray
    restricted: np.ndarray
    shock: np.ndarray
    labels: tuple[str, ...]
    state: np.ndarray | None
    index: pd.Index

    @property
    def told(self) -> dict[str, Any]:
        """Names, sample and hypotheses in words, as a result wants them."""
        response, shock, *controls = self.names
        given = f" given {', '.join(controls)}" if controls else ""
        span = f"from {self.horizons[0]} to {self.horizons[-1]}"
        return {
            "null": f"{response} does not respond to {shock}{given} at any horizon {span}",
            "alternative": f"{response} responds to {shock} at some horizon",
            "response": response,
            "shock": shock,
            "sample": (self.index[0], self.index[-1]) if len(self.index) else (None, None),
        }

    @property
    def shortage(self) -> str | None:
        """Why the sample, or the part of it in one state, is too short; or None."""
        rows, regressors = int(np.isfinite(self.outcomes[:, -1]).sum()), len(self.labels)
        if rows < regressors + _MIN_DF:
            return f"{rows} rows at horizon {self.horizons[-1]} are too few for {regressors} regressors"
        held = rows if self.state is None else int(self.state[:rows].sum())
        least = rows if self.state is None else min(held, rows - held)
        if least < regressors + _MIN_DF:
            return f"{least} rows in one of the states are too few for {regressors} regressors"
        return None

    def refuse_collinear(self) -> None:
        """Raise where a regressor is a combination of those before it."""
        rows = np.isfinite(self.outcomes[:, -1])
        fault = collinear_column(np.column_stack([self.restricted, self.shock])[rows])
        if fault is not None:
            raise InputError(f"{self.labels[fault]!r} is collinear with the regressors before it: drop one of them.")


def projection_design(
    *,
    response: pd.Series,
    shock: pd.Series,
    controls: pd.DataFrame | None,
    contemporaneous: bool,
    lags: int,
    horizons: np.ndarray,
    state: pd.Series | None = None,
) -> ProjectionDesign:
    """Check the series and build the regressions."""
    frame = pd.DataFrame() if controls is None else controls
    raw = [require_clean(response, role="response"), require_clean(shock, role="shock")]
    raw += list(require_clean_columns(frame, role="control").T)
    index = require_same_index(response, shock, *([] if controls is None else [controls.iloc[:, 0]]))
    names = (str(response.name), str(shock.name), *map(str, frame.columns))
    lags = min(lags, len(index))
    y, x, *known = centred = [values - values.mean() for values in raw]
    own, rows = np.array_equal(raw[0], raw[1]), max(len(index) - lags - int(horizons[0]), 0)
    blocks = [("the constant", np.ones(len(index) - lags))]
    for name, values in list(zip(names, centred, strict=True))[int(own) :]:
        blocks += [(f"lag {j + 1} of {name}", column) for j, column in enumerate(lag_matrix(values, lags).T)]
    if contemporaneous:
        blocks += [(name, values[lags:]) for name, values in zip(names[2:], known, strict=True)]
    if horizons[0] and not own:
        blocks.append((f"{names[0]} of the same period", y[lags:]))
    return ProjectionDesign(
        names=names,
        horizons=horizons,
        outcomes=_outcomes(y, lags, horizons)[:rows],
        restricted=np.column_stack([column for _, column in blocks])[:rows],
        shock=x[lags:][:rows],
        labels=(*(label for label, _ in blocks), names[1]),
        state=None if state is None else _state_before(state, index, lags)[:rows],
        index=index[lags:][:rows],
    )


def _outcomes(y: np.ndarray, lags: int, horizons: np.ndarray) -> np.ndarray:
    total = np.concatenate([[0.0], np.cumsum(y)])
    out = np.full((y.size - lags, horizons.size), np.nan)
    for column, h in enumerate(horizons):
        rows = np.arange(lags, y.size - h)
        out[: rows.size, column] = total[rows + h + 1] - total[rows + horizons[0]]
    return out


def _state_before(state: pd.Series, index: pd.Index, lags: int) -> np.ndarray:
    if not isinstance(state, pd.Series) or state.dtype != bool:
        raise InputError("state must be a pandas Series of True and False without gaps: fill or shorten the sample.")
    if not state.index.equals(index):
        raise InputError("state and response differ in their dates: align them.")
    return state.to_numpy()[lags - 1 : -1]

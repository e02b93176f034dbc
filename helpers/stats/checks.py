"""Refusals that every estimator shares: what its input must be before a number is computed."""

import numpy as np
import pandas as pd


class InputError(ValueError):
    """Input that an estimator refuses; the message names the series, the date and what to do."""


def require_clean(series: pd.Series, *, role: str) -> np.ndarray:
    """Return the values of a series that is numeric, finite, ordered and not constant."""
    if not isinstance(series, pd.Series):
        raise InputError(f"{role} must be a pandas Series, found {type(series).__name__}.")
    label = f"{role} {series.name!r}"
    if series.dtype == object or not pd.api.types.is_numeric_dtype(series.dtype):
        raise InputError(f"{label} has dtype {series.dtype}, expected numbers: convert it with astype(float).")
    if not series.index.is_monotonic_increasing or not series.index.is_unique:
        raise InputError(f"{label} has unordered or repeated dates: sort_index() and drop the repeats first.")
    values = series.to_numpy(dtype=float)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise InputError(
            f"{label} is missing or infinite on {series.index[bad[0]]} ({bad.size} of {values.size} rows): "
            "drop or shorten the sample before the test."
        )
    if values.size and np.ptp(values) == 0:
        raise InputError(f"{label} is constant ({values[0]:g}) over {values.size} rows: it can carry no information.")
    return values


def require_same_index(*series: pd.Series) -> pd.Index:
    """Return the index that all series share."""
    first = series[0]
    for other in series[1:]:
        if len(other) != len(first):
            raise InputError(f"{other.name!r} has {len(other)} rows and {first.name!r} {len(first)}: align them first.")
        if not other.index.equals(first.index):
            where = first.index[np.flatnonzero(other.index != first.index)[0]]
            raise InputError(f"{other.name!r} and {first.name!r} differ in their dates, first at {where}: align them.")
    return first.index


def require_count(value: int, *, name: str, least: int) -> int:
    """Return a whole number that is large enough."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} must be a whole number of at least {least}, found {value!r}.")
    return int(value)


def require_clean_columns(frame: pd.DataFrame, *, role: str) -> np.ndarray:
    """Return the values of a frame each of whose columns is clean."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{role}s must be a pandas DataFrame, found {type(frame).__name__}: use to_frame().")
    columns = [require_clean(frame.iloc[:, position], role=role) for position in range(frame.shape[1])]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))

"""Refusals that every estimator shares: what its input must be before a number is computed."""

import numpy as np
import pandas as pd

# Fourth powers of what lies between stay inside the range of floating-point numbers.
SMALLEST, LARGEST = 1e-75, 1e75
# Weekends and holidays make gaps in daily data; weeks, months and quarters come one after the other.
_DAILY, _LONGEST_BREAK, _LONGEST_STEP = pd.Timedelta(days=5), pd.Timedelta(days=15), 1.6


class InputError(ValueError):
    """Input that an estimator refuses; the message names the series, the date and what to do."""


def require_clean(series: pd.Series, *, role: str) -> np.ndarray:
    """Return the values of a series that is numeric, finite, ordered and not constant.

    Parameters
    ----------
    series : pandas.Series, shape (n,)
        Values over time; the name is used in messages.
    role : str
        What the series is for ("effect", "cause", "control"), used in messages.

    Returns
    -------
    numpy.ndarray, shape (n,)
        The values as float64.

    Raises
    ------
    InputError
        Not a series, not numeric, NaN or infinite (the first date is named), unordered or repeated dates, constant.
    """
    if not isinstance(series, pd.Series):
        raise InputError(f"{role} must be a pandas Series, found {type(series).__name__}.")
    label = f"{role} {series.name!r}"
    if not pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_complex_dtype(series.dtype):
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
    if values.size and not SMALLEST < np.abs(values).max() < LARGEST:
        where = series.index[np.abs(values).argmax()]
        raise InputError(f"{label} reaches {np.abs(values).max():g} on {where}: squares overflow, choose another unit.")
    require_frequency(series.index, label=label)
    return values


def require_same_index(*series: pd.Series) -> pd.Index:
    """Return the index that all series share.

    Parameters
    ----------
    *series : pandas.Series
        At least one.

    Returns
    -------
    pandas.Index
        The common index.

    Raises
    ------
    InputError
        Two series differ in length or in a date, which is named.
    """
    first = series[0]
    for other in series[1:]:
        if len(other) != len(first):
            raise InputError(f"{other.name!r} has {len(other)} rows and {first.name!r} {len(first)}: align them first.")
        if not other.index.equals(first.index):
            where = first.index[np.flatnonzero(other.index != first.index)[0]]
            raise InputError(f"{other.name!r} and {first.name!r} differ in their dates, first at {where}: align them.")
    return first.index


def require_count(value: int, *, name: str, least: int) -> int:
    """Return a whole number that is large enough.

    Parameters
    ----------
    value : int
        The number given.
    name : str
        Of the parameter, used in messages.
    least : int
        Smallest value allowed.

    Returns
    -------
    int
        The number.

    Raises
    ------
    InputError
        Not a whole number, or below ``least``.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} must be a whole number of at least {least}, found {value!r}.")
    return int(value)


def require_clean_columns(frame: pd.DataFrame, *, role: str) -> np.ndarray:
    """Return the values of a frame each of whose columns is clean.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (n, c)
        One series a column.
    role : str
        What the columns are for, used in messages.

    Returns
    -------
    numpy.ndarray, shape (n, c)
        The values as float64.

    Raises
    ------
    InputError
        Not a frame, or a column that `require_clean` refuses.
    """
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{role}s must be a pandas DataFrame, found {type(frame).__name__}: use to_frame().")
    columns = [require_clean(frame.iloc[:, position], role=role) for position in range(frame.shape[1])]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def require_frequency(index: pd.Index, *, label: str) -> None:
    """Refuse dates with a hole: lags, windows and horizons count rows."""
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 3:
        return
    steps = index[1:] - index[:-1]
    usual = steps.to_series().median()
    longest = _LONGEST_BREAK if usual < _DAILY else _LONGEST_STEP * usual
    if steps.max() > longest:
        before = index[steps.argmax()]
        raise InputError(
            f"{label} has no row for {steps.max().days} days after {before:%Y-%m-%d}, and one every {usual.days} days "
            "otherwise: fill the hole from the source or start after it."
        )


def require_probability(value: float, *, name: str) -> float:
    """Return a number that lies strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InputError(f"{name} must lie in (0, 1), found {value!r}.")
    return value


def require_number(value: float, *, name: str, remedy: str) -> float:
    """Return a finite number."""
    if not np.isfinite(value):
        raise InputError(f"{name} is {value!r}, expected a finite number: {remedy}.")
    return float(value)

"""Refusals that every estimator shares: what its input must be before a number is computed."""

import numpy as np
import pandas as pd

_LARGEST = 1e75  # fourth powers, which the robust covariances need, still fit into a float
# Weekends and holidays make gaps in daily data; weeks, months and quarters come one after the other.
_DAILY, _LONGEST_BREAK, _LONGEST_STEP = pd.Timedelta(days=5), pd.Timedelta(days=15), 1.6


class InputError(ValueError):
    """Input that an estimator refuses; the message names the series, the date and what to do."""


def require_clean(series: pd.Series, *, role: str, irregular: bool = False) -> np.ndarray:
    """Return the values of a series that is real, finite, of usable scale, ordered and not constant.

    Holes in its dates are refused too, unless its rows are events rather than consecutive observations (`irregular`).
    """
    if not isinstance(series, pd.Series):
        raise InputError(f"{role} must be a pandas Series, found {type(series).__name__}.")
    label = f"{role} {series.name!r}"
    if pd.api.types.is_complex_dtype(series.dtype):
        raise InputError(f"{label} is complex ({series.dtype}), expected real numbers: take its real part or modulus.")
    if series.dtype == object or not pd.api.types.is_numeric_dtype(series.dtype):
        raise InputError(f"{label} has dtype {series.dtype}, expected numbers: convert it with astype(float).")
    if series.index.hasnans:
        raise InputError(f"{label} has a row without a date: drop it first.")
    require_ordered(series.index, label=label)
    values = series.to_numpy(dtype=float, na_value=np.nan)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise InputError(
            f"{label} is missing or infinite on {series.index[bad[0]]} ({bad.size} of {values.size} rows): "
            "drop or shorten the sample before the test."
        )
    if values.size:
        _refuse_scale(values, series.index, label)
    if not irregular:
        require_frequency(series.index, label=label)
    return values


def _refuse_scale(values: np.ndarray, index: pd.Index, label: str) -> None:
    """Raise where nothing varies, or where squares of squares would overflow or vanish."""
    spread, size = float(np.ptp(values)), np.abs(values)
    if spread == 0:
        raise InputError(f"{label} is constant ({values[0]:g}) over {values.size} rows: it can carry no information.")
    if size.max() > _LARGEST:
        raise InputError(
            f"{label} is {values[size.argmax()]:g} on {index[size.argmax()]}: divide it by {size.max():.0e}."
        )
    if spread < 1 / _LARGEST:
        raise InputError(f"{label} varies by {spread:g} only: multiply it by {1 / spread:.0e}.")


def require_ordered(index: pd.Index, *, label: str) -> None:
    """Refuse dates that are not in order, or not each once."""
    if not index.is_monotonic_increasing or not index.is_unique:
        raise InputError(f"{label} has unordered or repeated dates: sort_index() and drop the repeats first.")


def require_frequency(index: pd.Index, *, label: str) -> None:
    """Refuse dates with a hole: lags, windows and horizons count rows, and would reach across it.

    Rows that are meant to follow one another all the same say so by having no dates: ``reset_index(drop=True)``.
    """
    dates = index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
    if not isinstance(dates, pd.DatetimeIndex) or len(dates) < 3:
        return
    steps = dates[1:] - dates[:-1]
    usual, widest = steps.to_series().median(), int(steps.argmax())
    if steps[widest] > (_LONGEST_BREAK if usual < _DAILY else _LONGEST_STEP * usual):
        before, after = dates[widest : widest + 2].strftime("%Y-%m-%d")
        raise InputError(
            f"{label} has no rows between {before} and {after}, and one every {usual.days} days otherwise: fill the "
            "hole from the source, use one side of it, or reset_index(drop=True) if the rows do follow one another."
        )


def require_same_index(*series: pd.Series) -> pd.Index:
    """Return the index that all series share."""
    first = series[0]
    for other in series[1:]:
        if len(other) != len(first):
            raise InputError(f"{other.name!r} has {len(other)} rows and {first.name!r} {len(first)}: align them first.")
        if other.index.equals(first.index):
            continue
        zones = [str(getattr(one.index, "tz", None)) for one in (first, other)]
        if zones[0] != zones[1]:
            raise InputError(
                f"{other.name!r} has dates of time zone {zones[1]} and {first.name!r} of {zones[0]}: give both the "
                "same with tz_localize or tz_convert."
            )
        where = first.index[np.flatnonzero(other.index != first.index)[:1]]
        detail = f", first at {where[0]}" if len(where) else ""
        raise InputError(f"{other.name!r} and {first.name!r} differ in their dates{detail}: align them.")
    return first.index


def require_count(value: int, *, name: str, least: int) -> int:
    """Return a whole number that is large enough."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} must be a whole number of at least {least}, found {value!r}.")
    return int(value)


def require_probability(value: float, *, name: str) -> float:
    """Return a number strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InputError(f"{name} must lie in (0, 1), found {value!r}.")
    return value


def require_number(value: float, *, name: str, remedy: str) -> float:
    """Return a finite number."""
    if not np.isfinite(value):
        raise InputError(f"{name} is {value!r}, expected a finite number: {remedy}.")
    return float(value)


def require_choice(value: str, *, name: str, options: tuple[str, ...]) -> str:
    """Return one of the options."""
    if value not in options:
        raise InputError(f"{name} must be one of {', '.join(options)}, found {value!r}.")
    return value


def require_clean_columns(frame: pd.DataFrame, *, role: str) -> np.ndarray:
    """Return the values of a frame each of whose columns is clean."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{role}s must be a pandas DataFrame, found {type(frame).__name__}: use to_frame().")
    columns = [require_clean(frame.iloc[:, position], role=role) for position in range(frame.shape[1])]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def named(series: pd.Series, role: str) -> str:
    """Name of a series as shown, its role where it has none."""
    return role if getattr(series, "name", None) is None else str(series.name)

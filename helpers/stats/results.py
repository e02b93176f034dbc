"""What every result object of this package can do: tell itself as text and as HTML."""

import html
import math
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import pandas as pd

_MOST = 12


def format_value(value: Any) -> str:
    """Write one value as a reader would expect it in a table."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, tuple | list):
        return ", ".join(format_value(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{format_value(name)} {format_value(v)}" for name, v in value.items())
    return str(value)


def axes_or_new(ax: Any, reason: str | None = None) -> Any:
    """Give matplotlib axes to draw on, those given or new ones, with the reason above them if there are no numbers."""
    if ax is None:
        from matplotlib import pyplot as plt

        ax = plt.subplots(layout="constrained")[1]
    if reason:
        ax.set_title(f"Not done: {reason}", fontsize="medium", wrap=True)
    return ax


def draw_intervals(ax: Any, names: Any, estimate: Any, low: Any, high: Any, *, label: str) -> Any:
    """Draw estimates and their intervals, a row each from the top, beside a line at zero; returns the axes."""
    rows = range(len(names))
    ax.hlines(rows, low, high)
    ax.plot(estimate, rows, "o")
    ax.axvline(0, color="0.5", linewidth=0.8)
    ax.set_yticks(rows, [str(name) for name in names])
    ax.set(xlabel=label, ylim=(max(len(names), 1) - 0.5, -0.5))
    return ax


@dataclass(frozen=True, kw_only=True)
class Result:
    """Base of all results: a hypothesis, its alternative, and why the test could not be done, if so.

    Parameters
    ----------
    null, alternative : the hypothesis tested, in words; what holds if the null does not, in words
    reason : why there is no statistic (the numbers are NaN then); None for a test that was done
    """

    null: str
    alternative: str
    reason: str | None = field(default=None)

    def _rows(self) -> list[tuple[str, Any]]:
        """Give the label and value of every line of the summary."""
        head: list[tuple[str, Any]] = [("Null", self.null), ("Alternative", self.alternative)]
        return [*head, ("Not done", self.reason)] if self.reason else head

    def summary(self) -> str:
        """Give the result as aligned text."""
        rows = [(label, format_value(value)) for label, value in self._rows()]
        width = max(len(label) for label, _ in rows)
        return "\n".join([type(self).__name__, *(f"{label:<{width}}  {value}" for label, value in rows)])

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        cells = [(html.escape(label), html.escape(format_value(value))) for label, value in self._rows()]
        body = "".join(f"<tr><th {left}>{label}</th><td {left}>{value}</td></tr>" for label, value in cells)
        return f"<table><caption>{type(self).__name__}</caption><tbody>{body}</tbody></table>"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FieldResult(Result):
    """A result whose summary is its fields (without ``repr=False``), properties in `also`, short tables row by row."""

    also: ClassVar[tuple[str, ...]] = ()

    def _rows(self) -> list[tuple[str, Any]]:
        rows = super()._rows()
        own = [one.name for one in fields(self) if one.repr and one.name not in Result.__dataclass_fields__]
        for name in (*own, *(() if self.reason else self.also)):
            value, label = getattr(self, name), name.replace("_", " ")
            if isinstance(value, pd.DataFrame) and len(value) <= _MOST:
                rows += [(format_value(key), dict(row)) for key, row in value.iterrows()]
            elif isinstance(value, pd.DataFrame) or getattr(value, "size", 0) > _MOST:
                rows.append((label, " x ".join(map(str, value.shape))))
            else:
                rows.append((label, value.to_dict() if isinstance(value, pd.Series) else value))
        return rows

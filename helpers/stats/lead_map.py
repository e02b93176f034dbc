"""The map of lags: the lead test of every window of past weeks, with one p-value and one bound for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.lead_design import LeadDesign, Sample, Window, fading_sum, lead_design, require_window
from helpers.stats.lead_test import NORMAL_95
from helpers.stats.monte_carlo import simulated_pvalue
from helpers.stats.regression import sign_chunks
from helpers.stats.results import FieldResult, axes_or_new

LONGEST = 30
CONFIDENCE = 0.95
_ROUNDING = 1e9  # squared t statistics are compared to nine digits, so that no order of summation decides a tie
_CHUNK_ROWS = 512
_MIN_DF = 30
_FLAT = 1e-9


def all_windows(longest: int = LONGEST) -> list[Window]:
    """List every window of lags (first, last) inside 1 to `longest`: ``longest (longest + 1) / 2`` of them."""
    return [(first, last) for first in range(1, longest + 1) for last in range(first, longest + 1)]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadMapResult(FieldResult):
    """Lead tests of many windows and leaders on one sample.

    Parameters
    ----------
    effect, causes, unit : name of the series; the leaders; "week" or "day": what a row is
    nobs, sample : rows that the longest window of the last leader to begin allows, the same for all; first and last
    cells : shape (leaders x windows, 10)
        By ``leader, first, last``: ``estimate, standard_error, statistic`` (t), ``sd``; in log points over the next 13
        weeks for one standard deviation of strength ``effect_13_weeks, effect_low, effect_high`` (95 per cent, this
        cell alone) and ``bound_low, bound_high`` (all cells at once); ``weeks``, the factor from ``estimate * sd``.
    statistic : largest absolute t-statistic of the map
    pvalue, pvalue_error
        Of it, by the wild bootstrap with signs that all cells share, and its Monte Carlo standard error.
    critical, reps : standard errors within which all cells lie at once in 95 per cent of draws; draws
    """

    also: ClassVar[tuple[str, ...]] = ("strongest", "lower_bound", "upper_bound")
    effect: str
    causes: tuple[str, ...]
    unit: str
    nobs: int
    sample: Sample
    cells: pd.DataFrame
    statistic: float = np.nan
    pvalue: float = np.nan
    pvalue_error: float = np.nan
    critical: float = np.nan
    reps: int = 0

    @property
    def strongest(self) -> tuple[str, int, int]:
        """Leader, first and last lag with the largest absolute t-statistic."""
        leader, first, last = self.cells["statistic"].abs().idxmax()
        return str(leader), int(first), int(last)

    @property
    def upper_bound(self) -> float:
        """Largest effect on the next 13 weeks, log points, that any window of any leader could still have."""
        return float(self.cells["bound_high"].max())

    @property
    def lower_bound(self) -> float:
        """Smallest effect on the next 13 weeks, log points, that any window of any leader could still have."""
        return float(self.cells["bound_low"].min())

    @property
    def pointwise_alpha(self) -> float:
        """Error rate of one cell alone at which all cells together have the nominal one."""
        return float(2 * stats.norm.sf(self.critical))

    def cell(self, leader: str, first: int, last: int) -> pd.Series:
        """Give the row of `cells` of one window of one leader, such as a rival's lag."""
        if (leader, first, last) not in self.cells.index:
            raise InputError(
                f"The map has no window {first} to {last} of {leader!r}: its leaders are {', '.join(self.causes)}, its "
                f"lags end at {self.cells.index.get_level_values('last').max()}."
            )
        return self.cells.loc[(leader, first, last)]

    def frame(self, leader: str, column: str = "effect_13_weeks") -> pd.DataFrame:
        """Arrange one column of `cells` of one leader by first and last lag, NaN below the diagonal."""
        return self.cells.loc[leader].reset_index().pivot_table(index="first", columns="last", values=column)

    def plot(self, ax: Any = None, *, leader: str | None = None) -> Any:
        """Draw the windows of one leader (by default the strongest's) as a heat map; returns the axes."""
        ax = axes_or_new(ax, self.reason)
        if self.reason:
            return ax
        shown, reach = self.frame(leader := leader or self.strongest[0]), self.cells["effect_13_weeks"].abs().max()
        colours = {"cmap": "RdBu_r", "vmin": -reach, "vmax": reach, "shading": "nearest"}
        mesh = ax.pcolormesh(shown.index, shown.columns, shown.to_numpy().T, **colours)
        ax.set(xlabel=f"first {self.unit} of the window", ylabel=f"last {self.unit} of the window", title=leader)
        ax.figure.colorbar(mesh, ax=ax, label=f"{self.effect}: next 13 weeks (log points)")
        return ax


def lead_map(
    *,
    effect: pd.Series,
    causes: pd.DataFrame,
    windows: Sequence[Window] | None = None,
    sample: Sample | None = None,
    reps: int = 9_999,
    seed: int | None = None,
) -> LeadMapResult:
    r"""Run the lead test over all windows of several leaders, and say once what the search over them is worth.

    Every cell is `lead_test` of one window on the rows that the longest window allows, so that all cells speak of the
    same weeks; a single `lead_test` of a shorter window uses a few more rows. A draw signs the residuals of the
    regression without any leader, the same for all cells; the largest :math:`|t|` over cells gives one p-value and the
    number :math:`c` of standard errors in

    .. math::

        \hat\beta_j \pm c \, \mathrm{se}_j \quad \text{for all cells } j \text{ at once},

    whose largest end, in log points over 13 weeks, is what any window of any length could still have.

    Parameters
    ----------
    effect, sample, reps, seed : as in `lead_test`; at least 199 draws
    causes : pandas.DataFrame, shape (m, leaders)
        Returns of the leaders, per cent, on the calendar of the effect; may begin earlier.
    windows : sequence of (int, int), optional
        All 465 inside 1 to 30 if not given.

    Notes
    -----
    With :math:`r` the residuals of a draw on the regressors common to all cells and :math:`z` a window net of them
    and scaled to length one, the residuals of a cell are :math:`r - z (z'r)`, so that its HC3 variance needs only
    the sums over rows of :math:`k r^2`, :math:`k z r` and :math:`k z^2`, with
    :math:`k = z^2 / (1 - h - z^2)^2` fixed: two matrix products give them for all cells of all draws, and
    :math:`z'r` is a difference of sums over lags.

    References
    ----------
    White (2000), Econometrica 68, 1097-1126 (one p for a search); Montiel Olea and Plagborg-Moller (2019), Journal of
    Applied Econometrics 34, 1-17 (sup-t bands); MacKinnon (2013), in: Recent Advances and Future Directions in
    Causality, Prediction, and Specification Analysis, 437-461 (HC3 with the wild bootstrap).
    """
    require_count(reps, name="reps", least=199)
    chosen = all_windows() if windows is None else [require_window(window) for window in windows]
    if not isinstance(causes, pd.DataFrame) or not len(causes.columns) or not chosen:
        raise InputError("causes must be a pandas DataFrame with a column a leader, and windows must not be empty.")
    longest = max(last for _, last in chosen)
    design = lead_design(
        effect=effect, causes={str(name): causes[name] for name in causes}, longest=longest, sample=sample
    )
    facts: dict[str, Any] = {
        "null": f"{', '.join(design.lags)} over no window of past {design.unit}s helps to predict {design.effect}, "
        "given its past",
        "alternative": "some window of some leader does",
        "effect": design.effect, "causes": tuple(design.lags), "unit": design.unit, "nobs": design.y.size,
        "sample": design.bounds,
    }  # fmt: skip
    if design.y.size - design.own.shape[1] - 1 < _MIN_DF:
        reason = f"{design.y.size} rows are too few for windows that reach back {longest} rows"
        return LeadMapResult(**facts, cells=pd.DataFrame(), reason=reason)
    search = _Search(design, [(name, *window) for name in design.lags for window in chosen])
    largest = search.draw(reps, seed)
    top = float(np.sqrt(np.rint(search.statistics.max() ** 2 * _ROUNDING) / _ROUNDING))
    joint, critical = simulated_pvalue(top, largest), float(np.quantile(largest, CONFIDENCE))
    cells = search.cells(critical)
    return LeadMapResult(
        **facts, cells=cells, statistic=top, pvalue=joint.value, pvalue_error=joint.error, critical=critical, reps=reps
    )


class _Search:
    """All cells net of what they share, ready for draws."""

    def __init__(self, design: LeadDesign, keys: list[tuple[str, int, int]]) -> None:
        self.basis = np.linalg.qr(design.weighted(design.own))[0]
        self.restricted = self.net(design.weighted(design.y)[None, :])[0]
        means = np.column_stack([design.mean(name, (first, last)) for name, first, last in keys])
        weighted = design.weighted(means)
        net = weighted - self.basis @ (self.basis.T @ weighted)
        self.length = np.linalg.norm(net, axis=0)
        flat = np.flatnonzero(self.length <= _FLAT * np.linalg.norm(weighted, axis=0))
        if flat.size:
            name, first, last = keys[flat[0]]
            raise InputError(f"The window {first} to {last} of {name!r} is collinear with the lags of the effect.")
        z = net / self.length
        leverage = np.einsum("ij,ij->i", self.basis, self.basis)
        self.k = z**2 / (1 - leverage[:, None] - z**2) ** 2
        self.kz, self.kzz = self.k * z, np.einsum("ij,ij->j", self.k, z**2)
        self.lags = np.column_stack([design.weighted(lags) for lags in design.lags.values()])
        self.leaders, longest = len(design.lags), self.lags.shape[1] // len(design.lags)
        before = np.array([list(design.lags).index(name) * (longest + 1) for name, _, _ in keys])
        first, last = np.array([key[1:] for key in keys]).T
        self.ends = np.stack([before + first - 1, before + last])
        self.scale = 1 / (self.length * (last - first + 1))
        self.keys, self.sd = keys, means.std(axis=0, ddof=1)
        self.weeks = np.array([fading_sum((a, b), design.per_week) for _, a, b in keys])
        self.scores, r = self.restricted @ z, self.restricted
        self.errors = np.sqrt(r**2 @ self.k + self.scores * (self.scores * self.kzz - 2 * (r @ self.kz)))

    @property
    def statistics(self) -> np.ndarray:
        """Absolute t-statistics of the data, shape (cells,)."""
        return np.abs(self.scores / self.errors)

    def net(self, errors: np.ndarray) -> np.ndarray:
        """Residuals (b, n) on the regressors that all cells share."""
        return errors - (errors @ self.basis) @ self.basis.T

    def draw(self, reps: int, seed: int | None) -> np.ndarray:
        """Largest |t| of each draw."""
        from helpers.stats.window_kernels import largest_of_draws

        largest = []
        for signs in sign_chunks(reps, self.restricted.size, seed=seed, rows=_CHUNK_ROWS):
            residuals = self.net(np.where(signs, self.restricted, -self.restricted))
            products = self.cumulated(residuals), residuals @ self.kz, residuals**2 @ self.k
            largest.append(np.empty(len(signs)))
            largest_of_draws(*products, self.kzz, self.ends, self.scale, _ROUNDING, largest[-1])
        return np.sqrt(np.concatenate(largest))

    def cumulated(self, residuals: np.ndarray) -> np.ndarray:
        """Products with each lag, summed over lags from a zero on, leader by leader."""
        products = (residuals @ self.lags).reshape(len(residuals), self.leaders, -1)
        summed = np.zeros((*products.shape[:2], products.shape[2] + 1))
        np.cumsum(products, axis=2, out=summed[:, :, 1:])
        return summed.reshape(len(residuals), -1)

    def cells(self, critical: float) -> pd.DataFrame:
        """Every cell's estimate in the registered units, alone and with all others."""
        estimate, error, reading = self.scores / self.length, self.errors / self.length, self.sd * self.weeks
        columns = {
            "estimate": estimate, "standard_error": error, "statistic": self.scores / self.errors,
            "sd": self.sd, "weeks": self.weeks, "effect_13_weeks": estimate * reading,
            "effect_low": (estimate - NORMAL_95 * error) * reading,
            "effect_high": (estimate + NORMAL_95 * error) * reading,
            "bound_low": (estimate - critical * error) * reading,
            "bound_high": (estimate + critical * error) * reading,
        }  # fmt: skip
        return pd.DataFrame(columns, index=pd.MultiIndex.from_tuples(self.keys, names=["leader", "first", "last"]))

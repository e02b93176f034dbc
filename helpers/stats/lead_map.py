"""The map of lags: the lead test of every window of past weeks, with one p-value and one bound for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.lead_design import ROUNDING, LeadDesign, Sample, Window, fading_sum, lead_design, require_window
from helpers.stats.lead_test import NORMAL_95
from helpers.stats.monte_carlo import simulated_pvalue
from helpers.stats.regression import random_signs
from helpers.stats.results import Result, axes_or_new

LONGEST = 30
CONFIDENCE = 0.95
_CHUNK_ROWS = 512
_MIN_DF = 30
_FLAT = 1e-9


def all_windows(longest: int = LONGEST) -> list[Window]:
    """List every window of lags (first, last) inside 1 to `longest`: ``longest (longest + 1) / 2`` of them."""
    return [(first, last) for first in range(1, longest + 1) for last in range(first, longest + 1)]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadMapResult(Result):
    """Lead tests of many windows and leaders on one sample.

    Parameters
    ----------
    effect, causes : name of the series; the leaders
    unit : "week" or "day": what a row is
    own_lags, half_life : lags of the effect; as in `helpers.stats.LeadTestResult`
    nobs : rows, the same for all windows and leaders: those that the longest window of the last leader to begin allows
    sample : first and last label of these rows
    cells : shape (leaders x windows, 15)
        By ``leader, first, last``: ``estimate, standard_error, low, high`` (95 per cent, this cell alone),
        ``statistic`` (t), ``pvalue`` (bootstrap, this cell alone), ``adjusted`` (bootstrap, after the search), ``sd``,
        ``partial_r2`` (signed); in log points over the next 13 weeks for one standard deviation of strength
        ``effect_13_weeks, effect_low, effect_high`` (this cell alone) and ``bound_low, bound_high`` (all cells at
        once), and ``weeks``, the factor from ``estimate * sd`` to these.
    statistic : largest absolute t-statistic of the map
    pvalue, pvalue_error
        Of it, by the wild bootstrap with signs that all cells share, and its Monte Carlo standard error.
    critical, reps : standard errors within which all cells lie at once in 95 per cent of draws; draws
    """

    effect: str
    causes: tuple[str, ...]
    unit: str
    own_lags: int
    half_life: float | None
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

    def _rows(self) -> list[tuple[str, Any]]:
        if self.reason:
            return super()._rows()
        leader, first, last = self.strongest
        best = self.cell(leader, first, last)
        return [
            *super()._rows(),
            ("Sample, common to all windows", self.sample),
            ("Rows, own lags", (self.nobs, self.own_lags)),
            ("Windows, leaders", (len(self.cells) // len(self.causes), len(self.causes))),
            ("Largest |t|, where", (self.statistic, f"{leader}, {self.unit}s {first} to {last}")),
            (f"p after the search, {self.reps:,} draws, and its error", (self.pvalue, self.pvalue_error)),
            ("There: next 13 weeks, log points", best["effect_13_weeks"]),
            ("95% bounds on all cells at once, log points", (self.lower_bound, self.upper_bound)),
            ("Standard errors in these bounds", self.critical),
        ]

    def plot(self, ax: Any = None, *, leader: str | None = None) -> Any:
        """Draw the triangle of one leader: what each window says of the next 13 weeks."""
        ax = axes_or_new(ax)
        leader = self.causes[0] if leader is None else leader
        shown = self.frame(leader).T
        largest = float(self.cells["effect_13_weeks"].abs().max())
        mesh = ax.pcolormesh(
            shown.columns, shown.index, shown.to_numpy(), cmap="RdBu_r", vmin=-largest, vmax=largest, shading="nearest"
        )
        loud = self.cells.loc[leader].query("abs(statistic) > @NORMAL_95").reset_index()
        ax.scatter(loud["first"], loud["last"], s=4, color="0.1", label="interval of this window alone without zero")
        ax.set(xlabel=f"first {self.unit} of the window", ylabel=f"last {self.unit} of the window", title=leader)
        ax.figure.colorbar(mesh, ax=ax, label=f"{self.effect}, next 13 weeks, log points")
        return ax


def lead_map(
    *,
    effect: pd.Series,
    causes: pd.DataFrame,
    windows: Sequence[Window] | None = None,
    own_lags: int = 4,
    half_life: float | None = 8,
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

    whose largest end, in log points over 13 weeks, is what any window of any length could still have. No numbers and a
    reason where the sample is too short.

    Parameters
    ----------
    effect, own_lags, half_life, sample, reps, seed : as in `lead_test`; at least 199 draws
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
    design = lead_design(
        effect=effect, causes={str(name): causes[name] for name in causes}, own_lags=own_lags,
        longest=max(last for _, last in chosen), half_life=half_life, sample=sample,
    )  # fmt: skip
    facts = _facts(design, effect, own_lags, half_life)
    if design.y.size - design.own.shape[1] - 1 < _MIN_DF:
        reason = f"{design.y.size} rows are too few for windows that reach back {max(b for _, b in chosen)} rows"
        return LeadMapResult(**facts, cells=pd.DataFrame(), reason=reason)
    keys = [(name, *window) for name in design.lags for window in chosen]
    means = np.column_stack([design.mean(name, (first, last)) for name, first, last in keys])
    search = _Search(design, means, keys)
    scores, errors = search.moments(search.restricted)
    observed = np.sqrt(np.rint((scores / errors) ** 2 * ROUNDING) / ROUNDING)
    largest, exceeded = search.draw(observed, reps, seed)
    top = float(observed.max())
    joint = simulated_pvalue(top, largest)
    critical = float(np.quantile(largest, CONFIDENCE))
    cells = _cells(search, design, keys, means.std(axis=0, ddof=1), critical)
    cells["pvalue"] = (1 + exceeded) / (reps + 1)
    cells["adjusted"] = [simulated_pvalue(value, largest).value for value in observed]
    return LeadMapResult(
        **facts, cells=cells, statistic=top, pvalue=joint.value, pvalue_error=joint.error, critical=critical, reps=reps
    )


def _facts(design: LeadDesign, effect: pd.Series, own_lags: int, half_life: float | None) -> dict[str, Any]:
    name, leaders = str(effect.name or "effect"), tuple(design.lags)
    return {
        "null": f"{', '.join(leaders)} over no window of past {design.unit}s helps to predict {name}, given its past",
        "alternative": "some window of some leader does",
        "effect": name, "causes": leaders, "unit": design.unit, "own_lags": own_lags, "half_life": half_life,
        "nobs": design.y.size, "sample": design.bounds,
    }  # fmt: skip


class _Search:
    """All cells net of what they share, ready for draws."""

    def __init__(self, design: LeadDesign, means: np.ndarray, keys: list[tuple[str, int, int]]) -> None:
        self.basis = np.linalg.qr(design.weighted(design.own))[0]
        self.restricted = self.net(design.weighted(design.y)[None, :])[0]
        weighted = design.weighted(means)
        net = weighted - self.basis @ (self.basis.T @ weighted)
        self.length = np.linalg.norm(net, axis=0)
        flat = np.flatnonzero(self.length <= _FLAT * np.linalg.norm(weighted, axis=0))
        if flat.size:
            name, first, last = keys[flat[0]]
            raise InputError(f"The window {first} to {last} of {name!r} is collinear with the lags of the effect.")
        self.z = net / self.length
        leverage = np.einsum("ij,ij->i", self.basis, self.basis)
        square = self.z**2
        k = square / (1 - leverage[:, None] - square) ** 2
        self.k, self.kz, self.kzz = k, k * self.z, np.einsum("ij,ij->j", k, square)
        self.lags = np.column_stack([design.weighted(lags) for lags in design.lags.values()])
        self.leaders, longest = len(design.lags), self.lags.shape[1] // len(design.lags)
        before = np.array([list(design.lags).index(name) * (longest + 1) for name, _, _ in keys])
        first, last = np.array([key[1:] for key in keys]).T
        self.ends = np.stack([before + first - 1, before + last])
        self.scale = 1 / (self.length * (last - first + 1))

    def net(self, errors: np.ndarray) -> np.ndarray:
        """Residuals (b, n) on the regressors that all cells share."""
        return errors - (errors @ self.basis) @ self.basis.T

    def moments(self, residuals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores and their HC3 standard errors, shape (cells,), of residuals (n,)."""
        scores = residuals @ self.z
        variance = residuals**2 @ self.k + scores * (scores * self.kzz - 2 * (residuals @ self.kz))
        return scores, np.sqrt(variance)

    def draw(self, observed: np.ndarray, reps: int, seed: int | None) -> tuple[np.ndarray, np.ndarray]:
        """Largest |t| of each draw, and how many draws reach each cell's own |t|."""
        from helpers.stats.lead_kernels import count_draws

        rng = np.random.default_rng(seed)
        largest, exceeded, squared = np.empty(reps), np.zeros(observed.size, dtype=np.int64), observed**2
        for done in range(0, reps, _CHUNK_ROWS):
            signs = random_signs(rng, min(_CHUNK_ROWS, reps - done), self.restricted.size)
            residuals = self.net(np.where(signs, self.restricted, -self.restricted))
            products = self.cumulated(residuals), residuals @ self.kz, residuals**2 @ self.k
            out = largest[done : done + len(signs)], exceeded
            count_draws(*products, self.kzz, self.ends, self.scale, squared, *out)
        return np.sqrt(largest), exceeded

    def cumulated(self, residuals: np.ndarray) -> np.ndarray:
        """Products with each lag, summed over lags from a zero on, leader by leader."""
        products = (residuals @ self.lags).reshape(len(residuals), self.leaders, -1)
        summed = np.zeros((*products.shape[:2], products.shape[2] + 1))
        np.cumsum(products, axis=2, out=summed[:, :, 1:])
        return summed.reshape(len(residuals), -1)


def _cells(
    search: _Search, design: LeadDesign, keys: list[tuple[str, int, int]], sd: np.ndarray, critical: float
) -> pd.DataFrame:
    """Every cell's estimate in the registered units, alone and with all others."""
    scores, errors = search.moments(search.restricted)
    estimate, error = scores / search.length, errors / search.length
    weeks = np.array([fading_sum((first, last), design.per_week) for _, first, last in keys])
    reading = sd * weeks
    explained = np.sign(scores) * scores**2 / (search.restricted @ search.restricted)
    columns = {
        "estimate": estimate, "standard_error": error,
        "low": estimate - NORMAL_95 * error, "high": estimate + NORMAL_95 * error,
        "statistic": scores / errors, "sd": sd, "weeks": weeks, "partial_r2": explained,
        "effect_13_weeks": estimate * reading,
        "effect_low": (estimate - NORMAL_95 * error) * reading, "effect_high": (estimate + NORMAL_95 * error) * reading,
        "bound_low": (estimate - critical * error) * reading, "bound_high": (estimate + critical * error) * reading,
    }  # fmt: skip
    return pd.DataFrame(columns, index=pd.MultiIndex.from_tuples(keys, names=["leader", "first", "last"]))

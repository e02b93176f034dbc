"""Local projections: the response of one series to a shock in another, horizon by horizon, with joint bands."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import (
    InputError,
    require_clean,
    require_clean_columns,
    require_count,
    require_probability,
    require_same_index,
)
from helpers.stats.power import REACH
from helpers.stats.regression import collinear_column, lag_matrix, partial_out
from helpers.stats.results import Result, axes_or_new
from helpers.stats.simultaneous import MaximumTest, band_multiplier, maximum_test, multiplier_draws, score_stderr
from helpers.stats.states import require_state

_MIN_DF = 10
_NO_DRAWS = np.nan, MaximumTest(np.nan, np.nan)


@dataclass(frozen=True, eq=False)
class Response:
    """A response by horizon, cumulated, in units of the response per unit of the shock.

    Parameters
    ----------
    label : which periods it describes
    horizons : shape (m,), periods after the shock
    estimate, stderr : shape (m,), coefficients and their standard errors
    nobs : shape (m,), impulses whose outcome is in the sample
    confidence : coverage of the interval and of the band
    critical_value : standard errors from the estimate to the edge of the band; NaN without draws
    test : that the response is zero at every horizon; NaN without draws
    """

    label: str
    horizons: np.ndarray
    estimate: np.ndarray
    stderr: np.ndarray
    nobs: np.ndarray
    confidence: float
    critical_value: float
    test: MaximumTest

    def frame(self) -> pd.DataFrame:
        """Give one row a horizon, with the size that each alone would find with 80 per cent power."""
        alone = stats.norm.ppf((1 + self.confidence) / 2) * self.stderr
        together = self.critical_value * self.stderr
        columns = {
            "estimate": self.estimate,
            "stderr": self.stderr,
            "lower": self.estimate - alone,
            "upper": self.estimate + alone,
            "band_lower": self.estimate - together,
            "band_upper": self.estimate + together,
            "detectable": REACH * self.stderr,
            "n": self.nobs,
        }
        return pd.DataFrame(columns, index=pd.Index(self.horizons, name="horizon"))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LocalProjectionResult(Result):
    """Responses of one series to another.

    Parameters
    ----------
    response, shock : names of the series
    confidence, sample : coverage of intervals and bands; first and last label of the shocks
    overall : over all periods
    in_state, out_of_state, difference
        After a period in which the state held, after one in which it did not, and the first less the second.
    """

    response: str
    shock: str
    confidence: float
    sample: tuple[Any, Any]
    overall: Response
    in_state: Response | None = None
    out_of_state: Response | None = None
    difference: Response | None = None

    def _rows(self) -> list[tuple[str, Any]]:
        last, test = self.overall.frame().iloc[-1].to_dict(), self.overall.test
        states = [
            (f"p-value of the maximum, {part.label} (n = {part.nobs[-1]})", part.test.pvalue)
            for part in (self.in_state, self.out_of_state, self.difference)
            if part is not None
        ]
        return [
            *super()._rows(),
            ("Sample", self.sample),
            ("p-value of the maximum, of the mean square over horizons", (test.pvalue, test.pvalue_joint)),
            (f"Response cumulated to horizon {self.overall.horizons[-1]} (n = {last['n']:.0f})", last["estimate"]),
            (f"{self.confidence:.0%} interval, this horizon alone", (last["lower"], last["upper"])),
            (f"{self.confidence:.0%} band, all horizons", (last["band_lower"], last["band_upper"])),
            ("Detectable there with 80% power", last["detectable"]),
            *states,
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw the response with interval (dark) and band (light) on matplotlib axes, which are returned."""
        ax, told = axes_or_new(ax), self.overall.frame()
        ax.fill_between(told.index, told["band_lower"], told["band_upper"], alpha=0.15, label="all horizons")
        ax.fill_between(told.index, told["lower"], told["upper"], alpha=0.3, label="one horizon")
        ax.plot(told.index, told["estimate"])
        ax.axhline(0, color="0.6", linewidth=0.8)
        ax.set(xlabel="periods after the shock", ylabel="cumulated response", title=f"{self.response} to {self.shock}")
        ax.legend(title=f"{self.confidence:.0%}")
        return ax


def local_projection(
    *,
    response: pd.Series,
    shock: pd.Series,
    lags: int,
    controls: pd.DataFrame | None = None,
    contemporaneous: bool = True,
    horizons: int = 26,
    first: int = 0,
    state: pd.Series | None = None,
    reps: int = 0,
    seed: int | None = None,
    confidence: float = 0.90,
) -> LocalProjectionResult:
    r"""Regress the response at each horizon on the shock, given the past and the controls.

    For every horizon h, with :math:`y` the response, :math:`x` the shock and :math:`w` the controls of the same period
    and p lags of all series,

    .. math:: \sum_{j=0}^{h} y_{t+j} = \mu_h + \beta_h x_t + \gamma_h' w_t + u_{t,h} .

    Lags of the shock are among the regressors: what is left of it is a surprise, whose products with the errors of any
    horizon are not autocorrelated, so that HC3 errors do although outcomes of neighbouring periods overlap. A band
    :math:`\hat\beta_h \pm c \, \hat\sigma_h` holds at all horizons at once: c is the quantile of
    :math:`\max_h |\sum_t \xi_t \psi_{t,h}| / \hat\sigma_h` over random signs :math:`\xi_t` of the scores
    :math:`\psi_{t,h}`, the same for all horizons. NaN and a reason where the sample (or a state) is too short.

    Parameters
    ----------
    response, shock : pandas.Series, shape (n,)
        On one index. They may be the same series, from ``first=1``.
    lags : int
        Lags of every series; one more than the dynamics need.
    controls : pandas.DataFrame, shape (n, c), optional
        On the same index.
    contemporaneous : bool
        Whether the controls of the same period are regressors too; False lets the shock come before them.
    horizons : int
        Last horizon.
    first : {0, 1}
        0 counts the response from the period of the shock, 1 from the one after, given the response of the same period.
    state : pandas.Series of bool, shape (n,), optional
        State of the world, that of the period before the shock counts; every coefficient may differ between states.
    reps, seed : int
        Draws of multipliers for bands and the p-values of the maximum and of the mean square (0: NaN); their seed.
    confidence : float
        Coverage of intervals and bands.

    Notes
    -----
    P-values come from the scores under the null, which keep their size where 27 horizons meet 190 weeks (a Wald
    statistic of all horizons rejects a third to two thirds of true nulls there). A band may therefore leave out zero
    where the p-value is slightly above one less `confidence`.

    References
    ----------
    Jorda (2005), American Economic Review 95, 161-182;
    Montiel Olea and Plagborg-Moller (2021), Econometrica 89, 1789-1823 (lag augmentation);
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17 (sup-t bands).
    """
    require_count(reps, name="reps", least=0)
    if first not in (0, 1):
        raise InputError(f"first must be 0 (the period of the shock) or 1 (the period after), found {first!r}.")
    require_count(horizons, name="horizons", least=first)
    require_probability(confidence, name="confidence")
    design = projection_design(
        response=response, shock=shock, controls=controls, contemporaneous=contemporaneous, lags=lags,
        horizons=np.arange(first, horizons + 1), state=state,
    )  # fmt: skip
    y, x, *given = design.names
    told: dict[str, Any] = {
        "null": f"{y} does not respond to {x}{' given ' * bool(given)}{', '.join(given)} at any horizon from {first} "
        f"to {horizons}",
        "alternative": f"{y} responds to {x} at some horizon",
        "response": y,
        "shock": x,
        "confidence": confidence,
        "sample": (design.index[0], design.index[-1]) if len(design.index) else (None, None),
    }
    shortage = _shortage(design)
    if shortage:
        nan, none = np.full(design.horizons.size, np.nan), np.zeros(design.horizons.size, dtype=int)
        empty = Response("all", design.horizons, nan, nan, none, confidence, *_NO_DRAWS)
        return LocalProjectionResult(**told, reason=shortage, overall=empty)
    fault = collinear_column(np.column_stack([design.restricted, design.shock])[np.isfinite(design.outcomes[:, -1])])
    if fault is not None:
        raise InputError(f"{design.labels[fault]!r} is collinear with the regressors before it: drop one of them.")
    respond = partial(_respond, design, reps=reps, seed=seed, confidence=confidence)
    overall = respond("all", design.restricted, design.shock, np.ones(len(design.shock), dtype=bool))
    if design.state is None:
        return LocalProjectionResult(**told, overall=overall)
    held = design.state
    x_in, x_out = design.shock * held, design.shock * ~held
    every = np.column_stack([design.restricted * held[:, None], design.restricted * ~held[:, None]])
    return LocalProjectionResult(
        **told,
        overall=overall,
        in_state=respond("state holds", np.column_stack([every, x_out]), x_in, held),
        out_of_state=respond("state does not hold", np.column_stack([every, x_in]), x_out, ~held),
        difference=respond("difference", np.column_stack([every, design.shock]), x_in, held | ~held),
    )


@dataclass(frozen=True, eq=False)
class ProjectionDesign:
    """Regressors of each period and the outcomes that follow it."""

    names: tuple[str, ...]  # response, shock, controls
    horizons: np.ndarray  # (m,), consecutive, from 0 or 1
    outcomes: np.ndarray  # (n, m), the response summed from the first horizon on; NaN where the sample ends before
    restricted: np.ndarray  # (n, k): constant, lags, controls of the period, response of the period from horizon 1 on
    shock: np.ndarray  # (n,), the series whose surprise is followed
    labels: tuple[str, ...]  # of the restricted regressors and the shock
    state: np.ndarray | None  # (n,), whether the state held in the period before
    index: pd.Index


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
    require_count(lags, name="lags", least=1)
    frame = pd.DataFrame() if controls is None else controls
    raw = [require_clean(response, role="response"), require_clean(shock, role="shock")]
    raw += list(require_clean_columns(frame, role="control").T)
    beside = [] if controls is None else [controls.iloc[:, 0]]
    index = require_same_index(response, shock, *beside, *([] if state is None else [state]))
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
        state=None if state is None else require_state(state)[lags - 1 : -1][:rows],
        index=index[lags:][:rows],
    )


def _outcomes(y: np.ndarray, lags: int, horizons: np.ndarray) -> np.ndarray:
    total = np.concatenate([[0.0], np.cumsum(y)])
    out = np.full((y.size - lags, horizons.size), np.nan)
    for column, h in enumerate(horizons):
        rows = np.arange(lags, y.size - h)
        out[: rows.size, column] = total[rows + h + 1] - total[rows + horizons[0]]
    return out


def _shortage(design: ProjectionDesign) -> str | None:
    """Why the sample, or the part of it in one state, is too short; or None."""
    rows, regressors = int(np.isfinite(design.outcomes[:, -1]).sum()), len(design.labels)
    if rows < regressors + _MIN_DF:
        return f"{rows} rows at horizon {design.horizons[-1]} are too few for {regressors} regressors"
    held = 0 if design.state is None else int(design.state[:rows].sum())
    if design.state is not None and min(held, rows - held) < regressors + _MIN_DF:
        return f"{min(held, rows - held)} rows in one of the states are too few for {regressors} regressors"
    return None


def _respond(
    design: ProjectionDesign,
    label: str,
    restricted: np.ndarray,
    tested: np.ndarray,
    counted: np.ndarray,
    *,
    reps: int,
    seed: int | None,
    confidence: float,
) -> Response:
    """Estimate one response at every horizon, with the number of counted rows."""
    estimate, scores, null_scores = _regress(design.outcomes, restricted, tested)
    nobs = np.isfinite(design.outcomes[counted]).sum(axis=0)
    critical, test = _NO_DRAWS
    if reps:
        drawn = multiplier_draws(np.column_stack([scores, null_scores]), reps=reps, seed=seed)
        band, null = np.hsplit(drawn, 2)
        critical = band_multiplier(scores, band, confidence=confidence)
        test = maximum_test(estimate, null_scores, null)
    return Response(label, design.horizons, estimate, score_stderr(scores), nobs, confidence, critical, test)


def _regress(
    outcomes: np.ndarray, restricted: np.ndarray, tested: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regress every column of outcomes on its own first rows, from one orthonormal basis of the regressors.

    Gives the estimates and, shape (rows, horizons) and zero where the outcome is not known, their scores weighted as in
    HC3 and, under the null, as in HC2.
    """
    known = np.isfinite(outcomes).T
    first, _ = (
        partial_out(outcomes[known[h], h], restricted[known[h]], tested[known[h], None]) for h in (0, len(known) - 1)
    )
    tail = first.basis[len(first.basis) - len(known) + 1 :][::-1]
    lost = np.cumsum(
        np.concatenate([np.zeros((1, *first.basis.shape[1:] * 2)), tail[:, :, None] * tail[:, None]]), axis=0
    )
    factor = np.linalg.cholesky(np.eye(first.basis.shape[1]) - lost)
    basis = first.basis @ np.linalg.inv(factor).transpose(0, 2, 1) * known[:, :, None]
    y = np.where(known, outcomes.T, 0.0)[:, :, None]
    projections = basis.transpose(0, 2, 1) @ y
    slope = (factor[:, -1, -1] * first.triangle[0, 0])[:, None]
    direction, residuals = basis[:, :, -1], (y - basis @ projections)[:, :, 0]
    leverage = np.einsum("hnk,hnk->hn", basis, basis)
    estimate = projections[:, -1, 0] / slope[:, 0]
    null = residuals + direction * (estimate[:, None] * slope)
    scores = direction / slope * residuals / (1 - leverage)
    return estimate, scores.T, (direction / slope * null / np.sqrt(1 - (leverage - direction**2))).T

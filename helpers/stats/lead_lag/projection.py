"""Local projections: what follows a surprise in one series, horizon by horizon, with bands that hold at all of them."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_count
from helpers.stats.lead_lag.projection_design import ProjectionDesign, projection_design
from helpers.stats.lead_lag.projection_result import LocalProjectionResult, Response
from helpers.stats.lead_lag.simultaneous import (
    MaximumTest,
    band_multiplier,
    maximum_test,
    multiplier_draws,
    score_stderr,
)
from helpers.stats.regression import partial_out
from helpers.stats.score_covariance import newey_west_lags

Robust = Literal["HC3", "HAC"]


def local_projection(
    *,
    response: pd.Series,
    shock: pd.Series,
    lags: int,
    controls: pd.DataFrame | None = None,
    contemporaneous: bool = True,
    horizons: int = 26,
    first: int = 0,
    cumulative: bool = True,
    state: pd.Series | None = None,
    covariance: Robust = "HC3",
    reps: int = 0,
    seed: int | None = None,
    level: float = 0.90,
) -> LocalProjectionResult:
    """Regress the response at each horizon on the shock, given the past and the controls.

    Because lags of the shock are among the regressors, what is left of it is a surprise, and the products of that
    surprise with the errors of any horizon are not autocorrelated: standard errors need to allow for
    heteroskedasticity only, although outcomes of neighbouring periods overlap.

    Parameters
    ----------
    response, shock : pandas.Series, shape (n,)
        On one index. They may be the same series, from ``first=1``.
    lags : int
        Lags of every series; one more than the dynamics need.
    controls : pandas.DataFrame, shape (n, c), optional
        On the same index.
    contemporaneous : bool
        Whether the controls of the same period are regressors too, so that the shock is what they do not explain;
        False lets the shock come before them.
    horizons : int
        Last horizon.
    first : {0, 1}
        0 counts the response from the period of the shock. 1 counts it from the period after and keeps the response
        of the same period among the regressors: what the shock says about the future beyond all that is known.
    cumulative : bool
        Whether the outcome is the sum of the response from horizon `first` to ``h``, or its value at ``h``.
    state : pandas.Series of bool, shape (n,), optional
        State of the world at each period. The state of the period before the shock counts; every coefficient may
        differ between the two states.
    covariance : {"HC3", "HAC"}
        "HAC" adds autocorrelation of the scores (Bartlett kernel, bandwidth the larger of the last horizon and
        `newey_west_lags`), for use without lag augmentation.
    reps : int
        Draws of multipliers for bands over all horizons and the p-values of the maximum and of the mean square;
        0 leaves these NaN.
    seed : int, optional
        Of the multipliers.
    level : float
        Coverage of intervals and bands.

    Returns
    -------
    LocalProjectionResult
        Responses with intervals, bands and tests; NaN and a reason where the sample (or a state) is too short.

    Raises
    ------
    InputError
        Missing, infinite, constant or non-numeric values, unaligned dates, a state that is not boolean, collinear
        regressors, options out of range.

    Notes
    -----
    Bands come from the scores of the unrestricted regressions, weighted as in HC3. P-values come from the scores under
    the null, which keep their size where 27 horizons meet 190 weeks; a Wald statistic of all horizons rejects a third
    to two thirds of true nulls there. A band may therefore leave out zero where the p-value is slightly above one less
    the level.

    References
    ----------
    Jorda (2005), American Economic Review 95, 161-182;
    Montiel Olea and Plagborg-Moller (2021), Econometrica 89, 1789-1823 (lag augmentation);
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17 (sup-t bands).
    """
    _check_options(lags, horizons, first, covariance, reps, level)
    steps = np.arange(first, horizons + 1)
    design = projection_design(
        response=response,
        shock=shock,
        controls=controls,
        contemporaneous=contemporaneous,
        lags=lags,
        horizons=steps,
        cumulative=cumulative,
        state=state,
    )
    told: dict[str, Any] = {
        "lags": lags,
        "first": first,
        "cumulative": cumulative,
        "covariance": covariance,
        "level": level,
        "reps": reps,
        **design.told,
    }
    if design.shortage:
        empty = Response.empty(steps, level)
        return LocalProjectionResult(**told, reason=design.shortage, shock_sd=np.nan, overall=empty)
    design.refuse_collinear()
    bandwidth = 0 if covariance == "HC3" else max(horizons, newey_west_lags(design.shock.size))
    inference = _Inference(bandwidth, reps, seed, level)
    overall = _respond(design, "all", design.restricted, design.shock, inference)
    states: dict[str, Any] = {} if design.state is None else _respond_by_state(design, design.state, inference)
    return LocalProjectionResult(**told, shock_sd=design.shock_sd, overall=overall, **states)


def reverse_time(data: pd.Series) -> pd.Series:
    """Run a series backwards under the same dates: the placebo for a claim about order in time.

    Parameters
    ----------
    data : pandas.Series, shape (n,)
        The series.

    Returns
    -------
    pandas.Series, shape (n,)
        Last value first, index and name unchanged.
    """
    return pd.Series(data.to_numpy()[::-1], index=data.index, name=data.name)


@dataclass(frozen=True)
class _Inference:
    """How scores become standard errors, bands and tests."""

    bandwidth: int
    reps: int
    seed: int | None
    level: float


def _check_options(lags: int, horizons: int, first: int, covariance: str, reps: int, level: float) -> None:
    """Raise where an option is out of range."""
    require_count(lags, name="lags", least=1)
    require_count(reps, name="reps", least=0)
    if first not in (0, 1):
        raise InputError(f"first must be 0 (the period of the shock) or 1 (the period after), found {first!r}.")
    require_count(horizons, name="horizons", least=first)
    if covariance not in get_args(Robust):
        raise InputError(f"covariance must be one of {', '.join(get_args(Robust))}, found {covariance!r}.")
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, found {level}.")


def _respond_by_state(design: ProjectionDesign, state: np.ndarray, inference: _Inference) -> dict[str, Response]:
    """Responses where the state holds and where it does not, and the first less the second."""
    x_in, x_out = design.shock * state, design.shock * ~state
    every = np.column_stack([design.restricted * state[:, None], design.restricted * ~state[:, None]])
    blocks = {
        "in_state": ("state holds", x_out, x_in, state),
        "out_of_state": ("state does not hold", x_in, x_out, ~state),
        "difference": ("difference", design.shock, x_in, np.ones_like(state)),
    }
    return {
        field: _respond(design, label, np.column_stack([every, other]), tested, inference, counted)
        for field, (label, other, tested, counted) in blocks.items()
    }


def _respond(
    design: ProjectionDesign,
    label: str,
    restricted: np.ndarray,
    tested: np.ndarray,
    inference: _Inference,
    counted: np.ndarray | None = None,
) -> Response:
    """Estimate one response at every horizon, with the number of counted rows."""
    fits = _regress(design.outcomes, restricted, tested)
    scores, null_scores = fits.scores(leverage=not inference.bandwidth)
    known = np.isfinite(design.outcomes)
    nobs = (known if counted is None else known[counted]).sum(axis=0)
    critical, test = _draw(fits.estimate, scores, null_scores, inference)
    stderr = score_stderr(scores, bandwidth=inference.bandwidth)
    return Response(label, design.horizons, fits.estimate, stderr, nobs, inference.level, critical, test)


@dataclass(frozen=True, eq=False)
class _Fits:
    """Regressions at all horizons; arrays of shape (horizons, rows) are zero where the outcome is not known."""

    estimate: np.ndarray
    direction: np.ndarray
    slope: np.ndarray
    residuals: np.ndarray
    leverage: np.ndarray

    def scores(self, *, leverage: bool) -> tuple[np.ndarray, np.ndarray]:
        """Scores of the estimates, shape (rows, horizons), weighted as in HC3; and under the null, as in HC2."""
        weight = self.direction / self.slope[:, None]
        hat = self.leverage if leverage else np.zeros_like(self.leverage)
        hat_null = hat - self.direction**2 if leverage else hat
        null = self.residuals + self.direction * (self.estimate * self.slope)[:, None]
        return (weight * self.residuals / (1 - hat)).T, (weight * null / np.sqrt(1 - hat_null)).T


def _regress(outcomes: np.ndarray, restricted: np.ndarray, tested: np.ndarray) -> _Fits:
    """Regress every column of outcomes on its own first rows, from one orthonormal basis of the regressors.

    The basis of fewer rows follows from the basis of all by the Cholesky factor of its cross product, which is the
    identity less the products of the rows left out.
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
    slope = factor[:, -1, -1] * first.triangle[0, 0]
    return _Fits(
        estimate=projections[:, -1, 0] / slope,
        direction=basis[:, :, -1],
        slope=slope,
        residuals=(y - basis @ projections)[:, :, 0],
        leverage=np.einsum("hnk,hnk->hn", basis, basis),
    )


def _draw(
    estimate: np.ndarray, scores: np.ndarray, null_scores: np.ndarray, inference: _Inference
) -> tuple[float, MaximumTest]:
    """Critical value of the band and tests, from multipliers that both share."""
    if not inference.reps:
        return np.nan, MaximumTest(*[np.nan] * 4)
    drawn = multiplier_draws(
        np.column_stack([scores, null_scores]),
        reps=inference.reps,
        bandwidth=inference.bandwidth,
        seed=inference.seed,
    )
    band, null = np.hsplit(drawn, 2)
    critical = band_multiplier(scores, band, level=inference.level, bandwidth=inference.bandwidth)
    return critical, maximum_test(estimate, null_scores, null, bandwidth=inference.bandwidth)

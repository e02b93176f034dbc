"""Local projections: the response of one series to a shock in another, horizon by horizon, with joint bands."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_choice, require_count, require_probability
from helpers.stats.power import REACH
from helpers.stats.projection_design import ProjectionDesign, projection_design
from helpers.stats.regression import newey_west_lags, partial_out
from helpers.stats.results import Result, axes_or_new
from helpers.stats.simultaneous import MaximumTest, band_multiplier, maximum_test, multiplier_draws, score_stderr


@dataclass(frozen=True, eq=False)
class Response:
    """A response by horizon, in units of the response per unit of the shock.

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

    @property
    def detectable(self) -> np.ndarray:
        """Response at each horizon that a 5 per cent test of this horizon alone finds with 80 per cent power."""
        return REACH * self.stderr

    @classmethod
    def empty(cls, horizons: np.ndarray, confidence: float) -> "Response":
        """Give a response with NaN for every number."""
        nan, none = np.full(horizons.size, np.nan), np.zeros(horizons.size, dtype=int)
        return cls("all", horizons, nan, nan, none, confidence, np.nan, MaximumTest(*[np.nan] * 4))

    def frame(self) -> pd.DataFrame:
        """Give one row a horizon."""
        alone = stats.norm.ppf((1 + self.confidence) / 2) * self.stderr
        together = self.critical_value * self.stderr
        columns = {
            "estimate": self.estimate,
            "stderr": self.stderr,
            "lower": self.estimate - alone,
            "upper": self.estimate + alone,
            "band_lower": self.estimate - together,
            "band_upper": self.estimate + together,
            "detectable": self.detectable,
            "n": self.nobs,
        }
        return pd.DataFrame(columns, index=pd.Index(self.horizons, name="horizon"))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LocalProjectionResult(Result):
    """Responses of one series to another.

    Parameters
    ----------
    response, shock : names of the series
    controls, lags, first : names of the controls; lags of every series; horizon from which the response counts
    cumulative, covariance, confidence
        Whether responses are sums from `first` on; "HC3" or "HAC"; coverage of intervals and bands.
    reps, sample : draws behind the bands; first and last label of the shocks
    shock_sd : standard deviation of the shock given its past and the controls: the size of a usual surprise
    overall : over all periods
    in_state, out_of_state, difference
        After a period in which the state held, after one in which it did not, and the first less the second.
    """

    response: str
    shock: str
    controls: tuple[str, ...]
    lags: int
    first: int
    cumulative: bool
    covariance: str
    confidence: float
    reps: int
    sample: tuple[Any, Any]
    shock_sd: float
    overall: Response
    in_state: Response | None = None
    out_of_state: Response | None = None
    difference: Response | None = None

    def _rows(self) -> list[tuple[str, Any]]:
        kind = "Cumulated response" if self.cumulative else "Response"
        last = self.overall.frame().iloc[-1]
        states = [
            (f"p-value of the maximum, {part.label} (n = {part.nobs[-1]})", part.test.pvalue)
            for part in (self.in_state, self.out_of_state, self.difference)
            if part is not None
        ]
        return [
            *super()._rows(),
            ("Sample", self.sample),
            ("Lags", self.lags),
            ("p-value of the maximum over horizons", self.overall.test.pvalue),
            ("p-value of the mean square over horizons", self.overall.test.pvalue_joint),
            (f"{kind} at horizon {self.overall.horizons[-1]} (n = {self.overall.nobs[-1]})", last["estimate"]),
            (f"{self.confidence:.0%} interval, this horizon alone", (float(last["lower"]), float(last["upper"]))),
            (f"{self.confidence:.0%} band, all horizons", (float(last["band_lower"]), float(last["band_upper"]))),
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
        kind = "cumulated response" if self.cumulative else "response"
        ax.set(xlabel="periods after the shock", ylabel=kind, title=f"{self.response} to {self.shock}")
        ax.legend(title=f"{self.confidence:.0%}")
        return ax


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
    confidence: float = 0.90,
) -> LocalProjectionResult:
    r"""Regress the response at each horizon on the shock, given the past and the controls.

    For every horizon h, with :math:`y` the response, :math:`x` the shock and :math:`w` the controls of the same period
    and p lags of all series,

    .. math:: \sum_{j=0}^{h} y_{t+j} = \mu_h + \beta_h x_t + \gamma_h' w_t + u_{t,h}

    (the sum, or :math:`y_{t+h}` alone). A band :math:`\hat\beta_h \pm c \, \hat\sigma_h` holds at all horizons at once:
    c is the quantile of :math:`\max_h |\sum_t \xi_t \psi_{t,h}| / \hat\sigma_h` over random signs :math:`\xi_t` of the
    scores :math:`\psi_{t,h}`, the same for all horizons.

    Because lags of the shock are among the regressors, what is left of it is a surprise, and the products of that
    surprise with the errors of any horizon are not autocorrelated: standard errors need to allow for heteroskedasticity
    only, although outcomes of neighbouring periods overlap. NaN and a reason where the sample (or a state) is too
    short.

    Parameters
    ----------
    response, shock : pandas.Series, shape (n,)
        On one index. They may be the same series, from ``first=1``.
    lags : int
        Lags of every series; one more than the dynamics need.
    controls : pandas.DataFrame, shape (n, c), optional
        On the same index.
    contemporaneous : bool
        Whether the controls of the same period are regressors too, so that the shock is what they do not explain; False
        lets the shock come before them.
    horizons : int
        Last horizon.
    first : {0, 1}
        0 counts the response from the period of the shock. 1 counts it from the period after and keeps the response of
        the same period among the regressors: what the shock says about the future beyond all that is known.
    cumulative : bool
        Whether the outcome is the sum of the response from horizon `first` to ``h``, or its value at ``h``.
    state : pandas.Series of bool, shape (n,), optional
        State of the world at each period. The state of the period before the shock counts; every coefficient may differ
        between the two states.
    covariance : {"HC3", "HAC"}
        "HAC" adds autocorrelation of the scores (Bartlett kernel, bandwidth the larger of the last horizon and
        `newey_west_lags`), for use without lag augmentation.
    reps, seed : int
        Draws of multipliers for bands over all horizons and the p-values of the maximum and of the mean square; 0
        leaves these NaN; their seed.
    confidence : float
        Coverage of intervals and bands.

    Notes
    -----
    Bands come from the scores of the unrestricted regressions, weighted as in HC3. P-values come from the scores under
    the null, which keep their size where 27 horizons meet 190 weeks; a Wald statistic of all horizons rejects a third
    to two thirds of true nulls there. A band may therefore leave out zero where the p-value is slightly above one less
    `confidence`.

    References
    ----------
    Jorda (2005), American Economic Review 95, 161-182;
    Montiel Olea and Plagborg-Moller (2021), Econometrica 89, 1789-1823 (lag augmentation);
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17 (sup-t bands).
    """
    _check_options(lags, horizons, first, covariance, reps, confidence)
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
        "confidence": confidence,
        "reps": reps,
        **design.told,
    }
    if design.shortage:
        empty = Response.empty(steps, confidence)
        return LocalProjectionResult(**told, reason=design.shortage, shock_sd=np.nan, overall=empty)
    design.refuse_collinear()
    bandwidth = 0 if covariance == "HC3" else max(horizons, newey_west_lags(design.shock.size))
    inference = _Inference(bandwidth, reps, seed, confidence)
    overall = _respond(design, "all", design.restricted, design.shock, inference)
    states: dict[str, Any] = {} if design.state is None else _respond_by_state(design, design.state, inference)
    return LocalProjectionResult(**told, shock_sd=design.shock_sd, overall=overall, **states)


def reverse_time(data: pd.Series) -> pd.Series:
    """Run a series backwards under the same dates: the placebo for a claim about order in time."""
    return pd.Series(data.to_numpy()[::-1], index=data.index, name=data.name)


@dataclass(frozen=True)
class _Inference:
    """How scores become standard errors, bands and tests."""

    bandwidth: int
    reps: int
    seed: int | None
    confidence: float


def _check_options(lags: int, horizons: int, first: int, covariance: str, reps: int, confidence: float) -> None:
    require_count(lags, name="lags", least=1)
    require_count(reps, name="reps", least=0)
    if first not in (0, 1):
        raise InputError(f"first must be 0 (the period of the shock) or 1 (the period after), found {first!r}.")
    require_count(horizons, name="horizons", least=first)
    require_choice(covariance, name="covariance", options=get_args(Robust))
    require_probability(confidence, name="confidence")


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
    return Response(label, design.horizons, fits.estimate, stderr, nobs, inference.confidence, critical, test)


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
    """Regress every column of outcomes on its own first rows, from one orthonormal basis of the regressors."""
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
        np.column_stack([scores, null_scores]), reps=inference.reps, bandwidth=inference.bandwidth, seed=inference.seed
    )
    band, null = np.hsplit(drawn, 2)
    critical = band_multiplier(scores, band, confidence=inference.confidence, bandwidth=inference.bandwidth)
    return critical, maximum_test(estimate, null_scores, null, bandwidth=inference.bandwidth)

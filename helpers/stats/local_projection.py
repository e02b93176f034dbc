"""Local projections: what follows a surprise in one series, horizon by horizon, with bands that hold at all of them."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from helpers.stats.checks import InputError, require_clean, require_clean_columns, require_count, require_same_index
from helpers.stats.projection_result import LocalProjectionResult, Response
from helpers.stats.regression import collinear_column, lag_matrix, newey_west_lags, partial_out
from helpers.stats.simultaneous import MaximumTest, band_multiplier, maximum_test, multiplier_draws, score_stderr

Robust = Literal["HC3", "HAC"]

_MIN_DF = 10


class _Design:
    """Regressors at each period and the outcomes that follow it, NaN where the sample ends before."""

    def __init__(self, named: list[tuple[str, np.ndarray]], lags: int, first: int, contemporaneous: bool) -> None:
        (_, y), (_, x), *controls = named
        own = np.array_equal(x, y)
        past = named[1:] if own else named
        blocks = [("constant", np.ones(len(y) - lags))]
        blocks += [(f"lag {lag + 1} of {name}", column) for name, values in past
                   for lag, column in enumerate(lag_matrix(values - values.mean(), lags).T)]  # fmt: skip
        if contemporaneous:
            blocks += [(name, values[lags:] - values.mean()) for name, values in controls]
        if first and not own:
            blocks.append((f"{named[0][0]} of the same period", y[lags:] - y.mean()))
        self.labels = [*(label for label, _ in blocks), named[1][0]]
        self.restricted = np.column_stack([column for _, column in blocks])
        self.impulse = x[lags:] - x.mean()
        self.y, self.lags = y - y.mean(), lags

    def outcomes(self, horizons: np.ndarray, cumulative: bool) -> np.ndarray:
        """Values, or sums from the first horizon on, of the response; shape (rows, horizons)."""
        n, start = self.y.size, np.arange(self.lags, self.y.size)
        total = np.concatenate([[0.0], np.cumsum(self.y)])
        out = np.full((start.size, horizons.size), np.nan)
        for column, h in enumerate(horizons):
            rows = start[: n - self.lags - h]
            out[: rows.size, column] = (
                total[rows + h + 1] - total[rows + horizons[0]] if cumulative else self.y[rows + h]
            )
        return out


def local_projection(
    *,
    response: pd.Series,
    impulse: pd.Series,
    lags: int,
    controls: pd.DataFrame | None = None,
    contemporaneous: bool = True,
    horizons: int = 26,
    first: int = 0,
    cumulative: bool = True,
    state: pd.Series | None = None,
    covariance: Robust = "HC3",
    bootstrap: int = 0,
    seed: int | None = None,
    level: float = 0.90,
) -> LocalProjectionResult:
    """Regress the response at each horizon on the impulse, given the past and the controls.

    Because lags of the impulse are among the regressors, what is left of it is a surprise, and the products of that
    surprise with the errors of any horizon are not autocorrelated: standard errors need to allow for
    heteroskedasticity only, although outcomes of neighbouring periods overlap.

    Parameters
    ----------
    response, impulse : pandas.Series, shape (n,)
        On one index. They may be the same series, from ``first=1``.
    lags : int
        Lags of every series; one more than the dynamics need.
    controls : pandas.DataFrame, shape (n, c), optional
        On the same index.
    contemporaneous : bool
        Whether the controls of the same period stay in the regression too, so that the impulse is what they do not
        explain; False lets the impulse come before them.
    horizons : int
        Last horizon.
    first : {0, 1}
        0 counts the response from the period of the impulse. 1 counts it from the period after and keeps the response
        of the same period among the regressors: what the impulse says about the future beyond all that is known.
    cumulative : bool
        Whether the outcome is the sum of the response from horizon `first` to ``h``, or its value at ``h``.
    state : pandas.Series of bool, shape (n,), optional
        State of the world at each period. The state of the period before the impulse counts; every coefficient may
        differ between the two states.
    covariance : {"HC3", "HAC"}
        "HAC" adds autocorrelation of the scores (Bartlett kernel, bandwidth the larger of the last horizon and
        `newey_west_lags`), for use without lag augmentation.
    bootstrap : int
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
    Bands come from the scores of the unrestricted regressions with HC3 weights. P-values come from the scores under
    the null, which reject 4 to 7 per cent of true nulls at 5 per cent where unrestricted ones reject up to 8 and a
    Wald statistic of 27 horizons 35 to 65 (190 weeks). A band may therefore leave out zero where the p-value
    is slightly above one less the level.

    References
    ----------
    Jorda (2005), American Economic Review 95, 161-182;
    Montiel Olea and Plagborg-Moller (2021), Econometrica 89, 1789-1823 (lag augmentation);
    Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17 (sup-t bands).
    """
    _check_options(lags, horizons, first, covariance, bootstrap, level)
    named = _named(response, impulse, controls)
    index = require_same_index(response, impulse, *([] if controls is None else [controls.iloc[:, 0]]))
    before = None if state is None else _state_before(state, index, lags)
    shortage = _shortage(len(index), lags, horizons, named, contemporaneous, before)
    steps = np.arange(first, horizons + 1)
    options = {"cumulative": cumulative, "first": first, "lags": lags, "covariance": covariance, "level": level}
    names = [name for name, _ in named]
    if shortage:
        return LocalProjectionResult.undone(names, steps, shortage, bootstrap=bootstrap, **options)
    design = _Design(named, lags, first, contemporaneous)
    _refuse_collinear(design, horizons)
    engine = _Engine(design, steps, cumulative, covariance, bootstrap, seed, level)
    one = np.ones(design.impulse.size, dtype=bool)
    return LocalProjectionResult.done(
        names,
        engine.respond("all", design.restricted, design.impulse, one),
        engine.by_state(before),
        sample=(index[lags], index[-1]),
        impulse_sd=engine.impulse_sd(),
        bootstrap=bootstrap,
        **options,
    )


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


class _Engine:
    """Regressions over all horizons of one design, and what is drawn from their scores."""

    def __init__(
        self,
        design: _Design,
        horizons: np.ndarray,
        cumulative: bool,
        covariance: Robust,
        bootstrap: int,
        seed: int | None,
        level: float,
    ) -> None:
        self.design, self.horizons = design, horizons
        self.outcomes = design.outcomes(horizons, cumulative)
        self.bandwidth = 0 if covariance == "HC3" else max(int(horizons[-1]), newey_west_lags(design.impulse.size))
        self.bootstrap, self.seed, self.level = bootstrap, seed, level

    def impulse_sd(self) -> float:
        """Standard deviation of the impulse given everything else."""
        fit = partial_out(self.design.impulse, self.design.restricted[:, :1], self.design.restricted[:, 1:])
        return float(np.sqrt(fit.residuals @ fit.residuals / fit.df[1]))

    def by_state(self, state: np.ndarray | None) -> tuple[Response, Response, Response] | None:
        """Responses where the state holds, where it does not, and their difference."""
        if state is None:
            return None
        inside, outside = state[:, None], ~state[:, None]
        every = np.column_stack([self.design.restricted * inside, self.design.restricted * outside])
        x_in, x_out = self.design.impulse * state, self.design.impulse * ~state
        return (
            self.respond("state holds", np.column_stack([every, x_out]), x_in, state),
            self.respond("state does not hold", np.column_stack([every, x_in]), x_out, ~state),
            self.respond("difference", np.column_stack([every, self.design.impulse]), x_in, state | ~state),
        )

    def respond(self, label: str, restricted: np.ndarray, tested: np.ndarray, counted: np.ndarray) -> Response:
        """Estimate one response, with the number of `counted` rows at each horizon."""
        estimate, scores, null_scores, nobs = [], [], [], []
        for column in range(self.horizons.size):
            rows = np.flatnonzero(np.isfinite(self.outcomes[:, column]))
            fit = partial_out(self.outcomes[rows, column], restricted[rows], tested[rows, None])
            direction = fit.basis[:, -1] / fit.triangle[0, 0]
            others = fit.leverage - fit.basis[:, -1] ** 2
            hat, weight = (fit.leverage, np.sqrt(1 - others)) if not self.bandwidth else (0.0, 1.0)
            estimate.append(fit.scores[0] / fit.triangle[0, 0])
            scores.append(self._padded(direction * fit.residuals / (1 - hat)))
            null_scores.append(self._padded(direction * fit.restricted_residuals / weight))
            nobs.append(int(counted[rows].sum()))
        return self._response(label, np.array(estimate), np.column_stack(scores), np.column_stack(null_scores), nobs)

    def _padded(self, scores: np.ndarray) -> np.ndarray:
        """Scores over all rows, zero where the horizon reaches beyond the sample."""
        return np.concatenate([scores, np.zeros(self.design.impulse.size - scores.size)])

    def _response(
        self, label: str, estimate: np.ndarray, scores: np.ndarray, null_scores: np.ndarray, nobs: list[int]
    ) -> Response:
        """Add standard errors, band and tests."""
        critical, test = float("nan"), MaximumTest(*[float("nan")] * 4)
        if self.bootstrap:
            drawn = {"draws": self.bootstrap, "bandwidth": self.bandwidth, "seed": self.seed}
            critical = band_multiplier(
                scores, multiplier_draws(scores, **drawn), level=self.level, bandwidth=self.bandwidth
            )
            test = maximum_test(null_scores, multiplier_draws(null_scores, **drawn), bandwidth=self.bandwidth)
        return Response(
            label=label,
            horizons=self.horizons,
            estimate=estimate,
            stderr=score_stderr(scores, bandwidth=self.bandwidth),
            nobs=np.array(nobs),
            level=self.level,
            critical_value=critical,
            test=test,
        )


def _check_options(lags: int, horizons: int, first: int, covariance: str, bootstrap: int, level: float) -> None:
    """Raise where an option is out of range."""
    require_count(lags, name="lags", least=1)
    require_count(bootstrap, name="bootstrap", least=0)
    if first not in (0, 1):
        raise InputError(f"first must be 0 (the period of the impulse) or 1 (the period after), found {first!r}.")
    require_count(horizons, name="horizons", least=first)
    if covariance not in get_args(Robust):
        raise InputError(f"covariance must be one of {', '.join(get_args(Robust))}, found {covariance!r}.")
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1, found {level}.")


def _named(response: pd.Series, impulse: pd.Series, controls: pd.DataFrame | None) -> list[tuple[str, np.ndarray]]:
    """Names and clean values: the response, the impulse, each control."""
    pairs = [
        (str(response.name), require_clean(response, role="response")),
        (str(impulse.name), require_clean(impulse, role="impulse")),
    ]
    if controls is not None:
        values = require_clean_columns(controls, role="control")
        pairs += [(str(name), values[:, column]) for column, name in enumerate(controls.columns)]
    return pairs


def _state_before(state: pd.Series, index: pd.Index, lags: int) -> np.ndarray:
    """State of the period before each row of the regression."""
    if not isinstance(state, pd.Series) or state.dtype != bool:
        raise InputError("state must be a pandas Series of True and False without gaps: fill or shorten the sample.")
    if not state.index.equals(index):
        raise InputError("state and response differ in their dates: align them.")
    return state.to_numpy()[lags - 1 : -1]


def _shortage(
    n: int,
    lags: int,
    horizons: int,
    named: list[tuple[str, np.ndarray]],
    contemporaneous: bool,
    state: np.ndarray | None,
) -> str | None:
    """Say why the sample is too short, or None."""
    regressors = 3 + len(named) * lags + (len(named) - 2) * contemporaneous
    rows = n - lags - horizons
    if rows < regressors + _MIN_DF:
        return f"{max(rows, 0)} rows at horizon {horizons} are too few for {regressors} regressors"
    if state is None:
        return None
    least = int(min(state[:rows].sum(), (~state[:rows]).sum()))
    return (
        f"a state with {least} rows is too short for {regressors} regressors" if least < regressors + _MIN_DF else None
    )


def _refuse_collinear(design: _Design, horizons: int) -> None:
    """Raise where a regressor is a combination of those before it, naming it."""
    rows = slice(0, design.impulse.size - horizons)
    fault = collinear_column(np.column_stack([design.restricted[rows], design.impulse[rows]]))
    if fault is not None:
        raise InputError(f"{design.labels[fault]!r} is collinear with the regressors before it: drop one of them.")

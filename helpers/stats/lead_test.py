"""The lead test: does the mean of a cause over a window of past weeks help to predict an effect that week."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, require_count
from helpers.stats.lead_design import LeadDesign, Sample, Window, fading_sum, lead_design, require_window
from helpers.stats.monte_carlo import simulated_pvalue
from helpers.stats.regression import collinear_column, partial_out, wald_test, wild_bootstrap_wald
from helpers.stats.results import Result, axes_or_new

NORMAL_95 = float(stats.norm.ppf(0.975))
_MIN_DF = 30


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadTestResult(Result):
    """A lead test of one cause and one window.

    Parameters
    ----------
    effect, cause : names of the series
    controls, window
        Other regressors beside the effect's own past; first and last lag whose mean is the regressor, in rows.
    unit : "week" or "day": what a row is
    per_week, own_lags : rows a week; lags of the effect
    half_life : weeks after which a squared value counts half in the expected variance; None for equal weights
    nobs, sample : rows of the regression; first and last label of these rows
    estimate, standard_error
        Coefficient, per cent of effect a row for one per cent a row of cause, and its HC3 standard error.
    interval, sd
        95 per cent, by the normal distribution; standard deviation of the regressor over the rows used, per cent a row.
    information : weighted sum of squares of the regressor, net of the others, over that of the residuals
    pvalue : two-sided, by the normal distribution
    reps : draws of the wild bootstrap (0: none)
    pvalue_bootstrap, pvalue_error : two-sided, from these draws, and its Monte Carlo standard error; NaN without draws
    """

    effect: str
    cause: str
    controls: tuple[str, ...]
    window: Window
    unit: str
    per_week: int
    own_lags: int
    half_life: float | None
    nobs: int
    sample: Sample
    estimate: float = np.nan
    standard_error: float = np.nan
    interval: tuple[float, float] = (np.nan, np.nan)
    sd: float = np.nan
    information: float = np.nan
    pvalue: float = np.nan
    reps: int = 0
    pvalue_bootstrap: float = np.nan
    pvalue_error: float = np.nan

    def as_partial_r2(self, coefficient: float) -> float:
        """Give a coefficient, such as an end of an interval, as a signed share of the effect's weighted variance."""
        explained = coefficient**2 * self.information
        return float(np.sign(coefficient) * explained / (1 + explained))

    def as_effect_13_weeks(self, coefficient: float) -> float:
        """Give what a regressor one standard deviation above usual says of the next 13 weeks, log points.

        Strength over a window of ``m`` rows is taken to fade evenly within ``m`` rows.
        """
        return coefficient * self.sd * fading_sum(self.window, self.per_week)

    @property
    def partial_r2(self) -> float:
        """Signed share of the effect's weighted variance."""
        return self.as_partial_r2(self.estimate)

    @property
    def partial_r2_interval(self) -> tuple[float, float]:
        """The ends of `interval` as signed shares."""
        return self.as_partial_r2(self.interval[0]), self.as_partial_r2(self.interval[1])

    @property
    def effect_13_weeks(self) -> float:
        """Log points over the next 13 weeks after strength one standard deviation above usual."""
        return self.as_effect_13_weeks(self.estimate)

    @property
    def effect_13_weeks_interval(self) -> tuple[float, float]:
        """The ends of `interval` as log points over 13 weeks."""
        return self.as_effect_13_weeks(self.interval[0]), self.as_effect_13_weeks(self.interval[1])

    def _rows(self) -> list[tuple[str, Any]]:
        drawn = [(f"p, {self.reps:,} wild-bootstrap draws, and its error", (self.pvalue_bootstrap, self.pvalue_error))]
        weighting = "equal" if self.half_life is None else f"1 / past variance, half-life {self.half_life:g} weeks"
        return [
            *super()._rows(),
            ("Sample", self.sample),
            ("Rows, own lags", (self.nobs, self.own_lags)),
            ("Weights", weighting),
            ("Coefficient, standard error (HC3)", (self.estimate, self.standard_error)),
            ("95% interval", self.interval),
            ("Partial R2, signed", self.partial_r2),
            ("Partial R2, 95% interval", self.partial_r2_interval),
            ("Next 13 weeks after one sd of strength, log points", self.effect_13_weeks),
            ("Next 13 weeks, 95% interval", self.effect_13_weeks_interval),
            ("p, normal", self.pvalue),
            *(drawn if self.reps else []),
        ]

    def plot(self, ax: Any = None) -> Any:
        """Draw what strength one standard deviation above usual says of the effect from now on."""
        ax = axes_or_new(ax)
        length = self.window[1] - self.window[0] + 1
        ahead = np.arange(1, length + 1)
        grown = self.sd * np.cumsum(1 - (ahead - 1) / length)
        line = ax.plot(ahead, self.estimate * grown, label=self.cause)[0]
        ax.fill_between(
            ahead, self.interval[0] * grown, self.interval[1] * grown, color=line.get_color(), alpha=0.2, linewidth=0
        )
        ax.axhline(0, color="0.4", linewidth=0.8)
        ax.set(xlabel=f"{self.unit}s ahead", ylabel=f"{self.effect}, cumulated, log points")
        return ax


def lead_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    window: Window,
    own_lags: int = 4,
    half_life: float | None = 8,
    controls: pd.DataFrame | None = None,
    sample: Sample | None = None,
    reps: int = 0,
    seed: int | None = None,
) -> LeadTestResult:
    r"""Test whether the mean of a cause over a window of lags leads an effect.

    .. math::

        y_t = c + \beta x_t + \sum_{i=1}^{p} \phi_i y_{t-i} + e_t, \qquad
        x_t = \frac{1}{b - a + 1} \sum_{j=a}^{b} \mathrm{cause}_{t-j},

    by least squares with weights :math:`1 / v_t^2`, where :math:`v_t^2` is the exponentially weighted mean of
    :math:`y^2` up to :math:`t - 1` after 26 weeks of burn-in. One coefficient where a Wald test of all lags has
    :math:`b`, so that a lead spread over the window is found with far fewer weeks; a lead at a single lag is not. NaN
    and a reason where the sample is too short.

    Parameters
    ----------
    effect, cause : pandas.Series, shapes (n,) and (m,)
        Returns in per cent on one weekly or daily calendar. The cause may begin earlier.
    window : (int, int)
        First and last lag, ``1 <= a <= b``, in rows.
    own_lags : int
        Lags ``p`` of the effect.
    half_life : float, optional
        Of the variance that weights the rows, weeks; None for equal weights.
    controls : pandas.DataFrame, shape (k, c), optional
        Rival causes, each of which enters as its mean over the same window.
    sample : tuple of labels, optional
        First and last row to use, either of them None; lags and weights reach back before it.
    reps, seed : int
        Draws of the fixed-design wild bootstrap (Rademacher signs, null imposed) (0: none); their seed.

    References
    ----------
    MacKinnon and White (1985), Journal of Econometrics 29, 305-325 (HC3); Davidson and Flachaire (2008), Journal of
    Econometrics 146, 162-169 (wild bootstrap); Romano and Wolf (2017), Journal of Econometrics 197, 1-19 (weights
    that need not be right, with robust inference).
    """
    rivals = {} if controls is None else {str(name): (controls[name], window) for name in controls.columns}
    return _lead_test(
        effect=effect, cause=cause, window=window, own_lags=own_lags, half_life=half_life, rivals=rivals,
        sample=sample, reps=reps, seed=seed,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadRaceResult(Result):
    """Several leaders in one regression, each over its own window.

    Parameters
    ----------
    tests : each leader given the others
    correlation : shape (leaders, leaders), of the window means; near one they cannot be told apart
    statistic, pvalue : Wald statistic that all coefficients are zero, in F form (HC3); of it, from the F distribution
    reps : draws of the wild bootstrap (0: none)
    pvalue_bootstrap, pvalue_error : of the Wald statistic, from these draws, and its Monte Carlo standard error
    """

    tests: dict[str, LeadTestResult]
    correlation: pd.DataFrame
    statistic: float
    pvalue: float
    reps: int
    pvalue_bootstrap: float
    pvalue_error: float

    def _rows(self) -> list[tuple[str, Any]]:
        each = [
            (f"{name}, {test.unit}s {test.window[0]} to {test.window[1]}: next 13 weeks, log points",
             (test.effect_13_weeks, *test.effect_13_weeks_interval))
            for name, test in self.tests.items()
        ]  # fmt: skip
        drawn = [(f"p, {self.reps:,} wild-bootstrap draws, and its error", (self.pvalue_bootstrap, self.pvalue_error))]
        return [*super()._rows(), *each, ("F, HC3", self.statistic), ("p", self.pvalue), *(drawn if self.reps else [])]


def lead_race(
    *,
    effect: pd.Series,
    leaders: Mapping[str, tuple[pd.Series, Window]],
    own_lags: int = 4,
    half_life: float | None = 8,
    sample: Sample | None = None,
    reps: int = 0,
    seed: int | None = None,
) -> LeadRaceResult:
    """Put several leaders into one lead regression, each with the window that its friends name.

    Parameters
    ----------
    effect, own_lags, half_life, sample, reps, seed : as in `lead_test`
    leaders : mapping of str to (pandas.Series, (int, int))
        Two or more series and windows, by the name to show; one series may run twice.

    Raises
    ------
    InputError
        Fewer than two leaders.
    """
    if len(leaders) < 2:
        raise InputError(f"A race needs at least two leaders, found {len(leaders)}.")
    options: dict[str, Any] = {"effect": effect, "own_lags": own_lags, "half_life": half_life, "sample": sample}
    tests = {
        name: _lead_test(
            **options, cause=series.rename(name), window=window, reps=reps, seed=seed,
            rivals={other: pair for other, pair in leaders.items() if other != name},
        )
        for name, (series, window) in leaders.items()
    }  # fmt: skip
    windows = {name: require_window(window) for name, (_, window) in leaders.items()}
    design = _design(effect, {name: series for name, (series, _) in leaders.items()}, windows, options)
    means = pd.DataFrame({name: design.mean(name, window) for name, window in windows.items()}, index=design.index)
    reason = next(iter(tests.values())).reason
    statistic = pvalue = float("nan")
    drawn = np.empty(0)
    if reason is None:
        blocks = [design.weighted(columns) for columns in (design.y, design.own, means.to_numpy())]
        wald = wald_test(*blocks)
        statistic, pvalue = wald.statistic, wald.pvalue
        drawn = wild_bootstrap_wald(*blocks, reps=reps, seed=seed)
    joint = simulated_pvalue(statistic, drawn)
    names = ", ".join(leaders)
    return LeadRaceResult(
        null=f"none of {names} leads {_name(effect, 'effect')} over its window",
        alternative="at least one does",
        reason=reason,
        tests=tests,
        correlation=means.corr(),
        statistic=statistic,
        pvalue=pvalue,
        reps=drawn.size,
        pvalue_bootstrap=joint.value,
        pvalue_error=joint.error,
    )


def _name(series: pd.Series, role: str) -> str:
    return role if series.name is None else str(series.name)


def _design(
    effect: pd.Series, causes: Mapping[str, pd.Series], windows: Mapping[str, Window], options: Mapping[str, Any]
) -> LeadDesign:
    kept = {name: options[name] for name in ("own_lags", "half_life", "sample")}
    return lead_design(effect=effect, causes=causes, longest=max(last for _, last in windows.values()), **kept)


def _lead_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    window: Window,
    own_lags: int,
    half_life: float | None,
    rivals: Mapping[str, tuple[pd.Series, Window]],
    sample: Sample | None,
    reps: int,
    seed: int | None,
) -> LeadTestResult:
    require_count(reps, name="reps", least=0)
    name = _name(cause, "cause")
    if name in rivals:
        raise InputError(f"{name!r} is both the cause and a control: drop it from the controls.")
    windows = {name: require_window(window)} | {rival: require_window(other) for rival, (_, other) in rivals.items()}
    causes = {name: cause} | {rival: series for rival, (series, _) in rivals.items()}
    options = {"own_lags": own_lags, "half_life": half_life, "sample": sample}
    design = _design(effect, causes, windows, options)
    x = design.mean(name, windows[name])
    nuisance = np.column_stack([design.own, *(design.mean(rival, windows[rival]) for rival in rivals)])
    facts: dict[str, Any] = {
        "effect": _name(effect, "effect"), "cause": name, "controls": tuple(rivals), "window": windows[name],
        "unit": design.unit, "per_week": design.per_week, "own_lags": own_lags, "half_life": half_life,
        "nobs": x.size, "sample": design.bounds, **_hypotheses(_name(effect, "effect"), name, windows, design.unit),
    }  # fmt: skip
    regressors = nuisance.shape[1] + 1
    if x.size - regressors < _MIN_DF:
        reason = f"{x.size} rows are too few for {regressors} regressors (at least {regressors + _MIN_DF})"
        return LeadTestResult(**facts, reason=reason)
    blocks = design.weighted(design.y), design.weighted(nuisance), design.weighted(x)[:, None]
    if collinear_column(np.column_stack(blocks[1:])) is not None:
        raise InputError(f"The window of {name!r} is collinear with {', '.join([*rivals, 'the lags of the effect'])}.")
    return LeadTestResult(**facts, **_estimates(blocks, sd=float(x.std(ddof=1)), reps=reps, seed=seed))


def _hypotheses(effect: str, cause: str, windows: Mapping[str, Window], unit: str) -> dict[str, str]:
    first, last = windows[cause]
    given = [f"{rival} ({unit}s {a} to {b})" for rival, (a, b) in windows.items() if rival != cause]
    beside = f" and {', '.join(given)}" if given else ""
    return {
        "null": f"{cause} over the {unit}s {first} to {last} before does not help to predict {effect}, "
        f"given the past of {effect}{beside}",
        "alternative": f"strength of {cause} in these {unit}s goes before higher, or lower, {effect}",
    }


def _estimates(
    blocks: tuple[np.ndarray, np.ndarray, np.ndarray], *, sd: float, reps: int, seed: int | None
) -> dict[str, Any]:
    """Coefficient, standard error and p-values of weighted blocks."""
    wald = wald_test(*blocks)
    estimate, error = float(wald.coefficients[0]), float(np.sqrt(wald.covariance[0, 0]))
    drawn = wild_bootstrap_wald(*blocks, reps=reps, seed=seed)
    fit = partial_out(*blocks)
    simulated = simulated_pvalue(wald.statistic, drawn)
    return {
        "estimate": estimate,
        "standard_error": error,
        "interval": (estimate - NORMAL_95 * error, estimate + NORMAL_95 * error),
        "sd": sd,
        "information": float(fit.triangle[0, 0] ** 2 / wald.ssr),
        "pvalue": float(2 * stats.norm.sf(abs(estimate) / error)),
        "reps": drawn.size,
        "pvalue_bootstrap": simulated.value,
        "pvalue_error": simulated.error,
    }

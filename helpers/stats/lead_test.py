"""The lead test: does the mean of a cause over a window of past weeks help to predict an effect that week."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.checks import InputError, named, require_count
from helpers.stats.lead_design import LeadDesign, Sample, Window, fading_sum, lead_design, require_window
from helpers.stats.monte_carlo import simulated_pvalue
from helpers.stats.regression import collinear_column, partial_out, wald_test
from helpers.stats.results import FieldResult, axes_or_new, draw_intervals

NORMAL_95 = float(stats.norm.ppf(0.975))
_MIN_DF = 30


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadTestResult(FieldResult):
    """A lead test of one cause and one window.

    Parameters
    ----------
    effect, cause, controls : names of the series; of other regressors beside the effect's own past
    window : first and last lag whose mean is the regressor, in rows
    unit : "week" or "day": what a row is
    per_week : rows a week
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

    also: ClassVar[tuple[str, ...]] = (
        "partial_r2", "partial_r2_interval", "effect_13_weeks", "effect_13_weeks_interval",
    )  # fmt: skip
    effect: str
    cause: str
    controls: tuple[str, ...]
    window: Window
    unit: str
    per_week: int
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
        low, high = map(self.as_partial_r2, self.interval)
        return low, high

    @property
    def effect_13_weeks(self) -> float:
        """Log points over the next 13 weeks after strength one standard deviation above usual."""
        return self.as_effect_13_weeks(self.estimate)

    @property
    def effect_13_weeks_interval(self) -> tuple[float, float]:
        """The ends of `interval` as log points over 13 weeks."""
        low, high = map(self.as_effect_13_weeks, self.interval)
        return low, high

    def plot(self, ax: Any = None) -> Any:
        """Draw the effect over the next 13 weeks with its 95 % interval on matplotlib axes, which are returned."""
        return _draw_tests(ax, [self])


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeadRaceResult(FieldResult):
    """Several leaders in one regression, each over its own window.

    Parameters
    ----------
    tests : each leader given the others
    correlation : shape (leaders, leaders), of the window means; near one they cannot be told apart
    statistic, pvalue : Wald statistic that all coefficients are zero, in F form (HC3); of it, from the F distribution
    reps : draws of the wild bootstrap (0: none)
    pvalue_bootstrap, pvalue_error : of the Wald statistic, from these draws, and its Monte Carlo standard error
    """

    also: ClassVar[tuple[str, ...]] = ("effects_13_weeks",)
    tests: dict[str, LeadTestResult] = field(repr=False)
    correlation: pd.DataFrame
    statistic: float = np.nan
    pvalue: float = np.nan
    reps: int = 0
    pvalue_bootstrap: float = np.nan
    pvalue_error: float = np.nan

    @property
    def effects_13_weeks(self) -> dict[str, tuple[float, float, float]]:
        """Log points over the next 13 weeks of each leader given the others, and the ends of their intervals."""
        return {name: (one.effect_13_weeks, *one.effect_13_weeks_interval) for name, one in self.tests.items()}

    def plot(self, ax: Any = None) -> Any:
        """Draw the effect of every leader given the others as `LeadTestResult.plot`; returns the axes."""
        return _draw_tests(ax, list(self.tests.values()))


def _draw_tests(ax: Any, tests: list[LeadTestResult]) -> Any:
    told = np.array([(test.effect_13_weeks, *test.effect_13_weeks_interval) for test in tests]).T
    names = [f"{test.cause}, {test.unit}s {test.window[0]} to {test.window[1]}" for test in tests]
    label = f"{tests[0].effect}: next 13 weeks after strength one sd above usual (log points)"
    return draw_intervals(axes_or_new(ax, tests[0].reason), names, *told, label=label)


def lead_test(
    *,
    effect: pd.Series,
    cause: pd.Series,
    window: Window,
    half_life: float | None = 8,
    controls: pd.DataFrame | None = None,
    sample: Sample | None = None,
    reps: int = 0,
    seed: int | None = None,
) -> LeadTestResult:
    r"""Test whether the mean of a cause over a window of lags leads an effect.

    .. math::

        y_t = c + \beta x_t + \sum_{i=1}^{4} \phi_i y_{t-i} + e_t, \qquad
        x_t = \frac{1}{b - a + 1} \sum_{j=a}^{b} \mathrm{cause}_{t-j},

    by least squares with weights :math:`1 / v_t^2`, where :math:`v_t^2` is the exponentially weighted mean of
    :math:`y^2` up to :math:`t - 1` after 26 weeks of burn-in. One coefficient where a Wald test of all lags has
    :math:`b`, so that a lead spread over the window is found with far fewer weeks; a lead at a single lag is not.

    Parameters
    ----------
    effect, cause : pandas.Series, shapes (n,) and (m,)
        Returns in per cent on one weekly or daily calendar. The cause may begin earlier.
    window : (int, int)
        First and last lag, ``1 <= a <= b``, in rows.
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
    name, window = named(cause, "cause"), require_window(window)
    rivals = {} if controls is None else {str(column): controls[column] for column in controls.columns}
    if name in rivals:
        raise InputError(f"{name!r} is both the cause and a control: drop it from the controls.")
    design = lead_design(
        effect=effect, causes={name: cause} | rivals, longest=window[1], half_life=half_life,
        sample=sample,
    )  # fmt: skip
    return _test(design, name, dict.fromkeys((name, *rivals), window), reps, seed)


def lead_race(
    *, effect: pd.Series, leaders: Mapping[str, tuple[pd.Series, Window]], reps: int = 0, seed: int | None = None
) -> LeadRaceResult:
    """Put several leaders into one lead regression, each with the window that its friends name.

    Parameters
    ----------
    effect, reps, seed : as in `lead_test`
    leaders : mapping of str to (pandas.Series, (int, int))
        Two or more series and windows, by the name to show; one series may run twice.

    Raises
    ------
    InputError
        Fewer than two leaders.
    """
    if len(leaders) < 2:
        raise InputError(f"A race needs at least two leaders, found {len(leaders)}.")
    windows = {name: require_window(window) for name, (_, window) in leaders.items()}
    causes = {name: series.rename(name) for name, (series, _) in leaders.items()}
    design = lead_design(effect=effect, causes=causes, longest=max(last for _, last in windows.values()))
    tests = {name: _test(design, name, windows, reps, seed) for name in windows}
    means = pd.DataFrame({name: design.mean(name, window) for name, window in windows.items()}, index=design.index)
    known: dict[str, Any] = {
        "null": f"none of {', '.join(leaders)} leads {design.effect} over its window",
        "alternative": "at least one does",
        "tests": tests,
        "correlation": means.corr(),
    }
    if reason := next(iter(tests.values())).reason:
        return LeadRaceResult(**known, reason=reason)
    blocks = [design.weighted(columns) for columns in (design.y, design.own, means.to_numpy())]
    wald = wald_test(*blocks, reps=reps, seed=seed)
    joint = simulated_pvalue(wald.statistic, wald.draws)
    return LeadRaceResult(
        **known, statistic=wald.statistic, pvalue=wald.pvalue, reps=reps, pvalue_bootstrap=joint.value,
        pvalue_error=joint.error,
    )  # fmt: skip


def _test(design: LeadDesign, name: str, windows: Mapping[str, Window], reps: int, seed: int | None) -> LeadTestResult:
    """Test one of the windows given the others."""
    require_count(reps, name="reps", least=0)
    rivals = [rival for rival in windows if rival != name]
    x = design.mean(name, windows[name])
    nuisance = np.column_stack([design.own, *(design.mean(rival, windows[rival]) for rival in rivals)])
    unit, (first, last) = design.unit, windows[name]
    beside = ", ".join(f"{rival} ({unit}s {a} to {b})" for rival in rivals for a, b in [windows[rival]])
    given = [beside] if beside else []
    facts: dict[str, Any] = {
        "effect": design.effect, "cause": name, "controls": tuple(rivals), "window": windows[name],
        "unit": unit, "per_week": design.per_week,
        "half_life": design.half_life, "nobs": x.size, "sample": design.bounds,
        "null": f"{name} over the {unit}s {first} to {last} before does not help to predict {design.effect}, "
        f"given the past of {' and '.join([design.effect, *given])}",
        "alternative": f"strength of {name} in these {unit}s goes before higher, or lower, {design.effect}",
    }  # fmt: skip
    regressors = nuisance.shape[1] + 1
    if x.size - regressors < _MIN_DF:
        reason = f"{x.size} rows are too few for {regressors} regressors (at least {regressors + _MIN_DF})"
        return LeadTestResult(**facts, reason=reason)
    blocks = design.weighted(design.y), design.weighted(nuisance), design.weighted(x)[:, None]
    if collinear_column(np.column_stack(blocks[1:])) is not None:
        raise InputError(f"The window of {name!r} is collinear with {', '.join([*rivals, 'the lags of the effect'])}.")
    wald = wald_test(*blocks, reps=reps, seed=seed)
    estimate, error = float(wald.coefficients[0]), float(np.sqrt(wald.covariance[0, 0]))
    simulated = simulated_pvalue(wald.statistic, wald.draws)
    return LeadTestResult(
        **facts,
        estimate=estimate,
        standard_error=error,
        interval=(estimate - NORMAL_95 * error, estimate + NORMAL_95 * error),
        sd=float(x.std(ddof=1)),
        information=float(partial_out(*blocks).triangle[0, 0] ** 2 / wald.ssr),
        pvalue=float(2 * stats.norm.sf(abs(estimate) / error)),
        reps=reps,
        pvalue_bootstrap=simulated.value,
        pvalue_error=simulated.error,
    )

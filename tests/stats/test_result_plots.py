"""The picture of a result holds the numbers of its table, on axes with names and units."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.stats import (
    counterfactual,
    cross_correlation,
    decompose_rise,
    event_study,
    exceedance_curve,
    explosive_test,
    granger_specifications,
    history_fan,
    lead_map,
    lead_race,
    lead_test,
    out_of_sample,
    shapley_change,
    shapley_shares,
)

N = 260
WEEKS = pd.date_range("2012-01-06", periods=N, freq="W-FRI")
NOISE = pd.DataFrame(np.random.default_rng(3).standard_normal((N, 3)), index=WEEKS, columns=["y", "x", "z"])
LED = NOISE.assign(y=NOISE.y + 0.5 * NOISE.x.shift(fill_value=0))
GROWN = 10 + NOISE.y.cumsum() + np.where(np.arange(N) < 180, 0, 1.15 ** (np.arange(N) - 180.0)).clip(max=200)
WINDOWS = [(1, 2), (1, 6), (4, 6)]


def specifications(data):
    return granger_specifications(
        returns=data, effect="y", cause="x", controls={"none": ()}, starts=(str(WEEKS[0].date()),), seed=1
    )


MADE = {
    "lead test": lambda: lead_test(effect=LED.y, cause=LED.x, window=(1, 4)),
    "lead race": lambda: lead_race(effect=LED.y, leaders={"x": (LED.x, (1, 4)), "z": (LED.z, (2, 9))}),
    "lead map": lambda: lead_map(effect=LED.y, causes=LED[["z", "x"]], windows=WINDOWS, reps=199, seed=1),
    "event study": lambda: event_study(events=WEEKS[20:230:35], returns=NOISE.y, horizons=(13, 4, 26)),
    "decomposition": lambda: decompose_rise(
        response=LED.y, blocks={"one": LED[["x"]], "other": LED[["z"]]}, start=WEEKS[200], end=WEEKS[-1], reps=99,
        seed=1,
    ),
    "explosive": lambda: explosive_test(GROWN, reps=39, seed=1),
    "fan": lambda: history_fan(returns=NOISE.y, as_of=WEEKS[-1], weeks=8, reps=99, seed=1),
    "out of sample": lambda: out_of_sample(effect=LED.y, cause=LED.x, horizon=4, reps=99, seed=1),
    "exceedance": lambda: exceedance_curve(
        leader=np.exp(NOISE.x.cumsum() / 50), follower=np.exp(NOISE.y.cumsum() / 50), horizon=13, reps=199, seed=1
    ),
    "shapley": lambda: shapley_shares(response=LED.y, predictors=NOISE[["y", "z"]], reps=19, seed=1),
    "shapley change": lambda: shapley_change(
        response=LED.y, predictors=NOISE[["y", "z"]], date=WEEKS[150], reps=19, seed=1
    ),
    "cross-correlation": lambda: cross_correlation(x=LED.x, y=LED.y, max_lag=5, reps=19, seed=1),
    "path band": lambda: counterfactual(response=LED.y, drivers=LED[["x"]], date=WEEKS[200], reps=99, seed=1),
    "specifications": lambda: specifications(LED.assign(y=NOISE.y + 0.2 * (LED.y - NOISE.y))),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _closed():
    with mpl.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


@pytest.fixture(scope="module")
def results():
    return {name: make() for name, make in MADE.items()}


def segments(ax, along):
    """Both ends of every interval."""
    (found,) = (one for one in ax.collections if isinstance(one, mpl.collections.LineCollection))
    return np.array(found.get_segments())[:, :, along]


def ends(band, place):
    """Lower and upper end of a filled band at a place on its axis."""
    points = band.get_paths()[0].vertices
    there = points[points[:, 0] == place, 1]
    return there.min(), there.max()


def days(index):
    return mpl.dates.date2num(index)


@pytest.mark.parametrize("name", MADE)
def test_axes_are_those_given_and_tell_what_is_measured(results, name):
    _, given = plt.subplots()
    assert results[name].plot(given) is given
    assert given.get_xlabel() or name == "decomposition"  # its parts are names
    assert given.get_ylabel() or "lead" in name or "shapley" in name or name == "event study"  # rows of names
    given.figure.canvas.draw()
    assert len(plt.get_fignums()) == 1
    assert results[name].plot() is not given


@pytest.mark.parametrize(("name", "told", "names"), [
    ("lead test", lambda r: [(r.effect_13_weeks, *r.effect_13_weeks_interval)], ["x, weeks 1 to 4"]),
    ("lead race",
     lambda r: [(one.effect_13_weeks, *one.effect_13_weeks_interval) for one in r.tests.values()],
     ["x, weeks 1 to 4", "z, weeks 2 to 9"]),
    ("event study", lambda r: r.table[["estimate", "low", "high"]], ["13 weeks", "4 weeks", "26 weeks"]),
    ("shapley", lambda r: r.table[["share", "low", "high"]], ["y", "z"]),
    ("shapley change", lambda r: r.table[["change", "low", "high"]], ["y", "z"]),
])  # fmt: skip
def test_estimates_and_intervals_stand_in_rows_from_top_to_bottom(results, name, told, names):
    ax = results[name].plot()
    expected = np.array(told(results[name]))
    assert [text.get_text() for text in ax.get_yticklabels()] == names
    assert ax.lines[0].get_xdata() == pytest.approx(expected[:, 0])
    assert segments(ax, 0) == pytest.approx(expected[:, 1:])
    assert list(ax.lines[0].get_ydata()) == list(range(len(names)))
    assert ax.yaxis_inverted()


@pytest.mark.parametrize("leader", ["x", "z"])
def test_a_map_colours_each_window_of_a_leader_by_its_effect(results, leader):
    found = results["lead map"]
    ax = found.plot(leader=leader)
    mesh = ax.collections[0]
    middles = mesh.get_coordinates()[:-1, :-1] + np.diff(mesh.get_coordinates()[:, :2, :], axis=1)[:-1] / 2
    drawn = mesh.get_array().filled(np.nan)
    assert np.isfinite(drawn).sum() == len(WINDOWS)
    firsts, lasts = [1, 4], [2, 6]
    assert middles.shape[:2] == drawn.shape == (2, 2)
    for first, last in WINDOWS:
        cell = drawn[lasts.index(last), firsts.index(first)]
        assert cell == pytest.approx(found.cell(leader, first, last)["effect_13_weeks"])
    assert mesh.get_clim()[1] == -mesh.get_clim()[0] == found.cells["effect_13_weeks"].abs().max()
    assert ax.get_title() == leader
    assert found.plot().get_title() == found.strongest[0] == "x"


def test_a_waterfall_leads_from_zero_to_the_whole_rise(results):
    found = results["decomposition"]
    ax = found.plot()
    bars = [(bar.get_y(), bar.get_height()) for bar in ax.patches]
    heights = [height for _, height in bars]
    assert heights == pytest.approx([*found.blocks["contribution"], found.remainder, found.total])
    assert [start for start, _ in bars[:-1]] == pytest.approx([0, *np.cumsum(heights[:-2])])
    assert sum(bars[-2]) == pytest.approx(found.total)
    assert bars[-1][0] == 0
    expected = [found.blocks["high"] - found.blocks["low"], [2 * 1.959964 * found.remainder_sd]]
    assert np.ptp(segments(ax, 1), axis=1) == pytest.approx(np.concatenate(expected), rel=1e-6)


@pytest.mark.parametrize(("name", "told"), [
    ("explosive", lambda r: (r.path.index, r.path[["statistic", "critical"]])),
    ("out of sample", lambda r: (r.forecasts["due"], r.forecasts[["cumulative"]])),
    ("path band", lambda r: (r.band.index, r.band[["centre", "actual"]])),
])  # fmt: skip
def test_paths_are_drawn_by_date(results, name, told):
    index, columns = told(results[name])
    for line, column in zip(results[name].plot().lines, columns, strict=False):
        assert days(line.get_xdata()) == pytest.approx(days(index))
        assert line.get_ydata() == pytest.approx(columns[column])


def test_episodes_of_explosive_growth_are_shaded_from_first_to_last_date(results):
    found = results["explosive"]
    shaded = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in found.plot().patches]
    assert len(shaded) > 0
    assert np.array(shaded) == pytest.approx(np.column_stack([days(found.episodes[end]) for end in ("first", "last")]))


def test_bands_lie_between_their_ends(results):
    fan, curve, path = (results[name] for name in ("fan", "exceedance", "path band"))
    outer, inner = fan.plot().collections
    for week, row in fan.quantiles().iterrows():
        assert (*ends(outer, week), *ends(inner, week)) == pytest.approx(tuple(row[[0.05, 0.95, 0.25, 0.75]]))
    (band,) = curve.plot().collections
    for margin, row in curve.table.iterrows():
        assert ends(band, margin) == pytest.approx((100 * row.low, 100 * row.high))
    (band,) = path.plot().collections
    for week, row in path.band.iterrows():
        assert ends(band, days(week)) == pytest.approx((row.low, row.high))


def test_medians_and_shares_are_lines(results):
    fan, curve = results["fan"], results["exceedance"]
    assert fan.plot().lines[0].get_xydata() == pytest.approx(fan.quantiles()[[0.5]].reset_index().to_numpy())
    ax = curve.plot()
    assert ax.lines[0].get_xydata() == pytest.approx(np.column_stack([curve.table.index, 100 * curve.table["share"]]))
    assert ax.lines[1].get_xdata() == pytest.approx([curve.margin] * 2)


def test_specifications_stand_in_order_the_significant_ones_apart(results):
    found = results["specifications"]
    others, significant = found.plot().lines[:2]
    assert 0 < len(significant.get_xdata()) == found.share * len(found.table) < len(found.table)
    for line, chosen in ((others, ~found.table["significant"]), (significant, found.table["significant"])):
        assert line.get_ydata() == pytest.approx(found.table.loc[chosen, "estimate"])
        assert list(line.get_xdata()) == list(found.table.index[chosen])


SHORT = NOISE[:160]
NOT_DONE = {
    "lead test": lambda: lead_test(effect=SHORT.y, cause=SHORT.x, window=(1, 130)),
    "lead map": lambda: lead_map(effect=SHORT.y, causes=SHORT[["x"]], windows=[(1, 130)], reps=199),
    "event study": lambda: event_study(events=WEEKS[:0], returns=NOISE.y),
    "out of sample": lambda: out_of_sample(effect=NOISE.y[:170], cause=NOISE.x[:170], horizon=4, reps=99),
    "path band": lambda: counterfactual(response=LED.y, drivers=LED[["x"]], date=WEEKS[-1], seed=1),
    "specifications": lambda: specifications(NOISE[:9]),
}


@pytest.mark.parametrize("name", NOT_DONE)
def test_axes_say_why_there_is_nothing_to_draw(name):
    found = NOT_DONE[name]()
    ax = found.plot()
    assert found.reason
    assert found.reason in ax.get_title()
    ax.figure.canvas.draw()


def test_correlations_stand_at_their_lags_on_a_band_of_their_standard_errors(results):
    found = results["cross-correlation"]
    ax = found.plot()
    assert segments(ax, 1) == pytest.approx(np.array([[0, one] for one in found.table["correlation"]]))
    assert list(segments(ax, 0)[:, 0]) == list(range(-5, 6))
    for lag, error in found.table["stderr"].items():
        assert ends(ax.collections[0], lag) == pytest.approx((-1.959964 * error, 1.959964 * error))

"""Causality over time: every window against a direct regression, episodes, critical values, threads, faults."""

import logging
from types import SimpleNamespace

import numba
import numpy as np
import pandas as pd
import pytest

from helpers.stats import (
    InputError,
    bootstrap_suprema,
    causality_path,
    causality_triangle,
    granger_design,
    granger_test,
    prepare_sweep,
    window_statistics,
)
from helpers.stats import window_sweep as sweeps
from helpers.stats.regression import partial_out, wald_test


def frame_of(kind: str, n: int = 260) -> pd.DataFrame:
    """Pairs that are easy, trending, badly scaled, or heteroskedastic, with a control."""
    rng = np.random.default_rng(7)
    values = rng.normal(size=(n, 3))
    if kind == "trending":
        values = values.cumsum(axis=0) + np.arange(n)[:, None] * [5.0, -3.0, 0.5]
    if kind == "badly scaled":
        values = values * [1e7, 1e-7, 1.0] + [1e9, -1e-3, 0.0]
    if kind == "heteroskedastic":
        values[1:, 0] *= 0.3 + np.abs(values[:-1, 1])
    return pd.DataFrame(values, index=pd.date_range("2011-01-07", periods=n, freq="W-FRI"), columns=list("xyz"))


def direct(design, window, covariance):
    """The statistic of one window from a regression of its own."""
    blocks = [v[window] for v in (design.y, design.x_restricted, design.x_tested)]
    if covariance != "HCR":
        return wald_test(*blocks, covariance=covariance).statistic
    fit = partial_out(*blocks)
    full = partial_out(design.y, design.x_restricted, design.x_tested).restricted_residuals[window]
    tested = fit.basis[:, -fit.df[0] :]
    meat = (tested * full[:, None] ** 2).T @ tested
    return fit.scores @ np.linalg.solve(meat, fit.scores) / fit.df[0]


@pytest.mark.parametrize("kind", ["easy", "trending", "badly scaled", "heteroskedastic"])
@pytest.mark.parametrize("covariance", ["nonrobust", "HC3", "HCR"])
@pytest.mark.parametrize(("lags", "controls"), [(1, []), (4, []), (2, ["z"])])
def test_windows_against_direct_regressions(kind, covariance, lags, controls):
    frame = frame_of(kind)
    design = granger_design(effect=frame.x, cause=frame.y, controls=frame[controls] if controls else None, lags=lags)
    sweep = prepare_sweep(design, min_window=60, scheme="recursive")
    swept = window_statistics(sweep, covariance=covariance)
    rng = np.random.default_rng(0)
    for row in rng.integers(0, sweep.ends.size, 30):
        start = rng.integers(0, sweep.last[row] + 1)
        expected = direct(design, slice(start, sweep.ends[row]), covariance)
        assert swept[row, start] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("covariance", ["nonrobust", "HCR"])
def test_suprema_of_draws_against_a_sweep_of_each_draw(covariance):
    # The third draw by hand: its signs, its residuals as the dependent variable, its sweep, its maxima.
    frame = frame_of("heteroskedastic", n=130)
    design = granger_design(effect=frame.x, cause=frame.y, lags=3)
    sweep = prepare_sweep(design, min_window=60, scheme="recursive")
    drawn = bootstrap_suprema(sweep, covariance=covariance, reps=200, seed=5)
    words = np.random.default_rng(5).integers(0, 2**64 - 1, size=(200, 2), dtype=np.uint64, endpoint=True)
    bits = [int(words[2, t // 64]) >> (8 * (t % 64 // 8) + 7 - t % 8) & 1 for t in range(127)]
    signed = np.where(bits, sweep.data[-1], -sweep.data[-1])
    one = sweeps.Sweep(np.vstack([sweep.data[:-1], signed]), sweep.tested, sweep.first, sweep.last, sweep.ends)
    np.testing.assert_allclose(drawn[2], np.nanmax(window_statistics(one, covariance=covariance), axis=1), rtol=1e-8)
    assert drawn.shape == (200, 68)


def test_schemes_are_edges_of_the_triangle():
    frame = frame_of("easy")
    options = {"effect": frame.x, "cause": frame.y, "lags": 2, "min_window": 100}
    sweep = prepare_sweep(granger_design(effect=frame.x, cause=frame.y, lags=2), min_window=100, scheme="recursive")
    every = window_statistics(sweep, covariance="nonrobust").T
    triangle = causality_triangle(**options)
    paths = {scheme: causality_path(**options, scheme=scheme).path for scheme in ("recursive", "rolling", "forward")}
    np.testing.assert_allclose(paths["forward"].statistic, every[0], rtol=1e-10)
    np.testing.assert_allclose(paths["rolling"].statistic, np.diag(every), rtol=1e-10)
    np.testing.assert_allclose(paths["recursive"].statistic, np.nanmax(every, axis=0), rtol=1e-10)
    assert (paths["rolling"].start == triangle.statistic.index).all()
    # 258 rows after two lags: 159 end points, 159 * 160 / 2 windows; the last row holds only the longest.
    assert triangle.windows == 12720
    assert triangle.statistic.shape == (159, 159)
    assert triangle.statistic.notna().sum().sum() == 12720


def test_the_last_forward_window_is_the_granger_test():
    frame = frame_of("heteroskedastic")
    path = causality_path(effect=frame.x, cause=frame.y, lags=3, min_window=80, scheme="forward").path
    whole = granger_test(effect=frame.x, cause=frame.y, lags=3, covariance="nonrobust")
    assert path.statistic.iloc[-1] == pytest.approx(whole.statistic, rel=1e-9)


def test_pvalues_of_the_triangle_are_those_of_the_windows():
    frame = frame_of("easy")
    triangle = causality_triangle(effect=frame.x, cause=frame.y, lags=2, min_window=100)
    first, last = triangle.statistic.index[20], triangle.statistic.columns[50]
    # The window's first row needs its two lags before it.
    cut = frame.loc[first - pd.Timedelta(weeks=2) : last]
    expected = granger_test(effect=cut.x, cause=cut.y, lags=2)
    assert triangle.pvalue.loc[first, last] == pytest.approx(expected.pvalue, rel=1e-8)
    assert triangle.share_below == pytest.approx(np.nanmean((triangle.pvalue < 0.05).where(triangle.pvalue.notna())))


@pytest.mark.parametrize("covariance", ["nonrobust", "HCR"])
def test_a_passing_lead_is_found_and_dated(covariance):
    frame = frame_of("easy", n=500)
    active = slice(200, 320)
    frame.iloc[active, 0] += 0.8 * frame.y.shift(1).iloc[active]
    options = {"lags": 2, "min_window": 60, "scheme": "rolling", "covariance": covariance, "reps": 199, "seed": 1}
    found = causality_path(effect=frame.x, cause=frame.y, **options)
    reverse = causality_path(effect=frame.y, cause=frame.x, **options)
    assert found.pvalue <= 0.01
    assert reverse.pvalue > 0.05
    assert reverse.episodes.empty
    strongest = found.episodes.loc[found.episodes.peak.idxmax()]
    # Windows of 60 rows that end in rows 260 to 320 lie inside the active stretch.
    assert frame.index[200] < strongest["first"] < frame.index[262]
    assert frame.index[318] < strongest["last"] < frame.index[380]
    assert strongest.peak == found.supremum
    assert found.share_above > 0.25


def test_critical_values_are_quantiles_of_the_draws():
    frame = frame_of("easy")
    options = {"effect": frame.x, "cause": frame.y, "lags": 2}
    result = causality_path(**options, min_window=100, reps=199, seed=3)
    sweep = prepare_sweep(granger_design(**options), min_window=100, scheme="recursive")
    draws = bootstrap_suprema(sweep, covariance="nonrobust", reps=199, seed=3)
    assert result.critical == pytest.approx(np.quantile(draws.max(axis=1), 0.95))
    np.testing.assert_allclose(result.path.critical, np.quantile(draws, 0.95, axis=0))
    assert result.pvalue == (1 + (draws.max(axis=1) >= result.supremum).sum()) / 200
    assert (result.pvalue <= 0.05) == (len(result.episodes) > 0)


def test_episodes_by_hand():
    # Above 2: weeks 2 and 3, then 5.
    from helpers.stats.time_varying import _episodes

    weeks = pd.date_range("2020-01-03", periods=6, freq="W-FRI")
    episodes = _episodes(pd.Series([1.0, 3.0, 4.0, 2.0, 5.0, 1.0], index=weeks), 2.0)
    assert episodes["first"].tolist() == [weeks[1], weeks[4]]
    assert episodes["last"].tolist() == [weeks[2], weeks[4]]
    assert episodes["weeks"].tolist() == [2, 1]
    assert episodes["peak_date"].tolist() == [weeks[2], weeks[4]]


def test_units_and_dates_change_nothing():
    frame = frame_of("easy")
    moved = (frame * [1e5, -1e-5, 1] + [1e3, 1.0, 0]).set_axis(frame.index + pd.Timedelta(weeks=300))
    options = {"lags": 2, "min_window": 120, "reps": 39, "seed": 1}
    one = causality_path(effect=frame.x, cause=frame.y, **options)
    two = causality_path(effect=moved.x, cause=moved.y, **options)
    np.testing.assert_allclose(two.path.statistic, one.path.statistic, rtol=1e-7)
    assert two.critical == pytest.approx(one.critical, rel=1e-7)
    assert (two.path.index - one.path.index == pd.Timedelta(weeks=300)).all()


def test_later_rows_change_no_earlier_statistic():
    frame = frame_of("easy")
    options = {"lags": 2, "min_window": 100}
    whole = causality_path(effect=frame.x, cause=frame.y, **options).path
    cut = causality_path(effect=frame.x[:200], cause=frame.y[:200], **options).path
    np.testing.assert_allclose(cut.statistic, whole.statistic[cut.index], rtol=1e-9)


@pytest.mark.parametrize("covariance", ["nonrobust", "HCR"])
def test_threads_change_no_bit(covariance):
    frame = frame_of("heteroskedastic")
    options = {"lags": 2, "min_window": 150, "covariance": covariance, "reps": 19, "seed": 1}
    before, runs = numba.get_num_threads(), []
    for threads in (1, before):
        numba.set_num_threads(threads)
        runs.append(causality_path(effect=frame.x, cause=frame.y, **options).path)
    numba.set_num_threads(before)
    assert runs[0].equals(runs[1])


def test_a_kernel_without_cache_says_that_it_compiles(caplog, tmp_path):
    statistics = SimpleNamespace(cache_path=str(tmp_path))
    kernel = SimpleNamespace(__name__="some_kernel", signatures=[], stats=statistics)
    with caplog.at_level(logging.INFO, logger="helpers.stats.window_sweep"):
        sweeps._announce(kernel)
        assert "Compiling some_kernel" in caplog.text
        caplog.clear()
        (tmp_path / "sweep_kernels.some_kernel-10.py311.nbi").touch()
        sweeps._announce(kernel)
        assert caplog.text == ""


FAULTS = [
    ({"min_window": 1.5}, "min_window must be a whole number"),
    ({"scheme": "sideways"}, "found 'sideways'"),
    ({"covariance": "HAC"}, "found 'HAC'"),
    ({"lags": 0}, "found 0"),
    ({"reps": -1}, "reps must be"),
]


@pytest.mark.parametrize(("options", "message"), FAULTS)
def test_faults_are_named(options, message):
    frame = frame_of("easy")
    with pytest.raises(InputError, match=message):
        causality_path(**({"effect": frame.x, "cause": frame.y, "lags": 2, "min_window": 100} | options))


@pytest.mark.parametrize("covariance", ["nonrobust", "HCR"])
def test_a_frozen_stretch_is_named_by_its_dates(covariance):
    frame = frame_of("easy")
    frame.iloc[100:170, 1] = 0.5
    with pytest.raises(InputError, match=r"collinear from 2012-12-.* to 2014-0.*hardly moves"):
        causality_path(effect=frame.x, cause=frame.y, lags=2, min_window=60, covariance=covariance)

"""A result draws what it holds, on the axes it is given."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.stats import (
    causality_path,
    frequency_test,
    local_projection,
)


@pytest.fixture(autouse=True)
def _closed():
    with mpl.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


@pytest.fixture(scope="module")
def data():
    values = np.random.default_rng(3).standard_normal((260, 2))
    return pd.DataFrame(values, index=pd.date_range("2012-01-06", periods=260, freq="W-FRI"), columns=["x", "y"])


def heights(line):
    return line.get_ydata()


def test_a_path_draws_its_statistics_critical_values_and_episodes(data):
    led = data.assign(y=data.y + 0.8 * data.x.shift(fill_value=0))
    found = causality_path(effect=led.y, cause=led.x, lags=1, min_window=100, reps=19, seed=1)
    ax = found.plot()
    assert heights(ax.lines[0]) == pytest.approx(found.path["statistic"])
    assert heights(ax.lines[1]) == pytest.approx(found.path["critical"])
    assert heights(ax.lines[2]) == pytest.approx([found.critical] * 2)
    assert len(ax.patches) == len(found.episodes) > 0


def test_a_response_draws_estimate_interval_and_band(data):
    found = local_projection(response=data.y, shock=data.x, lags=2, horizons=4, reps=19, seed=1)
    _, given = plt.subplots()
    ax = found.plot(given)
    assert ax is given
    told = found.overall.frame()
    assert heights(ax.lines[0]) == pytest.approx(told["estimate"])
    for drawn, ends in zip(ax.collections, (("band_lower", "band_upper"), ("lower", "upper")), strict=True):
        inside = drawn.get_paths()[0].vertices[:, 1]
        assert (inside.min(), inside.max()) == pytest.approx((told[ends[0]].min(), told[ends[1]].max()))


def test_frequencies_are_drawn_by_period(data):
    found = frequency_test(effect=data.y, cause=data.x, lags=2, reps=19, seed=1)
    ax = found.plot()
    shown = found.curve[2 * np.pi / found.curve.index <= 104]
    assert ax.lines[0].get_xdata() == pytest.approx(2 * np.pi / shown.index.to_numpy())
    assert heights(ax.lines[0]) == pytest.approx(shown["statistic"])
    assert heights(ax.lines[2]) == pytest.approx([found.band_critical] * 2)


def test_importing_the_statistics_loads_no_heavy_library():
    heavy = ("matplotlib", "arch", "numba", "statsmodels", "distributed", "dask")
    asked = f"import sys, helpers.stats; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

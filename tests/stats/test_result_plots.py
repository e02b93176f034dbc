"""Pictures of results hold the numbers of the tables they are drawn from."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.stats import (
    event_study,
    history_fan,
    inside_band,
    out_of_sample,
)

mpl.use("Agg")
WEEKS = pd.date_range("2010-01-01", periods=400, freq="W-FRI")
RNG = np.random.default_rng(0)
DATA = pd.DataFrame(RNG.normal(size=(400, 4)), index=WEEKS, columns=["btc", "gold", "dollar", "copper"])


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_event_study():
    found = event_study(events=WEEKS[[60, 200, 300]], returns=DATA["btc"], horizons=(4, 13))
    ax = found.plot()
    assert ax.lines[-2].get_ydata() == pytest.approx(found.path["mean"].to_numpy(), nan_ok=True)


def test_fan_out_of_sample_and_band():
    fan = history_fan(returns=DATA["btc"], as_of=WEEKS[300], weeks=13, reps=99, seed=1)
    assert fan.plot().lines[0].get_ydata() == pytest.approx(fan.quantiles()[0.5].to_numpy())
    scored = out_of_sample(effect=DATA["btc"], cause=DATA["gold"], horizon=4, reps=99, seed=1)
    assert scored.plot().lines[0].get_ydata() == pytest.approx(scored.forecasts["cumulative"].to_numpy())
    path = inside_band(returns=DATA["btc"], date=WEEKS[380], reps=99, seed=1)
    given = plt.subplots()[1]
    assert path.plot(given) is given
    assert given.lines[-1].get_ydata() == pytest.approx(path.band["actual"].to_numpy())

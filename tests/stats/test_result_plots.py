"""Pictures of results hold the numbers of the tables they are drawn from."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.stats import (
    event_study,
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
    assert ax.lines[-2].get_ydata() == pytest.approx(found.paths.mean(axis=1).to_numpy(), nan_ok=True)

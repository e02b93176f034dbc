"""Pictures of results hold the numbers of the tables they are drawn from."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.stats import (
    shapley_change,
    shapley_shares,
    state_interaction,
)

mpl.use("Agg")
WEEKS = pd.date_range("2010-01-01", periods=400, freq="W-FRI")
RNG = np.random.default_rng(0)
DATA = pd.DataFrame(RNG.normal(size=(400, 4)), index=WEEKS, columns=["btc", "gold", "dollar", "copper"])


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_shares_and_states():
    part = {"response": DATA["btc"], "predictors": DATA[["gold", "dollar", "copper"]], "reps": 49, "seed": 1}
    shares = shapley_shares(**part)
    assert [bar.get_width() for bar in shares.plot().patches] == pytest.approx(shares.table["share"].tolist())
    change = shapley_change(**part, date=WEEKS[200])
    assert change.plot().lines[0].get_xdata() == pytest.approx(change.table["change"].to_numpy())
    states = pd.DataFrame({"fear": np.repeat(RNG.random(50) < 0.4, 8)}, index=WEEKS)
    found = state_interaction(
        effect=DATA["btc"], strength=DATA["gold"], states=states, horizons=(4, 13), reps=99, placebos=0, seed=1
    )
    assert found.plot().lines[0].get_xdata() == pytest.approx(found.table["difference"].to_numpy())

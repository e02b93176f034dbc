"""The kept simulation: every cell of the plan is in it, and every procedure that the ledger names."""

import pandas as pd

from helpers.claims import read_simulations
from helpers.claims.simulations import FEEDS, worst_sizes
from helpers.data.settings import ROOT
from helpers.stats import CHUNK, EventWeeks, plan
from helpers.stats.validation_plan import _KEYS


def test_the_kept_simulation_is_that_of_the_plan():
    cells = plan(EventWeeks(((10,),), 100))
    assert len({cell.key for cell in cells}) == len(cells)
    assert all(cell.reps % CHUNK == 0 for cell in cells)
    kept = read_simulations()
    assert [tuple(row) for row in kept[_KEYS].itertuples(index=False)] == [cell.key for cell in cells]
    sized = {cell.procedure for cell in cells if cell.verdict and cell.kind == "size"}
    assert sized <= {cell.procedure for cell in cells if cell.verdict and cell.kind == "power"}


def test_every_procedure_of_the_ledger_has_a_size_and_names_its_claims():
    ledger = pd.read_csv(ROOT / "claims" / "ledger.csv")
    named = ledger[ledger["verdict"].notna()].groupby("procedure")["claim"].agg(set)
    assert set(named.index) <= set(worst_sizes()) & set(FEEDS)
    assert all(claims <= set(FEEDS[name].split(", ")) for name, claims in named.items())
    assert set(FEEDS) <= set(read_simulations()["procedure"])

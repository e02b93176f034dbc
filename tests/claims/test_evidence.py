"""Forecasts scored when due, and the evidence on the leader's strength, from arithmetic and the process itself."""

import numpy as np
import pandas as pd
import pytest

from helpers.claims import Trial, evidence
from helpers.claims.evidence import forecast_evidence, forecast_table
from helpers.data import load
from helpers.stats import forecast_e_process


@pytest.fixture(scope="module")
def trial():
    return Trial(load(source="snapshot", as_of="2026-08-21"))


def test_scores_are_squared_errors_of_what_was_said(trial):
    table = forecast_table(trial)
    assert table["made"].dt.strftime("%Y-%m-%d").unique().tolist() == ["2026-01-23", "2026-04-24", "2026-07-24"]
    due = table[table["due"] <= "2026-08-21"]
    move = np.log(trial.price("btc")["2026-07-24"] / trial.price("btc")["2026-01-23"])
    assert due["happened"].tolist()[:3] == [move > 0, move > np.log(1.25), move < np.log(0.75)]
    for name in ("strength", "history"):
        expected = (due[name] - due["happened"].astype(float)) ** 2
        np.testing.assert_allclose(due[f"Brier score of {name}"], expected)
    later = table[table["due"] > "2026-08-21"]
    assert later["happened"].isna().all()
    assert later["Brier score of strength"].isna().all()


def test_one_score_is_no_evidence_yet(trial):
    found = forecast_evidence(trial)
    assert found.process is None
    assert len(found.scores) == 1
    table = forecast_table(trial)
    first = table[table["made"] == "2026-01-23"]
    assert found.scores["strength"].iloc[0] == pytest.approx(first["Brier score of strength"].mean())


def test_hindsight_ends_before_the_first_stored_forecast_and_uses_nothing_after_the_record(trial, monkeypatch):
    monkeypatch.setattr(evidence, "HINDSIGHT_FROM", "2022-01-01")
    found = evidence.evidence_in_hindsight(trial)
    assert found.scores.index[-1] == pd.Timestamp("2025-07-25")  # 26 weeks before 23 January 2026
    assert set(np.diff(found.scores.index) / np.timedelta64(7, "D")) == {13.0}
    again = forecast_e_process(
        scores=1 - found.scores["strength"], benchmark=1 - found.scores["history"], bound=1.0, ahead=2,
        variance_best=0.1,
    )  # fmt: skip
    np.testing.assert_allclose(found.process.evidence, again.evidence)

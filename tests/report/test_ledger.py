"""The ledger: what is written is what is read, and only what the registry allows is written."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from helpers.data import DataError, load
from helpers.report.ledger import Entry, data_stamp, read_entries, record, record_validation

PANEL = load(source="snapshot")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SILVER_RESULTS", str(tmp_path / "results"))
    return tmp_path / "results"


def test_round_trip(folder):
    written = record(
        PANEL, notebook="06_granger_causality", claim="C10",
        estimate=np.float64(0.4), interval=(0.0, np.inf), pvalue=0.2, direction=np.int64(1), n=831,
        placebo_pvalues={"copper": np.float64(0.5), "dollar": math.nan},
        eras={"2020 on": 0.1}, extra={"lags": 8, "week": pd.Timestamp("2026-01-23"), "flag": np.bool_(True)},
    )  # fmt: skip
    (read,) = read_entries()
    assert (read.estimate, read.pvalue, read.direction, read.n) == (0.4, 0.2, 1, 831)
    assert math.isnan(read.interval[1])
    assert math.isnan(read.placebo_pvalues["dollar"])
    assert read.extra == {"lags": 8, "week": "2026-01-23 00:00:00", "flag": True}
    assert read.unit == written.unit == "% partial R2"
    assert read.data == data_stamp(PANEL)
    assert json.loads((folder / "C10.json").read_text())["data"]["digest"] == PANEL.digest


def test_same_finding_same_bytes(folder):
    record(PANEL, notebook="06_granger_causality", claim="C10", estimate=1 / 3)
    first = (folder / "C10.json").read_bytes()
    record(PANEL, notebook="06_granger_causality", claim="C10", estimate=1 / 3 + 1e-14)
    assert (folder / "C10.json").read_bytes() == first


def test_order_is_by_number_and_primary_first():
    record(PANEL, notebook="10_scoreboard", claim="C10", test="out_of_sample", estimate=1.0)
    record(PANEL, notebook="06_granger_causality", claim="C10", estimate=1.0)
    record(PANEL, notebook="02_silver_record", claim="C2", estimate=1.0)
    assert [(entry.claim, entry.test) for entry in read_entries()] == [
        ("C2", "primary"), ("C10", "primary"), ("C10", "out_of_sample"),
    ]  # fmt: skip


def test_only_the_registered_chapter_writes_the_primary_finding():
    with pytest.raises(DataError, match="C10: expected its primary test from 06_granger_causality"):
        record(PANEL, notebook="07_time_varying_causality", claim="C10", estimate=1.0)
    with pytest.raises(DataError, match="C99: expected a claim"):
        record(PANEL, notebook="02_silver_record", claim="C99")


def test_placebos_beaten():
    # p = .04 beats .30 and .06, not .01: two of three; a placebo that could not be tested does not count.
    entry = Entry(claim="C10", pvalue=0.04, placebo_pvalues={"a": 0.30, "b": 0.06, "c": 0.01, "d": math.nan})
    assert entry.placebos_beaten == pytest.approx(2 / 3)
    assert math.isnan(Entry(claim="C10", placebo_pvalues={"a": 0.3}).placebos_beaten)
    assert math.isnan(Entry(claim="C10", pvalue=0.1).placebos_beaten)


def test_entry_tells_itself():
    text = repr(
        Entry(claim="C5", unit="%", estimate=-0.9, interval=(-1.3, -0.5), pvalue=0.01, n=800, parts={"a fact": False})
    )
    assert text.splitlines()[0] == "Recorded C5 (primary), %"
    for line in ("NO: a fact", "estimate -0.9", "95 % interval -1.3, -0.5", "p 0.01", "n 800"):
        assert line in text


def test_validation_file(folder):
    record_validation({"granger_wild": {"size": {"iid": 0.05}, "power": {"lead": 0.9}}}, PANEL)
    content = json.loads((folder / "validation.json").read_text())
    assert content["procedures"]["granger_wild"]["size"] == {"iid": 0.05}
    assert content["data"]["digest"] == PANEL.digest

"""The ledger: what is written is what is read, by whoever it belongs to, and nobody else's numbers enter it."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from helpers.claims import PRIMARY, Finding, Trial, Verdict, decide, judge, read_ledger, verdicts
from helpers.claims import ledger as module
from helpers.claims.findings import FINDINGS
from helpers.claims.ledger import LEDGER, ledger_rows
from helpers.data import DataError, load

NOW = load(source="snapshot")


def same(one, other):
    a, b = (dataclasses.asdict(found.kept()) for found in (one, other))
    return repr(a) == repr(b)  # NaN compares equal as text


def write(path, judgement):
    pd.DataFrame(ledger_rows(judgement)).to_csv(path, index=False, float_format="%.10g")
    return path


def made(**changes):
    found = Finding(
        claim="C10", unit=FINDINGS["C10", PRIMARY].unit, estimate=1 / 3, low=-math.inf, high=math.inf, p=0.2,
        p_error=0.004, direction=np.int64(1), n=831, k=None, placebos={"copper": np.float64(0.5), "dollar": math.nan},
        eras={"2020 on": 0.1}, parts={"it held, at $101 = yes": True},
        extra={"lags": 8, "flag": True, "day": "2026-01-23", "next 13 weeks": 2.0}, procedure="lead_test",
    )  # fmt: skip
    return dataclasses.replace(found, **changes)


def test_round_trip_with_infinite_and_missing_numbers(tmp_path):
    written = decide(Trial(NOW), {("C10", PRIMARY): made().kept()})
    read = read_ledger(NOW, path=write(tmp_path / "ledger.csv", written)).finding("C10")
    assert same(read, made())
    assert (read.low, read.high, read.estimate, read.k) == (-math.inf, math.inf, 0.3333333333, None)
    assert math.isnan(read.always_low)
    assert math.isnan(read.placebos["dollar"])
    assert read.parts == {"it held, at $101 = yes": True}


def test_each_column_holds_its_own_number(tmp_path):
    found = made(low=1.0, high=2.0, always_low=0.5, always_high=2.5, detectable=3.0, n=11, k=7, confidence=0.9)
    row = pd.read_csv(write(tmp_path / "ledger.csv", decide(Trial(NOW), {("C10", PRIMARY): found.kept()}))).loc[0]
    names = ["low", "high", "always_low", "always_high", "p", "p_error", "detectable", "n", "k", "confidence"]
    assert list(row[names]) == [1.0, 2.0, 0.5, 2.5, 0.2, 0.004, 3.0, 11, 7, 0.9]
    assert row["adjusted"] == pytest.approx(0.8)  # Holm: four claims of precedence, the other three untested
    assert (row["as_of"], row["leader"], row["follower"], row["data"]) == (str(NOW.as_of), "silver", "btc", NOW.digest)


def test_the_committed_ledger_is_read_for_both_dates():
    for day in (None, "2026-01-23"):
        judgement = read_ledger(load(source="snapshot", as_of=day))
        assert set(judgement.findings) == set(FINDINGS)
        assert not [judged.claim.id for judged in judgement if judged.verdict == Verdict.NOT_TESTED]


def test_the_committed_ledger_is_what_the_command_writes(tmp_path, monkeypatch):
    kept = {day: read_ledger(load(source="snapshot", as_of=day)) for day in ("2026-01-23", None)}
    monkeypatch.setattr(module, "judge", lambda dataset: kept[None if dataset.latest else "2026-01-23"])
    module.write_ledger(tmp_path / "ledger.csv")
    assert (tmp_path / "ledger.csv").read_bytes() == LEDGER.read_bytes()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"leader": "copper"},
            r"expected copper and btc as of 2026-08-21, found only silver and btc as of 2026-01-23; ",
        ),
        ({"start": "2015-01-01"}, r"expected silver and btc as of 2026-08-21 from 2015-01-01 on, found only"),
    ],
)
def test_rows_of_another_pair_or_start_are_refused(asked, message):
    with pytest.raises(DataError, match=message):
        read_ledger(NOW, **asked)


def test_rows_of_another_date_are_refused():
    with pytest.raises(DataError, match=r"expected silver and btc as of 2026-03-13, found only .* 2026-01-23"):
        read_ledger(load(source="snapshot", as_of="2026-03-13"))


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("data", "expected data .*, found findings on other data"),
        ("rules", "found verdicts by rules that have been amended since"),
        ("rule", "found verdicts by rules that have been amended since"),
        ("verdict", "found edited"),
    ],
)
def test_rows_on_other_data_or_rules_are_refused(tmp_path, column, message):
    table = pd.read_csv(LEDGER, dtype=str, keep_default_na=False)
    table.loc[table["as_of"] == str(NOW.as_of), column] = "edited"
    table.to_csv(tmp_path / "ledger.csv", index=False)
    with pytest.raises(DataError, match=message):
        read_ledger(NOW, path=tmp_path / "ledger.csv")


def test_verdicts_come_from_the_ledger_and_never_hide_an_edited_one(tmp_path):
    assert [one.verdict for one in verdicts(NOW)] == [one.verdict for one in read_ledger(NOW)]
    table = pd.read_csv(LEDGER, dtype=str, keep_default_na=False)
    table.loc[(table["as_of"] == str(NOW.as_of)) & (table["claim"] == "C10"), "verdict"] = "Supported"
    table.to_csv(tmp_path / "ledger.csv", index=False)
    with pytest.raises(DataError, match=r"found Supported.*python -m helpers\.claims --write"):
        verdicts(NOW, ledger=tmp_path / "ledger.csv")


def test_another_pair_is_judged_once_and_leaves_the_ledger_alone(monkeypatch, tmp_path):
    few = {key: FINDINGS[key] for key in (("C10", "reverse"), ("C11", "pooled_events"))}
    monkeypatch.setattr("helpers.claims.judgement.FINDINGS", few)
    before, asked = LEDGER.read_bytes(), []

    def once(*words, **options):
        asked.append(options)
        return judge(*words, **options)

    monkeypatch.setattr(module, "judge", once)
    first, second = (verdicts(NOW, leader="copper", follower="btc", folder=tmp_path) for _ in range(2))
    assert len(asked) == 1
    assert len(list(tmp_path.glob("*.csv"))) == 1
    assert same(first.finding("C10", "reverse"), second.finding("C10", "reverse"))
    monkeypatch.setattr(module, "code_digest", lambda: "other code")
    verdicts(NOW, leader="copper", follower="btc", folder=tmp_path)
    assert len(asked) == 2
    assert LEDGER.read_bytes() == before


@pytest.mark.parametrize("how", ["no folder can be made", "nothing can be written in it"])
def test_where_nothing_can_be_kept_a_pair_is_judged_all_the_same(monkeypatch, tmp_path, how):
    monkeypatch.setattr(module, "judge", lambda dataset, **pair: pair["leader"])
    folder = tmp_path / "verdicts"
    if how == "no folder can be made":  # as in an installed package that is read-only
        (tmp_path / "build").write_text("")
        folder = tmp_path / "build" / "verdicts"
    else:
        monkeypatch.setattr(module.os, "access", lambda place, way: False)
    assert verdicts(NOW, leader="copper", follower="btc", folder=folder) == "copper"
    assert not list(tmp_path.rglob("*.csv"))

"""Saved files: a series nobody foresaw is usable at once; a file that could mean two things is refused."""

import numpy as np
import pandas as pd
import pytest

from helpers.data import DataError, load
from helpers.data.errors import SourceError
from helpers.data.manual import read_saved
from helpers.stats import granger_test

DAYS = pd.bdate_range("2016-01-04", "2026-08-21")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SILVER_MANUAL", str(tmp_path))
    return tmp_path


def saved(folder, name, header, rows):
    (folder / name).write_text("\n".join([header, *(",".join(map(str, row)) for row in rows), ""]))
    return folder / name


def walk(seed):
    return np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, len(DAYS)))).round(6)


def test_a_series_that_nobody_foresaw_leads_follows_and_controls_at_once(folder):
    header = "# label: tin in Malaysia\n# unit: USD/t\nDate,Close"
    saved(folder, "tin.csv", header, zip(DAYS.date, walk(1), strict=True))
    saved(folder, "rate_of_mine.csv", "Date,Value", zip(DAYS.date, walk(2) - 1, strict=True))
    panel, plain = load(source="snapshot"), load(source="snapshot")
    returns = panel.returns("tin", "btc", "rate_of_mine")
    # By hand: the last Friday's and the one before of the saved closes.
    closes = pd.Series(walk(1), DAYS)
    assert returns["tin"].iloc[-1] == pytest.approx(100 * np.log(closes["2026-08-21"] / closes["2026-08-14"]))
    assert (panel.specs["tin"].label, panel.specs["tin"].unit) == ("tin in Malaysia", "USD/t")
    assert panel.specs["rate_of_mine"].change == "difference"  # it passes through zero
    for effect, cause, control in (("btc", "tin", "rate_of_mine"), ("tin", "btc", "rate_of_mine"),
                                   ("rate_of_mine", "btc", "tin")):  # fmt: skip
        found = granger_test(effect=returns[effect], cause=returns[cause], controls=returns[[control]], lags=2,
                             reps=99, seed=1)  # fmt: skip
        assert 0 <= found.pvalue <= 1
    assert panel.provenance.loc["tin", "code"] == "tin.csv"
    assert panel.digest == plain.digest  # what is committed does not depend on one's own files
    assert load(source="snapshot", as_of="2020-01-03").daily("tin").index[-1] <= pd.Timestamp("2020-01-03")


def test_every_series_of_the_catalog_can_lead_follow_and_control():
    panel = load(source="snapshot")
    for name in panel.specs:
        cause, control = ("silver", "gold") if name not in ("silver", "gold") else ("btc", "vix")
        returns = panel.returns(name, cause, control, start="2014-01-01")
        assert len(returns) > 150, name
        for effect, other in ((name, cause), (cause, name)):
            test = granger_test(effect=returns[effect], cause=returns[other], controls=returns[[control]], lags=2,
                                reps=99, seed=1)  # fmt: skip
            assert np.isfinite(test.statistic), name


@pytest.mark.parametrize(("header", "column"), [
    ("Date,Open,High,Low,Close,Volume", 4), ("Date,Open,silver,Close", 2), ("date,price", 1), ("Day;Other", 1),
    ("observation_date,VALUE", 1), ("Date,Open,Price", 2),
])  # fmt: skip
def test_the_column_is_picked_by_its_name(tmp_path, header, column):
    mark = ";" if ";" in header else ","
    count = header.count(mark)
    rows = [mark.join([day, *(str(10 * place + k) for place in range(1, count + 1))])
            for k, day in enumerate(("2026-08-20", "2026-08-21"))]  # fmt: skip
    (tmp_path / "silver.csv").write_text("\n".join([header, *rows]))
    values, _ = read_saved(tmp_path / "silver.csv", names=("silver",))
    assert values.tolist() == [10 * column, 10 * column + 1]


def test_newest_first_thousands_and_utf16_are_read(tmp_path):
    text = 'Date,Price,Open\n2026-08-21,"4,976.20",1\n2026-08-20,"4,900.00",1\n2026-08-19,null,1\n'
    (tmp_path / "gold.csv").write_bytes(text.encode("utf-16"))
    assert read_saved(tmp_path / "gold.csv")[0].tolist() == [4900.0, 4976.2]


@pytest.mark.parametrize(("text", "said"), [
    ("2026-08-20,69.4\n2026-08-21,69.5\n", "expected a header with one date column"),
    ("Date,Open\n2026-08-20,69.4\n", "expected one column called"),
    ("Date,Close,Price\n2026-08-20,1,2\n", "expected one column called"),
    ("Date,Bid,Ask\n2026-08-20,1,2\n", "expected one column called"),
    ("Date\n2026-08-20\n", "expected one column called"),
    ("Date,Close\n2026-08-20\n", "expected 2 fields"),
    ("Date,Close\n20/08/2026,1\n", "dates that are not like 2026-01-23"),
    ("Date,Close\n2026-08-20,cheap\n", "'cheap' on 2026-08-20 is not a number"),
    ("Date,Close\n2026-08-20,1\n2026-08-20,2\n", "every date once"),
    ("", "an empty file"),
])  # fmt: skip
def test_what_could_mean_two_things_or_nothing_is_refused_by_name(folder, text, said):
    (folder / "tin.csv").write_text(text)
    with pytest.raises(SourceError) as caught:
        read_saved(folder / "tin.csv", names=("tin",))
    assert said in caught.value.reason
    with pytest.raises(DataError, match=r"tin\.csv: expected .*Mend or remove"):
        load(source="snapshot")


def test_a_file_without_end_and_one_in_another_code_are_refused_unread(tmp_path, monkeypatch):
    (tmp_path / "tin.csv").write_bytes("Date,Close\n2026-08-20,1\n# \u00e9".encode("latin-1"))
    with pytest.raises(SourceError, match="neither UTF-8 nor UTF-16"):
        read_saved(tmp_path / "tin.csv")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(SourceError, match="larger than 50 MB"):
        read_saved(tmp_path / "large.csv")

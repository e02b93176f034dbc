"""The embedded data: that they are what was frozen, and that anything else is refused by name."""

import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest

from helpers.data import DataError
from helpers.data.dataset import cut
from helpers.data.settings import SNAPSHOT
from helpers.data.snapshot import FILES, policy_by_week, read_snapshot
from helpers.data.tables import check_tables


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "snapshot"
    shutil.copytree(SNAPSHOT, target)
    return target


def rewrite(folder, name, old, new):
    """Change a file and its hash in the manifest, so that only the content checks can object."""
    path = folder / name
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


# Closing figures printed in the description of the data and in the public record of those days.
@pytest.mark.parametrize(
    ("week", "name", "value"),
    [
        ("2026-01-23", "silver", 100.925),
        ("2026-01-30", "silver", 78.290),
        ("2011-04-29", "silver", 48.584),
        ("2015-06-26", "copper", 17.610),
        ("2026-08-21", "btc", 78335.19),
        ("2020-03-20", "policy_rate", 0.25),
        ("2022-03-11", "policy_rate", 0.25),
        ("2022-03-18", "policy_rate", 0.50),
    ],
)
def test_known_values(week, name, value):
    assert read_snapshot().weekly.loc[week, name] == pytest.approx(value, rel=1e-4)


def test_every_manifest_line_describes_its_series():
    manifest = json.loads((SNAPSHOT / "manifest.json").read_text())
    weekly = pd.read_csv(SNAPSHOT / "weekly.csv", index_col="week")
    for entry in manifest["series"]:
        assert entry["licence"]
        assert entry["unit"]
        if entry["table"] == "weekly" and entry["series"] in weekly:
            values = weekly[entry["series"]].dropna()
            assert (entry["first"], entry["last"], entry["rows"]) == (values.index[0], values.index[-1], len(values))
    assert set(manifest["files"]) == set(FILES)


def test_every_column_is_described_in_the_readme():
    text = (SNAPSHOT / "README.md").read_text()
    for name in FILES:
        assert f"`{name}`" in text
        for column in (SNAPSHOT / name).read_text().split("\n", 1)[0].split(","):
            assert f"`{column}`" in text, f"{name}: {column}"


def test_changed_file_is_refused(folder):
    path = folder / "weekly.csv"
    path.write_text(path.read_text().replace("100.925", "101.925", 1))
    with pytest.raises(DataError, match=r"weekly\.csv: expected sha256 .*, found .*git checkout data/snapshot"):
        read_snapshot(folder)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataError, match=rf"{name}: expected .* found no such file"):
        read_snapshot(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("weekly.csv", "week,silver", "week,tin", "weekly table: expected the columns .* found unknown column tin"),
        (
            "weekly.csv",
            "\n2001-01-12,4.622",
            "\n2001-01-05,4.622",
            "weekly table on 2001-01-05: .* found the date twice",
        ),
        ("weekly.csv", "\n2001-01-12,4.622", "\n2000-01-07,4.622", "weekly table on 2000-01-07: expected rising dates"),
        ("weekly.csv", "\n2001-01-12,4.622", "\n2001-01-11,4.622", "weekly table on 2001-01-11: .* found a Thursday"),
        (
            "weekly.csv",
            "\n2001-01-12,4.622",
            "\n2001-01-12,-4.622",
            "silver on 2001-01-12: expected a value from 1 .* -4.622",
        ),
        (
            "weekly.csv",
            "\n2001-01-12,4.622",
            "\n2001-01-12,four",
            "silver on 2001-01-12: expected a number, found 'four'",
        ),
        (
            "weekly.csv",
            "\n2001-01-12,4.622",
            "\n2001-01-12,",
            "silver on 2001-01-19: .* found 14 days without one before it",
        ),
        (
            "monthly.csv",
            "\n1990-05-01",
            "\n1990-05-02",
            "monthly table on 1990-05-02: expected the first day of a month",
        ),
    ],
)
def test_wrong_content_is_refused(folder, name, old, new, message):
    rewrite(folder, name, old, new)
    with pytest.raises(DataError, match=message):
        check_tables(read_snapshot(folder))


def test_dates_after_the_freeze_are_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["frozen"] = "2026-08-01"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match="weekly table on 2026-08-21: expected nothing after 2026-08-01"):
        check_tables(read_snapshot(folder))


def test_policy_rate_is_a_step_function():
    policy = pd.DataFrame({"effective": pd.to_datetime(["2020-03-04", "2020-03-16"]), "upper_bound": [1.25, 0.25]})
    weeks = pd.DatetimeIndex(["2020-02-28", "2020-03-06", "2020-03-13", "2020-03-20"])
    np.testing.assert_array_equal(policy_by_week(policy, weeks), [np.nan, 1.25, 1.25, 0.25])


def test_date_before_the_data_is_refused():
    with pytest.raises(DataError, match="weekly table: expected a date from 2000-09-01 on, found as_of 1999-12-31"):
        cut(check_tables(read_snapshot()), pd.Timestamp("1999-12-31").date())

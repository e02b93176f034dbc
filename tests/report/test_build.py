"""Building the report: what is asked for is checked before anything of the last report is removed."""

import pytest

from helpers.data import DataError
from helpers.report.build import build_report


@pytest.mark.parametrize(
    ("day", "found"), [("2025-06-27", "2026-01-23, the day of the record"), ("soon", "a date such as")]
)
def test_a_day_that_cannot_be_reported_on_leaves_the_last_report_alone(tmp_path, monkeypatch, day, found):
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").write_text("the last report")
    with pytest.raises(DataError, match=found):
        build_report(tmp_path, html=tmp_path / "html", parameters={"AS_OF": day})
    monkeypatch.setenv("SILVER_AS_OF", day)
    with pytest.raises(DataError, match=found):
        build_report(tmp_path, html=tmp_path / "html")
    assert (tmp_path / "html" / "index.html").exists()

"""The front page: what it says under every verdict, and that its chart shows the prices that it names."""

import numpy as np
import pandas as pd
import pytest

from helpers.claims import Finding, read_ledger, verdicts
from helpers.data import load
from helpers.report.components import SCALE
from helpers.report.front import HELD, REFUTED, RUN, Front, largest
from helpers.report.sentences import say
from tests.report.strength import strength_faults


@pytest.fixture(scope="module")
def front():
    return Front(read_ledger(load(source="snapshot")))


@pytest.mark.parametrize("later", [True, False])
@pytest.mark.parametrize("verdict", SCALE)
def test_the_answer_says_no_more_than_its_verdict(front, verdict, later):
    told = say("00", "answer", **front.answer | {"verdict": verdict, "confidence": SCALE[verdict], "later": later}).text
    if verdict not in ("Supported", "Leaning", "Inconclusive", "Not supported", "Contradicted"):
        assert "cannot be put" in told
    else:
        assert SCALE[verdict] in told
        assert not strength_faults(told.split("Since")[0], verdict)


def test_the_chart_shows_the_closes(front):
    chart_data, data = front.index, load(source="snapshot")
    silver = data.daily("silver").loc["2025-10":]
    # 17 October 2025 is 100; the front contract closed at 49.864 and, on 23 January 2026, at 100.925.
    assert chart_data["silver"].loc[RUN] == pytest.approx(100)
    assert chart_data["silver"].loc["2026-01-23"] == pytest.approx(100 * 100.925 / 49.864)
    assert list(chart_data["silver"].dropna().index) == list(silver.index)


def test_top_and_crash_are_the_days_that_everybody_remembers(front):
    assert front.answer["top"] == pd.Timestamp("2026-01-26")
    assert front.answer["crash"] == pd.Timestamp("2026-01-30")
    # 114.037 to 78.290 dollars
    assert front.answer["crash_change"] == "−31%"


def test_statements_are_counted_once(front):
    counts = front.answer
    assert counts["held"] + counts["refuted"] + counts["open"] == counts["total"] == len(front.statements) == 31
    assert not set(HELD) & set(REFUTED)
    assert counts["held"] == sum(row.verdict in HELD for row in front.statements)


def test_five_key_figures_in_dollars_and_per_cent(front):
    figures = front.figures
    assert len(figures) == 5
    assert [value[0] for value, _, _ in figures[:2]] == ["$", "$"]
    assert all(value and what and beside for value, what, beside in figures)


def test_prices_then_and_now_by_hand(front):
    # COMEX silver 100.925 and 69.466: -31.2 %; Bitcoin 89,503.88 and 78,335.19: -12.5 %.
    assert front.figures[:2] == [
        ("$69.47", "silver now", "$100.92 on 23 January 2026: −31%"),
        ("$78,335", "Bitcoin now", "$89,504 on 23 January 2026: −12%"),
    ]
    # 49.864 to 100.925 in the run: +102.4 %.
    assert front.answer["leader_run"] == "+102%"


def test_most_is_the_end_that_holds_at_all_times():
    assert largest(Finding(high=1.0, always_high=2.0)) == 2.0
    assert largest(Finding(high=1.0)) == 1.0


def test_the_share_explained_is_that_of_three_regressions(front):
    """Blocks credited in turn: the fit of the run's sums, by numpy alone."""
    value = next(value for value, what, _ in front.figures if "explained" in what)
    moves = front.judged.trial.returns("silver", "dollar", "real10", "breakeven10", "vix", "copper", "gold")
    past, run = moves.loc[:RUN], moves.loc[RUN:"2026-01-23"].iloc[1:]
    x = np.column_stack([np.ones(len(past)), past.iloc[:, 1:]])
    beta = np.linalg.lstsq(x, past["silver"], rcond=None)[0]
    fitted = beta @ np.r_[len(run), run.iloc[:, 1:].sum()]
    assert value == f"{100 * fitted / run['silver'].sum():.0f}%"


def test_on_the_day_of_the_record_the_run_ends_with_the_last_week_known_of_every_series():
    found = Front(verdicts(load(source="snapshot", as_of="2026-01-23")))
    assert len(found.figures) == 5

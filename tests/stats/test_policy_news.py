"""Responses to policy news: clocks by hand, statsmodels, planted responses, size, and what was expected on a date."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.stats import InputError, changes_over_days, expected_cuts, moves_between, policy_news_response

SHARED = next((place / "shared/data" for place in Path(__file__).parents if (place / "shared/data").is_dir()), None)
DAYS = pd.DatetimeIndex(pd.date_range("2000-02-02", periods=120, freq="49D"))


def events(seed: int, *, response: float = 0.0, m: int = 120) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Silver moves by `response` per cent per percentage point of surprise, with noise that the surprise scales."""
    rng = np.random.default_rng(seed)
    surprise = 0.06 * rng.standard_t(5, size=m)
    silver = response * surprise + rng.normal(size=m) * (1 + 8 * np.abs(surprise))
    return pd.DataFrame({"silver": silver}, DAYS[:m]), pd.DataFrame({"ust2y": surprise}, DAYS[:m])


def test_clocks_by_hand():
    # Thursday to Wednesday; the statement comes on Wednesday 7 January 2015 at 14:00 New York time.
    days = pd.bdate_range("2015-01-05", periods=5)
    levels = pd.Series([10.0, 11.0, 12.0, 15.0, 30.0], days, name="silver")
    news = pd.DatetimeIndex(["2015-01-07"])
    before = changes_over_days(levels, news, settles_before=True, change="difference")
    after = changes_over_days(levels, news, settles_before=False, change="difference")
    assert before.to_dict() == {news[0]: 3.0}  # settlement of Wednesday 13:30 to that of Thursday: 15 - 12
    assert after.to_dict() == {news[0]: 1.0}  # close of Tuesday to close of Wednesday: 12 - 11
    log = changes_over_days(levels, news, settles_before=True)
    assert log.iloc[0] == pytest.approx(100 * np.log(15 / 12))


def test_a_holiday_and_a_placebo_week_by_hand():
    days = pd.DatetimeIndex(["2015-01-05", "2015-01-06", "2015-01-08", "2015-01-13", "2015-01-14", "2015-01-30"])
    levels = pd.Series([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], days, name="silver")
    news = pd.DatetimeIndex(["2015-01-14", "2015-01-07", "2015-02-27", "1999-01-06"])
    # 14 January settles before the news and the next value is 16 days away; 7 January has no value of its own.
    moves = changes_over_days(levels, news, settles_before=True, change="difference")
    assert moves.to_dict() == {pd.Timestamp("2015-01-07"): 2.0}
    earlier = changes_over_days(levels, news, settles_before=False, change="difference", weeks_earlier=1)
    assert earlier.to_dict() == {pd.Timestamp("2015-01-14"): 2.0}  # of 7 January: 6th to 8th, labelled with the news


@pytest.mark.parametrize(("before", "after", "kept"), [(5, 5, True), (6, 5, False), (5, 6, False)])
def test_values_up_to_five_days_away_count(before, after, kept):
    news = pd.Timestamp("2015-01-14")
    days = pd.DatetimeIndex([news - pd.Timedelta(days=before), news + pd.Timedelta(days=after)])
    levels = pd.Series([10.0, 13.0], days, name="silver")
    moves = changes_over_days(levels, pd.DatetimeIndex([news]), settles_before=False, change="difference")
    assert moves.tolist() == ([3.0] if kept else [])


def test_agrees_with_statsmodels():
    changes, surprises = events(1, response=-20)
    surprises["information"] = np.random.default_rng(2).normal(size=120) * 0.03
    result = policy_news_response(changes, surprises, placebo=changes, reps=0)
    direct = sm.OLS(changes["silver"], sm.add_constant(surprises / 0.10)).fit(cov_type="HC3", use_t=True)
    row = result.table.loc["silver"]
    np.testing.assert_allclose(row["estimate"], direct.params.iloc[1:])
    np.testing.assert_allclose(row["se"], direct.bse.iloc[1:])
    np.testing.assert_allclose(row[["low", "high"]], direct.conf_int().iloc[1:])
    np.testing.assert_allclose(row["pvalue"], direct.pvalues.iloc[1:], atol=1e-12)
    np.testing.assert_allclose(row["r2"], direct.rsquared)
    np.testing.assert_array_equal(row["placebo"], row["estimate"])


def test_each_series_has_its_own_days_and_placebo():
    changes, surprises = events(3, response=-30)
    changes["btc"] = changes["silver"].where(changes.index >= DAYS[60])
    quiet = pd.DataFrame(np.random.default_rng(4).normal(size=(120, 2)), DAYS, ["silver", "btc"])
    result = policy_news_response(changes, surprises, placebo=quiet, reps=499, seed=1)
    silver, btc = (result.table.loc[(name, "ust2y")] for name in ("silver", "btc"))
    assert (silver["nobs"], btc["nobs"]) == (120, 60)
    assert silver["estimate"] == pytest.approx(-3, abs=3 * silver["se"])
    assert silver["pvalue_bootstrap"] == pytest.approx(1 / 500)
    alone = policy_news_response(quiet[["silver"]], surprises, placebo=quiet[["silver"]], reps=0).table.loc[
        ("silver", "ust2y")
    ]
    assert silver["placebo"] == pytest.approx(alone["estimate"])
    assert silver["placebo_pvalue"] == pytest.approx(alone["pvalue"])
    again = policy_news_response(changes, surprises, placebo=quiet, reps=499, seed=1)
    pd.testing.assert_frame_equal(again.table, result.table, check_exact=True)


@pytest.mark.slow
def test_size_where_surprises_bring_noise():
    rejected = [
        policy_news_response(one, news, placebo=one, reps=199, seed=seed).table
        for seed in range(300)
        for one, news in [events(seed)]
    ]
    robust = np.mean([table["pvalue_bootstrap"].iloc[0] <= 0.05 for table in rejected])
    classical = np.mean(
        [
            sm.OLS(changes["silver"], sm.add_constant(surprises)).fit().pvalues.iloc[1] <= 0.05
            for changes, surprises in map(events, range(300))
        ]
    )
    assert robust < 0.09  # .05 and three standard errors of .0126
    assert classical > 0.10


@pytest.mark.skipif(SHARED is None, reason="the figures are not beside the project (../shared/data)")
def test_silver_and_the_clock_on_real_decisions():
    table = pd.read_csv(SHARED / "tables/fomc_events_usmpd.csv", parse_dates=["date"], index_col="date")
    surprises = table.loc[table["unscheduled"] == 0, ["ust2y"]]
    silver = pd.read_csv(SHARED / "daily/yahoo_SI=F.csv", parse_dates=["date"], index_col="date")["value"]
    moves = {
        clock: changes_over_days(silver, surprises.index, settles_before=clock).to_frame().reindex(surprises.index)
        for clock in (True, False)
    }
    found = {
        clock: policy_news_response(one, surprises, placebo=one, reps=0).table.iloc[0] for clock, one in moves.items()
    }
    # The settlement of the day itself is older than the statement: it must not respond.
    assert found[True]["estimate"] == pytest.approx(-2.15, abs=0.01)
    assert abs(found[False]["estimate"]) < 2 * found[False]["se"]


def test_moves_between_by_hand():
    days = pd.DatetimeIndex(["2025-10-16", "2025-10-20", "2026-01-23"])
    levels = pd.DataFrame(
        {"silver": [50.0, 60.0, 100.0], "yield": [1.75, 1.9, np.nan], "vix": [20.0, 15.0, 16.0]}, days
    )
    moves = moves_between(
        levels[["silver", "vix"]],
        start=pd.Timestamp("2025-10-17"),
        end=pd.Timestamp("2026-01-25"),
        changes={"silver": "log", "vix": "difference"},
    )
    assert moves.loc["silver"].to_list() == pytest.approx([50, 100, 100])
    assert moves.loc["vix"].to_list() == [20, 16, -4]
    with pytest.raises(InputError, match=r"'yield' has no value within five days before 2026-01-23"):
        moves_between(levels, start=days[0], end=days[2], changes={"yield": "difference"})


def test_expected_cuts_by_hand():
    weeks = pd.date_range("2025-01-03", periods=40, freq="W-FRI")
    policy = pd.Series(4.0, weeks, name="policy")
    policy.iloc[30:] = 3.75
    two_year = pd.Series(np.linspace(4.2, 3.42, 40), weeks, name="dgs2")  # falls by .02 a week
    result = expected_cuts(two_year=two_year, policy_rate=policy, date=weeks[39])
    assert result.gap == pytest.approx(3.42 - 3.75)
    assert result.change == pytest.approx(-26 * 0.02 + 0.25)
    assert len(result.course) == 27
    # Weeks 26 to 29 (gap 3.68 - 4 = -.32 and less) and 0 to 25 lie above or below -.33: only 27, 28, 29 are below.
    assert result.place == pytest.approx(3 / 39)
    with pytest.raises(InputError, match="or not 26 weeks before"):
        expected_cuts(two_year=two_year, policy_rate=policy, date=weeks[10])
    with pytest.raises(InputError, match=r"'dgs2' has no value on 2025-01-04"):
        expected_cuts(two_year=two_year, policy_rate=policy, date=pd.Timestamp("2025-01-04"))


def test_summary():
    changes, surprises = events(5, response=-20)
    result = policy_news_response(changes, surprises, placebo=changes.shift(1), reps=0)
    assert "silver, ust2y" in result.summary()


def test_refusals():
    changes, surprises = events(6)
    with pytest.raises(InputError, match=r"driver 'ust2y' is missing or infinite on 1"):
        policy_news_response(changes, surprises.drop(DAYS[1]).reindex(DAYS), placebo=changes)
    with pytest.raises(InputError, match="'silver' has 12 decision days, too few for 1 surprises"):
        policy_news_response(changes.iloc[:12].reindex(DAYS), surprises, placebo=changes)
    with pytest.raises(InputError, match="driver 'twice' is a sum of multiples"):
        policy_news_response(changes, surprises.assign(twice=2 * surprises["ust2y"]), placebo=changes)
    with pytest.raises(InputError, match=r"placebo has columns \['gold'\]"):
        policy_news_response(changes, surprises, placebo=changes.rename(columns={"silver": "gold"}))
    with pytest.raises(InputError, match="differ in their dates"):
        policy_news_response(changes, surprises.set_axis(DAYS + pd.Timedelta(days=1)), placebo=changes)
    oil = pd.Series([20.0, -37.6, 10.0], pd.bdate_range("2020-04-17", periods=3), name="oil")
    with pytest.raises(InputError, match=r"'oil' is -37.6 on 2020-04-20.*difference"):
        changes_over_days(oil, DAYS, settles_before=True)
    with pytest.raises(InputError, match="change must be one of log, difference"):
        changes_over_days(oil, DAYS, settles_before=True, change="percent")

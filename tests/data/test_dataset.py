"""The panel: the same numbers whatever comes later, changes in the right units, values known when they are used."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import CATALOG, DataError, load
from helpers.data.dataset import cut
from helpers.data.holdings import read_holdings
from helpers.data.panel import last_of_week, published_on
from helpers.data.settings import Settings
from helpers.report.parameters import read_parameters
from helpers.report.run import chapters
from helpers.stats import granger_test

CHAPTERS = chapters()

HOLDINGS = read_holdings(Settings(source="snapshot"))
KINDS = ("silver", "btc", "nfci", "dollar", "cpi", "fed_assets", "treasury_account", "reverse_repo", "eth")
FEW = replace(HOLDINGS, series={name: HOLDINGS.series[name] for name in KINDS})
of_each_kind = pytest.mark.parametrize("held", [FEW, pytest.param(HOLDINGS, marks=pytest.mark.slow)],
                                       ids=["a few", "all"])  # fmt: skip
DAYS = st.dates(dt.date(2000, 9, 8), dt.date(2026, 8, 21))


@of_each_kind
@settings(max_examples=15, deadline=None)
@given(day=DAYS, seed=st.integers(0, 2**32 - 1))
def test_nothing_after_the_date_changes_anything_before_it(held, day, seed):
    rng = np.random.default_rng(seed)
    series = {}
    for name, values in held.series.items():
        later = published_on(CATALOG[name], values.index) > pd.Timestamp(day)
        series[name] = values.where(~later, values * rng.uniform(0.5, 2, len(values)))
    ours, theirs = cut(held, day), cut(replace(held, series=series), day)
    without = {name: values[: max(1, (published_on(CATALOG[name], values.index) <= pd.Timestamp(day)).sum())]
               for name, values in held.series.items()}  # fmt: skip
    for other in (theirs, cut(replace(held, series=without), day)):
        assert ours.digest == other.digest
        pd.testing.assert_frame_equal(ours.returns(), other.returns())
        pd.testing.assert_series_equal(ours.as_published("cpi"), other.as_published("cpi"))


@of_each_kind
@settings(max_examples=15, deadline=None)
@given(early=DAYS, late=DAYS)
def test_an_earlier_cut_is_a_prefix_of_a_later_one_but_for_its_open_last_weeks(held, early, late):
    first, second = sorted((early, late))
    short, long = cut(held, first).weekly, cut(held, second).weekly
    for name, values in short.items():
        known = values.dropna()
        pd.testing.assert_series_equal(known, long[name].reindex(known.index))
        # What is not known yet are weeks at the end: within the publication lag, or a Friday that is not settled.
        missing = long[name].loc[: short.index[-1]].notna().sum() - len(known)
        assert missing <= CATALOG[name].lag // 7 + 1, name


def test_a_week_counts_once_its_friday_is_past():
    # 2026-01-23 was a Friday: on the Thursday the last full week is the one of the 16th.
    assert load(source="snapshot", as_of="2026-01-22").weekly.index[-1] == pd.Timestamp("2026-01-16")
    assert load(source="snapshot", as_of="2026-01-23").weekly.index[-1] == pd.Timestamp("2026-01-23")


@pytest.mark.parametrize(("known", "weeks"), [("2026-01-09", 1), ("2026-01-10", 2)])
def test_a_friday_retrieved_on_the_day_itself_is_not_over(known, weeks):
    # Business days from 29 December 2025 to Friday 9 January 2026; two weeks ended, the second on the day itself.
    days = pd.Series(np.arange(10.0), pd.bdate_range("2025-12-29", "2026-01-09"))
    found = last_of_week(days, known=dt.date.fromisoformat(known))
    assert found.tolist() == [4.0, 9.0][:weeks]


def test_a_week_is_open_while_nothing_as_late_as_its_friday_is_there():
    days = pd.Series(np.arange(9.0), pd.bdate_range("2025-12-29", "2026-01-08"))
    assert last_of_week(days, known=dt.date(2026, 1, 12)).tolist() == [4.0]
    settled = pd.concat([days, pd.Series([10.0], [pd.Timestamp("2026-01-12")])])  # Friday was a holiday
    assert last_of_week(settled, known=dt.date(2026, 1, 13)).tolist() == [4.0, 8.0]


def test_financial_conditions_are_known_five_days_later():
    panel = load(source="snapshot", as_of="2026-01-27")
    assert panel.price("nfci").index[-1] == pd.Timestamp("2026-01-16")
    assert load(source="snapshot", as_of="2026-01-28").price("nfci").index[-1] == pd.Timestamp("2026-01-23")


def test_consumer_prices_count_from_publication():
    # December 2025 (326.031) is known from 31 December + 20 days = 20 January; the week of the 16th has November's.
    cpi = load(source="snapshot", as_of="2026-01-23").as_published("cpi")
    assert cpi["2026-01-16"] == pytest.approx(325.063)
    assert cpi["2026-01-23"] == pytest.approx(326.031)


def test_the_month_that_was_never_published_is_not_invented():
    # October 2025 has no figure: through November 2025 September's stands, until November's comes on 20 December.
    panel = load(source="snapshot")
    assert np.isnan(panel.monthly.loc["2025-10-01", "cpi"])
    september = panel.monthly.loc["2025-09-01", "cpi"]
    assert (panel.as_published("cpi")["2025-10-24":"2025-12-19"] == september).all()


def test_published_on_adds_the_days_to_the_end_of_the_month():
    dates = published_on(CATALOG["cpi"], pd.DatetimeIndex(["2024-02-01", "2025-12-01"]))
    assert list(dates) == [pd.Timestamp("2024-03-20"), pd.Timestamp("2026-01-20")]


def test_balance_counts_from_the_edition_that_printed_it():
    panel = load(source="snapshot", as_of="2026-01-23")
    assert "WSS 2026" not in set(panel.balance["vintage"])
    assert "WSS 2026" in set(load(source="snapshot", as_of="2026-04-30").balance["vintage"])


def test_returns_by_hand():
    # silver 2026-01-23 to 30: 100 ln(78.290 / 100.925) = -25.40; 10-year real yield: plain difference of the levels.
    panel = load(source="snapshot")
    returns = panel.returns("silver", "real10")
    assert returns.loc["2026-01-30", "silver"] == pytest.approx(100 * np.log(78.290 / 100.925), abs=1e-9)
    levels = panel.weekly["real10"]
    assert returns.loc["2026-01-30", "real10"] == pytest.approx(levels["2026-01-30"] - levels["2026-01-23"])
    assert returns.index[0] == pd.Timestamp("2003-01-10")
    assert panel.returns("silver", start="2020-01-01").index[0] == pd.Timestamp("2020-01-03")


def test_real_price_by_hand():
    # 29 April 2011: 48.584 in the dollars of the last published month; CPI known that week was March 2011's.
    panel = load(source="snapshot")
    cpi = panel.monthly["cpi"]
    expected = 48.584 * cpi["2026-07-01"] / cpi["2011-03-01"]
    assert panel.real("silver")["2011-04-29"] == pytest.approx(expected, rel=1e-4)


def test_unknown_names_are_refused():
    panel = load(source="snapshot")
    for call in (lambda: panel.returns("tin"), lambda: panel.price("tin"), lambda: panel.as_published("tin")):
        with pytest.raises(DataError, match=r"tin: expected one of .* found no such"):
            call()


def test_environment_chooses_source_and_date(monkeypatch):
    monkeypatch.setenv("SILVER_SOURCE", "snapshot")
    monkeypatch.setenv("SILVER_AS_OF", "2026-01-23")
    assert str(load().as_of) == "2026-01-23"
    assert str(load(as_of="2020-01-03").as_of) == "2020-01-03"
    monkeypatch.setenv("SILVER_SOURCE", "moon")
    with pytest.raises(DataError, match="SILVER_SOURCE: expected one of auto, snapshot, live, found 'moon'"):
        load()


def test_a_text_that_is_no_date_is_refused():
    with pytest.raises(DataError, match="as_of: expected a date such as 2026-01-23, found 'yesterday'"):
        load(source="snapshot", as_of="yesterday")


def test_banner_says_what_ends_early_and_what_is_not_the_first_choice():
    panel = load(source="snapshot")
    banner = panel.banner()
    assert "frozen on 2026-11-24" in repr(banner)
    assert "copper 2026-08-14" in repr(banner)
    assert "Not from the first choice" not in repr(banner)
    entries = dict(panel.holdings.entries)
    entries["silver"] = replace(entries["silver"], provider="lbma", code="silver", instrument="London silver price")
    entries["btc"] = replace(entries["btc"], provider="coinmetrics", code="btc")  # the same quantity, other figures
    entries["vix"] = replace(entries["vix"], provider="fredapi")  # another way to the same figures
    other = cut(replace(panel.holdings, entries=entries), None).banner()
    assert (
        "Not from the first choice: silver: London silver price from lbma, btc: Bitcoin, close at 00:00 UTC from "
        in (repr(other))
    )
    assert "London silver price" in other._repr_html_()


def test_a_run_that_looks_back_says_at_the_number_what_has_been_restated_since():
    back = load(source="snapshot", as_of="2026-01-30")
    said = "as restated by 2026-11-24, not as first published"
    for name in ("nfci", "cpi", "dollar", "fed_assets"):
        assert back.provenance.loc[name, "note"] == said
    assert back.provenance.loc["silver", "note"] == ""
    line = next(line for line in back.banner().lines() if line.startswith("As restated by 2026-11-24"))
    for label in ("financial conditions", "consumer prices", "the dollar", "Fed assets"):
        assert label in line
    assert "As restated" not in repr(load(source="snapshot").banner())


def test_digest_moves_with_any_figure():
    panel = load(source="snapshot")
    gold = HOLDINGS.series["gold"].copy()
    gold.iloc[3000] += 0.1
    assert cut(replace(HOLDINGS, series={**HOLDINGS.series, "gold": gold}), None).digest != panel.digest
    assert cut(HOLDINGS, None).digest == panel.digest


def test_a_day_in_the_future_of_the_data_is_refused():
    with pytest.raises(DataError, match=r"as_of: expected a date from 1927-12-30 to 2026-11-24, .* found 2030-01-01"):
        load(source="snapshot", as_of="2030-01-01")


def test_positions_of_a_tuesday_are_known_on_friday():
    # The report on Tuesday 30 December 2025 came out on Friday 2 January 2026.
    for day, last in (("2026-01-01", "2025-12-23"), ("2026-01-02", "2025-12-30")):
        assert load(source="snapshot", as_of=day).table("cot_silver")["date"].iloc[-1] == pd.Timestamp(last)
    with pytest.raises(DataError, match="no such table"):
        load(source="snapshot").table("cot_tin")


def test_net_liquidity_is_in_one_unit():
    # Wednesday 2024-01-03, FRED: WALCL 7,681,024; WDTGAL 747,150 (million USD); RRPONTSYD 719.897 (billion USD).
    panel = load(source="snapshot")
    parts = [panel.daily(name)["2024-01-03"] for name in ("fed_assets", "treasury_account", "reverse_repo")]
    assert panel.daily("net_liquidity")["2024-01-03"] == pytest.approx(parts[0] - parts[1] - 1000 * parts[2])
    assert panel.price("net_liquidity").index[0] == pd.Timestamp("2013-10-04")


def test_bitcoin_is_joined_in_september_2014_and_says_so():
    panel = load(source="snapshot")
    bitcoin = panel.price("btc")
    assert (bitcoin.index[0], panel.daily("btc").index[0]) == (pd.Timestamp("2010-07-23"), pd.Timestamp("2014-09-17"))
    assert (np.diff(bitcoin.index) == np.timedelta64(7, "D")).all()
    assert "Coin Metrics PriceUSD, from 2014-09-19 Yahoo" in panel.provenance.loc["btc", "about"]


def test_a_series_of_the_catalog_of_which_nothing_is_there_yet_stops_itself_alone():
    dataset = load(source="snapshot")
    series = {name: values for name, values in dataset.holdings.series.items() if name not in ("copper", "m2")}
    rest = cut(replace(dataset.holdings, series=series), None)
    assert list(rest.weekly) == [name for name in dataset.weekly if name != "copper"]
    assert "m2" not in rest.monthly
    for ask in (rest.daily, rest.price, rest.returns):
        with pytest.raises(DataError, match=r"copper: expected figures, found none yet\. Run `make refresh`"):
            ask("copper")


@pytest.fixture(scope="module")
def whole():
    return load(source="snapshot")


@pytest.mark.parametrize("name", CATALOG)
def test_every_series_of_the_catalog_leads_and_follows(name, whole):
    other = "silver" if name == "btc" else "btc"
    pair = whole.returns(name, other)
    assert len(pair) > 200
    assert np.isfinite(pair.to_numpy()).all()
    for effect, cause in ((name, other), (other, name)):
        found = granger_test(effect=pair[effect], cause=pair[cause], lags=2)
        assert 0 < found.pvalue <= 1
    if CATALOG[name].frequency == "monthly":
        with pytest.raises(DataError, match="LEADER: expected a weekly series: silver, gold"):
            read_parameters([f"LEADER={name}"], CHAPTERS)
    else:
        for words in ([f"LEADER={name}", f"FOLLOWER={other}"], [f"LEADER={other}", f"FOLLOWER={name}"]):
            assert read_parameters(words, CHAPTERS) == dict(word.split("=") for word in words)


def test_bitcoin_is_there_as_of_a_day_before_its_two_sources_are_joined():
    # Coin Metrics' weeks begin on 23 July 2010; on 7 June 2013 they were 151, and Yahoo's prices had not begun.
    early = load(source="snapshot", as_of="2013-06-07").price("btc")
    assert (len(early), early.index[0], early.index[-1]) == (
        151,
        pd.Timestamp("2010-07-23"),
        pd.Timestamp("2013-06-07"),
    )
    pd.testing.assert_series_equal(early, load(source="snapshot").price("btc").loc[:"2013-06-07"], check_freq=False)

"""Annual figures: one vintage only, whole years only, and the year that follows."""

import numpy as np
import pandas as pd
import pytest

from helpers.stats import InputError, annual_changes, pair_years, single_vintage


def table(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "item", "moz", "status", "vintage"])


BALANCE = table([
    (2014, "market_balance", 46, "A", "old"), (2015, "market_balance", -5, "A", "old"),
    (2017, "market_balance", 53.3, "A", "new"), (2018, "market_balance", 15.0, "A", "new"),
    (2019, "market_balance", 11.1, "A", "new"), (2020, "market_balance", 9.0, "F", "new"),
    (2019, "recycling", 164.7, "A", "new"),
])  # fmt: skip


def test_years_of_different_vintages_never_meet():
    series, vintage = single_vintage(balance=BALANCE, item="market_balance")
    assert vintage == "new"
    assert series.to_dict() == {2017: 53.3, 2018: 15.0, 2019: 11.1}  # the forecast for 2020 is no observation


def test_of_two_equal_vintages_the_later_one():
    rows = BALANCE[BALANCE["year"] != 2019]
    assert single_vintage(balance=rows, item="market_balance")[1] == "new"


def test_only_whole_years_count():
    weeks = pd.date_range("2018-12-28", "2021-12-17", freq="W-FRI")
    price = pd.Series(10.0, index=weeks, name="silver")
    price.loc["2019-12-27":] = 20.0
    price.loc["2020-12-25":] = 5.0
    # Last Fridays: 28 Dec 2018 (10), 27 Dec 2019 (20), 25 Dec 2020 (5); 2021 ends a fortnight early and is left out.
    found = annual_changes(price)
    assert found.to_dict() == pytest.approx({2019: 100 * np.log(2), 2020: 100 * np.log(0.25)})


@pytest.mark.parametrize(("last", "years"), [("2019-12-25", [2019]), ("2019-12-24", [])])
def test_a_year_ends_with_a_close_of_its_last_seven_days(last, years):
    days = pd.DatetimeIndex(["2018-12-31", "2019-06-28", last])
    assert list(annual_changes(pd.Series([1.0, 2.0, 3.0], days, name="silver")).index) == years


def test_the_next_year_is_set_beside_the_figure():
    figures = pd.Series({2017: 1.0, 2018: 2.0, 2019: 3.0}, name="balance")
    changes = pd.Series({2018: 10.0, 2019: 20.0, 2021: 40.0}, name="silver")
    assert pair_years(figures=figures, changes=changes, lead=1).to_dict("index") == {
        2017: {"balance": 1.0, "silver": 10.0}, 2018: {"balance": 2.0, "silver": 20.0},
    }  # fmt: skip
    assert list(pair_years(figures=figures, changes=changes, lead=0).index) == [2018, 2019]


def test_faults_are_named():
    with pytest.raises(InputError, match="'stocks' has no actual figure"):
        single_vintage(balance=BALANCE, item="stocks")
    with pytest.raises(InputError, match="year 2018 twice in 'new'"):
        single_vintage(balance=pd.concat([BALANCE, BALANCE.iloc[[3]]]), item="market_balance")

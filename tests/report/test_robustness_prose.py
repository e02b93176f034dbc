"""Sentences about the tests themselves: who holds the size, what is found and what is missed."""

import pandas as pd

from helpers.report.prose.robustness import power_table, say_power, say_short, say_sizes
from helpers.stats import with_rates

COLUMNS = ["procedure", "label", "kind", "process", "n", "effect", "verdict", "warning", "reps", "rejections", "first"]


def rows(*found):
    return with_rates(pd.DataFrame(found, columns=COLUMNS))


def power(label, n, effect, rejections, verdict=True):
    return (label, label, "power", "garch", n, effect, verdict, False, 200, rejections, 1)


def size(label, rejections, process="iid", warning=False):
    return (label, label, "size", process, 830, "", not warning, warning, 1000, rejections, 1)


def test_power_names_the_weakest_effect_found_and_who_finds_none():
    table = rows(
        power("sharp", 830, "1 %", 100), power("sharp", 830, "2 %", 160), power("sharp", 830, "4 %", 198),
        power("sharp", 190, "1 %", 199, verdict=False), power("dull", 830, "1", 20), power("dull", 830, "9", 158),
    )  # fmt: skip
    assert say_power(table).text == (
        "The weakest planted effect that each test finds in four samples of five. sharp: 2 % (80 %). "
        "Found less often, even where strongest: dull: 9 (79 %)."
    )
    assert "strongest" not in say_power(table[table["label"] == "sharp"]).text


def test_power_table_shows_the_error_of_the_simulation():
    # 160 of 200: .8, standard error sqrt(.8 x .2 / 200) = .028.
    line = power_table(rows(power("sharp", 830, "2 %", 160))).loc[("sharp", 830)]
    assert line.to_list() == ["2 %", "80 (3)", 200]


def test_a_test_outside_the_band_is_named():
    sound = rows(size("good", 50), size("good", 69, "garch"), size("usual", 400, warning=True))
    assert say_sizes(sound).text.startswith("**All 1 tests that feed a verdict hold their size**")
    assert "usual 40 %" in say_sizes(sound).text
    broken = rows(size("good", 50), size("bad", 71), size("usual", 400, warning=True))
    assert "1 of the 2 tests that feed a verdict do not hold their size (bad)" in say_sizes(broken).text


def test_shorter_samples_count_only_beyond_the_error_of_the_simulation():
    # 85 of 1,000: .085, standard error .0088, so .067 is within two of them; 100 of 1,000: .100 less .019 is not.
    short = [("a", "a", "size", "iid", 190, "", False, False, 1000, rejected, 1) for rejected in (85, 100)]
    assert "no test is surely outside" in say_short(rows(short[0])).text
    assert say_short(rows(*short)).text.endswith("come near to: a (iid, 190 weeks: 10.0 %).")

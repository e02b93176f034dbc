"""Charts: the same bytes twice, no clashing ids, colours that follow the scheme and can be seen, a true source line."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from helpers.data import CATALOG, load
from helpers.report.colours import (
    COLOURS,
    DARK_SURFACE,
    LIGHT_SURFACE,
    MARKS,
    PALETTE,
    TEXT,
    colour_of,
    style_sheet,
)
from helpers.report.figures import DATA_TYPE, NARROW, PAGE_TYPE, WIDE, chart
from helpers.report.marks import (
    end_label,
    interval_rows,
    mark_day,
    per_cent,
    specification_curve,
    spread_labels,
    state_strips,
    step_map,
    zero_line,
)
from helpers.report.source_line import source_line

DATA = load(source="snapshot", as_of="2026-01-23")
PRICES = DATA.weekly[["silver", "btc"]].loc["2025-06":]


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def drawn(**options):
    def lines(ax):
        for name in PRICES:
            ax.plot(PRICES[name], color=COLOURS[name], label=CATALOG[name].label)
            end_label(ax, CATALOG[name].label, PRICES.index[-1], PRICES[name].iloc[-1], COLOURS[name])
        mark_day(ax, pd.Timestamp("2025-10-17"), "top")
        ax.set_yscale("log")

    asked = {"title": "Silver rose to $101; Bitcoin's price did not", "subtitle": "US dollars", "alt": "Two <lines>."}
    return chart(lines, number="3.1", series=("silver", "btc"), dataset=DATA, data=PRICES, **(asked | options))


def test_black_on_white_has_the_contrast_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the example of the WCAG


@pytest.mark.parametrize("name", MARKS)
def test_marks_can_be_seen_in_both_schemes(name):
    light, dark = PALETTE[name]
    assert min(contrast(light, LIGHT_SURFACE), contrast(dark, DARK_SURFACE)) >= 3


@pytest.mark.parametrize(
    "name", [*TEXT, *sorted(set(MARKS) - {"null"})]
)  # lines are labelled in their own colour; "null" labels none
def test_words_can_be_read_in_both_schemes(name):
    light, dark = PALETTE[name]
    assert min(contrast(light, LIGHT_SURFACE), contrast(dark, DARK_SURFACE)) >= 4.5


def test_no_two_names_share_a_colour():
    assert len({light for light, _ in PALETTE.values()}) == len(PALETTE)


def test_every_series_has_a_colour():
    assert all(colour_of(name).startswith("#") for name in CATALOG)
    assert all(f"--c-{name.replace('_', '-')}:{pair[1]}" in style_sheet() for name, pair in PALETTE.items())


def test_two_drawings_are_the_same_bytes():
    one, other = drawn(hover="${:,.0f}"), drawn(hover="${:,.0f}")
    assert one.html() == other.html()
    assert one.png() == other.png()


def test_every_colour_follows_the_scheme():
    for width in (WIDE, NARROW):
        styles = " ".join(re.findall(r"style=\"([^\"]*)\"", drawn().svg(width)))
        assert not re.findall(r"(?<!,)#[0-9a-f]{6}", styles)
        assert "var(--c-silver," in styles


def test_both_drawings_share_no_id_and_refer_to_their_own():
    page = drawn().html()
    ids = re.findall(r"\bid=[\"']([^\"']+)", page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) | set(re.findall(r"href=\"#([\w-]+)\"", page)) <= set(ids)


def test_a_chart_carries_its_words_source_and_links():
    page = drawn(note="n = 34.").html()
    assert "Silver rose to $101; Bitcoin’s price did not" in page
    assert "Yahoo Finance SI=F; Coin Metrics, Yahoo Finance BTC-USD (research use only" in page
    assert "Data to 23 January 2026." in page
    assert "href='figures/figure-3-1.csv'" in page
    assert 'aria-label="Two &lt;lines&gt;."' in page


def test_the_source_names_only_what_was_drawn():
    assert "NASDAQCOM" not in drawn().source
    with pytest.raises(KeyError):
        chart(lambda ax: None, number="1", title="", subtitle="", alt="", series=("tin",), dataset=DATA, data=PRICES)


def test_a_notebook_shows_the_picture_and_keeps_page_and_data():
    shown, about = drawn()._repr_mimebundle_()
    assert shown["image/png"].startswith(b"\x89PNG")
    assert about["image/png"]["alt"] == "Two <lines>."
    assert shown[PAGE_TYPE].startswith("<figure")
    assert "2026-01-23" in shown[DATA_TYPE].splitlines()[-1]
    assert "text/html" not in shown  # GitHub and an untrusted JupyterLab would show it with the pictures taken out


def test_values_under_the_pointer_are_the_data_drawn():
    points = re.search(r"data-points='([^']*)'", drawn(hover="${:,.0f}").svg(WIDE))[1]
    name, *spots = points.split(";;")[1].split("|")
    assert name == "Bitcoin"
    assert len(spots) == len(PRICES)
    x, y, when, value = spots[-1].split(",", 3)
    assert (when, value) == ("23 Jan 2026", f"${PRICES['btc'].iloc[-1]:,.0f}")
    assert 0 < float(x) < WIDE * 0.75
    assert 0 < float(y) < 360 * 0.75


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.floats(0.1, 10))
def test_labels_are_spread_in_order(positions, gap):
    placed = np.array(spread_labels(positions, gap=gap))
    order = np.argsort(positions, kind="stable")
    assert np.all(np.diff(placed[order]) >= gap - 1e-9)


def test_labels_far_apart_stay_and_close_ones_move_as_little():
    assert spread_labels([0.0, 10.0, 5.0], gap=1.0) == [0.0, 10.0, 5.0]
    assert spread_labels([0.0, 0.5, 9.0], gap=1.0) == [-0.25, 0.75, 9.0]


def test_a_map_shades_each_cell_by_its_step():
    ax = Figure().subplots()
    step_map(ax, pd.DataFrame([[-9.0, 0.0], [9.0, np.nan]], index=[0, 1], columns=[5, 6]), steps=[-3, -2, -1, 1, 2, 3])
    found = {patch.get_facecolor(): patch.get_path().get_extents().bounds for patch in ax.patches}
    assert sorted(found.values()) == [(5, 0, 1, 1), (5, 1, 1, 1), (6, 0, 1, 1)]
    assert len(found) == 3  # the empty cell has no shade


def test_strips_begin_and_end_with_the_state():
    weeks = pd.date_range("2026-01-02", periods=5, freq="W-FRI")
    ax = Figure().subplots()
    state_strips(ax, pd.DataFrame({"fear": [True, True, False, False, True]}, index=weeks), colours={"fear": "#000000"})
    boxes = [path.get_extents() for path in ax.collections[0].get_paths()]
    assert [round(box.width) for box in boxes] == [14, 7]  # two weeks, and the last one whole


def test_rows_of_intervals_stand_from_top_to_bottom():
    ax = Figure().subplots()
    rows = pd.DataFrame({"estimate": [1, 2], "low": [0, 1], "high": [2, 3]}, index=["a", "b"])
    interval_rows(ax, rows)
    zero_line(ax)
    heights = [label.get_text() for label in sorted(ax.get_yticklabels(), key=lambda label: -label.get_position()[1])]
    assert heights == ["a", "b"]


def test_an_interval_is_drawn_from_its_low_to_its_high_end():
    ax = Figure().subplots()
    interval_rows(ax, pd.DataFrame({"estimate": [1.0, 2.0], "low": [0.5, -1.0], "high": [2.5, 3.0]}, index=["a", "b"]))
    drawn = [(*line.get_xdata(), line.get_ydata()[0]) for line in ax.lines]
    assert {(0.5, 2.5, 1), (1.0, 1), (-1.0, 3.0, 0), (2.0, 0)} <= set(drawn)


def test_specifications_keep_their_own_intervals_when_put_in_order():
    ax, choices = Figure().subplots(2)
    table = pd.DataFrame({"estimate": [3.0, 1.0], "low": [2.0, -1.0], "high": [5.0, 1.5], "lags": [4, 8]})
    specification_curve(ax, choices, table, main=0, names=["lags"])
    spans = [segment[:, 1].tolist() for segment in ax.collections[0].get_segments()]
    assert spans == [[-1.0, 1.5], [2.0, 5.0]]
    assert [(*line.get_xdata(), *line.get_ydata()) for line in ax.lines[:2]] == [(1, 1, 2.0, 5.0), (1, 3.0)]
    rows = [points.get_offsets().tolist() for points in choices.collections]
    assert rows == [[[1, 0]], [[0, 1]]]  # 4 lags gave 3.0, the second in order; 8 lags gave 1.0


@pytest.mark.parametrize(("sign", "told"), [(True, ["−2.5%", "0%", "+20%"]), (False, ["−2.5%", "0%", "20%"])])
def test_ticks_are_written_as_per_cent(sign, told):
    ax = Figure().subplots()
    per_cent(ax.xaxis, sign=sign)
    assert [ax.xaxis.get_major_formatter()(x) for x in (-2.5, 0.0, 20.0)] == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("silver", "Yahoo Finance SI=F (research use only, not for resale)"),
        ("london_silver", "LBMA silver (research use only, not for resale)"),
        ("btc", "Coin Metrics, Yahoo Finance BTC-USD (research use only, not for resale)"),
        ("real10", "FRED DFII10 (public domain)"),
        ("net_liquidity", "FRED WALCL; FRED WDTGAL; FRED RRPONTSYD (public domain)"),
        ("cot_silver", "CFTC (public domain)"),
    ],
)
def test_every_series_names_who_publishes_it(name, told):
    assert source_line(DATA, (name,)).startswith(f"{told}. Data to 23 January 2026.")


def test_a_simulated_picture_names_no_provider():
    assert source_line(DATA, ()).startswith("simulated")
    assert "Yahoo" in source_line(DATA, ("silver",))
    back = load(source="snapshot", as_of="2026-03-06")
    later = "Financial conditions, Net liquidity: the edition of 24 November 2026, not of that day."
    assert source_line(back, ("silver", "nfci", "net_liquidity")).endswith(f"Data to 6 March 2026. {later}")
    assert "edition" not in source_line(back, ("silver",)) + source_line(load(source="snapshot"), ("nfci",))

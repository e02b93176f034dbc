"""Fixed colours for fixed things, in a light and a dark scheme, and the style sheet that names them."""

from helpers.data import spec_of

LIGHT_SURFACE, DARK_SURFACE = "#ffffff", "#14171c"

MARKS: dict[str, tuple[str, str]] = {
    "silver": ("#5f6b7a", "#a9b4c2"),
    "gold": ("#967000", "#d9b13b"),
    "btc": ("#c8501a", "#ff8f61"),
    "copper": ("#8c564b", "#cc9386"),
    "nasdaq": ("#2f68b3", "#7fb0ee"),
    "dollar": ("#1f7a70", "#5cc4b8"),
    "oil": ("#4a4a4a", "#b0b0b0"),
    "platinum": ("#47717f", "#8fc1d4"),
    "eth": ("#5a5fb8", "#a3a7f0"),
    "fear": ("#7b2d8b", "#cb90da"),
    "liquidity": ("#4a7a1e", "#9bcb6c"),
    "debasement": ("#a14d73", "#e29bbd"),
    "rates": ("#3d5a80", "#98b8dd"),
    "null": ("#868e99", "#7a8490"),
    "supported": ("#1f7a4d", "#63c492"),
    "leaning": ("#5b7a16", "#a9c95c"),
    "inconclusive": ("#646c77", "#a3abb6"),
    "not_supported": ("#a85a12", "#e6a15c"),
    "contradicted": ("#b3261e", "#f28b82"),
}
"""Lines, points and bars: at least 3 : 1 against both surfaces; the verdicts, which are also written, 4.5 : 1."""

TEXT: dict[str, tuple[str, str]] = {
    "ink": ("#20242a", "#e7e9ec"),
    "faint": ("#5a626c", "#a6aeb8"),
    "link": ("#1c5fa8", "#86b8f0"),
}
"""Words: at least 4.5 : 1 against both surfaces."""

SHADES: dict[str, tuple[str, str]] = {
    "grid": ("#e4e7eb", "#2b313a"),
    "shade": ("#eef1f4", "#222831"),
    "surface": (LIGHT_SURFACE, DARK_SURFACE),
    "low3": ("#b5561c", "#f0894c"),
    "low2": ("#dd9a6b", "#a8602f"),
    "low1": ("#f4dcca", "#4e3626"),
    "high1": ("#cfe0ee", "#253a4d"),
    "high2": ("#7ba9d0", "#3a6f9f"),
    "high3": ("#2a659c", "#74b4ea"),
}
"""Backgrounds and the seven steps of a map from below zero (low3) over none (shade) to above it (high3)."""

PALETTE = {**MARKS, **TEXT, **SHADES}
COLOURS = {name: light for name, (light, _) in PALETTE.items()}
"""What a drawing function uses; the page puts the dark partner in its place where the reader's scheme is dark."""


def colour_of(series: str) -> str:
    """Colour of a series: its own, or that of what it stands for."""
    colour = spec_of(series).colour
    return COLOURS.get(colour, colour)


def style_sheet() -> str:
    """Write the palette as CSS variables: light, dark by the reader's system or choice, light again on paper."""

    def rule(selector: str, index: int) -> str:
        variables = "".join(f"--c-{name.replace('_', '-')}:{pair[index]};" for name, pair in PALETTE.items())
        return f"{selector}{{{variables}}}"

    return "\n".join(
        [
            rule(":root", 0),
            f"@media (prefers-color-scheme: dark){{{rule('body:not([data-theme=light])', 1)}}}",
            rule("body[data-theme=dark]", 1),
            f"@media print{{{rule('body,body[data-theme]', 0)}}}",
        ]
    )

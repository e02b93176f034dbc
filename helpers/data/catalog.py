"""The one place that says what each series is: quantity, unit, bounds, sources, and when it becomes known."""

import math
from dataclasses import dataclass
from typing import Literal

RESEARCH = "research use only, not for resale"
PUBLIC = "public domain"


@dataclass(frozen=True)
class Source:
    """One source that can supply a series.

    Parameters
    ----------
    provider : str
        Name of the adapter: "fredapi", "fred", "yahoo", "coinmetrics", "lbma".
    code : str
        The provider's code for the series.
    instrument : str
        What is measured; a change of instrument between rungs is shown to the reader.
    """

    provider: str
    code: str
    instrument: str


@dataclass(frozen=True)
class SeriesSpec:
    """What a series is and what its values may be.

    Parameters
    ----------
    name : str
        Column name.
    quantity, unit : str
        What is measured and in which unit.
    change : {"log", "difference"}
        How `Dataset.returns` turns levels into changes: 100 x log difference, or plain difference.
    lower, upper : float
        Values outside this closed interval are errors, not data.
    licence : str
        Terms under which the figures are shown.
    ladder : tuple of Source
        Sources in order of preference; the first names the instrument of the snapshot.
    max_gap_days : int
        Longest distance between two neighbouring observations after resampling.
    stale_days : int
        Age of the last observation from which live data count as stale.
    publication_days : int
        Days from the end of the reference period until the value is known.
    revised : bool
        Whether the provider re-estimates past values as a matter of course.
    required : bool
        Whether a refresh without this series has failed.
    jump : float
        Largest absolute one-day log change that is believed without asking a second source.
    jump_tolerance, jump_tolerance_same_day : float
        How far the second source's log change may differ once the next day is there, and before.
    """

    name: str
    quantity: str
    unit: str
    change: Literal["log", "difference"]
    lower: float
    upper: float
    licence: str
    ladder: tuple[Source, ...]
    max_gap_days: int = 7
    stale_days: int = 10
    publication_days: int = 0
    revised: bool = False
    required: bool = True
    jump: float = math.inf
    jump_tolerance: float = 0.0
    jump_tolerance_same_day: float = 0.0


def _fred(code: str, instrument: str) -> tuple[Source, ...]:
    return (Source("fredapi", code, instrument), Source("fred", code, instrument))


_COMEX_SILVER, _COMEX_GOLD = "COMEX silver, front month, settlement", "COMEX gold, front month, settlement"
_BITCOIN = "Bitcoin, close at 00:00 UTC"

WEEKLY: dict[str, SeriesSpec] = {
    spec.name: spec
    for spec in (
        SeriesSpec(
            "silver", "Silver price", "USD/oz", "log", 1.0, 1_000.0, RESEARCH,
            (Source("yahoo", "SI=F", _COMEX_SILVER), Source("lbma", "silver", "London silver price, noon auction")),
            jump=0.15, jump_tolerance=0.12, jump_tolerance_same_day=0.25,
        ),
        SeriesSpec(
            "gold", "Gold price", "USD/oz", "log", 100.0, 50_000.0, RESEARCH,
            (Source("yahoo", "GC=F", _COMEX_GOLD), Source("lbma", "gold_pm", "London gold price, afternoon auction")),
            jump=0.10, jump_tolerance=0.06, jump_tolerance_same_day=0.12,
        ),
        SeriesSpec(
            "btc", "Bitcoin price", "USD", "log", 0.01, 10_000_000.0, RESEARCH,
            (
                Source("coinmetrics", "btc", _BITCOIN),
                Source("yahoo", "BTC-USD", _BITCOIN),
                *_fred("CBBTCUSD", "Bitcoin on Coinbase, FRED"),
            ),
            jump=0.20, jump_tolerance=0.05, jump_tolerance_same_day=0.05,
        ),
        SeriesSpec(
            "copper", "Copper futures fund CPER, close", "USD/share", "log", 1.0, 1_000.0, RESEARCH,
            (Source("yahoo", "CPER", "Copper futures fund CPER, close"),), stale_days=120, required=False,
        ),
        SeriesSpec(
            "nasdaq", "Nasdaq Composite", "index", "log", 100.0, 1_000_000.0, RESEARCH,
            _fred("NASDAQCOM", "Nasdaq Composite"),
        ),
        SeriesSpec(
            "real10", "10-year real Treasury yield", "%", "difference", -5.0, 15.0, PUBLIC,
            _fred("DFII10", "10-year real Treasury yield"),
        ),
        SeriesSpec(
            "breakeven10", "10-year breakeven inflation", "%", "difference", -5.0, 15.0, PUBLIC,
            _fred("T10YIE", "10-year breakeven inflation"),
        ),
        SeriesSpec(
            "dgs2", "2-year Treasury yield", "%", "difference", -2.0, 20.0, PUBLIC,
            _fred("DGS2", "2-year Treasury yield"),
        ),
        SeriesSpec(
            "policy_rate", "Federal funds target, upper bound", "%", "difference", 0.0, 25.0, PUBLIC,
            _fred("DFEDTARU", "Federal funds target, upper bound"),
        ),
        SeriesSpec(
            "dollar", "Broad trade-weighted dollar", "Jan 2006 = 100", "log", 50.0, 250.0, PUBLIC,
            _fred("DTWEXBGS", "Broad trade-weighted dollar"), stale_days=45,
        ),
        SeriesSpec(
            "vix", "Implied volatility of the S&P 500 (VIX)", "% a year", "log", 5.0, 150.0, RESEARCH,
            _fred("VIXCLS", "VIX, copyright Cboe"),
        ),
        SeriesSpec(
            "nfci", "Chicago Fed financial conditions (NFCI)", "z-score", "difference", -3.0, 10.0, PUBLIC,
            _fred("NFCI", "Chicago Fed financial conditions"), stale_days=21, publication_days=5, revised=True,
        ),
        SeriesSpec(
            "fed_assets", "Federal Reserve total assets", "million USD", "log", 100_000.0, 50_000_000.0, PUBLIC,
            _fred("WALCL", "Federal Reserve total assets, Wednesday"), stale_days=17,
        ),
    )
}  # fmt: skip

MONTHLY: dict[str, SeriesSpec] = {
    spec.name: spec
    for spec in (
        SeriesSpec(
            "silver", "COMEX silver, last settlement of the month", "USD/oz", "log", 1.0, 1_000.0, RESEARCH,
            (Source("yahoo", "SI=F", _COMEX_SILVER),), max_gap_days=31, stale_days=400, required=False,
        ),
        SeriesSpec(
            "silver_average", "Silver, month average (World Bank Pink Sheet)", "USD/oz", "log", 0.5, 1_000.0,
            "CC BY 4.0", (), max_gap_days=31, stale_days=70, publication_days=5, required=False,
        ),
        SeriesSpec(
            "cpi", "Consumer prices, all urban, seasonally adjusted", "1982-84 = 100", "log", 20.0, 5_000.0, PUBLIC,
            _fred("CPIAUCSL", "Consumer prices, all urban"), max_gap_days=62, stale_days=80, publication_days=20,
            revised=True,
        ),
    )
}  # fmt: skip

LIVE: dict[str, SeriesSpec] = WEEKLY | {
    name: spec for name, spec in MONTHLY.items() if spec.ladder and name not in WEEKLY
}
"""What `make refresh` brings: every weekly series, and the monthly ones that are no second reading of a weekly one."""

"""The one place that says what each series and table is; nothing about one of them stands anywhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

RESEARCH = "research use only, not for resale"
PUBLIC = "public domain"


@dataclass(frozen=True)
class Source:
    """One source that can supply a series."""

    provider: str  # the adapter: "fredapi", "fred", "yahoo", "coinmetrics", "lbma", "cftc", "manual"
    code: str  # the provider's
    instrument: str  # what is measured; a change of instrument is shown to the reader


@dataclass(frozen=True)
class SeriesSpec:
    """What a series is and what its values may be."""

    name: str  # in the code
    label: str  # in the middle of a sentence
    colour: str  # its name in `helpers.report.colours`
    quantity: str
    unit: str
    change: Literal["log", "difference"]  # how levels become changes: 100 x log difference, or plain difference
    bounds: tuple[float, float]  # values outside this closed interval are errors, not data
    jump: float  # largest change between observations that one source is believed; of logs, not times 100, or plain
    sources: tuple[Source, ...] = ()  # in order of preference; the first names the instrument of the snapshot
    licence: str = PUBLIC
    citation: str = ""
    frequency: Literal["daily", "weekly", "monthly"] = "daily"  # of the source
    lag: int = 0  # days from the date of a value (the end of its month) until it is published
    stale: int = 10  # age of the last observation, in days, beyond which live data count as stale
    gap: int = 7  # longest distance between two neighbouring weeks (months) in days
    revised: bool = False  # the provider re-estimates past values as a matter of course
    restated: bool = False  # past values are changed now and then, without that being a matter of course
    required: bool = True  # a refresh without this series has failed
    confirm: float = 0.0  # how far a second source's log change may differ once the next day is there,
    confirm_same_day: float = 0.0  # and before
    prelude: str = ""  # table of another provider's weekly values that stand before the first week of this series
    record: str = ""  # series or table that knows the highest price from before this series began
    sum_of: Mapping[str, float] | None = None  # factor of each series a derived one adds up, in the dates of the first
    first: str = ""  # first day whose week is used, where that is not the first there is
    note: str = ""  # what a reader has to know

    @property
    def changes_later(self) -> bool:
        """Whether figures of a day are other ones when they are read later."""
        return self.revised or self.restated

    @property
    def title(self) -> str:
        """The label as it begins a line."""
        return self.label[:1].upper() + self.label[1:]


@dataclass(frozen=True)
class TableSpec:
    """What a table of figures is that is no single series."""

    name: str
    quantity: str  # with unit
    columns: tuple[str, ...]  # those kept, in this order
    licence: str
    date: str = "date"  # column that orders the rows; a year counts from its end
    known: Callable[[pd.DataFrame], pd.Series] = lambda table: table["date"]  # day from which each row is public
    citation: str = ""
    sources: tuple[Source, ...] = ()
    stale: int = 10


_LONDON_SILVER = Source("lbma", "silver", "London silver price, noon auction")
_LONDON_GOLD = Source("lbma", "gold_pm", "London gold price, afternoon auction")
_ROLLS = "front month, not adjusted for rolls"
_APART = "up to 7.7 % between exchanges"
_TO_2014 = (
    "weeks to 2014-09-12 Coin Metrics PriceUSD, from 2014-09-19 Yahoo BTC-USD, joined there; thin before 2014; frozen "
    "20-25 June 2011 (exchange outage)"
)


def _fred(code: str, instrument: str) -> tuple[Source, ...]:
    return (Source("fredapi", code, instrument), Source("fred", code, instrument))


def _spec(
    name: str, label: str, colour: str, quantity: str, *terms: Any, fred: str = "", instrument: str = "", **more: Any
) -> SeriesSpec:
    """Describe a series that FRED has under a code; the instrument is the quantity where nothing else is said."""
    if fred:
        more["sources"] = _fred(fred, instrument or quantity)
    return SeriesSpec(name, label, colour, quantity, *terms, **more)


def _price(
    name: str, label: str, colour: str, quantity: str, unit: str, bounds: tuple[float, float], jump: float,
    *others: Source, yahoo: str = "", **more: Any,
) -> SeriesSpec:  # fmt: skip
    """Describe a price, of Yahoo under a code and after it of other sources, not for resale."""
    sources = (*([Source("yahoo", yahoo, quantity)] if yahoo else []), *others)
    more = {"required": False} | more
    return SeriesSpec(name, label, colour, quantity, unit, "log", bounds, jump, sources, RESEARCH, **more)


_PERCENT, _MILLION = ("%", "difference"), ("million USD", "log")
_BITCOIN, _CLOSE = "Bitcoin, close at 00:00 UTC", "{}, close at 00:00 UTC"

CATALOG: dict[str, SeriesSpec] = {
    spec.name: spec
    for spec in (
        _price("silver", "silver", "silver", "COMEX silver, front month, settlement", "USD/oz", (1, 1_000), 0.15,
               _LONDON_SILVER, yahoo="SI=F", required=True, confirm=0.12, confirm_same_day=0.25, record="records",
               note=_ROLLS),
        _price("gold", "gold", "gold", "COMEX gold, front month, settlement", "USD/oz", (100, 50_000), 0.10,
               _LONDON_GOLD, yahoo="GC=F", required=True, confirm=0.06, confirm_same_day=0.12, record="london_gold",
               note=_ROLLS),
        _price("btc", "Bitcoin", "btc", _BITCOIN, "USD", (0.01, 10_000_000), 0.20,
               Source("coinmetrics", "btc", _BITCOIN), *_fred("CBBTCUSD", "Bitcoin on Coinbase, FRED"),
               yahoo="BTC-USD", required=True, confirm=0.05, confirm_same_day=0.05, prelude="btc_early",
               note=_TO_2014),
        _price("copper", "copper", "copper", "COMEX copper, front month, settlement", "USD/lb", (0.3, 50), 0.26,
               yahoo="HG=F", note=_ROLLS),
        _spec("nasdaq", "Nasdaq", "nasdaq", "Nasdaq Composite", "index", "log", (40, 1_000_000), 0.15,
              fred="NASDAQCOM", licence=RESEARCH),
        _spec("real10", "10-year real yield", "rates", "10-year real Treasury yield", *_PERCENT, (-5, 15), 0.7,
              fred="DFII10"),
        _spec("breakeven10", "10-year breakeven", "debasement", "10-year breakeven inflation", *_PERCENT, (-5, 15), 0.5,
              fred="T10YIE"),
        _spec("dgs2", "2-year yield", "rates", "2-year Treasury yield", *_PERCENT, (-2, 20), 1.0, fred="DGS2"),
        _spec("policy_rate", "policy rate", "rates", "Federal funds target, upper bound", *_PERCENT, (0, 25), 1.25,
              fred="DFEDTARU"),
        _spec("dollar", "the dollar", "dollar", "Broad trade-weighted dollar", "Jan 2006 = 100", "log", (50, 250), 0.05,
              fred="DTWEXBGS", lag=3, stale=45, restated=True, note="a week's values come out on the Monday after it"),
        _spec("vix", "VIX", "fear", "Implied volatility of the S&P 500 (VIX)", "% a year", "log", (5, 150), 0.8,
              fred="VIXCLS", instrument="VIX, copyright Cboe", licence=RESEARCH, note="copyright Cboe"),
        _spec("nfci", "financial conditions", "liquidity", "Chicago Fed financial conditions (NFCI)", "z-score",
              "difference", (-3, 10), 0.4, fred="NFCI", instrument="Chicago Fed financial conditions",
              frequency="weekly", lag=5, stale=21, revised=True, note="re-estimated every week over its whole history"),
        _spec("fed_assets", "Fed assets", "liquidity", "Federal Reserve total assets, Wednesday", *_MILLION,
              (100_000, 50_000_000), 0.25, fred="WALCL", frequency="weekly", lag=1, stale=17, restated=True),
        _spec("cpi", "consumer prices", "debasement", "Consumer prices, all urban, seasonally adjusted",
              "1982-84 = 100", "log", (10, 5_000), 0.03, fred="CPIAUCSL", instrument="Consumer prices, all urban",
              frequency="monthly", lag=20, stale=80, gap=62, revised=True, note="October 2025 was never published"),
        _price("oil", "oil", "oil", "WTI crude oil, front month, settlement", "USD/barrel", (-50, 500), 0.35,
               yahoo="CL=F", note=f"{_ROLLS}; below zero on 2020-04-20, where there is no log change"),
        _price("platinum", "platinum", "platinum", "Platinum fund PPLT, close", "USD/share", (1, 1_000), 0.22,
               yahoo="PPLT", note="the fund, which is there from 2010; its fee of 0.6 % a year is in the price"),
        _price("palladium", "palladium", "platinum", "NYMEX palladium, front month, settlement", "USD/oz",
               (50, 50_000), 0.25, yahoo="PA=F", note=_ROLLS),
        _price("sp500", "S&P 500", "nasdaq", "S&P 500", "index", (1, 1_000_000), 0.15, yahoo="^GSPC", gap=14),
        _price("eth", "Ether", "eth", _CLOSE.format("Ether"), "USD", (1, 1_000_000), 0.35, yahoo="ETH-USD"),
        _price("ltc", "Litecoin", "eth", _CLOSE.format("Litecoin"), "USD", (0.1, 100_000), 0.45, yahoo="LTC-USD",
               note=_APART),
        _price("sol", "Solana", "eth", _CLOSE.format("Solana"), "USD", (0.1, 100_000), 0.5, yahoo="SOL-USD",
               note=_APART),
        _price("london_silver", "silver in London", "silver", _LONDON_SILVER.instrument, "USD/oz", (0.5, 1_000), 0.31,
               _LONDON_SILVER, citation="LBMA", gap=14, note="no rolls"),
        _price("london_gold", "gold in London", "gold", _LONDON_GOLD.instrument, "USD/oz", (30, 50_000), 0.15,
               _LONDON_GOLD, citation="LBMA", note="no rolls"),
        _spec("epu", "policy uncertainty", "fear", "Economic policy uncertainty, United States, daily", "index", "log",
              (0, 5_000), 5.0, fred="USEPUINDXD", instrument="Economic policy uncertainty",
              citation="Baker, Bloom and Davis (2016)", lag=1, revised=True, required=False),
        _spec("gpr", "geopolitical risk", "fear", "Geopolitical risk, daily", "1985-2019 = 100", "log", (0, 5_000), 3.5,
              citation="Caldara and Iacoviello (2022)", lag=7, revised=True, required=False,
              note="zero on two days, where there is no log change"),
        _spec("m2", "money", "liquidity", "M2, seasonally adjusted", "billion USD", "log", (100, 1_000_000), 0.08,
              fred="M2SL", frequency="monthly", lag=28, stale=100, gap=62, revised=True, required=False),
        _spec("m2_weekly", "weekly money", "liquidity", "M2, weekly, not seasonally adjusted", "billion USD", "log",
              (100, 1_000_000), 0.05, fred="WM2NS", frequency="weekly", lag=58, stale=100, revised=True,
              required=False, note="published month by month since 2021"),
        _spec("treasury_account", "Treasury account", "liquidity", "Treasury account at the Fed, Wednesday", *_MILLION,
              (100, 10_000_000), 3.3, fred="WDTGAL", frequency="weekly", lag=1, stale=17, required=False),
        _spec("reverse_repo", "reverse repo", "liquidity", "Overnight reverse repurchase agreements", "billion USD",
              "difference", (0, 100_000), 400.0, fred="RRPONTSYD", gap=10_000, required=False, first="2013-09-23",
              note="only on single days before 23 September 2013"),
        _spec("net_liquidity", "net liquidity", "liquidity", "Fed assets less Treasury account and reverse repo",
              *_MILLION, (100_000, 50_000_000), 0.25, frequency="weekly", lag=1, required=False, first="2013-10-02",
              sum_of={"fed_assets": 1, "treasury_account": -1, "reverse_repo": -1_000}),
        _price("silver_month_end", "silver at month end", "silver", "COMEX silver, last settlement of the month",
               "USD/oz", (1, 1_000), 0.7, frequency="monthly", gap=31,
               note="1973-02 to 2026-01; in January 1980 far below the London fixings"),
        _spec("silver_average", "silver, month average", "silver", "Silver, month average (World Bank Pink Sheet)",
              "USD/oz", "log", (0.5, 1_000), 0.7, licence="CC BY 4.0", citation="World Bank, Pink Sheet",
              frequency="monthly", lag=5, gap=31, required=False,
              note="an average, so never against month-end values"),
    )
}  # fmt: skip

WEEKLY = {name: spec for name, spec in CATALOG.items() if spec.frequency != "monthly"}
MONTHLY = {name: spec for name, spec in CATALOG.items() if spec.frequency == "monthly"}

_EDITIONS = {
    "Clio Infra / USGS": "2015-12-31", "WSS 2013": "2013-04-30", "WSS 2019": "2019-04-30",
    "Nov-2021 Interim Review": "2021-11-30", "WSS 2024": "2024-04-30", "WSS 2025": "2025-04-30",
    "Silver Institute via Visual Capitalist Jan-2026 (edition not named; rounded)": "2026-01-31",
    "WSS 2026": "2026-04-30", "WSS 2026 (forecast)": "2026-04-30",
}  # fmt: skip
_PRICES = "facts, each from a published price"
_SURVEY = "figures of the Silver Institute, quoted"
_COT = ("date", "mm_long", "mm_short", "open_interest")


def _after(days: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda table: table["date"] + pd.Timedelta(days=days)


def _cot(metal: str, code: str) -> TableSpec:
    what = f"Managed money in COMEX {metal} futures and all open interest, contracts, Tuesdays"
    source = Source("cftc", code, f"CFTC disaggregated report, {metal}")
    return TableSpec(f"cot_{metal}", what, _COT, PUBLIC, known=_after(3), citation="CFTC", sources=(source,), stale=17)


TABLES: dict[str, TableSpec] = {
    table.name: table
    for table in (
        TableSpec(
            "btc_early", "Bitcoin, USD, Fridays at 00:00 UTC", ("date", "value"), "CC BY-NC", citation="Coin Metrics",
        ),
        TableSpec(
            "records", "Silver highs by venue, USD/oz, the ones that the chapters speak of",
            ("date", "venue", "measure", "usd_per_oz"), _PRICES,
        ),
        TableSpec(
            "silver_records", "Every silver record by venue, USD/oz; COMEX before 2000 missing",
            ("date", "venue", "measure", "usd_per_oz"), _PRICES,
        ),
        TableSpec(
            "silver_balance", "World silver supply and demand, million ounces, one edition a year",
            ("year", "item", "moz", "status", "vintage", "published"), _SURVEY, "year", lambda t: t["published"],
            "Metals Focus for the Silver Institute",
        ),
        TableSpec(
            "silver_balance_long", "World silver supply and demand, million ounces, by edition; never join editions",
            ("year", "item", "moz", "vintage"), _SURVEY, "year",
            lambda t: pd.to_datetime(t["vintage"].map(_EDITIONS)), "Metals Focus, GFMS; USGS",
        ),
        TableSpec(
            "fomc_dates", "Decision days of the FOMC; January, March and April 2026 missing",
            ("date", "kind", "time_et"), PUBLIC,
        ),
        TableSpec(
            "fomc_events_usmpd", "Moves around FOMC statements and press conferences, percentage points and per cent; "
            "sp500 is 0 on 2001-09-17 and 2008-01-22: leave unscheduled meetings out",
            ("date", "sep", "unscheduled", "press_conference", "mp1", "mp2", "ff4", "ed1", "ed4", "ois1y", "ois2y",
             "ust2y", "ust10y", "tips10y", "sp500", "dxy"), "free with citation",
            citation="Acosta, Ajello, Bauer, Loria, Miranda-Agrippino (San Francisco Fed, USMPD)",
        ),
        TableSpec(
            "fomc_shocks_jk", "Policy and information shocks of the FOMC, percentage points and per cent",
            ("date", "time_et", "pc1", "sp500", "mp_pm", "cbi_pm", "mp_median", "cbi_median", "ff4", "ed4", "tfut10"),
            "CC BY 4.0", citation="Jarocinski and Karadi (2020)",
        ),
        _cot("silver", "084691"), _cot("gold", "088691"), _cot("copper", "085692"),
        TableSpec("btc_halvings", "Days on which Bitcoin's block reward was halved", ("date", "event"), PUBLIC),
        TableSpec(
            "solar_pv_capacity", "Solar capacity of the world, MW, year ends", ("date", "value"), "CC BY 4.0",
            known=_after(120), citation="Our World in Data, IRENA",
        ),
        TableSpec(
            "crypto_fear_greed", "Crypto Fear and Greed Index, 0 to 100", ("date", "value"), "free with attribution",
            known=_after(1), citation="Alternative.me",
        ),
    )
}  # fmt: skip

"""Whom the numbers in a picture come from, read off the data drawn."""

from helpers.data import Dataset
from helpers.data.catalog import MONTHLY, WEEKLY

PROVIDERS = {
    "yahoo": "Yahoo Finance",
    "coinmetrics": "Coin Metrics",
    "fred": "FRED",
    "fredapi": "FRED",
    "lbma": "LBMA",
}
OTHERS = {
    "balance": "Silver Institute, World Silver Survey",
    "records": "COMEX, LBMA and earlier venues as listed in the data",
    "silver_average": "World Bank Pink Sheet, CC BY 4.0",
}


def source_line(dataset: Dataset, series: tuple[str, ...]) -> str:
    """Name provider, code and terms of each series, and the date to which they run.

    Parameters
    ----------
    dataset : Dataset
        The data drawn.
    series : tuple of str
        Names in the catalog; also "balance" and "records".

    Returns
    -------
    str
        Such as "Yahoo Finance (SI=F), research use only, not for resale. Data to 21 August 2026."

    Raises
    ------
    KeyError
        A name that the catalog does not know.
    """
    by_terms: dict[str, list[str]] = {}
    for name in series:
        who, terms = _origin(dataset, name)
        told = by_terms.setdefault(terms, [])
        told.extend([who] if who not in told else [])
    parts = ["; ".join(who) + (f" ({terms})" if terms else "") for terms, who in by_terms.items()]
    day = dataset.as_of
    return f"{'; '.join(parts)}. Data to {day.day} {day:%B %Y}."


def _origin(dataset: Dataset, name: str) -> tuple[str, str]:
    if name in OTHERS:
        return OTHERS[name], ""
    terms = (WEEKLY | MONTHLY)[name].licence
    if name in dataset.provenance.index:
        row = dataset.provenance.loc[name]
        pairs = zip(row["provider"].split(", "), row["code"].split(", "), strict=True)
        return ", ".join(f"{provider} {code}" for provider, code in pairs), terms
    first = MONTHLY[name].ladder[0]
    return f"{PROVIDERS[first.provider]} {first.code}", terms

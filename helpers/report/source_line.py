"""Whom the numbers in a picture come from, read off the data drawn."""

from helpers.data import Dataset
from helpers.data.catalog import TABLES

PROVIDERS = {
    "yahoo": "Yahoo Finance",
    "coinmetrics": "Coin Metrics",
    "fred": "FRED",
    "fredapi": "FRED",
    "lbma": "LBMA",
}


def source_line(dataset: Dataset, series: tuple[str, ...]) -> str:
    """Name provider, code and terms of each series, and the date to which they run.

    Parameters
    ----------
    dataset : Dataset
        The data drawn.
    series : tuple of str
        Names of series and tables in the catalog; none where everything is simulated or computed.

    Returns
    -------
    str
        Such as "Yahoo Finance (SI=F), research use only, not for resale. Data to 21 August 2026."

    Raises
    ------
    KeyError
        A name that the catalog does not know.
    """
    if not series:
        return "simulated, or computed from a formula, for this report."
    by_terms: dict[str, list[str]] = {}
    for name in series:
        who, terms = _origin(dataset, name)
        told = by_terms.setdefault(terms, [])
        told.extend([who] if who not in told else [])
    once = {terms: dict.fromkeys("; ".join(who).split("; ")) for terms, who in by_terms.items()}
    parts = ["; ".join(who) + (f" ({terms})" if terms else "") for terms, who in once.items()]
    day = dataset.as_of
    later = [dataset.specs[name].title for name in series if name in dataset.specs and dataset.restated(name)]
    known = dataset.holdings.as_known
    edition = f" {', '.join(later)}: the edition of {known.day} {known:%B %Y}, not of that day." if later else ""
    return f"{'; '.join(parts)}. Data to {day.day} {day:%B %Y}.{edition}"


def _origin(dataset: Dataset, name: str) -> tuple[str, str]:
    if name in TABLES:
        table = TABLES[name]
        return table.citation or table.quantity, table.licence
    row, spec = dataset.provenance.loc[name], dataset.specs[name]
    if row["provider"] == "manual":
        return spec.citation or spec.quantity, spec.licence
    if row["provider"] == "computed":
        return "; ".join(_origin(dataset, part)[0] for part in row["code"].split(", ")), spec.licence
    before = f"{TABLES[spec.prelude].citation}, " if spec.prelude else ""
    return f"{before}{PROVIDERS[row['provider']]} {row['code']}", spec.licence

"""Records from before the first week of the panel, without which an all-time high cannot be told from a recent one."""

from helpers.data.dataset import Dataset

# Gold: London afternoon fixing of 21 January 1980 (LBMA). Nasdaq: close of 10 March 2000 (FRED NASDAQCOM).
_KNOWN = {"gold": 850.0, "nasdaq": 5048.62}


def earlier_record(panel: Dataset, name: str) -> float | None:
    """Give the highest price of a series on record from before its first week.

    Parameters
    ----------
    panel : Dataset
        The data in use; silver's record comes from its table of records by venue.
    name : str
        A weekly series.

    Returns
    -------
    float or None
        In the unit of the series; None where none is known, or the series began with its market.
    """
    if name != "silver":
        return _KNOWN.get(name)
    earlier = panel.records[panel.records["date"] < panel.price("silver").index[0]]
    return float(earlier["usd_per_oz"].max()) if len(earlier) else None

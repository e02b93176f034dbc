"""Records from before the first week of a series, without which an all-time high cannot be told from a recent one."""

from helpers.data.catalog import CATALOG
from helpers.data.dataset import Dataset


def earlier_record(panel: Dataset, name: str) -> float | None:
    """Give the highest price of a series on record from before its first week.

    Parameters
    ----------
    panel : Dataset
        The data in use.
    name : str
        A weekly series.

    Returns
    -------
    float or None
        In the unit of the series; None where none is known, or the series began with its market.
    """
    known = panel.specs[name].record
    if not known:
        return None
    values = panel.daily(known) if known in CATALOG else panel.table(known).set_index("date")["usd_per_oz"]
    earlier = values[values.index < panel.price(name).index[0]]
    return float(earlier.max()) if len(earlier) else None

"""Where numbers come from: the catalog, the embedded snapshot, live sources, and the weekly panel."""

from helpers.data.catalog import MONTHLY, WEEKLY
from helpers.data.dataset import Dataset, load
from helpers.data.errors import DataError

__all__ = ["MONTHLY", "WEEKLY", "DataError", "Dataset", "load"]

"""Where numbers come from: the catalog, the embedded figures, live sources, and the data as of a date."""

from helpers.data.catalog import CATALOG, MONTHLY, TABLES, WEEKLY
from helpers.data.dataset import Dataset, load
from helpers.data.errors import DataError
from helpers.data.manual import spec_of

__all__ = ["CATALOG", "MONTHLY", "TABLES", "WEEKLY", "DataError", "Dataset", "load", "spec_of"]

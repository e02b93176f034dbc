"""Where numbers come from: the catalog, the embedded snapshot, live sources, and the weekly panel."""

from helpers.data.catalog import MONTHLY, WEEKLY
from helpers.data.errors import DataError
from helpers.data.panel import Panel, load_panel

__all__ = ["MONTHLY", "WEEKLY", "DataError", "Panel", "load_panel"]

"""One small adapter a provider."""

import datetime as dt
import re
from collections.abc import Callable
from types import ModuleType

import pandas as pd

from helpers.data.catalog import Source
from helpers.data.sources import coinmetrics, fred, fredapi, lbma, manual, yahoo
from helpers.data.sources.daily import Daily, Page, SourceError
from helpers.data.sources.http import Client

__all__ = ["Client", "Daily", "Page", "SourceError", "fetch"]

_ADAPTERS: dict[str, ModuleType] = {
    "fredapi": fredapi, "fred": fred, "yahoo": yahoo, "coinmetrics": coinmetrics, "lbma": lbma, "manual": manual,
}  # fmt: skip


def fetch(client: Client, rung: Source, since: dt.date | None = None) -> Daily:
    """Ask one source for one series.

    Parameters
    ----------
    client : Client
        The way out.
    rung : Source
        Provider and code.
    since : datetime.date, optional
        First day asked for; all of them when omitted.

    Returns
    -------
    Daily
        Final values only: days that had not ended at the source are left out.

    Raises
    ------
    SourceError
        Whatever went wrong, in one sentence without secrets.
    """
    adapter = _ADAPTERS[rung.provider]
    code_form: re.Pattern[str] = adapter.CODE
    if not code_form.fullmatch(rung.code):
        raise SourceError(rung.provider, "code", "not a code of this provider; nothing was asked")
    daily = _guarded(adapter.fetch, client, rung, since)
    tomorrow = pd.Timestamp(client.now.astimezone(dt.UTC).date()) + pd.Timedelta(days=1)
    if daily.series.index[-1] > tomorrow:
        reason = f"{daily.series.index[-1]:%Y-%m-%d} lies in the future of the clock here, {client.now:%Y-%m-%d %H:%M}"
        raise SourceError(rung.provider, rung.code, f"{reason}; set the clock")
    if daily.open_from is None:
        return daily
    final = daily.series[daily.series.index < pd.Timestamp(daily.open_from)]
    if not len(final):
        raise SourceError(rung.provider, rung.code, "only values of days that have not ended")
    return Daily(final, daily.pages, daily.open_from)


def _guarded(adapter: Callable[..., Daily], client: Client, rung: Source, since: dt.date | None) -> Daily:
    """Turn what a parser stumbles over into an error with a name, holding no object of the failed request."""
    try:
        return adapter(client, rung.code, since)
    except SourceError:
        raise
    except Exception as error:
        found = f"{type(error).__name__}: {client.redact(str(error))[:120]}"
    raise SourceError(rung.provider, rung.code, f"the answer is not of the expected form ({found})")

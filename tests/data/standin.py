"""A small stand-in for the live sources, fed from the embedded data, with faults on demand.

It answers on loopback with the addresses and the forms of the real ones, so that a refresh from it has to give the
embedded data back.
"""

import functools
import json
import re
import socket
import threading

import numpy as np
import pandas as pd
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from helpers.data.catalog import CATALOG, TABLES
from helpers.data.settings import Settings
from helpers.data.store import Store

KEY = "0sentinel1sentinel2sentinel3sent"
TRANSPORT = ("403", "429", "503", "html200", "truncated", "empty", "slow", "reset")
PAST = ("dotted", "shrink", "revise")
VALUES = ("duplicate", "unordered", "spike")
PROVIDERS = ("fredapi", "fred", "yahoo", "coinmetrics", "lbma", "cftc")
HTML = "<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


@functools.cache
def snapshot_series():
    """Give (provider's code) -> text of (date, value) for every code of the catalog, from the embedded data."""
    store = Store(Settings().snapshot)
    entries = store.load().entries
    figures = {name: store.figures(name, entries[name]) for name in CATALOG if name in entries}
    codes = {one.code: figures[name] for name, spec in CATALOG.items() if name in figures for one in spec.sources}
    codes |= {"silver": figures["london_silver"], "gold_pm": figures["london_gold"], "btc": figures["btc"] * 1.001}
    return {
        code: list(zip(np.datetime_as_string(values.index, unit="D").tolist(), map(repr, values.tolist()), strict=True))
        for code, values in codes.items()
    }


@functools.cache
def snapshot_tables():
    """Give the CFTC's rows by contract code."""
    store = Store(Settings().snapshot)
    entries = store.load().entries
    return {
        table.sources[0].code: store.figures(name, entries[name]) for name, table in TABLES.items() if table.sources
    }


def spoil(rows, kind):
    """Apply the faults that sit in the rows."""
    middle = len(rows) // 2
    changed = {
        "shrink": lambda: rows[middle:],
        "revise": lambda: [*rows[:middle], (rows[middle][0], _scaled(rows[middle][1], 1.5)), *rows[middle + 1 :]],
        "duplicate": lambda: [*rows, rows[-1]],
        "unordered": lambda: rows[::-1],
        "spike": lambda: [*rows[:-1], (rows[-1][0], _scaled(rows[-1][1], 100))],
        "dotted": lambda: [(day, "." if place % 9 == 0 else value) for place, (day, value) in enumerate(rows)],
        "empty": lambda: [],
    }
    return changed[kind]() if kind in changed else rows


def _scaled(text, factor):
    return f"{float(text) * factor:.6g}"


_BODIES = {}
"""Bodies made before, with the rows they were made of: a few series are asked for again and again."""


class StandIn:
    """The six sources behind one server.

    `faults` maps a provider to a kind of fault; `until` hides later rows; `seen` lists the requests.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.faults, self.until, self.seen = {}, "9999-12-31", []
        self.addresses = {provider: f"http://127.0.0.1:{server.port}/{provider}" for provider in PROVIDERS}
        self._rows, self._release = dict(snapshot_series()), threading.Event()
        server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    def release(self) -> None:
        """Let slow answers go."""
        self._release.set()

    def _answer(self, request: Request) -> Response:
        provider, _, path = request.path.lstrip("/").partition("/")
        kind = self.faults.get(provider)
        self.seen.append((provider, path, dict(request.args), dict(request.headers)))
        if kind in ("403", "429", "503", "html200"):
            return Response(HTML, status=200 if kind == "html200" else int(kind), content_type="text/html")
        if kind == "reset":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        if kind == "slow":
            self._release.wait(30)
        code = request.args.get("series_id") or request.args.get("id") or request.args.get("assets")
        code = code or path.rpartition("/")[2].removesuffix(".json")
        if provider == "cftc":
            return Response(self._cftc(request.args, kind))
        if code not in self._rows:
            return Response("{}", status=404, content_type="application/json")
        body = self._body(provider, code, kind, request.args)
        response = Response(body)
        if kind == "truncated":
            response.automatically_set_content_length = False
            response.headers["Content-Length"] = str(len(body))
            response.set_data(body[: len(body) // 3])
        return response

    def _body(self, provider, code, kind, query):
        known, write = self._rows[code], getattr(self, f"_{provider}")
        asked = tuple((name, value) for name, value in query.items() if name != "api_key")
        key = (write.__qualname__, code, kind, self.until, asked)
        if _BODIES.get(key, (None,))[0] is not known:
            rows = spoil([row for row in known if row[0] <= self.until], kind)
            _BODIES[key] = (known, write(code, rows, query))
        return _BODIES[key][1]

    def _fredapi(self, code, rows, query):
        rows = [row for row in rows if query.get("observation_start", "") <= row[0] <= query.get("realtime_end", "9")]
        if "realtime_end" in query:  # an edition of before: other figures
            rows = [(day, f"{1.001 * float(value):.6g}") for day, value in rows]
        inner = "".join(f'<observation date="{day}" value="{value}"/>' for day, value in rows)
        return f'<?xml version="1.0"?><observations count="{len(rows)}">{inner}</observations>'

    def _fred(self, code, rows, query):
        rows = [f"{day},{value}" for day, value in rows if day >= query.get("cosd", "")]
        return "\n".join([f"observation_date,{code}", *rows, ""])

    def _lbma(self, code, rows, query):
        return json.dumps([{"d": day, "v": [_number(value), None, None]} for day, value in rows])

    def _coinmetrics(self, code, rows, query):
        rows = [row for row in rows if row[0] >= query.get("start_time", "")]
        start = int(query.get("next_page_token", 0))
        size = min(500, int(query["page_size"]))
        page = [
            {"asset": code, "time": f"{day}T00:00:00.000000000Z", "PriceUSD": value}
            for day, value in rows[start : start + size]
        ]
        more = {"next_page_token": str(start + size), "next_page_url": "http://192.0.2.1/elsewhere"}
        return json.dumps({"data": page} | (more if start + size < len(rows) else {}))

    def _cftc(self, query, kind):
        found = next(table for code, table in snapshot_tables().items() if code in query["$where"])
        found = found[found["date"] <= pd.Timestamp(self.until[:10] if self.until < "9" else "2100")]
        found = found.iloc[len(found) // 2 :] if kind == "shrink" else found
        rows = [
            {"report_date_as_yyyy_mm_dd": f"{row.date:%Y-%m-%d}T00:00:00.000", "open_interest_all": row.open_interest,
             "m_money_positions_long_all": row.mm_long, "m_money_positions_short_all": row.mm_short}
            for row in found.itertuples()
        ]  # fmt: skip
        return json.dumps(rows[: int(query["$limit"])], default=int)

    def _yahoo(self, code, rows, query):
        first, end = int(query["period1"]), int(query["period2"])
        points = [(int(pd.Timestamp(day, tz="UTC").timestamp()), _number(value)) for day, value in rows]
        points = [point for point in points if first <= point[0] < end]
        meta = {"symbol": code, "currency": "USD", "exchangeTimezoneName": "UTC", "dataGranularity": "1d"}
        quote = {"close": [value for _, value in points]}
        result = {"meta": meta, "timestamp": [time for time, _ in points], "indicators": {"quote": [quote]}}
        return json.dumps({"chart": {"result": [result], "error": None}})


def _number(text):
    return None if text == "." else float(text)

"""What the notebooks found, one file a finding, with the data it was found on."""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from helpers.data import Dataset
from helpers.data.errors import DataError
from helpers.data.settings import ROOT
from helpers.report.registry import load_claims
from helpers.stats import format_value

RESULTS = ROOT / "claims" / "results"
PRIMARY = "primary"
VALIDATION = "validation.json"
THEN = "2026-01-23"


@dataclass(frozen=True, kw_only=True, repr=False)
class Entry:
    """One finding, as recorded.

    Parameters
    ----------
    claim, test : str
        Id of the claim, and "primary" or the name of a supporting test.
    unit : str
        Of the estimate and its interval.
    estimate : float
        NaN where the test could not be done.
    interval : tuple of float
        Lower and upper end.
    level : float
        Coverage of the interval.
    pvalue : float
        Unadjusted; NaN for facts and frequencies.
    direction : int
        Sign of the effect found, +1, 0 or -1; 0 where none is meant.
    detectable : float
        Smallest effect that the test would find with 80 % power, in the unit of the estimate.
    n, k : int or None
        Weeks (or years) used, and independent episodes.
    placebo_pvalues : dict
        The same test with another series in the place of the leader (or of the response).
    eras : dict
        Signed estimate by era.
    parts : dict
        Stated facts and whether each holds.
    procedure : str
        Name of the inference whose size `claims/validation.json` shows; "" for facts.
    reason : str
        Why there is no estimate; "" otherwise.
    extra : dict
        Further numbers that a rule or a reader needs.
    notebook : str
        The chapter that recorded it.
    data : dict
        Source, digest, first and last week, as-of date.
    """

    claim: str
    test: str = PRIMARY
    unit: str = ""
    estimate: float = math.nan
    interval: tuple[float, float] = (math.nan, math.nan)
    level: float = 0.95
    pvalue: float = math.nan
    direction: int = 0
    detectable: float = math.nan
    n: int | None = None
    k: int | None = None
    placebo_pvalues: Mapping[str, float] = field(default_factory=dict)
    eras: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, bool] = field(default_factory=dict)
    procedure: str = ""
    reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    notebook: str = ""
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def placebos_beaten(self) -> float:
        """Share of placebos whose p-value is larger than the one found; NaN without placebos or p-value."""
        known = [p for p in self.placebo_pvalues.values() if not math.isnan(p)]
        if not known or math.isnan(self.pvalue):
            return math.nan
        return sum(p > self.pvalue for p in known) / len(known)

    def __repr__(self) -> str:
        parts = [f"{'yes' if holds else 'NO'}: {text}" for text, holds in self.parts.items()]
        numbers = [
            f"{label} {format_value(value)}" for label, value in self._numbers() if format_value(value) not in ("", "-")
        ]
        found = [self.reason] if self.reason else [*parts, *numbers]
        return "\n  ".join([f"Recorded {self.claim} ({self.test}), {self.unit}", *found])

    def _numbers(self) -> list[tuple[str, Any]]:
        return [
            ("estimate", self.estimate),
            (f"{100 * self.level:g} % interval", "" if math.isnan(self.interval[0]) else self.interval),
            ("p", self.pvalue),
            ("detectable with 80 % power", self.detectable),
            ("share of placebos beaten", self.placebos_beaten),
            ("eras", "; ".join(f"{era} {format_value(value)}" for era, value in self.eras.items())),
            ("n", self.n),
            ("K", self.k),
        ]


def results_folder() -> Path:
    """Give the folder of the ledger: the environment variable SILVER_RESULTS, else claims/results.

    Returns
    -------
    pathlib.Path
        The folder; it may not exist yet.
    """
    return Path(os.environ.get("SILVER_RESULTS") or RESULTS)


def record(panel: Dataset, *, notebook: str, claim: str, test: str = PRIMARY, **found: Any) -> Entry:
    """Write one finding to the ledger.

    Parameters
    ----------
    panel : Dataset
        The data it was found on.
    notebook : str
        The chapter that found it.
    claim, test : str
        Id of the claim; "primary" or the name of a supporting test.
    **found
        The other fields of `Entry`.

    Returns
    -------
    Entry
        As written.

    Raises
    ------
    DataError
        The claim is not in the registry, or a primary finding does not come from the chapter registered for it.
    """
    registered = load_claims().get(claim)
    if registered is None:
        raise DataError(claim, expected="a claim of claims/claims.toml", found="no such claim")
    if test == PRIMARY and registered.chapter != notebook:
        raise DataError(claim, expected=f"its primary test from {registered.chapter}", found=notebook)
    unit = found.pop("unit", registered.rule["unit"])
    entry = Entry(claim=claim, test=test, unit=unit, notebook=notebook, data=data_stamp(panel), **found)
    folder = results_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{claim}.json" if test == PRIMARY else f"{claim}.{test}.json"
    (folder / name).write_text(json.dumps(_plain(asdict(entry)), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return entry


def record_validation(procedures: Mapping[str, Mapping[str, Mapping[str, float]]], panel: Dataset) -> Path:
    """Write the simulated size and power of every procedure whose p-values feed a verdict.

    Parameters
    ----------
    procedures : mapping
        Procedure to {"size": {process: rejection rate at 5 %}, "power": {process: rejection rate}}.
    panel : Dataset
        The data in use, for the stamp.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    folder = results_folder()
    folder.mkdir(parents=True, exist_ok=True)
    content = _plain({"data": data_stamp(panel), "procedures": procedures})
    path = folder / VALIDATION
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path


def data_stamp(panel: Dataset) -> dict[str, str]:
    """Give what ties a finding to its data.

    Parameters
    ----------
    panel : Dataset
        The data in use.

    Returns
    -------
    dict of str to str
        Source, digest, first and last week, as-of date.
    """
    weeks = panel.weekly.index
    return {
        "source": panel.source,
        "digest": panel.digest,
        "first": f"{weeks[0]:%Y-%m-%d}",
        "last": f"{weeks[-1]:%Y-%m-%d}",
        "as_of": str(panel.as_of),
    }


def read_entries(folder: Path | None = None) -> list[Entry]:
    """Read every finding of a ledger.

    Parameters
    ----------
    folder : pathlib.Path, optional
        `results_folder()` if not given.

    Returns
    -------
    list of Entry
        Ordered by claim number, the primary finding of a claim first.
    """
    paths = (folder or results_folder()).glob("C*.json")
    entries = [_entry(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    return sorted(entries, key=lambda entry: (int(entry.claim[1:]), entry.test != PRIMARY, entry.test))


def _entry(raw: dict[str, Any]) -> Entry:
    for key in ("estimate", "pvalue", "detectable"):
        raw[key] = _number(raw[key])
    for key in ("placebo_pvalues", "eras"):
        raw[key] = {name: _number(value) for name, value in raw[key].items()}
    low, high = raw["interval"]
    return Entry(**{**raw, "interval": (_number(low), _number(high))})


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _plain(value: Any) -> Any:
    """Turn NaN into null and numbers of any library into numbers with ten significant digits."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | bool):
        return value
    if hasattr(value, "item"):
        return _plain(value.item())
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return float(f"{value:.10g}") if math.isfinite(value) else None
    return str(value)

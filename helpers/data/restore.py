"""`make restore`: list the kept generations of live data, compare one with what is in force, and go back to it."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from helpers.data.catalog import CATALOG
from helpers.data.errors import DataError
from helpers.data.guards import compare
from helpers.data.settings import Settings, read_settings
from helpers.data.store import MANIFEST, Entry, State, Store, from_json


def kept(store: Store) -> dict[int, State]:
    """Read the generations that are kept, oldest first; a damaged manifest is left out."""
    found = {}
    for path in sorted((store.folder / "generations").glob("*.json")):
        try:
            state = from_json(path.read_bytes(), remedy="")
        except DataError:
            continue
        found[state.generation] = state
    return found


def _in_force(store: Store) -> State:
    """Read what is in force; nothing where there is none, or none that can be read."""
    try:
        return store.load() or State(0, "")
    except DataError:
        return State(0, "")


def listing(store: Store) -> list[str]:
    """Give one line a kept generation, the one in force marked."""
    state, states = _in_force(store), kept(store)
    lost = f"{MANIFEST} is missing or damaged; go back to one of these"
    lines = [lost] if states and not state.generation else []
    for number, one in states.items():
        silver = one.entries.get("silver")
        last = f", silver to {silver.last}" if silver else ""
        now = "  in force" if state.generation == number else ""
        lines.append(f"{number:>6}  {one.written[:16].replace('T', ' ')}  {len(one.entries)} series{last}{now}")
    return lines


def comparison(store: Store, number: int) -> list[str]:
    """Say series by series how a kept generation differs from what is in force."""
    then, now, lines = _chosen(store, number), _in_force(store), []
    for name, entry in then.entries.items():
        present = now.entries.get(name)
        figures, damage = _figures(store, name, entry)
        if damage:
            lines.append(f"{name}: {damage}; going back leaves it as it is now")
        elif present is None:
            lines.append(f"{name}: not in force now, {entry.rows} rows")
        elif present.sha256 != entry.sha256 and name not in CATALOG:
            lines.append(f"{name}: {entry.rows} rows to {entry.last}, now {present.rows} to {present.last}")
        elif present.sha256 != entry.sha256:
            after, damage = _figures(store, name, present)
            past = ["the present file is damaged"] if damage else compare(figures, after).lines()
            lines.append("; ".join([f"{name}: {entry.provider} {entry.code} to {entry.last}, now {present.provider} "
                                    f"{present.code} to {present.last}", *past]))  # fmt: skip
    lines += [f"{name}: not there yet" for name in now.entries if name not in then.entries]
    return lines or ["the same figures as now"]


def _chosen(store: Store, number: int) -> State:
    states = kept(store)
    if number not in states:
        known = ", ".join(map(str, states)) or "none is kept"
        raise DataError("generation", expected=f"one of {known}", found=str(number))
    return states[number]


def _figures(store: Store, name: str, entry: Entry) -> tuple[Any, str]:
    """Read the stored file of a series, or say what is wrong with it."""
    try:
        return store.figures(name, entry), ""
    except DataError as error:
        return None, error.found


def restore(*, settings: Settings, number: int) -> int:
    """Put a kept generation in force again, as a new one whose number is given back; nothing is deleted.

    A series whose file of then is missing or damaged stays as it is now, where there is one. Of the answers behind a
    series, those that are still there are named.
    """
    store = Store(settings.cache)
    with store.lock():
        state, now = _chosen(store, number), _in_force(store)
        answers = {path.name for path in (store.folder / "objects").glob("*")}
        whole = {
            name: replace(entry, pages=tuple(page for page in entry.pages if page[1] in answers))
            for name, entry in state.entries.items() if not _figures(store, name, entry)[1]
        }  # fmt: skip
        if not whole:
            raise DataError(f"generation {number}", expected="stored files", found="none that is whole")
        entries = {name: now.entries.get(name, entry) for name, entry in state.entries.items()} | whole
        new = max(kept(store)) + 1
        accepted = (*state.accepted, f"went back to {number}")
        store.commit(replace(state, generation=new, entries=entries, accepted=accepted), {})
    return new


def main(words: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m helpers restore", description=__doc__)
    parser.add_argument("number", type=int, nargs="?", help="compare this generation with the present data")
    parser.add_argument("--go-back", action="store_true", help="put it in force again")
    chosen = parser.parse_args(words)
    if chosen.go_back and chosen.number is None:
        parser.error("--go-back needs the number of a generation")
    settings = read_settings()
    store = Store(settings.cache)
    lines = listing(store) if chosen.number is None else comparison(store, chosen.number)
    if chosen.go_back:
        lines.append(f"generation {restore(settings=settings, number=chosen.number)} has the data of {chosen.number}")
    sys.stdout.write("\n".join(lines or ["no live data are kept"]) + "\n")
    return 0

"""Write a store from figures, as a freeze would, so that a test can change any of them."""

import json
from dataclasses import replace

from helpers.data.catalog import CATALOG
from helpers.data.settings import Settings
from helpers.data.store import Store, sha256, to_bytes


def embedded():
    """The embedded figures: (state, series, tables)."""
    store = Store(Settings().snapshot)
    state = store.load()
    figures = {name: store.figures(name, entry) for name, entry in state.entries.items()}
    series = {name: figures.pop(name) for name in CATALOG if name in figures}
    return state, series, figures


def write_store(folder, series, tables, **changes):
    """Write figures under a manifest that fits; `changes` are fields of its state."""
    folder.mkdir(parents=True, exist_ok=True)
    state, entries = embedded()[0], {}
    bodies = {name: to_bytes(figures) for name, figures in (*series.items(), *tables.items())}
    for name, body in bodies.items():
        (folder / f"{name}.csv").write_bytes(body)
        figures = series.get(name)
        dates = {} if figures is None else {"first": str(figures.index[0])[:10], "last": str(figures.index[-1])[:10],
                                            "rows": len(figures)}  # fmt: skip
        entries[name] = replace(state.entries[name], sha256=sha256(body), **dates)
    (folder / "manifest.json").write_bytes(replace(state, entries=entries, **changes).to_json())


def rewrite(folder, name, old, new):
    """Change a file and its hash in the manifest, so that only the content checks can object."""
    path = folder / f"{name}.csv"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["entries"][name]["sha256"] = sha256(path.read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest))

"""Dates that others can check: a chain of digests of rules, verdicts and forecasts, with OpenTimestamps proofs.

Each stamp is one small JSON file that holds the sha256 of every guarded file and of the stamp before it, so that one
proof of the newest stamp dates all earlier ones. The proof of a stamp stands beside it (``0003.json.ots``); where no
calendar could be reached there is none yet, and the stamp is shown as pending.
"""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.data.store import replace_file, sha256

FOLDER = Path("claims") / "stamps"
GUARDED = ("claims/claims.toml", "claims/statements.toml", "claims/ledger.csv", "claims/history.csv",
           "claims/forecasts.csv", "claims/simulations.csv", "data/snapshot/manifest.json")  # fmt: skip
PATIENCE = 20
_RESTORE = "restore it from the history of the project"

Submit = Callable[[Path], bool]


class StampError(RuntimeError):
    """A stamp, a proof or a guarded file is not what it was when it was stamped."""


@dataclass(frozen=True)
class Stamp:
    """One link of the chain.

    Parameters
    ----------
    path : its file; an OpenTimestamps proof, if there is one, stands beside it
    made : moment of the stamp (ISO 8601, UTC) by the clock of the machine; its proof says what others attest
    files : sha256 of each guarded file, by path from the root of the project
    previous, digest : sha256 of the stamp before it ("" for the first), and of this stamp's file
    """

    path: Path
    made: str
    files: Mapping[str, str]
    previous: str
    digest: str

    @property
    def proof(self) -> Path:
        """Where its proof stands."""
        return self.path.with_name(f"{self.path.name}.ots")


def read_stamps(root: Path) -> list[Stamp]:
    """Read the chain of a project, oldest first, and prove that it hangs together; raises `StampError`."""
    stamps: list[Stamp] = []
    for path in sorted((root / FOLDER).glob("*.json")):
        expected = f"{len(stamps) + 1:04d}.json"
        if path.name != expected:
            raise StampError(f"{FOLDER / expected} is missing; {_RESTORE}")
        try:
            stamp = _read(path)
        except (ValueError, KeyError, TypeError):
            raise StampError(f"{FOLDER / path.name} is no stamp; {_RESTORE}") from None
        if stamp.previous != (stamps[-1].digest if stamps else ""):
            raise StampError(f"{FOLDER / path.name} does not follow the stamp before it: one of the two was changed")
        stamps.append(stamp)
    return stamps


def make_stamp(root: Path, *, now: dt.datetime, submit: Submit) -> Stamp:
    """Add a stamp for the guarded files as they stand, and ask for proofs of all stamps that have none.

    Parameters
    ----------
    root, now : pathlib.Path, datetime.datetime
        The project, and the moment with time zone.
    submit : callable
        Takes a stamp's file to calendars and tells whether a proof now stands beside it.

    Returns
    -------
    Stamp
        The new one, or the newest where nothing has changed since.
    """
    stamps = read_stamps(root)
    files = {name: sha256((root / name).read_bytes()) for name in GUARDED if (root / name).is_file()}
    if not files:
        raise StampError("none of the guarded files is there; run `make notebooks` first")
    if not stamps or stamps[-1].files != files:
        made = now.astimezone(dt.UTC).isoformat(timespec="seconds")
        content = {"made": made, "files": files, "previous": stamps[-1].digest if stamps else ""}
        path = root / FOLDER / f"{len(stamps) + 1:04d}.json"
        replace_file(path, (json.dumps(content, indent=1) + "\n").encode())
        stamps.append(_read(path))
    for stamp in stamps:
        if not stamp.proof.exists():
            submit(stamp.path)
    return stamps[-1]


def submit_to_calendars(path: Path) -> bool:
    """Ask the public calendars for a proof of a file, written beside it; False if no client or calendar answers."""
    client = Path(sys.executable).with_name("ots")
    if not client.exists():
        return False
    words = [str(client), "--quiet", "stamp", "--timeout", str(PATIENCE), str(path)]
    try:
        done = subprocess.run(words, capture_output=True, timeout=2 * PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def attestations(stamp: Stamp) -> list[str]:
    """Say what the proof of a stamp attests, a line an attestation, from the file alone; raises `StampError`.

    Each line names the calendar that promised a proof, or the Bitcoin block whose Merkle root it leads to.
    """
    if not stamp.proof.exists():
        return ["pending: no calendar has been reached yet"]
    from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
    from opentimestamps.core.serialize import BytesDeserializationContext, DeserializationError
    from opentimestamps.core.timestamp import DetachedTimestampFile

    try:
        proof = DetachedTimestampFile.deserialize(BytesDeserializationContext(stamp.proof.read_bytes()))
    except (DeserializationError, ValueError):
        raise StampError(f"{FOLDER / stamp.proof.name} is damaged; {_RESTORE}") from None
    if proof.file_digest.hex() != stamp.digest:
        raise StampError(f"{FOLDER / stamp.proof.name} proves another file than {stamp.path.name}")
    told = []
    for message, found in proof.timestamp.all_attestations():
        if isinstance(found, BitcoinBlockHeaderAttestation):
            told.append(f"in Bitcoin block {found.height}, if its Merkle root is {message[::-1].hex()}")
        elif isinstance(found, PendingAttestation):
            told.append(f"pending: promised by the calendar {found.uri}")
    return sorted(told)


def verify(root: Path) -> list[str]:
    """Hold everything that was stamped against what is at hand, a line a stamp and one on the files, without a network.

    `StampError`: there is no stamp, the chain or a proof is broken, or a guarded file has changed since the newest one.
    """
    stamps = read_stamps(root)
    if not stamps:
        raise StampError("nothing has been stamped yet; run `make stamp`")
    lines = [f"{stamp.path.name}, made {stamp.made}: {'; '.join(attestations(stamp))}" for stamp in stamps]
    newest = stamps[-1]
    for name, digest in newest.files.items():
        path = root / name
        if not path.is_file() or sha256(path.read_bytes()) != digest:
            found = "has changed" if path.is_file() else "is missing"
            raise StampError(f"{name} {found} since {newest.path.name} of {newest.made}")
    return [*lines, f"{len(newest.files)} files are as they were stamped on {newest.made[:10]}"]


def _read(path: Path) -> Stamp:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Stamp(path, content["made"], content["files"], content["previous"], sha256(path.read_bytes()))

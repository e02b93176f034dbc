"""The chain of stamps: what it guards, what breaks it, and what a proof says without a network."""

import datetime as dt
import hashlib

import pytest
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile

from helpers.claims.stamps import FOLDER, GUARDED, StampError, make_stamp, read_stamps, submit_to_calendars, verify

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def unreachable(path):
    return False


def proving(*found):
    """Play a calendar: write a real proof file with the given attestations."""

    def submit(path):
        with path.open("rb") as file:
            proof = DetachedTimestampFile.from_fd(OpSHA256(), file)
        proof.timestamp.attestations.update(found)
        context = BytesSerializationContext()
        proof.serialize(context)
        path.with_name(f"{path.name}.ots").write_bytes(context.getbytes())
        return True

    return submit


@pytest.fixture
def project(tmp_path):
    for name in GUARDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"content of {name}\n")
    return tmp_path


def test_a_stamp_holds_the_digest_of_every_guarded_file(project):
    stamp = make_stamp(project, now=NOON, submit=unreachable)
    expected = hashlib.sha256(b"content of claims/ledger.csv\n").hexdigest()
    assert stamp.files["claims/ledger.csv"] == expected
    assert set(stamp.files) == set(GUARDED)
    assert stamp.made == "2026-11-24T12:00:00+00:00"


def test_nothing_new_adds_no_stamp_and_a_change_adds_one_that_names_the_last(project):
    first = make_stamp(project, now=NOON, submit=unreachable)
    assert make_stamp(project, now=NOON + dt.timedelta(days=1), submit=unreachable) == first
    (project / "claims/ledger.csv").write_text("another verdict\n")
    second = make_stamp(project, now=NOON + dt.timedelta(days=7), submit=unreachable)
    assert second.previous == hashlib.sha256(first.path.read_bytes()).hexdigest()
    assert [stamp.path.name for stamp in read_stamps(project)] == ["0001.json", "0002.json"]


@pytest.mark.parametrize("name", GUARDED)
def test_one_changed_byte_of_any_guarded_file_fails(project, name):
    make_stamp(project, now=NOON, submit=unreachable)
    path = project / name
    body = bytearray(path.read_bytes())
    body[0] ^= 1
    path.write_bytes(bytes(body))
    with pytest.raises(StampError, match=f"{name} has changed since 0001.json"):
        verify(project)
    path.unlink()
    with pytest.raises(StampError, match="is missing"):
        verify(project)


def test_an_old_stamp_cannot_be_rewritten(project):
    first = make_stamp(project, now=NOON, submit=unreachable)
    (project / "claims/claims.toml").write_text("a new rule\n")
    make_stamp(project, now=NOON, submit=unreachable)
    first.path.write_text(first.path.read_text().replace("2026-11-24", "2026-01-22"))
    with pytest.raises(StampError, match=r"0002.json does not follow"):
        verify(project)
    first.path.unlink()
    with pytest.raises(StampError, match=r"0001.json is missing"):
        read_stamps(project)


def test_without_a_calendar_a_stamp_is_pending_and_asked_for_again(project):
    make_stamp(project, now=NOON, submit=unreachable)
    assert "pending: no calendar has been reached yet" in verify(project)[0]
    make_stamp(project, now=NOON, submit=proving(PendingAttestation("https://calendar.example")))
    assert "pending: promised by the calendar https://calendar.example" in verify(project)[0]


def test_a_block_is_named_with_the_merkle_root_that_it_must_have(project):
    stamp = make_stamp(project, now=NOON, submit=proving(BitcoinBlockHeaderAttestation(900_000)))
    # Without further operations the message attested is the digest itself, shown in the byte order of blocks.
    root = bytes.fromhex(stamp.digest)[::-1].hex()
    assert f"in Bitcoin block 900000, if its Merkle root is {root}" in verify(project)[0]


def test_a_proof_of_another_file_or_a_damaged_one_is_refused(project):
    stamp = make_stamp(project, now=NOON, submit=proving(BitcoinBlockHeaderAttestation(900_000)))
    whole = stamp.proof.read_bytes()
    stamp.proof.write_bytes(whole[:-3])
    with pytest.raises(StampError, match="is damaged"):
        verify(project)
    other = project / "other.json"
    other.write_text("other")
    proving(BitcoinBlockHeaderAttestation(1))(other)
    stamp.proof.write_bytes((project / "other.json.ots").read_bytes())
    with pytest.raises(StampError, match=r"proves another file than 0001.json"):
        verify(project)


def test_nothing_stamped_or_nothing_to_stamp_is_said(project, tmp_path_factory):
    with pytest.raises(StampError, match="nothing has been stamped"):
        verify(project)
    with pytest.raises(StampError, match="none of the guarded files"):
        make_stamp(tmp_path_factory.mktemp("empty"), now=NOON, submit=unreachable)
    (project / FOLDER).mkdir()
    (project / FOLDER / "0001.json").write_text("{}")
    with pytest.raises(StampError, match="is no stamp"):
        verify(project)


def test_a_client_that_fails_or_is_not_there_leaves_the_stamp_pending(project, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    stamp = make_stamp(project, now=NOON, submit=submit_to_calendars)
    assert not stamp.proof.exists()
    (tmp_path / "ots").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "ots").chmod(0o755)
    assert not submit_to_calendars(stamp.path)

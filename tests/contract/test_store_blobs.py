"""Encrypted blobs: round trips, ranges, damage, and which vault may open which."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import NotFound, SealBroken, StoreUnavailable
from gateway.domain.mailbox import BlobKey, BlobRef
from gateway.store.blobs import CHUNK, FileBlobs
from tests.builders.store import StoreAt, a_mailbox

SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 1 << 20)
SEALED_CHUNK = CHUNK + 16
HEAD = 16


@pytest.fixture
def blobs(ram: Path) -> FileBlobs:
    """Blobs in files, empty."""
    return FileBlobs(ram / "blobs")


def _data(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@contextmanager
def _changed(path: Path) -> Iterator[bytearray]:
    octets = bytearray(path.read_bytes())
    yield octets
    path.write_bytes(octets)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_put_is_read_back(blobs: FileBlobs, size: int) -> None:
    key = blobs.put(_data(size))
    assert blobs.read(key) == _data(size)
    assert key.size == size


def test_several_are_put_together_and_read_apart(blobs: FileBlobs) -> None:
    keys = blobs.put_many([_data(size) for size in SIZES])
    assert [blobs.read(key) for key in keys] == [_data(size) for size in SIZES]
    assert len({key.data_key for key in keys}) == len(SIZES)


@pytest.mark.parametrize("size", SIZES)
def test_any_range_is_read(blobs: FileBlobs, size: int) -> None:
    key, data = blobs.put(_data(size)), _data(size)
    edges = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, size - 1, size, size + 1}
    for start in sorted(edge for edge in edges if edge >= 0):
        for end in sorted(edge for edge in edges if edge >= start):
            assert blobs.read(key, start, end) == data[start:end]


def test_octets_on_disk_are_not_those_that_were_put(blobs: FileBlobs) -> None:
    key = blobs.put(b"resultat confidentiel " * 100)
    assert b"confidentiel" not in blobs.path(key.ref).read_bytes()


def test_same_octets_are_sealed_differently_each_time(blobs: FileBlobs) -> None:
    one, other = blobs.put(b"x"), blobs.put(b"x")
    assert one.data_key != other.data_key
    assert blobs.path(one.ref).read_bytes() != blobs.path(other.ref).read_bytes()


def test_blob_is_for_its_owner_only(blobs: FileBlobs) -> None:
    assert blobs.path(blobs.put(b"x").ref).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("size", [1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("cut", [1, 17, SEALED_CHUNK])
def test_truncated_file_does_not_open(blobs: FileBlobs, size: int, cut: int) -> None:
    key = blobs.put(_data(size))
    with _changed(blobs.path(key.ref)) as octets:
        del octets[max(len(octets) - cut, HEAD) :]
    with pytest.raises(SealBroken):
        blobs.read(key)


def test_file_cut_at_a_chunk_does_not_pass_for_a_shorter_blob(blobs: FileBlobs) -> None:
    key = blobs.put(_data(2 * CHUNK))
    with _changed(blobs.path(key.ref)) as octets:
        del octets[HEAD + SEALED_CHUNK :]
    with pytest.raises(SealBroken):
        blobs.read(BlobKey(key.ref, key.data_key, CHUNK))


def test_swapped_chunks_do_not_open(blobs: FileBlobs) -> None:
    key = blobs.put(_data(3 * CHUNK))
    with _changed(blobs.path(key.ref)) as octets:
        first, second = slice(HEAD, HEAD + SEALED_CHUNK), slice(HEAD + SEALED_CHUNK, HEAD + 2 * SEALED_CHUNK)
        octets[first], octets[second] = octets[second], octets[first]
    with pytest.raises(SealBroken):
        blobs.read(key)


@pytest.mark.parametrize("place", [0, 8, HEAD, HEAD + 100, HEAD + SEALED_CHUNK - 1, HEAD + SEALED_CHUNK, -1])
def test_flipped_bit_does_not_open(blobs: FileBlobs, place: int) -> None:
    key = blobs.put(_data(CHUNK + 500))
    with _changed(blobs.path(key.ref)) as octets:
        octets[place] ^= 1
    with pytest.raises(SealBroken):
        blobs.read(key)


def test_damage_outside_the_range_is_not_read(blobs: FileBlobs) -> None:
    key = blobs.put(_data(3 * CHUNK))
    with _changed(blobs.path(key.ref)) as octets:
        octets[-1] ^= 1
    assert blobs.read(key, 0, CHUNK) == _data(CHUNK)


@pytest.mark.parametrize("size", [499, 501, CHUNK + 1])
def test_size_that_is_not_the_blobs_does_not_open(blobs: FileBlobs, size: int) -> None:
    key = blobs.put(_data(500))
    with pytest.raises(SealBroken):
        blobs.read(BlobKey(key.ref, key.data_key, size))


def test_file_under_another_name_does_not_open(blobs: FileBlobs) -> None:
    one, other = blobs.put(_data(500)), blobs.put(_data(500))
    blobs.path(one.ref).replace(blobs.path(other.ref))
    with pytest.raises(SealBroken):
        blobs.read(BlobKey(other.ref, one.data_key, 500))


def test_missing_file_is_not_found(blobs: FileBlobs) -> None:
    key = blobs.put(b"x")
    blobs.delete(key.ref)
    with pytest.raises(NotFound):
        blobs.read(key)


def test_deleting_twice_is_no_error(blobs: FileBlobs) -> None:
    ref = blobs.put(b"x").ref
    blobs.delete(ref)
    blobs.delete(ref)


def test_only_blobs_older_than_the_instant_are_listed(blobs: FileBlobs) -> None:
    old, new = blobs.put(b"old").ref, blobs.put(b"new").ref
    os.utime(blobs.path(old), (1000, 1000))
    os.utime(blobs.path(new), (3000, 3000))
    assert list(blobs.older_than(datetime.fromtimestamp(2000, UTC))) == [old]


def test_foreign_files_are_not_listed(blobs: FileBlobs) -> None:
    ref = blobs.put(b"x").ref
    blobs.path(ref).with_name("lost+found").write_bytes(b"")
    assert list(blobs.older_than(datetime.now(UTC) + timedelta(days=1))) == [ref]


# ---------------------------------------------------------------- a disk that fails


@contextmanager
def _no_room_beyond(octets: int) -> Iterator[None]:
    # The kernel itself refuses to let a file grow, as on a full disk (EFBIG instead of ENOSPC).
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_blob_that_finds_no_room_is_refused_leaves_nothing_and_the_next_is_taken(blobs: FileBlobs) -> None:
    with _no_room_beyond(100_000), pytest.raises(StoreUnavailable):
        blobs.put(_data(1 << 20))
    assert list(blobs.older_than(datetime.now(UTC) + timedelta(days=1))) == []
    assert blobs.read(blobs.put(_data(1 << 20))) == _data(1 << 20)


def _failing_fsync(number: int) -> object:
    def fsync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    return fsync


def test_failed_fsync_stops_the_blobs_until_they_are_opened_again(
    blobs: FileBlobs, ram: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _failing_fsync(errno.EIO))
        with pytest.raises(StoreUnavailable):
            blobs.put(b"x")
    with pytest.raises(StoreUnavailable):
        blobs.put(b"x")
    assert FileBlobs(ram / "blobs").put(b"x").size == 1


def test_disk_that_is_full_at_fsync_does_not_stop_the_blobs(
    blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _failing_fsync(errno.ENOSPC))
        with pytest.raises(StoreUnavailable):
            blobs.put(b"x")
    assert blobs.read(blobs.put(b"x")) == b"x"


def test_file_and_folder_are_synchronised_before_a_blob_is_promised(
    blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        seen.append(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    path = blobs.path(blobs.put(b"x").ref)
    assert seen == [path, path.parent]


# ---------------------------------------------------------------- who may open what


async def test_vault_opens_the_blobs_it_holds(at: StoreAt) -> None:
    vault, blob = await a_mailbox(at.store), at.blobs.put(b"x")
    await at.store.write(lambda tx: tx.blobs.attach(vault, blob))
    await at.store.write(lambda tx: tx.blobs.attach(vault, blob))
    assert await at.store.read(lambda tx: tx.blobs.open(vault, blob.ref)) == blob


async def test_vault_does_not_open_the_blobs_of_another(at: StoreAt) -> None:
    one, other, blob = await a_mailbox(at.store), await a_mailbox(at.store), at.blobs.put(b"x")
    await at.store.write(lambda tx: tx.blobs.attach(one, blob))
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.blobs.open(other, blob.ref))


async def test_last_hold_that_is_dropped_says_so(at: StoreAt) -> None:
    one, other, blob = await a_mailbox(at.store), await a_mailbox(at.store), at.blobs.put(b"x")
    await at.store.write(lambda tx: tx.blobs.attach(one, blob))
    await at.store.write(lambda tx: tx.blobs.attach(other, blob))
    assert not await at.store.write(lambda tx: tx.blobs.detach(one, blob.ref))
    assert await at.store.write(lambda tx: tx.blobs.detach(other, blob.ref))
    assert not await at.store.write(lambda tx: tx.blobs.detach(other, blob.ref))


async def test_blob_that_nobody_holds_is_unreferenced(at: StoreAt) -> None:
    assert not await at.store.read(lambda tx: tx.blobs.referenced(BlobRef(bytes(16))))

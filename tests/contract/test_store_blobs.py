"""Encrypted blobs: round trips, ranges, damage, and which vault may open which."""

import ctypes
import errno
import os
import resource
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.mailbox import BlobKey, BlobRef
from gateway.store.blobs import holes, segments
from gateway.store.blobs.file_blobs import FileBlobs
from gateway.store.blobs.sealed_chunks import CHUNK
from tests.builders.store import StoreAt, a_mailbox

SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 1 << 20)
SEALED_CHUNK = CHUNK + 16
HEAD = 44
LONG_AGO, SOON = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=1)


@pytest.fixture
def blobs(ram: Path) -> Iterator[FileBlobs]:
    """Blobs in files, empty."""
    with FileBlobs(ram / "blobs") as opened:
        yield opened


def _data(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@contextmanager
def _changed(blobs: FileBlobs, key: BlobKey) -> Iterator[bytearray]:
    """Let a test spoil the record of the only, or last, blob of a segment."""
    path, offset = blobs.place(key.ref)
    octets = path.read_bytes()
    record = bytearray(octets[offset:])
    yield record
    path.write_bytes(octets[:offset] + record)


def _record(blobs: FileBlobs, key: BlobKey) -> bytes:
    path, offset = blobs.place(key.ref)
    return path.read_bytes()[offset : offset + HEAD + key.size + 16]


def test_blob_is_for_its_owner_only(blobs: FileBlobs) -> None:
    assert blobs.place(blobs.put(b"x").ref)[0].stat().st_mode & 0o777 == 0o600


def test_removing_one_blob_leaves_its_neighbours(blobs: FileBlobs) -> None:
    keys = [blobs.put(_data(size)) for size in SIZES]
    for key in keys[::2]:
        blobs.delete(key.ref)
    for key in keys[1::2]:
        assert blobs.read(key) == _data(key.size)


@pytest.mark.parametrize("place", range(HEAD))
def test_rotten_head_takes_no_neighbour_out(blobs: FileBlobs, place: int) -> None:
    rotten, neighbour = blobs.put(_data(5_000)), blobs.put(_data(5_000))
    path, offset = blobs.place(rotten.ref)
    octets = bytearray(path.read_bytes())
    octets[offset + place] ^= 0x40
    path.write_bytes(octets)
    blobs.delete(rotten.ref)
    assert blobs.read(neighbour) == _data(5_000)
    assert list(blobs.older_than(datetime.now(UTC) + SOON)) == [neighbour.ref]


def test_octets_of_a_removed_blob_are_gone_and_their_room_is_given_back(blobs: FileBlobs) -> None:
    gone, _stays = blobs.put(_data(1 << 20)), blobs.put(b"x")
    path, offset = blobs.place(gone.ref)
    before = path.stat().st_blocks
    blobs.delete(gone.ref)
    assert not any(path.read_bytes()[offset : offset + (1 << 20)])
    assert path.stat().st_blocks * 512 <= before * 512 - (1 << 20)


class Libc:
    """A C library that makes no holes."""

    def __init__(self, number: int) -> None:
        self.number = number

    def fallocate(self, *_: object) -> int:
        ctypes.set_errno(self.number)
        return -1


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.ENOSYS])
def test_file_system_without_holes_gets_zeros(
    blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    gone, stays = blobs.put(_data(3 << 20)), blobs.put(_data(500))
    path, offset = blobs.place(gone.ref)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Libc(number))
    blobs.delete(gone.ref)
    assert not any(path.read_bytes()[offset : offset + (3 << 20)])
    assert blobs.read(stays) == _data(500)
    with pytest.raises(NotFound):
        blobs.read(gone)


def test_blob_that_cannot_be_taken_out_stays_and_the_failure_is_told(
    blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = blobs.put(b"x")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Libc(errno.EIO))
    with pytest.raises(StoreUnavailable):
        blobs.delete(key.ref)
    assert blobs.read(key) == b"x"


def test_segment_goes_with_its_last_blob_once_nobody_writes_to_it(ram: Path) -> None:
    with FileBlobs(ram / "blobs") as first:
        one, other = first.put(b"x"), first.put(b"y")
        path, _ = first.place(one.ref)
        first.delete(one.ref)
    with FileBlobs(ram / "blobs") as second:
        assert second.read(other) == b"y"
        second.delete(other.ref)
    assert not path.exists()


def test_segment_that_somebody_still_writes_to_stays_when_another_removes_its_last_blob(ram: Path) -> None:
    with FileBlobs(ram / "blobs") as writer, FileBlobs(ram / "blobs") as other:
        other.delete(writer.put(b"x").ref)
        later = writer.put(b"y")
        assert other.read(later) == b"y"


def test_segment_written_to_and_left_while_another_finds_it_empty_stays(
    ram: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[BlobKey] = []

    def too_late(handle: int, offset: int) -> int | None:
        found = holes.next_data(handle, offset)
        if not later:
            later.append(writer.put(b"y"))
            writer.close()
        return found

    with FileBlobs(ram / "blobs") as writer, FileBlobs(ram / "blobs") as other:
        first = writer.put(b"x")
        monkeypatch.setattr(segments, "next_data", too_late)
        other.delete(first.ref)
        assert other.read(later[0]) == b"y"


def test_segment_that_is_empty_when_it_is_left_goes(ram: Path) -> None:
    with FileBlobs(ram / "blobs") as blobs:
        blobs.delete(blobs.put(b"x").ref)
    assert segments.segment_files(ram / "blobs") == []


def test_full_segment_is_followed_by_another(blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 100_000)
    keys = [blobs.put(_data(60_000)) for _ in range(5)]
    assert [blobs.place(key.ref)[0] for key in keys] == [
        blobs.place(keys[number].ref)[0] for number in (0, 0, 2, 2, 4)
    ]
    assert {blobs.read(key) for key in keys} == {_data(60_000)}


def test_nobody_writes_on_to_what_another_process_left(ram: Path) -> None:
    with FileBlobs(ram / "blobs") as first:
        one = first.put(b"x")
    with FileBlobs(ram / "blobs") as second:
        other = second.put(b"y")
        assert second.place(one.ref)[0] != second.place(other.ref)[0]


def test_threads_put_at_once_and_each_reads_its_own(blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    synchronised: list[int] = []
    fdatasync = os.fdatasync

    def noted(handle: int) -> None:
        synchronised.append(handle)
        fdatasync(handle)

    monkeypatch.setattr(os, "fdatasync", noted)

    def put(number: int) -> tuple[BlobKey, bytes]:
        data = _data(number * 997 % 200_000)
        return blobs.put(data), data

    with ThreadPoolExecutor(8) as threads:
        for key, data in threads.map(put, range(300)):
            assert blobs.read(key) == data
    assert 0 < len(synchronised) <= 300


def test_only_blobs_older_than_the_instant_are_listed(blobs: FileBlobs) -> None:
    old = blobs.put(b"old").ref
    between = datetime.now(UTC)
    blobs.put(b"new")
    assert list(blobs.older_than(LONG_AGO)) == []
    assert list(blobs.older_than(between)) == [old]


def test_foreign_files_are_not_listed(blobs: FileBlobs, ram: Path) -> None:
    ref = blobs.put(b"x").ref
    (ram / "blobs" / "lost+found").write_bytes(b"")
    (ram / "blobs" / ("0" * 12)).write_bytes(_data(10_000))
    assert list(blobs.older_than(datetime.now(UTC) + SOON)) == [ref]


def test_record_behind_one_whose_head_was_lost_in_a_crash_is_listed(blobs: FileBlobs) -> None:
    lost, found = blobs.put(_data(100_000)), blobs.put(_data(100_000))
    path, offset = blobs.place(lost.ref)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(bytes(HEAD))
    assert list(blobs.older_than(datetime.now(UTC) + SOON)) == [found.ref]


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
    assert list(blobs.older_than(datetime.now(UTC) + SOON)) == []
    assert blobs.read(blobs.put(_data(1 << 20))) == _data(1 << 20)


def _failing_fsync(number: int) -> object:
    def fsync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    return fsync


def test_failed_fsync_stops_the_blobs_until_they_are_opened_again(
    blobs: FileBlobs, ram: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(os, "fdatasync", _failing_fsync(errno.EIO))
        with pytest.raises(StoreUnavailable):
            blobs.put(b"x")
    assert logs == [{"event": "blobs.broken", "log_level": "error", "reason": "EIO"}]
    with pytest.raises(StoreUnavailable):
        blobs.put(b"x")
    with FileBlobs(ram / "blobs") as again:
        assert again.put(b"x").size == 1


def test_disk_that_is_full_at_fsync_does_not_stop_the_blobs(
    blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", _failing_fsync(errno.ENOSPC))
        with pytest.raises(StoreUnavailable):
            blobs.put(b"x")
    assert blobs.read(blobs.put(b"x")) == b"x"


@pytest.mark.parametrize(("number", "goes_on"), [(errno.EIO, False), (errno.ENOSPC, True)])
def test_segment_whose_name_is_not_on_the_disk_is_not_written_to(
    blobs: FileBlobs, ram: Path, monkeypatch: pytest.MonkeyPatch, number: int, goes_on: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _failing_fsync(number))
        with pytest.raises(StoreUnavailable):
            blobs.put(b"x")
    assert segments.segment_files(ram / "blobs") == []
    if goes_on:
        assert blobs.read(blobs.put(b"x")) == b"x"
    else:
        with pytest.raises(StoreUnavailable):
            blobs.put(b"x")


def test_failed_synchronisation_fails_all_who_waited_for_it(
    blobs: FileBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, fail = threading.Barrier(2, timeout=5), threading.Event()

    def fdatasync(_: int) -> None:
        if not begun.broken and not fail.is_set():
            begun.wait()
        fail.wait(5)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(blobs.put, b"x")
        begun.wait()
        others = [threads.submit(blobs.put, b"y") for _ in range(3)]
        fail.set()
        for put in (first, *others):
            with pytest.raises(StoreUnavailable):
                put.result(5)


def test_file_and_folder_are_synchronised_before_a_blob_is_promised(
    blobs: FileBlobs, ram: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def noting(call: Callable[[int], None]) -> Callable[[int], None]:
        def noted(handle: int) -> None:
            seen.append(Path(f"/proc/self/fd/{handle}").readlink())
            call(handle)

        return noted

    monkeypatch.setattr(os, "fsync", noting(os.fsync))
    monkeypatch.setattr(os, "fdatasync", noting(os.fdatasync))
    path, _ = blobs.place(blobs.put(b"x").ref)
    assert seen == [ram / "blobs", path]
    blobs.put(b"y")
    assert seen == [ram / "blobs", path, path]


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

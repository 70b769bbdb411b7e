"""Encrypted blobs, in files and in an S3 store: round trips, ranges, damage, removal, age."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest

from gateway.domain.errors import NotFound, SealBroken, StoreUnavailable
from gateway.domain.mailbox import BlobKey
from gateway.ports.blobs import Blobs
from gateway.store.blobs.deletion_pause import deletions_paused
from gateway.store.blobs.file_blobs import FileBlobs
from gateway.store.blobs.s3_blobs import S3Blobs
from gateway.store.blobs.sealed_chunks import CHUNK, SEALED_CHUNK
from tests.builders.s3_server import S3Server, s3_client

SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 1 << 20)
LONG_AGO, SOON = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=1)
FILE_HEAD = 44


@dataclass(frozen=True, slots=True)
class KeptBlobs:
    """Blobs, and access to what is kept of them.

    Attributes:
        head: octets of a record before its sealed chunks.
        record: gives the record of a blob, to the end of what it is in.
        replace: puts another record in its place.
    """

    blobs: Blobs
    head: int
    record: Callable[[BlobKey], bytes]
    replace: Callable[[BlobKey, bytes], object]


@pytest.fixture(params=["files", "s3"])
def kept(request: pytest.FixtureRequest, ram: Path) -> Iterator[KeptBlobs]:
    """Blobs of each kind, empty."""
    if request.param == "files":
        with FileBlobs(ram / "blobs") as files:
            yield _in_files(files)
    else:
        server: S3Server = request.getfixturevalue("s3")
        place = server.place()
        client = s3_client(place)
        with S3Blobs(place) as objects:
            yield KeptBlobs(
                objects,
                0,
                lambda key: bytes(obstore.get(client, key.ref.id.hex()).bytes()),
                lambda key, octets: obstore.put(client, key.ref.id.hex(), octets),
            )


def _in_files(files: FileBlobs) -> KeptBlobs:
    def record(key: BlobKey) -> bytes:
        path, offset = files.place(key.ref)
        return path.read_bytes()[offset:]

    def replace(key: BlobKey, octets: bytes) -> None:
        path, offset = files.place(key.ref)
        path.write_bytes(path.read_bytes()[:offset] + octets)

    return KeptBlobs(files, FILE_HEAD, record, replace)


def _data(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@contextmanager
def _changed(kept: KeptBlobs, key: BlobKey) -> Iterator[bytearray]:
    """Let a test spoil the record of the only, or last, blob."""
    record = bytearray(kept.record(key))
    yield record
    kept.replace(key, bytes(record))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_put_is_read_back(kept: KeptBlobs, size: int) -> None:
    key = kept.blobs.put(_data(size))
    assert kept.blobs.read(key) == _data(size)
    assert key.size == size


def test_several_are_put_together_and_read_apart(kept: KeptBlobs) -> None:
    keys = kept.blobs.put_many([_data(size) for size in SIZES])
    assert [kept.blobs.read(key) for key in keys] == [_data(size) for size in SIZES]
    assert len({key.data_key for key in keys}) == len(SIZES)


@pytest.mark.parametrize("size", SIZES)
def test_any_range_is_read(kept: KeptBlobs, size: int) -> None:
    key, data = kept.blobs.put(_data(size)), _data(size)
    edges = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, size - 1, size, size + 1}
    for start in sorted(edge for edge in edges if edge >= 0):
        for end in sorted(edge for edge in edges if edge >= start):
            assert kept.blobs.read(key, start, end) == data[start:end]


def test_octets_that_are_kept_are_not_those_that_were_put(kept: KeptBlobs) -> None:
    key = kept.blobs.put(b"resultat confidentiel " * 100)
    assert b"confidentiel" not in kept.record(key)


def test_same_octets_are_sealed_differently_each_time(kept: KeptBlobs) -> None:
    one, other = kept.blobs.put(b"x"), kept.blobs.put(b"x")
    assert one.data_key != other.data_key
    assert kept.record(one)[kept.head:] != kept.record(other)[kept.head:]


@pytest.mark.parametrize("size", [1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("cut", [1, 17, SEALED_CHUNK])
def test_truncated_blob_does_not_open(kept: KeptBlobs, size: int, cut: int) -> None:
    key = kept.blobs.put(_data(size))
    with _changed(kept, key) as octets:
        del octets[max(len(octets) - cut, kept.head) :]
    with pytest.raises(SealBroken):
        kept.blobs.read(key)


def test_blob_cut_at_a_chunk_does_not_pass_for_a_shorter_blob(kept: KeptBlobs) -> None:
    key = kept.blobs.put(_data(2 * CHUNK))
    with _changed(kept, key) as octets:
        del octets[kept.head + SEALED_CHUNK :]
    with pytest.raises(SealBroken):
        kept.blobs.read(BlobKey(key.ref, key.data_key, CHUNK))


def test_swapped_chunks_do_not_open(kept: KeptBlobs) -> None:
    key = kept.blobs.put(_data(3 * CHUNK))
    with _changed(kept, key) as octets:
        one = octets[kept.head : kept.head + SEALED_CHUNK]
        del octets[kept.head : kept.head + SEALED_CHUNK]
        octets[kept.head + SEALED_CHUNK : kept.head + SEALED_CHUNK] = one
    with pytest.raises(SealBroken):
        kept.blobs.read(key)


@pytest.mark.parametrize("place", [0, 8, 44, 144, SEALED_CHUNK - 1, SEALED_CHUNK, SEALED_CHUNK + 44, -1])
def test_flipped_bit_does_not_open(kept: KeptBlobs, place: int) -> None:
    key = kept.blobs.put(_data(CHUNK + 500))
    with _changed(kept, key) as octets:
        octets[place] ^= 1
    with pytest.raises(SealBroken):
        kept.blobs.read(key)


def test_damage_outside_the_range_is_not_read(kept: KeptBlobs) -> None:
    key = kept.blobs.put(_data(3 * CHUNK))
    with _changed(kept, key) as octets:
        octets[-1] ^= 1
    assert kept.blobs.read(key, 0, CHUNK) == _data(CHUNK)


@pytest.mark.parametrize("size", [499, 501, CHUNK + 1])
def test_size_that_is_not_the_blobs_does_not_open(kept: KeptBlobs, size: int) -> None:
    key = kept.blobs.put(_data(500))
    with pytest.raises(SealBroken):
        kept.blobs.read(BlobKey(key.ref, key.data_key, size))


def test_record_in_the_place_of_another_does_not_open(kept: KeptBlobs) -> None:
    one, other = kept.blobs.put(_data(500)), kept.blobs.put(_data(500))
    moved = kept.record(one)
    with _changed(kept, other) as octets:
        octets[: len(moved)] = moved
    with pytest.raises(SealBroken):
        kept.blobs.read(BlobKey(other.ref, one.data_key, 500))


def test_blob_that_was_removed_is_not_found(kept: KeptBlobs) -> None:
    key = kept.blobs.put(b"x")
    kept.blobs.delete(key.ref)
    with pytest.raises(NotFound):
        kept.blobs.read(key)


def test_deleting_twice_is_no_error(kept: KeptBlobs) -> None:
    ref = kept.blobs.put(b"x").ref
    kept.blobs.delete(ref)
    kept.blobs.delete(ref)


def test_removed_blobs_are_not_listed(kept: KeptBlobs) -> None:
    refs = [kept.blobs.put(_data(size)).ref for size in SIZES]
    for ref in refs[::2]:
        kept.blobs.delete(ref)
    assert set(kept.blobs.older_than(datetime.now(UTC) + SOON)) == set(refs[1::2])


def test_no_octets_at_all_are_put_as_nothing(kept: KeptBlobs) -> None:
    assert kept.blobs.put_many([]) == []


def test_threads_put_at_once_and_each_reads_its_own_back(kept: KeptBlobs) -> None:
    def put(number: int) -> tuple[BlobKey, bytes]:
        data = _data(number * 997 % 200_000)
        return kept.blobs.put(data), data

    with ThreadPoolExecutor(8) as threads:
        for key, data in threads.map(put, range(60)):
            assert kept.blobs.read(key) == data


def test_blobs_are_listed_when_they_are_older_than_an_instant(kept: KeptBlobs) -> None:
    ref = kept.blobs.put(b"x").ref
    assert list(kept.blobs.older_than(LONG_AGO)) == []
    assert list(kept.blobs.older_than(datetime.now(UTC) + SOON)) == [ref]


def test_nothing_is_taken_out_while_a_backup_is_made(ram: Path) -> None:
    with FileBlobs(ram / "blobs") as blobs:
        key = blobs.put(b"results")
        with deletions_paused(ram / "blobs"):
            with pytest.raises(StoreUnavailable, match="a backup is being made"):
                blobs.delete(key.ref)
            assert blobs.read(key) == b"results"
        blobs.delete(key.ref)
        with pytest.raises(NotFound):
            blobs.read(key)


def test_nothing_is_taken_out_while_somebody_reads_it_piece_by_piece(kept: KeptBlobs) -> None:
    one, other = kept.blobs.put_many([_data(CHUNK + 1), b"beside it"])
    with kept.blobs.held(one):
        with kept.blobs.held(one):
            pass
        with pytest.raises(StoreUnavailable):
            kept.blobs.delete(one.ref)
        kept.blobs.delete(other.ref)
        assert kept.blobs.read(one) == _data(CHUNK + 1)
    kept.blobs.delete(one.ref)
    with pytest.raises(NotFound):
        kept.blobs.read(one)


def test_no_other_process_takes_out_what_one_holds(ram: Path) -> None:
    with FileBlobs(ram / "blobs") as blobs, FileBlobs(ram / "blobs") as others:  # a process opens files of its own
        key = blobs.put(_data(CHUNK))
        with blobs.held(key), pytest.raises(StoreUnavailable):
            others.delete(key.ref)
        others.delete(key.ref)

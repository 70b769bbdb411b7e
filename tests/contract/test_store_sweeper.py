"""The sweeper: what nobody holds goes, what anybody holds or is about to hold stays or says it is gone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from gateway.domain.errors import NotFound
from gateway.domain.mailbox import BlobKey, BlobRef, VaultId
from gateway.ports.blobs import Blobs
from gateway.ports.store import Priority, Store, Tx
from gateway.store.blobs.sweeper import OLD_ENOUGH, SENTENCE_KEPT, sweep, unlink_if_unreferenced
from tests.builders.store import StoreAt, a_mailbox

T = TypeVar("T")


@pytest.fixture(autouse=True)
def now(at: StoreAt) -> None:
    """Set the clock where the files' own dates are, and two days later."""
    at.clock.advance(datetime.now(at.clock.now().tzinfo) - at.clock.now() + timedelta(days=2))


async def _attach(at: StoreAt, vault: VaultId, blob: BlobKey) -> None:
    await at.store.write(lambda tx: tx.blobs.attach(vault, blob))


def _exists(at: StoreAt, blob: BlobKey) -> bool:
    try:
        at.blobs.read(blob)
    except NotFound:
        return False
    return True


async def test_old_blob_that_nobody_holds_is_removed(at: StoreAt) -> None:
    blob = at.blobs.put(b"x")
    assert await sweep(at.store, at.blobs, at.clock) == 1
    assert not _exists(at, blob)


async def test_old_blob_that_a_vault_holds_stays(at: StoreAt) -> None:
    vault, blob = await a_mailbox(at.store), at.blobs.put(b"x")
    await _attach(at, vault, blob)
    assert await sweep(at.store, at.blobs, at.clock) == 0
    assert _exists(at, blob)


async def test_young_blob_that_nobody_holds_yet_stays(at: StoreAt) -> None:
    at.clock.advance(timedelta(days=-2) + OLD_ENOUGH / 2)
    blob = at.blobs.put(b"x")
    assert await sweep(at.store, at.blobs, at.clock) == 0
    assert _exists(at, blob)


async def test_more_blobs_than_one_chunk_are_swept_once(at: StoreAt) -> None:
    blobs = [at.blobs.put(b"x") for _ in range(450)]
    assert await sweep(at.store, at.blobs, at.clock) == 450
    assert not any(_exists(at, blob) for blob in blobs)
    assert await sweep(at.store, at.blobs, at.clock) == 0


async def test_blob_whose_last_hold_was_dropped_is_unlinked(at: StoreAt) -> None:
    vault, blob = await a_mailbox(at.store), at.blobs.put(b"x")
    await _attach(at, vault, blob)
    assert await unlink_if_unreferenced(at.store, at.blobs, at.clock, [blob.ref]) == 0
    await at.store.write(lambda tx: tx.blobs.detach(vault, blob.ref))
    assert await unlink_if_unreferenced(at.store, at.blobs, at.clock, [blob.ref]) == 1
    assert not _exists(at, blob)


async def test_unlinking_twice_is_no_error(at: StoreAt) -> None:
    blob = at.blobs.put(b"x")
    for _ in range(2):
        await unlink_if_unreferenced(at.store, at.blobs, at.clock, [blob.ref])
    assert not _exists(at, blob)


class _Interposed:
    """The store, with something that happens between the sweeper's first check and its second."""

    def __init__(self, store: Store, between: Callable[[Tx], object]) -> None:
        self._store = store
        self._between = between

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def write(
        self, fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL, waits_for_disk: bool = True
    ) -> T:
        await self._store.write(self._between)
        return await self._store.write(fn, priority=priority, waits_for_disk=waits_for_disk)


async def test_hold_taken_between_the_two_checks_keeps_the_blob(at: StoreAt) -> None:
    vault, blob = await a_mailbox(at.store), at.blobs.put(b"x")
    late = _Interposed(at.store, lambda tx: tx.blobs.attach(vault, blob))
    assert await sweep(late, at.blobs, at.clock) == 0  # type: ignore[arg-type]  # the rest is delegated
    assert _exists(at, blob)


class _Hesitating:
    """Blobs, with something that is tried after the sentence and before the file goes."""

    def __init__(self, blobs: Blobs, before: Callable[[], None]) -> None:
        self._blobs = blobs
        self._before = before

    def held(self, key: BlobKey) -> AbstractContextManager[None]:
        return self._blobs.held(key)

    def put(self, data: bytes | bytearray | memoryview) -> BlobKey:
        return self._blobs.put(data)

    def put_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        return self._blobs.put_many(many)

    def write_many(self, many: Sequence[bytes | bytearray | memoryview]) -> list[BlobKey]:
        return self._blobs.write_many(many)

    def synchronise(self, keys: Iterable[BlobKey]) -> None:
        self._blobs.synchronise(keys)

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> bytes:
        return self._blobs.read(key, start, end)

    def delete(self, ref: BlobRef) -> None:
        self._before()
        self._blobs.delete(ref)

    def older_than(self, instant: datetime) -> Iterator[BlobRef]:
        return self._blobs.older_than(instant)


async def test_crash_between_sentence_and_removal_is_made_good_by_the_next_sweep(at: StoreAt) -> None:
    blob = at.blobs.put(b"x")

    def crash() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await sweep(at.store, _Hesitating(at.blobs, crash), at.clock)
    assert _exists(at, blob)
    assert await sweep(at.store, at.blobs, at.clock) == 1
    assert not _exists(at, blob)


async def test_hold_taken_too_late_fails_instead_of_pointing_at_nothing(at: StoreAt) -> None:
    vault, blob = await a_mailbox(at.store), at.blobs.put(b"x")
    await sweep(at.store, at.blobs, at.clock)
    with pytest.raises(NotFound):
        await _attach(at, vault, blob)
    assert not await at.store.read(lambda tx: tx.blobs.referenced(blob.ref))


async def test_names_of_condemned_blobs_are_forgotten_after_a_while(at: StoreAt) -> None:
    vault, blob = await a_mailbox(at.store), at.blobs.put(b"x")
    await sweep(at.store, at.blobs, at.clock)
    at.clock.advance(SENTENCE_KEPT + timedelta(hours=1))
    await sweep(at.store, at.blobs, at.clock)
    await _attach(at, vault, blob)

"""Removes blobs that no vault holds: those whose last hold was dropped, and those a crash left unreferenced.

A blob is condemned in a transaction that finds it unreferenced, and only then is its file removed. A condemned
blob cannot be attached any more, so whoever comes late gets `NotFound` and starts again; nobody is left
with a hold on a missing file. A crash in between leaves a condemned file, which the next sweep removes.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from gateway.domain.errors import StoreUnavailable
from gateway.domain.mailbox import BlobRef
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store

OLD_ENOUGH = timedelta(hours=24)
"""Age from which an unreferenced blob is no longer that of a message still being taken in."""
SENTENCE_KEPT = timedelta(days=7)
"""How long a condemned name is remembered; no transaction holds the key of a blob for so long."""
_CHUNK = 200


async def sweep(store: Store, blobs: Blobs, clock: Clock, older_than: timedelta = OLD_ENOUGH) -> int:
    """Remove unreferenced blobs older than `older_than`, in chunks that let mail pass; give how many."""
    now, removed = clock.now(), 0
    old = blobs.older_than(now - older_than)
    while chunk := await asyncio.to_thread(_next, old):
        removed += await unlink_if_unreferenced(store, blobs, clock, chunk)
    await store.write(lambda tx: tx.blobs.forget_condemned(now - SENTENCE_KEPT), priority=Priority.BULK)
    return removed


async def unlink_if_unreferenced(store: Store, blobs: Blobs, clock: Clock, refs: Sequence[BlobRef]) -> int:
    """Remove those blobs that no vault holds, and give how many; safe to do twice."""
    at = clock.now()
    # Most are held: this first check costs no write.
    suspects = await store.read(lambda tx: [ref for ref in refs if not tx.blobs.referenced(ref)])
    if not suspects:
        return 0
    condemned = await store.write(
        lambda tx: [ref for ref in suspects if tx.blobs.condemn(ref, at)], priority=Priority.BULK
    )
    await asyncio.to_thread(_delete, blobs, condemned)
    return len(condemned)


def _next(old: Iterator[BlobRef]) -> list[BlobRef]:
    return list(islice(old, _CHUNK))


def _delete(blobs: Blobs, refs: Sequence[BlobRef]) -> None:
    failure: StoreUnavailable | None = None
    for ref in refs:
        try:
            blobs.delete(ref)
        except StoreUnavailable as error:  # one that is being read must not keep the others
            failure = error
    if failure is not None:
        raise failure

"""Checkpoints of the log of heads: at most one a minute, signed, published outside the database.

What moved since the last is logged in pieces, at the priority of imports, so that mail never waits for it. The
transaction that signs looks at when the last was signed: among several processes one makes the next. One that could
not be published is published before another is made. The key is derived from the operator's index key, as that of
archives.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.domain.checkpoint import Checkpoint, checkpoint_of, signed_note, verifier_key
from gateway.domain.errors import InvalidValue, PliError
from gateway.domain.mailbox import VaultId
from gateway.domain.merkle import tree_root
from gateway.ports.checkpoints import CheckpointPlaces
from gateway.ports.clock import Clock
from gateway.ports.head_log import KeptCheckpoint, TraceHead
from gateway.ports.store import Priority, Store, Tx

_log = structlog.get_logger("pli.log")
EVERY = timedelta(minutes=1)
_AT_ONCE = 200
_PURPOSE, _FIRST_KEY = "log-signing-key", b"1"


class HeadCheckpoints:
    """Logs heads, signs checkpoints, publishes them."""

    def __init__(self, store: Store, clock: Clock, places: CheckpointPlaces, hostname: str) -> None:
        self._store = store
        self._clock = clock
        self._places = places
        self._hostname = hostname
        self._key = Ed25519PrivateKey.from_private_bytes(store.digest(_PURPOSE, _FIRST_KEY))
        self._public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    async def verifier_key(self) -> str:
        """Give the public key in the form of signed notes, under the name of the tree in use."""
        last = await self._store.read(lambda tx: tx.head_log.checkpoint())
        return verifier_key(self._origin(last.tree if last else 1), self._public)

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            try:
                await self.publish_due()
            except PliError as error:
                _log.warning("log.unpublished", code=error.code)
            await asyncio.sleep(EVERY.total_seconds())

    async def publish_due(self) -> str | None:
        """Publish what waits, and a checkpoint of what moved since; give the last note published, if there is one.

        Raises `StoreUnavailable` when a place takes none: it is tried again.
        """
        waiting = await self._store.read(lambda tx: tx.head_log.checkpoint())
        if waiting is not None and not waiting.is_published:
            await self._publish(waiting)
        if waiting is not None and waiting.size and self._is_recent(waiting):
            return waiting.note
        await self._log_heads()
        made = await self._store.write(self._sign, priority=Priority.BULK)
        if made is not None:
            await self._publish(made)
            return made.note
        return waiting.note if waiting else None

    async def _publish(self, checkpoint: KeptCheckpoint) -> None:
        if self._is_ours(checkpoint):
            await self._places.publish(checkpoint.note)
        else:
            # Somebody wrote it into the database: it would discredit what is published. The next one stands for it.
            _log.error("log.checkpoint_forged", size=checkpoint.size)
        await self._store.write(lambda tx: _published(tx, checkpoint), priority=Priority.BULK)

    def _is_ours(self, checkpoint: KeptCheckpoint) -> bool:
        """Say whether this program signed it, and of what its row says."""
        try:
            said = checkpoint_of(checkpoint.note)
        except InvalidValue:
            return False
        return said.size == checkpoint.size and signed_note(said, self._public, self._key.sign) == checkpoint.note

    def _is_recent(self, checkpoint: KeptCheckpoint) -> bool:
        """Say whether less than a minute has gone by; an instant that has not come yet is nobody's of ours."""
        return checkpoint.at - EVERY < self._clock.now() < checkpoint.at + EVERY

    async def _log_heads(self) -> None:
        """Log what moved, each vault once: what moves on meanwhile waits for the next minute."""
        after = VaultId(0)
        while True:
            heads, bent = await self._store.read(partial(_moved, after=after))
            if not heads and not bent:
                return
            behind = await self._store.write(partial(_append, heads=heads), priority=Priority.BULK)
            for vault in (*bent, *behind):
                _log.error("log.head_bent", vault=f"{vault:x}")
            await self._store.write(partial(_settled, heads=heads, bent=bent), priority=Priority.BULK)
            after = max([*bent, *(head.vault for head in heads)])

    def _sign(self, tx: Tx) -> KeptCheckpoint | None:
        """Sign where the tree stands, unless nothing is new or another process has within the minute."""
        now, last, size = self._clock.now(), tx.head_log.checkpoint(), tx.head_log.size()
        if last is not None and (size == last.size or self._is_recent(last) or not last.is_published):
            return None
        if not size:
            return None
        tree = last.tree if last else 1
        made = self._checkpoint(tx, tree, size, now)
        tx.head_log.keep_checkpoint(made)
        return made

    def _checkpoint(self, tx: Tx, tree: int, size: int, now: datetime) -> KeptCheckpoint:
        signed = Checkpoint(origin=self._origin(tree), size=size, root=tree_root(tx.head_log, size), at=now)
        note = signed_note(signed, self._public, self._key.sign)
        return KeptCheckpoint(tree=tree, size=size, at=now, note=note, is_published=False)

    def _origin(self, tree: int) -> str:
        return f"{self._hostname}/pli-heads/{tree}"


def _published(tx: Tx, checkpoint: KeptCheckpoint) -> None:
    there = tx.head_log.checkpoint()
    if there is not None and there.note == checkpoint.note:
        tx.head_log.keep_checkpoint(replace(there, is_published=True))


def _moved(tx: Tx, *, after: VaultId) -> tuple[list[TraceHead], list[VaultId]]:
    return tx.head_log.moved(after, _AT_ONCE)


def _append(tx: Tx, *, heads: list[TraceHead]) -> list[VaultId]:
    return tx.head_log.append(heads)


def _settled(tx: Tx, *, heads: list[TraceHead], bent: list[VaultId]) -> None:
    tx.head_log.settled(heads, bent)

"""The trace of a vault: sealed events in a hash chain, written in the transaction of what they tell.

``hash = SHA-256(previous hash | vault | seq | time | sealed record)``; hashes are over ciphertext, so the chain
stays checkable after the vault's key is destroyed.
"""

import hashlib
import struct

import orjson
from sqlalchemy import insert, select

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.instants import instant_of, micros_of
from gateway.store.sealing import Kind, Sealer
from gateway.store.sql import Runner, parameter

_A = schema.audit
_mine = _A.c.vault == parameter("vault")
_LAST = select(_A.c.seq, _A.c.hash).where(_mine).order_by(_A.c.seq.desc()).limit(1)
_INSERT = insert(_A)
_NEWEST = select(_A.c.seq, _A.c.at, _A.c.record).where(_mine).order_by(_A.c.seq.desc()).limit(parameter("count"))
_CHAIN = select(_A.c.seq, _A.c.at, _A.c.record, _A.c.hash).where(_mine).order_by(_A.c.seq)
_GENESIS = bytes(32)


class AuditRows:
    """Implements `gateway.ports.Audit`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def append(self, vault: VaultId, event: AuditEvent) -> None:
        """Add an event to the chain."""
        last = self._runner.row(_LAST, vault=vault)
        seq, previous = (last[0] + 1, last[1]) if last else (1, _GENESIS)
        fields = (event.actor, event.action, event.outcome, event.objects, event.detail)
        at, record = micros_of(event.at), self._sealer.seal(vault, Kind.AUDIT, seq, orjson.dumps(fields))
        link = _link(previous, vault, seq, at, record)
        self._runner.run(_INSERT, vault=vault, seq=seq, at=at, record=record, hash=link)

    def events(self, vault: VaultId, limit: int = -1) -> list[AuditEvent]:
        """Read, newest first."""
        found = []
        for seq, at, record in self._runner.rows(_NEWEST, vault=vault, count=limit):
            actor, action, outcome, objects, detail = orjson.loads(self._sealer.open(vault, Kind.AUDIT, seq, record))
            found.append(AuditEvent(instant_of(at), actor, action, outcome, tuple(objects), detail))
        return found

    def verify(self, vault: VaultId) -> int:
        """Recompute the chain and give its length. Raises `SealBroken` at the first fault."""
        previous, length = _GENESIS, 0
        for seq, at, record, link in self._runner.rows(_CHAIN, vault=vault):
            length += 1
            if seq != length or link != _link(previous, vault, seq, at, record):
                raise SealBroken(f"the trace of vault {vault:x} is broken at event {length}")
            previous = link
        return length


def _link(previous: bytes, vault: VaultId, seq: int, at: int, record: bytes) -> bytes:
    return hashlib.sha256(previous + struct.pack(">QQq", vault, seq, at) + record).digest()

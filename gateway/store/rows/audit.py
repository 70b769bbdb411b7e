"""The trace of a vault: sealed events in a hash chain, written in the transaction of what they tell.

``hash = SHA-256(previous hash | vault | seq | time | sealed record)``; hashes are over ciphertext, so the chain
stays checkable after the vault's key is destroyed. The head of each chain (length and last hash) is kept beside
it with a keyed digest of the operator's, so that whoever can write the database but has no keys can neither cut
the tail off nor compute the chain anew. What this cannot show is a vault's rows and head put back together to
an earlier state: that takes the signed checkpoints outside the database.
"""

import hashlib
import hmac
import struct
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, union

from gateway.domain.audit import AuditEvent, AuditLink
from gateway.domain.errors import SealBroken
from gateway.domain.happenings import is_told
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import VaultId
from gateway.ports.clock import Clock
from gateway.store import schema
from gateway.store.backend.sql import Runner, at_most, insert, parameter
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.seal.audit_records import AuditRecord, ChangesRecord
from gateway.store.seal.records import AUDIT
from gateway.store.seal.sealer import Sealer

_A, _H = schema.audit, schema.audit_head
_mine = _A.c.vault == parameter("vault")
_HEAD = select(_H.c.seq, _H.c.hash, _H.c.mac).where(_H.c.vault == parameter("vault"))
_head = insert(_H)
_MOVE_HEAD = _head.on_conflict_do_update(
    index_elements=[_H.c.vault], set_={name: _head.excluded[name] for name in ("seq", "hash", "mac")}
)
_INSERT = insert(_A)
_MOVED = insert(schema.head_moved).on_conflict_do_nothing()
_TELL = insert(schema.happening)
_NEWEST = select(_A.c.seq, _A.c.at, _A.c.record).where(_mine).order_by(_A.c.seq.desc()).limit(parameter("count"))
_CHAIN = (
    select(_A.c.seq, _A.c.at, _A.c.record, _A.c.hash)
    .where(_mine, _A.c.seq > parameter("since"))
    .order_by(_A.c.seq)
    .limit(parameter("count"))
)
_LINES = (
    select(_A.c.seq, _A.c.at, _A.c.record, _A.c.hash)
    .where(_mine, _A.c.seq < parameter("before"), _A.c.at >= parameter("since"), _A.c.at < parameter("until"))
    .order_by(_A.c.seq.desc())
    .limit(parameter("count"))
)
_NO_END = 2**62
_VAULTS = union(select(_A.c.vault), select(_H.c.vault))
_GENESIS = bytes(32)
_HEAD_FORM = struct.Struct(">QQ")
_LINK_FORM = struct.Struct(">QQq")


class AuditRows:
    """Implements `gateway.ports.audit.Audit`."""

    def __init__(
        self,
        runner: Runner,
        sealer: Sealer,
        clock: Clock,
        noted: NotedChanges,
        epoch: Callable[[VaultId], int],
        touched: set[VaultId],
    ) -> None:
        self._runner = runner
        self._sealer = sealer
        self._clock = clock
        self._noted = noted
        self._epoch = epoch
        self._touched = touched
        self._waiting: dict[VaultId, list[AuditEvent]] = {}
        self._ends: dict[VaultId, tuple[int, bytes]] = {}

    def append(self, vault: VaultId, event: AuditEvent) -> None:
        """Add an event to the chain; it is written once, at the end of the transaction."""
        self._waiting.setdefault(vault, []).append(event)

    def settle(self) -> None:
        """Write the events of a transaction, and the heads of their chains; without it it may not be committed."""
        for vault, action in self._noted.actions():
            if vault not in self._waiting:
                # Nothing is done to messages and steps without a trace, whoever forgot to say why.
                self.append(vault, AuditEvent(at=self._clock.now(), actor="pli", action=action))
        lines: list[dict[str, object]] = []
        told: list[dict[str, object]] = []
        heads: list[dict[str, object]] = []
        for vault, events in self._waiting.items():
            # Asked for in any case where it is not known: the statement that names a vault takes its lock.
            seq, link = self._ends.get(vault) or self._head(vault)
            for event in events:
                seq += 1
                changes = self._noted.taken(vault) if event is events[-1] else None
                record = AUDIT.seal(self._sealer, vault, seq, _record_of(event, self._epoch(vault), changes))
                at = micros_of(event.at)
                link = _link(link, vault, seq, at, record)
                lines.append({"vault": vault, "seq": seq, "at": at, "record": record, "hash": link})
                if is_told(event):
                    told.append({"vault": vault, "seq": seq, "at": at})
                    self._touched.add(vault)
            heads.append({"vault": vault, "seq": seq, "hash": link, "mac": self._mac(vault, seq, link)})
            self._ends[vault] = (seq, link)
        self._runner.insert_all(_INSERT, lines)
        self._runner.insert_all(_TELL, told)
        self._runner.insert_all(_MOVE_HEAD, heads)
        self._runner.insert_all(_MOVED, [{"vault": head["vault"]} for head in heads])
        self._waiting.clear()

    def forget(self) -> None:
        """Drop what an earlier transaction left."""
        self._waiting.clear()
        self._ends.clear()
        self._noted.forget()

    def length(self, vault: VaultId) -> int:
        """Give how many events a trace has."""
        return (self._ends.get(vault) or self._head(vault))[0]

    def events(self, vault: VaultId, limit: int = -1) -> list[AuditEvent]:
        """Read, newest first."""
        self.settle()
        found = []
        for seq, at, record in self._runner.rows(_NEWEST, vault=vault, count=at_most(limit)):
            found.append(event_of(instant_of(at), AUDIT.open(self._sealer, vault, seq, record)))
        return found

    def records(self, vault: VaultId, since: int, limit: int) -> list[tuple[int, AuditRecord | None]]:
        """Read events after event `since`, oldest first, with their numbers; None for one that does not open."""
        found: list[tuple[int, AuditRecord | None]] = []
        for seq, _, sealed, _ in self._runner.rows(_CHAIN, vault=vault, since=since, count=limit):
            try:
                found.append((seq, AUDIT.open(self._sealer, vault, seq, sealed)))
            except SealBroken:
                found.append((seq, None))
        return found

    def links(self, vault: VaultId, since: int, limit: int) -> list[AuditLink]:
        """Read what follows event `since`, oldest first, with what shows its place in the chain."""
        self.settle()
        rows = self._runner.rows(_CHAIN, vault=vault, since=since, count=limit)
        return [self._opened(vault, row) for row in rows]

    def lines(
        self, vault: VaultId, before: int | None, limit: int, since: datetime | None, until: datetime | None
    ) -> list[AuditLink]:
        """Read lines before number `before`, newest first, of the time from `since` to before `until`."""
        self.settle()
        rows = self._runner.rows(
            _LINES,
            vault=vault,
            before=_NO_END if before is None else before,
            since=-_NO_END if since is None else micros_of(since),
            until=_NO_END if until is None else micros_of(until),
            count=limit,
        )
        return [self._opened(vault, row) for row in rows]

    def _opened(self, vault: VaultId, row: tuple[int, int, bytes, bytes]) -> AuditLink:
        seq, at, sealed, link = row
        try:
            event = event_of(instant_of(at), AUDIT.open(self._sealer, vault, seq, sealed))
        except SealBroken:
            event = None
        return AuditLink(seq=seq, at=instant_of(at), event=event, record=bytes(sealed), hash=bytes(link))

    def vaults(self) -> list[VaultId]:
        """List the vaults that have a trace, or the head of one."""
        return [VaultId(row[0]) for row in self._runner.rows(_VAULTS)]

    def _head(self, vault: VaultId) -> tuple[int, bytes]:
        row = self._runner.row(_HEAD, vault=vault)
        return (row[0], row[1]) if row else (0, _GENESIS)

    def verify(self, vault: VaultId) -> int:
        """Recompute the chain and give its length. Raises `SealBroken` at the first fault."""
        self.settle()
        return self.followed(vault, 0, b"", -1)[0]

    def followed(self, vault: VaultId, seq: int, link: bytes, limit: int) -> tuple[int, bytes, bool]:
        """Recompute `limit` links of a chain after event `seq`, whose hash is `link`.

        Returns:
            The last event followed, its hash, and whether the chain ends there, where its head says.

        Raises:
            SealBroken: an event was altered, or the chain does not end where it was left.
        """
        previous, length, count = link or _GENESIS, seq, at_most(limit)
        rows = self._runner.rows(_CHAIN, vault=vault, since=seq, count=count)
        for number, at, record, hashed in rows:
            length += 1
            if number != length or hashed != _link(previous, vault, number, at, record):
                raise SealBroken(f"the trace of vault {vault:x} is broken at event {length}")
            previous = hashed
        if len(rows) == count:
            return length, previous, False
        head, link, mac = self._runner.row(_HEAD, vault=vault) or (0, _GENESIS, self._mac(vault, 0, _GENESIS))
        if (head, link) != (length, previous) or not hmac.compare_digest(mac, self._mac(vault, head, link)):
            raise SealBroken(f"the trace of vault {vault:x} does not end where it was left, at event {head}")
        return length, previous, True

    def head(self, vault: VaultId) -> tuple[int, bytes] | None:
        """Give where a chain ends; None when its head is not as the program left it."""
        row = self._runner.row(_HEAD, vault=vault)
        if row is None or not hmac.compare_digest(row[2], self._mac(vault, row[0], row[1])):
            return None
        return row[0], bytes(row[1])

    def _mac(self, vault: VaultId, seq: int, link: bytes) -> bytes:
        return self._sealer.digest("audit-head", _HEAD_FORM.pack(vault, seq), link)


def _record_of(event: AuditEvent, epoch: int, changes: ChangesRecord | None) -> AuditRecord:
    return AuditRecord(
        actor=event.actor,
        action=event.action,
        outcome=event.outcome,
        objects=event.objects,
        detail=event.detail,
        role=event.role,
        person=event.person,
        organisation=event.organisation,
        purpose=event.purpose,
        epoch=epoch,
        changes=changes,
        reason=event.reason,
        data=event.data,
        face=event.face,
        profession=event.profession,
        responsible=event.responsible,
    )


def event_of(at: datetime, record: AuditRecord) -> AuditEvent:
    """Give an event as its record says."""
    return AuditEvent(
        at=at,
        actor=record.actor,
        action=record.action,
        outcome=record.outcome,
        objects=record.objects,
        detail=record.detail,
        role=record.role,
        person=record.person,
        organisation=record.organisation,
        purpose=record.purpose,
        reason=record.reason,
        data=record.data,
        face=record.face,
        profession=record.profession,
        responsible=record.responsible,
    )


def _link(previous: bytes, vault: VaultId, seq: int, at: int, record: bytes) -> bytes:
    return hashlib.sha256(previous + _LINK_FORM.pack(vault, seq, at) + record).digest()

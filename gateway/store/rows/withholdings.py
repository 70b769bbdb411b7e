"""Holds and doubts of documents: a sealed row each, found across spaces by when something is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import SealBroken
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.withholdings import DocumentDelay, DocumentDoubt, DocumentHold, DoubtState
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.seal.sealer import Sealer
from gateway.store.seal.withholding_records import (
    DOCUMENT_DELAY,
    DOCUMENT_DOUBT,
    DOCUMENT_HOLD,
    DocumentDelayRecord,
    DocumentDoubtRecord,
    DocumentHoldRecord,
)

_H, _D, _L = schema.document_hold, schema.document_doubt, schema.document_delay
_F = schema.document
_vault, _document, _count = parameter("vault"), parameter("document"), parameter("count")
ENDED = 2**62
"""When an ended doubt waits: never."""

_hold = insert(_H)
_SAVE_HOLD = _hold.on_conflict_do_update(
    index_elements=[_H.c.vault, _H.c.document], set_={name: _hold.excluded[name] for name in ("due", "record")}
)
_HOLD = select(_H.c.document, _H.c.due, _H.c.record).where(_H.c.vault == _vault, _H.c.document == _document)
_HOLDS = select(_H.c.document, _H.c.due, _H.c.record).where(_H.c.vault == _vault)
_DROP_HOLD = delete(_H).where(_H.c.vault == _vault, _H.c.document == _document)
_DUE = select(_H.c.vault, _H.c.document).where(_H.c.due <= parameter("now")).order_by(_H.c.due).limit(_count)
_doubt = insert(_D)
_SAVE_DOUBT = _doubt.on_conflict_do_update(
    index_elements=[_D.c.vault, _D.c.document], set_={name: _doubt.excluded[name] for name in ("due", "record")}
)
_DOUBT = select(_D.c.document, _D.c.record).where(_D.c.vault == _vault, _D.c.document == _document)
_DOUBTS = select(_D.c.document, _D.c.record).where(_D.c.vault == _vault)
_REPEATS = (
    select(_D.c.document, _D.c.record)
    .join_from(_D, _F, (_F.c.vault == _D.c.vault) & (_F.c.document == _D.c.document))
    .where(_D.c.vault == _vault, _F.c.hidden_from.bitwise_and(parameter("bit")) != 0)
)
_SET_ASIDE = (
    select(_F.c.document, _D.c.record)
    .join_from(_F, _D, (_F.c.vault == _D.c.vault) & (_F.c.document == _D.c.document), isouter=True)
    .where(_F.c.vault == _vault, _F.c.hidden_from.bitwise_and(parameter("bit")) != 0)
)
_OPEN = select(_D.c.vault, _D.c.document).where(_D.c.due < ENDED).order_by(_D.c.due).limit(_count)
_delay = insert(_L)
_SAVE_DELAY = _delay.on_conflict_do_update(
    index_elements=[_L.c.vault, _L.c.document], set_={name: _delay.excluded[name] for name in ("due", "record")}
)
_DELAY = select(_L.c.document, _L.c.record).where(_L.c.vault == _vault, _L.c.document == _document)
_DELAYS = select(_L.c.document, _L.c.record).where(_L.c.vault == _vault)
_DROP_DELAY = delete(_L).where(_L.c.vault == _vault, _L.c.document == _document)
_OVER = select(_L.c.vault, _L.c.document).where(_L.c.due <= parameter("now")).order_by(_L.c.due).limit(_count)


class WithholdingRows:
    """Implements `gateway.ports.withholdings.Withholdings`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def hold(self, vault: VaultId, document: int) -> DocumentHold | None:
        """Give the hold of a document. Raises `SealBroken` when it is damaged."""
        row = self._runner.row(_HOLD, vault=vault, document=document)
        if row is None:
            return None
        with self._sealer.telling(vault, "hold", document):
            return self._held(vault, row)

    def holds(self, vault: VaultId) -> Sequence[DocumentHold]:
        """List all holds of a space; damaged ones are left out and told of."""
        found = []
        for row in self._runner.rows(_HOLDS, vault=vault):
            try:
                found.append(self._held(vault, row))
            except SealBroken:
                self._sealer.tell_damage(vault, "hold", row[0])
        return found

    def save_hold(self, vault: VaultId, hold: DocumentHold) -> None:
        """Keep a hold, in the place of the one that there was."""
        record = DocumentHoldRecord(
            until=hold.until.isoformat(),
            warned=hold.warned,
            sender=hold.sender,
            recipient=hold.recipient,
            subject=hold.subject,
            message_id=hold.message_id,
            messages=hold.messages,
        )
        sealed = DOCUMENT_HOLD.seal(self._sealer, vault, hold.document, record)
        self._runner.run(_SAVE_HOLD, vault=vault, document=hold.document, due=micros_of(hold.next), record=sealed)

    def drop_hold(self, vault: VaultId, document: int) -> None:
        """Take a hold away that has ended."""
        self._runner.run(_DROP_HOLD, vault=vault, document=document)

    def due_holds(self, now: datetime, limit: int) -> list[tuple[VaultId, int]]:
        """List documents of any space of whose hold something is due, the longest due first."""
        return [(VaultId(row[0]), row[1]) for row in self._runner.rows(_DUE, now=micros_of(now), count=limit)]

    def doubt(self, vault: VaultId, document: int) -> DocumentDoubt | None:
        """Give what a patient said of a document. Raises `SealBroken` when it is damaged."""
        row = self._runner.row(_DOUBT, vault=vault, document=document)
        if row is None:
            return None
        with self._sealer.telling(vault, "doubt", document):
            return self._opened(vault, document, row[1])

    def save_doubt(self, vault: VaultId, doubt: DocumentDoubt) -> None:
        """Keep a doubt, in the place of the one that there was."""
        record = DocumentDoubtRecord(
            said_at=doubt.said_at.isoformat(),
            received_at=doubt.received_at.isoformat(),
            state=doubt.state.value,
            ended_at=doubt.ended_at.isoformat() if doubt.ended_at else "",
            reason=doubt.reason,
            times=doubt.times,
            place=doubt.place,
            category=doubt.category.value,
            messages=doubt.messages,
        )
        due = micros_of(doubt.said_at) if doubt.state is DoubtState.OPEN else ENDED
        sealed = DOCUMENT_DOUBT.seal(self._sealer, vault, doubt.document, record)
        self._runner.run(_SAVE_DOUBT, vault=vault, document=doubt.document, due=due, record=sealed)

    def doubts(self, vault: VaultId) -> Sequence[DocumentDoubt]:
        """List all doubts of a space, the newest first; damaged ones are left out and told of."""
        found = []
        for document, sealed in self._runner.rows(_DOUBTS, vault=vault):
            try:
                found.append(self._opened(vault, document, sealed))
            except SealBroken:
                self._sealer.tell_damage(vault, "doubt", document)
        return sorted(found, key=lambda doubt: doubt.said_at, reverse=True)

    def repeats(self, vault: VaultId, bit: Audience) -> Sequence[tuple[int, tuple[MessageId, ...] | None]]:
        """List documents that are withheld so, each with the messages that brought it once more."""
        found: list[tuple[int, tuple[MessageId, ...] | None]] = []
        # Whatever is doubted has such a row: one that is missing was taken away.
        statement = _SET_ASIDE if bit is Audience.EVERYBODY else _REPEATS
        for document, sealed in self._runner.rows(statement, vault=vault, bit=bit.value):
            if sealed is None:
                found.append((document, None))
                continue
            try:
                found.append((document, self._opened(vault, document, sealed).messages))
            except SealBroken:
                self._sealer.tell_damage(vault, "doubt", document)
                found.append((document, None))
        return found

    def open_doubts(self, limit: int) -> list[tuple[VaultId, int]]:
        """List documents of any space whose doubt is open, the oldest first."""
        return [(VaultId(row[0]), row[1]) for row in self._runner.rows(_OPEN, count=limit)]

    def delay(self, vault: VaultId, document: int) -> DocumentDelay | None:
        """Give until when a document is put off. Raises `SealBroken` when it is damaged."""
        row = self._runner.row(_DELAY, vault=vault, document=document)
        if row is None:
            return None
        with self._sealer.telling(vault, "delay", document):
            return self._put_off(vault, document, row[1])

    def delays(self, vault: VaultId) -> Sequence[DocumentDelay]:
        """List all delays of a space, the first to end first; damaged ones are left out and told of."""
        found = []
        for document, sealed in self._runner.rows(_DELAYS, vault=vault):
            try:
                found.append(self._put_off(vault, document, sealed))
            except SealBroken:
                self._sealer.tell_damage(vault, "delay", document)
        return sorted(found, key=lambda delay: delay.until)

    def save_delay(self, vault: VaultId, delay: DocumentDelay) -> None:
        """Keep a delay, in the place of the one that there was."""
        floor = delay.floor.isoformat() if delay.floor else ""
        until, kind, messages = delay.until.isoformat(), delay.kind, delay.messages
        record = DocumentDelayRecord(until=until, kind=kind, messages=messages, floor=floor)
        sealed = DOCUMENT_DELAY.seal(self._sealer, vault, delay.document, record)
        due = micros_of(delay.until)
        self._runner.run(_SAVE_DELAY, vault=vault, document=delay.document, due=due, record=sealed)

    def drop_delay(self, vault: VaultId, document: int) -> None:
        """Take a delay away that has ended."""
        self._runner.run(_DROP_DELAY, vault=vault, document=document)

    def due_delays(self, now: datetime, limit: int) -> list[tuple[VaultId, int]]:
        """List documents of any space whose delay is over, the longest first."""
        return [(VaultId(row[0]), row[1]) for row in self._runner.rows(_OVER, now=micros_of(now), count=limit)]

    def _put_off(self, vault: VaultId, document: int, sealed: bytes) -> DocumentDelay:
        kept = DOCUMENT_DELAY.open(self._sealer, vault, document, sealed)
        return DocumentDelay(
            document=document,
            until=datetime.fromisoformat(kept.until),
            kind=kept.kind,
            messages=tuple(map(MessageId, kept.messages)),
            floor=datetime.fromisoformat(kept.floor) if kept.floor else None,
        )

    def _held(self, vault: VaultId, row: Row) -> DocumentHold:
        document, due, sealed = row
        kept = DOCUMENT_HOLD.open(self._sealer, vault, document, sealed)
        return DocumentHold(
            document=document,
            until=datetime.fromisoformat(kept.until),
            next=instant_of(due),
            warned=kept.warned,
            sender=kept.sender,
            recipient=kept.recipient,
            subject=kept.subject,
            message_id=kept.message_id,
            messages=tuple(map(MessageId, kept.messages)),
        )

    def _opened(self, vault: VaultId, document: int, sealed: bytes) -> DocumentDoubt:
        kept = DOCUMENT_DOUBT.open(self._sealer, vault, document, sealed)
        return DocumentDoubt(
            document=document,
            said_at=datetime.fromisoformat(kept.said_at),
            received_at=datetime.fromisoformat(kept.received_at),
            state=DoubtState.stored(kept.state),
            ended_at=datetime.fromisoformat(kept.ended_at) if kept.ended_at else None,
            reason=kept.reason,
            times=kept.times,
            place=kept.place,
            category=DocumentCategory.stored(kept.category),
            messages=tuple(map(MessageId, kept.messages)),
        )

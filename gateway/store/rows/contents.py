"""Messages as sealed records, apart from the folders they are shown in; deduplication of intake; outcomes."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select, update

from gateway.domain import stand_ins
from gateway.domain.access import Audience
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.filing_outcome import FilingOutcome, MessageOutcome, shows_message
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import BlobRef, Content, ContentState, MessageId, Summary, ThreadId, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.blob_holds import SqlBlobRows
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import WITHHELD_MESSAGE
from gateway.store.rows.noted_changes import NotedChanges
from gateway.store.seal import records
from gateway.store.seal.packed_records import packed, unpacked, whole, whole_of
from gateway.store.seal.sealer import RecordKind, Sealer

_C, _I = schema.content, schema.intake
_vault, _mid = parameter("vault"), parameter("mid")
_this = (_C.c.vault == _vault, _C.c.mid == _mid)

_INSERT = insert(_C)
_SELECT = select(
    _C.c.blob,
    _C.c.size,
    _C.c.internal_date,
    _C.c.state,
    _C.c.thread,
    _C.c.wire,
    _C.c.summary,
    _C.c.headers,
    _C.c.extract,
    _C.c.path,
).where(*_this)
_BLOB = select(_C.c.blob).where(*_this)
_OF_BLOB = select(_C.c.mid).where(_C.c.vault == _vault, _C.c.blob == parameter("blob")).limit(1)
_STATE_OF = select(_C.c.state, _C.c.path).where(*_this)
_STATE = update(_C).where(*_this).values(state=parameter("new_state"))
_DELETE = delete(_C).where(*_this)
_CLAIM = insert(_I).on_conflict_do_nothing()
_CLAIM_AGAIN = (
    update(_I)
    .where(_I.c.vault == _vault, _I.c.dedupe == parameter("dedupe"), _I.c.at < parameter("since"))
    .values(mid=parameter("new_mid"), at=parameter("new_at"))
)
_CLAIMED = select(_I.c.mid).where(_I.c.vault == _vault, _I.c.dedupe == parameter("dedupe"))

_outcome = insert(schema.outcome)
_NOTE_OUTCOME = _outcome.on_conflict_do_update(
    index_elements=[schema.outcome.c.vault, schema.outcome.c.mid], set_={"record": _outcome.excluded.record}
)
_OUTCOME = select(schema.outcome.c.record).where(schema.outcome.c.vault == _vault, schema.outcome.c.mid == _mid)

_withheld = insert(schema.withheld_message)
_WITHHOLD = _withheld.on_conflict_do_update(
    index_elements=[schema.withheld_message.c.vault, schema.withheld_message.c.mid],
    set_={name: _withheld.excluded[name] for name in ("version", "code")},
)
_SHOW = delete(schema.withheld_message).where(
    schema.withheld_message.c.vault == _vault, schema.withheld_message.c.mid == _mid
)
_STATES = frozenset(state.value for state in ContentState)


class ContentRows:
    """Messages of one vault at a time."""

    def __init__(
        self, runner: Runner, sealer: Sealer, coded: CodedRows, blobs: SqlBlobRows, noted: NotedChanges
    ) -> None:
        self._runner = runner
        self._coded = coded
        self._sealer = sealer
        self._blobs = blobs
        self._noted = noted

    def add_content(self, content: Content, vault: VaultId) -> None:
        """Insert a message; it is in no folder yet."""
        seal, mid, summary = self._sealer.seal, content.mid, content.summary
        envelope = records.PathRecord(
            reverse_path=content.reverse_path,
            recipient=content.recipient,
            blob=content.blob.id,
            thread=content.thread,
            was_held=content.state is not ContentState.VISIBLE,
            size=content.size,
            at=micros_of(content.internal_date),
        )
        self._runner.run(
            _INSERT,
            vault=vault,
            mid=mid,
            blob=content.blob.id,
            size=content.size,
            internal_date=micros_of(content.internal_date),
            state=content.state.value,
            thread=content.thread,
            wire=seal(vault, RecordKind.WIRE, mid, packed(RecordKind.WIRE, summary.envelope, summary.bodystructure)),
            summary=seal(
                vault,
                RecordKind.SUMMARY,
                mid,
                packed(RecordKind.SUMMARY, summary.body, summary.layout, summary.card),
            ),
            headers=seal(vault, RecordKind.HEADERS, mid, whole(content.header_block)),
            extract=seal(vault, RecordKind.EXTRACT, mid, whole(content.extract.encode())),
            path=records.PATH.seal(self._sealer, vault, mid, envelope),
        )
        self._noted.came(vault, mid)

    def content(self, vault: VaultId, mid: MessageId) -> Content:
        """Read a message's records. Raises `NotFound`, and `SealBroken` for one whose row was bent."""
        row = self._runner.row(_SELECT, vault=vault, mid=mid)
        if row is None:
            raise NotFound(f"vault {vault:x} has no message {mid:x}")
        blob, size, date, state, thread, wire, summary, headers, extract, path = row
        envelope = records.PATH.open(self._sealer, vault, mid, path)
        if (envelope.blob, envelope.thread) != (blob, thread):
            raise SealBroken(f"message {mid:x} of vault {vault:x} was given other octets, or another conversation")
        return Content(
            mid=mid,
            blob=BlobRef(blob),
            size=size,
            internal_date=instant_of(date),
            state=self._state(vault, mid, _state_of(state), envelope),
            thread=ThreadId(thread),
            summary=self.summary_opener(vault)(mid, wire, summary),
            header_block=whole_of(self._sealer.open(vault, RecordKind.HEADERS, mid, headers)),
            extract=whole_of(self._sealer.open(vault, RecordKind.EXTRACT, mid, extract)).decode(),
            reverse_path=envelope.reverse_path,
            recipient=envelope.recipient,
        )

    def summary_opener(self, vault: VaultId) -> Callable[[int, bytes, bytes], Summary]:
        """Give what opens the two sealed halves of a message's summary."""
        open_wire, open_rest = (
            self._sealer.opener(vault, RecordKind.WIRE),
            self._sealer.opener(vault, RecordKind.SUMMARY),
        )

        def opened(mid: int, wire: bytes, rest: bytes) -> Summary:
            envelope, bodystructure = unpacked(open_wire(mid, wire), 2)
            body, layout, card = unpacked(open_rest(mid, rest), 3)
            return Summary(envelope=envelope, bodystructure=bodystructure, body=body, layout=layout, card=card)

        return opened

    def listed_summary_opener(self, vault: VaultId) -> Callable[[int, bytes, bytes], Summary]:
        """Give what opens summaries for a list; a damaged one costs its own line."""
        open_summary = self.summary_opener(vault)

        def opened(mid: int, wire: bytes, rest: bytes) -> Summary:
            try:
                return open_summary(mid, wire, rest)
            except SealBroken:
                self._sealer.tell_damage(vault, "message", mid)
                return stand_ins.SUMMARY

        return opened

    def listed_opener(self, vault: VaultId, kind: RecordKind, stand_in: bytes) -> Callable[[int, bytes], bytes]:
        """Give what opens records of one field for a list; what does not open is told of and stood in for."""
        open_record = self._sealer.opener(vault, kind)

        def opened(mid: int, sealed: bytes) -> bytes:
            try:
                return whole_of(open_record(mid, sealed))
            except SealBroken:
                self._sealer.tell_damage(vault, "message", mid)
                return stand_in

        return opened

    def state_of(self, vault: VaultId, mid: MessageId) -> ContentState | None:
        """Read a message's state alone; None when it is gone. Raises `SealBroken`."""
        row = self._runner.row(_STATE_OF, vault=vault, mid=mid)
        if row is None:
            return None
        return self._state(vault, mid, _state_of(row[0]), records.PATH.open(self._sealer, vault, mid, row[1]))

    def judged(self, vault: VaultId, mid: MessageId) -> tuple[ContentState | None, MessageOutcome | None]:
        """Read a message's state with what became of it."""
        outcome, row = self.outcome(vault, mid), self._runner.row(_STATE_OF, vault=vault, mid=mid)
        if row is None:
            return None, outcome
        envelope = records.PATH.open(self._sealer, vault, mid, row[1])
        return self._state(vault, mid, _state_of(row[0]), envelope, lambda: outcome), outcome

    def _state(
        self,
        vault: VaultId,
        mid: MessageId,
        state: ContentState,
        envelope: records.PathRecord,
        outcome: Callable[[], MessageOutcome | None] | None = None,
    ) -> ContentState:
        """Give the state that the row says; what was held is visible only by the sealed outcome of its filing."""
        if not envelope.was_held or state is not ContentState.VISIBLE:
            return state
        if shows_message(outcome() if outcome else self.outcome(vault, mid)):
            return state
        self._sealer.tell_damage(vault, "message", mid)
        return ContentState.HELD

    def set_state(self, vault: VaultId, mid: MessageId, state: ContentState) -> None:
        """Change the state of a message."""
        self._runner.run(_STATE, vault=vault, mid=mid, new_state=state.value)

    def drop_content(self, vault: VaultId, mid: MessageId) -> list[BlobRef]:
        """Delete a message that is in no folder; gives blobs that no vault holds any more."""
        row = self._runner.row(_BLOB, vault=vault, mid=mid)
        if self._runner.run(_DELETE, vault=vault, mid=mid):
            self._noted.went(vault, mid)
        # A letter to oneself stands twice in one vault, on one blob.
        if row is None or self._runner.row(_OF_BLOB, vault=vault, blob=row[0]) is not None:
            return []
        blob = BlobRef(row[0])
        return [blob] if self._blobs.detach(vault, blob) else []

    # ------------------------------------------------------------ deduplication and outcomes

    def first_seen(
        self, vault: VaultId, dedupe: bytes, mid: MessageId, at: datetime, since: datetime | None = None
    ) -> MessageId:
        """Claim a delivery: gives `mid` when it is new, or the message that already stands for it."""
        if self._runner.run(_CLAIM, vault=vault, dedupe=dedupe, mid=mid, at=micros_of(at)) == 1:
            self._noted.claimed(vault, dedupe, mid)
            return mid
        if since is not None:
            told = {"new_mid": mid, "new_at": micros_of(at), "since": micros_of(since)}
            if self._runner.run(_CLAIM_AGAIN, vault=vault, dedupe=dedupe, **told) == 1:
                self._noted.claimed(vault, dedupe, mid)
                return mid
        return MessageId(self._runner.rows(_CLAIMED, vault=vault, dedupe=dedupe)[0][0])

    def note_outcome(self, vault: VaultId, mid: MessageId, outcome: MessageOutcome) -> None:
        """Remember what became of a message; outlives its content."""
        record = records.OUTCOME.seal(self._sealer, vault, mid, outcome)
        self._runner.run(_NOTE_OUTCOME, vault=vault, mid=mid, record=record)
        self._noted.decided(vault, mid, record)
        withheld = isinstance(outcome, FilingOutcome) and bool(outcome.withheld_from & Audience.REPRESENTATIVES)
        if withheld:
            self._runner.run(_WITHHOLD, **self._coded.stamped(WITHHELD_MESSAGE, {"vault": vault, "mid": mid}))
        elif self._coded.knows(WITHHELD_MESSAGE, vault, mid) and self._runner.run(_SHOW, vault=vault, mid=mid):
            self._coded.dropped(WITHHELD_MESSAGE, vault, mid)

    def outcome(self, vault: VaultId, mid: MessageId) -> MessageOutcome | None:
        """Read what became of a message."""
        row = self._runner.row(_OUTCOME, vault=vault, mid=mid)
        return records.OUTCOME.open(self._sealer, vault, mid, row[0]) if row else None


def _state_of(number: int) -> ContentState:
    # A number that is no state hides the message.
    return ContentState(number) if number in _STATES else ContentState.HELD

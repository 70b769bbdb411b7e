"""Agendas: sealed entries, found by when they are and by the identifier that a calendar gave them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select, update

from gateway.domain.agenda.events import AgendaEvent, EventAnswer, EventSort, EventState, When
from gateway.domain.agenda.invitations import Invitation, InvitationOutcome
from gateway.domain.agenda.occurrences import next_reminder, span_of
from gateway.domain.errors import SealBroken
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.local_days import PLACE
from gateway.domain.mailbox import MessageId, VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.seal.agenda_records import AgendaEventRecord, InvitationRecord, PreventionRecord
from gateway.store.seal.records import AGENDA_EVENT, INVITATION, PREVENTION
from gateway.store.seal.sealer import Sealer

_E, _I, _P = schema.agenda_event, schema.invitation, schema.prevention
_vault = parameter("vault")
_this = (_E.c.vault == _vault) & (_E.c.event == parameter("event"))
_event, _invitation, _prevention = insert(_E), insert(_I), insert(_P)
_SAVE = _event.on_conflict_do_update(
    index_elements=[_E.c.vault, _E.c.event],
    set_={name: _event.excluded[name] for name in ("first", "last", "remind", "uid", "organiser", "record")},
)
_COUNT = select(func.count()).where(_E.c.vault == _vault)
_COUNT_OF = _COUNT.where(_E.c.organiser == parameter("organiser"))
_TOLD = update(_E).where(_this).values(told=parameter("now"))
_LAST_TOLD = select(func.max(_E.c.told)).where(_E.c.vault == _vault)
_GET = select(_E.c.event, _E.c.record).where(_this)
_DROP = delete(_E).where(_this)
_BETWEEN = (
    select(_E.c.event, _E.c.record)
    .where(_E.c.vault == _vault, _E.c.last >= parameter("low"), _E.c.first <= parameter("high"))
    .order_by(_E.c.last, _E.c.event)
    .limit(parameter("count"))
)
_DUE = (
    select(_E.c.vault, _E.c.event)
    .where(_E.c.remind > 0, _E.c.remind <= parameter("now"))
    .order_by(_E.c.remind)
    .limit(parameter("count"))
)
_WITH_UID = select(_E.c.event, _E.c.record).where(_E.c.vault == _vault, _E.c.uid == parameter("uid"))
_NOTE = _invitation.on_conflict_do_update(
    index_elements=[_I.c.vault, _I.c.mid], set_={"record": _invitation.excluded.record}
)
_NOTED = select(_I.c.record).where(_I.c.vault == _vault, _I.c.mid == parameter("mid"))
_CHOOSE = _prevention.on_conflict_do_update(
    index_elements=[_P.c.vault], set_={"record": _prevention.excluded.record}
)
_CHOSEN = select(_P.c.record).where(_P.c.vault == _vault)
_SAME = (
    "title", "place", "people", "note", "bring", "documents", "version", "uid", "sequence", "organiser",
    "organiser_name", "claims", "told", "reminder", "about",
)  # fmt: skip


class AgendaRows:
    """Implements `gateway.ports.agenda.Agendas`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def count(self, vault: VaultId) -> int:
        """Count entries."""
        return int(self._runner.rows(_COUNT, vault=vault)[0][0])

    def count_of(self, vault: VaultId, organiser: str) -> int:
        """Count the entries of one organiser."""
        return int(self._runner.rows(_COUNT_OF, vault=vault, organiser=self._organiser(vault, organiser))[0][0])

    def get(self, vault: VaultId, number: int) -> AgendaEvent | None:
        """Read an entry."""
        row = self._runner.row(_GET, vault=vault, event=number)
        return self._opened(vault, row) if row else None

    def save(self, event: AgendaEvent) -> None:
        """Insert or replace an entry."""
        first, last = span_of(event, PLACE)
        remind = next_reminder(event, PLACE)
        self._runner.run(
            _SAVE,
            vault=event.vault,
            event=event.id,
            first=micros_of(first),
            last=micros_of(last),
            remind=max(micros_of(remind), 1) if remind else 0,
            uid=self._digest(event.vault, event.uid) if event.uid else b"",
            organiser=self._organiser(event.vault, event.organiser) if event.organiser else b"",
            told=0,
            record=AGENDA_EVENT.seal(self._sealer, event.vault, event.id, _record_of(event)),
        )

    def drop(self, vault: VaultId, number: int) -> None:
        """Take an entry away."""
        self._runner.run(_DROP, vault=vault, event=number)

    def between(self, vault: VaultId, first: datetime, last: datetime, limit: int) -> Sequence[AgendaEvent]:
        """List entries of which a part may lie between two instants; one that does not open is told of and left out."""
        low, high = micros_of(first), micros_of(last)
        return self._that_open(vault, self._runner.rows(_BETWEEN, vault=vault, low=low, high=high, count=limit))

    def due(self, now: datetime, limit: int) -> Sequence[tuple[VaultId, int]]:
        """List entries whose reminder may be due."""
        rows = self._runner.rows(_DUE, now=micros_of(now), count=limit)
        return [(VaultId(vault), int(number)) for vault, number in rows]

    def last_told(self, vault: VaultId) -> datetime | None:
        """Say when a notice last went out for any entry of a space."""
        found = self._runner.rows(_LAST_TOLD, vault=vault)[0][0]
        return instant_of(found) if found else None

    def note_told(self, vault: VaultId, number: int, now: datetime) -> None:
        """Keep that a notice goes out for an entry."""
        self._runner.run(_TOLD, vault=vault, event=number, now=micros_of(now))

    def with_uid(self, vault: VaultId, uid: str) -> Sequence[AgendaEvent]:
        """List entries with an identifier; one that does not open keeps no message from coming."""
        rows = self._runner.rows(_WITH_UID, vault=vault, uid=self._digest(vault, uid))
        return [event for event in self._that_open(vault, rows) if event.uid == uid]

    def note_invitation(self, vault: VaultId, invitation: Invitation) -> None:
        """Keep what a message did."""
        record = InvitationRecord(
            outcome=invitation.outcome.value, events=invitation.events, more=invitation.more
        )
        sealed = INVITATION.seal(self._sealer, vault, invitation.message, record)
        self._runner.run(_NOTE, vault=vault, mid=invitation.message, record=sealed)

    def invitation(self, vault: VaultId, message: MessageId) -> Invitation | None:
        """Read what a message did."""
        row = self._runner.row(_NOTED, vault=vault, mid=message)
        if row is None:
            return None
        record = INVITATION.open(self._sealer, vault, message, row[0])
        return Invitation(
            message=message, outcome=InvitationOutcome(record.outcome), events=record.events, more=record.more
        )

    def choices(self, vault: VaultId) -> Mapping[str, str]:
        """Read what was said of recommendations."""
        row = self._runner.row(_CHOSEN, vault=vault)
        return PREVENTION.open(self._sealer, vault, 0, row[0]).choices if row else {}

    def choose(self, vault: VaultId, choices: Mapping[str, str]) -> None:
        """Keep what was said of recommendations."""
        record = PREVENTION.seal(self._sealer, vault, 0, PreventionRecord(choices=dict(choices)))
        self._runner.run(_CHOOSE, vault=vault, record=record)

    def _that_open(self, vault: VaultId, rows: Iterable[Row]) -> list[AgendaEvent]:
        found = []
        for row in rows:
            try:
                found.append(self._opened(vault, row))
            except SealBroken:
                self._sealer.tell_damage(vault, "entry of an agenda", row[0])
        return found

    def _opened(self, vault: VaultId, row: Row) -> AgendaEvent:
        number, sealed = row
        return _event_of(vault, number, AGENDA_EVENT.open(self._sealer, vault, number, sealed))

    def _digest(self, vault: VaultId, uid: str) -> bytes:
        return self._sealer.digest("agenda-uid", vault.to_bytes(8, "big"), uid.encode())[:16]

    def _organiser(self, vault: VaultId, organiser: str) -> bytes:
        return self._sealer.digest("agenda-organiser", vault.to_bytes(8, "big"), organiser.encode())[:16]


def _record_of(event: AgendaEvent) -> AgendaEventRecord:
    return AgendaEventRecord(
        start=event.start.isoformat(),
        end=event.end.isoformat() if event.end else "",
        also=tuple(start.isoformat() for start in event.also),
        sort=event.sort.value,
        state=event.state.value,
        answer=event.answer.value,
        message=event.message or 0,
        remind_from=event.remind_from.isoformat() if event.remind_from else "",
        **{name: getattr(event, name) for name in _SAME},
    )


def _event_of(vault: VaultId, number: int, record: AgendaEventRecord) -> AgendaEvent:
    return AgendaEvent(
        vault=vault,
        id=number,
        start=_when(record.start),
        end=_when(record.end) if record.end else None,
        also=tuple(map(_when, record.also)),
        sort=EventSort(record.sort),
        state=EventState(record.state),
        answer=EventAnswer(record.answer),
        message=MessageId(record.message) if record.message else None,
        remind_from=datetime.fromisoformat(record.remind_from) if record.remind_from else None,
        **{name: getattr(record, name) for name in _SAME},
    )


def _when(text: str) -> When:
    """Read a day or a time: a day has no time of day."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)

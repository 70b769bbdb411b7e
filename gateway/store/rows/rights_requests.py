"""Requests about health data: a sealed row each, found across spaces by what waits and by what is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from gateway.domain.errors import SealBroken
from gateway.domain.identity import BirthDate
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import ThreadId, VaultId
from gateway.domain.mandates import NamedPerson
from gateway.domain.rights_requests import (
    AskedPerson,
    Relation,
    RequestClocks,
    RequestKind,
    RequestState,
    RightsRequest,
)
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.seal.rights_request_record import RIGHTS_REQUEST, RightsRequestRecord
from gateway.store.seal.sealer import Sealer

_R = schema.rights_request
_vault, _number, _count = parameter("vault"), parameter("request"), parameter("count")
NEVER = 2**62
"""When nothing waits, and nothing is due."""

_row = insert(_R)
_SAVE = _row.on_conflict_do_update(
    index_elements=[_R.c.vault, _R.c.request],
    set_={name: _row.excluded[name] for name in ("waits", "due", "record")},
)
_GET = select(_R.c.request, _R.c.due, _R.c.record).where(_R.c.vault == _vault, _R.c.request == _number)
_ALL = select(_R.c.request, _R.c.due, _R.c.record).where(_R.c.vault == _vault)
_COUNT = select(func.count()).select_from(_R).where(_R.c.vault == _vault)
_DUE = select(_R.c.vault, _R.c.request).where(_R.c.due <= parameter("now")).order_by(_R.c.due).limit(_count)
_WAITING = select(_R.c.vault, _R.c.request).where(_R.c.waits < NEVER).order_by(_R.c.waits).limit(_count)


class RightsRequestRows:
    """Implements `gateway.ports.rights_requests.RightsRequests`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def get(self, vault: VaultId, number: int) -> RightsRequest | None:
        """Give a request. Raises `SealBroken` when it is damaged."""
        row = self._runner.row(_GET, vault=vault, request=number)
        if row is None:
            return None
        with self._sealer.telling(vault, "request", number):
            return self._opened(vault, row)

    def all_of(self, vault: VaultId) -> Sequence[RightsRequest]:
        """List those of a space, the newest first; damaged ones are left out and told of."""
        found = []
        for row in self._runner.rows(_ALL, vault=vault):
            try:
                found.append(self._opened(vault, row))
            except SealBroken:
                self._sealer.tell_damage(vault, "request", row[0])
        return sorted(found, key=lambda one: (one.asked_at, one.number), reverse=True)

    def count(self, vault: VaultId) -> int:
        """Count those of a space."""
        row = self._runner.row(_COUNT, vault=vault)
        return int(row[0]) if row else 0

    def save(self, vault: VaultId, request: RightsRequest) -> None:
        """Keep a request, in the place of the one that there was."""
        clocks = request.clocks
        record = RightsRequestRecord(
            kind=request.kind.value,
            state=request.state.value,
            asked_at=request.asked_at.isoformat(),
            asked_by=request.asked_by,
            to=request.to,
            to_detail=request.to_detail,
            to_address=request.to_address,
            asker=request.asker or 0,
            words=request.words,
            older=request.older,
            earliest=clocks.earliest.isoformat() if clocks else "",
            latest=clocks.latest.isoformat() if clocks else "",
            reminded=request.reminded,
            overdue=request.overdue,
            ended_at=_written(request.ended_at),
            answer=request.answer,
            answered_by=request.answered_by,
            shown_from=_written(request.shown_from),
            undelivered=request.undelivered,
            document=request.document,
            title=request.title,
            unique_id=request.unique_id,
            thread=request.thread or 0,
            relation=request.relation.value,
            about=_named(request.about) if request.about else None,
            other=request.other or 0,
            entry=request.entry,
            taken_back=request.taken_back,
        )
        sealed = RIGHTS_REQUEST.seal(self._sealer, vault, request.number, record)
        waits = micros_of(request.asked_at) if request.waits and request.is_for_operator else NEVER
        due = micros_of(request.next) if request.next else NEVER
        self._runner.run(_SAVE, vault=vault, request=request.number, waits=waits, due=due, record=sealed)

    def due(self, now: datetime, limit: int) -> list[tuple[VaultId, int]]:
        """List requests of any space of which something is due, the longest due first."""
        return [(VaultId(row[0]), row[1]) for row in self._runner.rows(_DUE, now=micros_of(now), count=limit)]

    def waiting(self, limit: int) -> list[tuple[VaultId, int]]:
        """List requests of any space that the operator may answer, the oldest first."""
        return [(VaultId(row[0]), row[1]) for row in self._runner.rows(_WAITING, count=limit)]

    def _opened(self, vault: VaultId, row: Row) -> RightsRequest:
        number, due, sealed = row
        kept = RIGHTS_REQUEST.open(self._sealer, vault, number, sealed)
        at = datetime.fromisoformat
        return RightsRequest(
            number=number,
            kind=RequestKind(kept.kind),
            state=RequestState.stored(kept.state),
            asked_at=at(kept.asked_at),
            asked_by=kept.asked_by,
            to=kept.to,
            to_detail=kept.to_detail,
            to_address=kept.to_address,
            asker=VaultId(kept.asker) if kept.asker else None,
            words=kept.words,
            older=kept.older,
            clocks=RequestClocks(earliest=at(kept.earliest), latest=at(kept.latest)) if kept.latest else None,
            next=instant_of(due) if due < NEVER else None,
            reminded=kept.reminded,
            overdue=kept.overdue,
            ended_at=_read(kept.ended_at),
            answer=kept.answer,
            answered_by=kept.answered_by,
            shown_from=_read(kept.shown_from),
            undelivered=kept.undelivered,
            document=kept.document,
            title=kept.title,
            unique_id=kept.unique_id,
            thread=ThreadId(kept.thread) if kept.thread else None,
            relation=Relation.stored(kept.relation),
            about=_person(kept.about) if kept.about else None,
            other=VaultId(kept.other) if kept.other else None,
            entry=kept.entry,
            taken_back=kept.taken_back,
        )


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _read(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _named(about: AskedPerson) -> tuple[str, str, str, str]:
    return about.named.birth_name, about.named.first_name, str(about.named.born), about.number


def _person(kept: tuple[str, str, str, str]) -> AskedPerson:
    return AskedPerson(named=NamedPerson(kept[0], kept[1], BirthDate.parse(kept[2])), number=kept[3])

"""Records that professionals open: a sealed row for each code, opening and reading, one a mailbox for its budget."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import delete, select

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.record_openings import (
    AccessCode,
    OpenedBy,
    OpenFor,
    ReaderState,
    RecordOpening,
    RecordReading,
)
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import ACCESS_CODE as ACCESS_CODE_ROW
from gateway.store.rows.coded_tables import READER_STATE as READER_STATE_ROW
from gateway.store.rows.coded_tables import RECORD_OPENING as RECORD_OPENING_ROW
from gateway.store.rows.coded_tables import RECORD_READING as RECORD_READING_ROW
from gateway.store.rows.coded_tables import CodedTable
from gateway.store.seal.record_opening_records import (
    ACCESS_CODE,
    READER_STATE,
    RECORD_OPENING,
    RECORD_READING,
    AccessCodeRecord,
    ReaderStateRecord,
    RecordOpeningRecord,
    RecordReadingRecord,
)
from gateway.store.seal.sealer import Sealer, object_of

T = TypeVar("T")
_R = schema.record_reading
_vault = parameter("vault")
_one_reading = (_R.c.vault == _vault, _R.c.day == parameter("day"), _R.c.person == parameter("person"))
_READINGS = select(*RECORD_READING_ROW.selected()).where(
    _R.c.vault == _vault, _R.c.day >= parameter("first"), _R.c.day <= parameter("last")
)
_GET_READING = select(*RECORD_READING_ROW.selected()).where(*_one_reading)
_at = datetime.fromisoformat


class _Rows:
    """The statements of one of the tables: rows saved, listed, dropped by number."""

    def __init__(self, coded: CodedTable, what: str) -> None:
        table, row = coded.table, insert(coded.table)
        key = [column.name for column in table.primary_key]
        changed = ("record", "version", "code")
        self.coded, self.what = coded, what
        self.save = row.on_conflict_do_update(index_elements=key, set_={name: row.excluded[name] for name in changed})
        self.all = select(*coded.selected()).where(table.c.vault == _vault)
        self.drop = delete(table).where(*(table.c[name] == parameter(name) for name in key))


_CODES = _Rows(ACCESS_CODE_ROW, "access code")
_OPENINGS = _Rows(RECORD_OPENING_ROW, "opening")
_STATES = _Rows(READER_STATE_ROW, "reading budget")
_SAVE_READING = _Rows(RECORD_READING_ROW, "reading").save


class RecordOpeningRows:
    """Implements `gateway.ports.record_openings.RecordOpeningStore`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def codes(self, vault: VaultId) -> Sequence[AccessCode]:
        """List the codes of a space."""
        return self._all(_CODES, vault, self._code)

    def save_code(self, code: AccessCode) -> None:
        """Insert or replace one."""
        record = AccessCodeRecord(
            made=code.made.isoformat(),
            until=code.until.isoformat(),
            opens=code.opens.value,
            salt=code.salt,
            digest=code.digest,
            tries_left=code.tries_left,
        )
        sealed = ACCESS_CODE.seal(self._sealer, code.vault, code.number, record)
        self._save(_CODES, {"vault": code.vault, "number": code.number, "record": sealed})

    def drop_code(self, vault: VaultId, number: int) -> None:
        """Forget one."""
        self._runner.run(_CODES.drop, vault=vault, number=number)
        self._coded.dropped(_CODES.coded, vault, number)

    def openings(self, vault: VaultId) -> Sequence[RecordOpening]:
        """List to whom a space was opened."""
        return self._all(_OPENINGS, vault, self._opening)

    def save_opening(self, opening: RecordOpening) -> None:
        """Insert or replace one."""
        record = RecordOpeningRecord(
            how=opening.how.value,
            by=tuple(sorted(opening.by)),
            who=opening.who,
            organisation=opening.organisation,
            made=opening.made.isoformat(),
            ends=opening.ends.isoformat(),
            reason=opening.reason,
        )
        sealed = RECORD_OPENING.seal(self._sealer, opening.vault, opening.number, record)
        self._save(_OPENINGS, {"vault": opening.vault, "opening": opening.number, "record": sealed})

    def drop_opening(self, vault: VaultId, number: int) -> None:
        """Forget one."""
        self._runner.run(_OPENINGS.drop, vault=vault, opening=number)
        self._coded.dropped(_OPENINGS.coded, vault, number)

    def reader_state(self, reader: VaultId) -> ReaderState | None:
        """Read how far the budget of a mailbox is used."""
        row = self._runner.row(_STATES.all, vault=reader)
        if row is None and not self._coded.knows(READER_STATE_ROW, reader, None):
            return None
        if row is None or not self._coded.holds(READER_STATE_ROW, row):
            raise SealBroken("the reading budget of a mailbox was changed or taken away")
        with self._sealer.telling(reader, "reading budget", reader):
            record = READER_STATE.open(self._sealer, reader, reader, row[1])
        return ReaderState(
            day=date.fromisoformat(record.day),
            opened=record.opened,
            stopped=_at(record.stopped) if record.stopped else None,
            factor_at=_at(record.factor_at) if record.factor_at else None,
            lifted_until=_at(record.lifted_until) if record.lifted_until else None,
            lifted_why=record.lifted_why,
        )

    def save_reader_state(self, reader: VaultId, state: ReaderState) -> None:
        """Insert or replace it."""
        record = ReaderStateRecord(
            day=state.day.isoformat(),
            opened=state.opened,
            stopped=_written(state.stopped),
            factor_at=_written(state.factor_at),
            lifted_until=_written(state.lifted_until),
            lifted_why=state.lifted_why,
        )
        sealed = READER_STATE.seal(self._sealer, reader, reader, record)
        self._save(_STATES, {"vault": reader, "record": sealed})

    def reading(self, reader: VaultId, day: date, person: VaultId) -> RecordReading | None:
        """Read whether a person's record was opened on a day."""
        number, digest = day.toordinal(), self._digest(reader, day, person)
        row = self._runner.row(_GET_READING, vault=reader, day=number, person=digest)
        if row is None or not self._coded.holds(RECORD_READING_ROW, row):
            return None
        with self._sealer.telling(reader, "reading", object_of(digest)):
            return self._reading(reader, row)

    def save_reading(self, reader: VaultId, reading: RecordReading) -> None:
        """Insert or replace one."""
        day, digest = reading.day.toordinal(), self._digest(reader, reading.day, reading.person)
        was = self._runner.row(_GET_READING, vault=reader, day=day, person=digest)
        record = RecordReadingRecord(
            person=reading.person,
            at=reading.at.isoformat(),
            place=reading.place,
            own=reading.in_own_exchange,
            how=reading.how.value,
            factor=reading.factor,
            reason=reading.reason,
        )
        sealed = RECORD_READING.seal(self._sealer, reader, object_of(digest), record)
        row = {"vault": reader, "day": day, "person": digest, "record": sealed}
        self._runner.run(_SAVE_READING, **self._coded.stamped(RECORD_READING_ROW, row, was))

    def readings(self, reader: VaultId, first: date, last: date) -> Sequence[RecordReading]:
        """List what was opened from a day to a day."""
        found = []
        days = {"first": first.toordinal(), "last": last.toordinal()}
        for row in self._coded.sound(RECORD_READING_ROW, self._runner.rows(_READINGS, vault=reader, **days)):
            try:
                found.append(self._reading(reader, row))
            except SealBroken:
                self._sealer.tell_damage(reader, "reading", object_of(row[2]))
        return sorted(found, key=lambda one: one.at)

    def _save(self, rows: _Rows, row: dict[str, object]) -> None:
        self._runner.run(rows.save, **self._coded.stamped(rows.coded, row))

    def _all(self, rows: _Rows, vault: VaultId, read: Callable[[VaultId, int, bytes], T]) -> list[T]:
        found = []
        for row in self._runner.rows(rows.all, vault=vault):
            try:
                found += [read(vault, row[1], row[2])] if self._coded.holds(rows.coded, row) else []
            except SealBroken:
                self._sealer.tell_damage(vault, rows.what, row[1])
        return found

    def _code(self, vault: VaultId, number: int, sealed: bytes) -> AccessCode:
        record = ACCESS_CODE.open(self._sealer, vault, number, sealed)
        return AccessCode(
            vault=vault,
            number=number,
            made=_at(record.made),
            until=_at(record.until),
            opens=OpenFor(record.opens),
            salt=record.salt,
            digest=record.digest,
            tries_left=record.tries_left,
        )

    def _opening(self, vault: VaultId, number: int, sealed: bytes) -> RecordOpening:
        record = RECORD_OPENING.open(self._sealer, vault, number, sealed)
        return RecordOpening(
            vault=vault,
            number=number,
            how=OpenedBy(record.how),
            by=frozenset(record.by),
            who=record.who,
            organisation=record.organisation,
            made=_at(record.made),
            ends=_at(record.ends),
            reason=record.reason,
        )

    def _reading(self, reader: VaultId, row: Row) -> RecordReading:
        _, day, digest, sealed, *_ = row
        record = RECORD_READING.open(self._sealer, reader, object_of(digest), sealed)
        return RecordReading(
            person=VaultId(record.person),
            day=date.fromordinal(day),
            at=_at(record.at),
            place=record.place,
            in_own_exchange=record.own,
            how=OpenedBy(record.how),
            factor=record.factor,
            reason=record.reason,
        )

    def _digest(self, reader: VaultId, day: date, person: VaultId) -> bytes:
        # Reader and day are part of it: equal digests would tell who reads the same person, and how often.
        parts = (number.to_bytes(8, "big") for number in (reader, day.toordinal(), person))
        return self._sealer.digest("reading", *parts)[:16]


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""

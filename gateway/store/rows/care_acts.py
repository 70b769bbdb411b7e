"""Acts of care: coded rows, read along an index by day, of all kinds or of one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select, tuple_, update

from gateway.domain.care_history import CareAct, CareKind, CareLine
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import CARE_ACT as CODED
from gateway.store.seal.care_records import CareActRecord
from gateway.store.seal.records import CARE_ACT
from gateway.store.seal.sealer import Sealer

_A = schema.care_act
_vault = parameter("vault")
_COLUMNS = CODED.selected()
_RECORD, _NUMBER = CODED.columns.index("record"), CODED.columns.index("act")
_CHANGED = ("series", "day", "record", "version", "code")
_this = (_A.c.vault == _vault, _A.c.act == parameter("act"))
_span = (
    _A.c.vault == _vault,
    _A.c.day >= parameter("since"),
    tuple_(_A.c.day, _A.c.act) < tuple_(parameter("until"), parameter("below")),
)
_newest = select(*_COLUMNS).order_by(_A.c.day.desc(), _A.c.act.desc()).limit(parameter("count"))
_ADD = insert(_A)
_CHANGE = update(_A).where(*_this).values({name: parameter(f"new_{name}") for name in _CHANGED})
_GET = select(*_COLUMNS).where(*_this)
_ALL = _newest.where(*_span)
_OF_KIND = _newest.where(*_span, _A.c.series == parameter("series"))
_COUNTS = (
    select(_A.c.series, func.count())
    .where(_A.c.vault == _vault, _A.c.day >= parameter("since"))
    .group_by(_A.c.series)
)
_OLD = select(*_COLUMNS).where(_A.c.vault == _vault, _A.c.day < parameter("day")).limit(parameter("count"))
_REMOVE = delete(_A).where(*_this)
_OUTDATED = select(_A.c.vault).where(_A.c.day < parameter("day")).distinct().limit(parameter("count"))
_LAST = 2**62


class CareActRows:
    """Implements `gateway.ports.care_acts.CareActs`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def get(self, vault: VaultId, number: int) -> CareAct | None:
        """Read one."""
        row = self._row(vault, number)
        if row is None:
            return None
        with self._sealer.telling(vault, "act of care", number):
            return self._opened(vault, row)

    def put(self, vault: VaultId, act: CareAct) -> None:
        """Write one, in the place of what stands under its number."""
        was = self._row(vault, act.id)
        record = CareActRecord(
            kind=act.kind.value,
            day=act.day.isoformat(),
            lines=tuple((line.label, line.quantity) for line in act.lines),
            told_at=act.told_at.isoformat(),
            until=act.until.isoformat() if act.until else "",
            performer=act.performer,
            place=act.place,
            told_by=act.told_by,
            source=act.source,
        )
        row = {
            "vault": vault,
            "act": act.id,
            "series": self._series(vault, act.kind),
            "day": act.last_day.toordinal(),
            "record": CARE_ACT.seal(self._sealer, vault, act.id, record),
        }
        values = self._coded.stamped(CODED, row, was)
        if was is None:
            self._runner.run(_ADD, **values)
        else:
            new = {f"new_{name}": values[name] for name in _CHANGED}
            self._runner.run(_CHANGE, vault=vault, act=act.id, **new)

    def listed(
        self, vault: VaultId, since: date, limit: int, *, kind: CareKind | None = None,
        before: tuple[date, int] | None = None,
    ) -> Sequence[CareAct]:
        """List, the newest first."""
        until, below = (before[0].toordinal(), before[1]) if before else (_LAST, 0)
        place = {"vault": vault, "since": since.toordinal(), "until": until, "below": below, "count": limit}
        if kind is None:
            rows = self._runner.rows(_ALL, **place)
        else:
            rows = self._runner.rows(_OF_KIND, series=self._series(vault, kind), **place)
        found = []
        for row in rows:
            try:
                if self._coded.holds(CODED, row):
                    found.append(self._opened(vault, row))
            except SealBroken:
                self._sealer.tell_damage(vault, "act of care", row[_NUMBER])
        return found

    def counts(self, vault: VaultId, since: date) -> Mapping[CareKind, int]:
        """Count by kind along the index."""
        counted: dict[bytes, int] = dict(self._runner.rows(_COUNTS, vault=vault, since=since.toordinal()))
        by_kind = {kind: counted.get(self._series(vault, kind), 0) for kind in CareKind}
        return {kind: count for kind, count in by_kind.items() if count}

    def remove(self, vault: VaultId, number: int) -> bool:
        """Remove one for good."""
        row = self._row(vault, number)
        if row is not None:
            self._remove(vault, row)
        return row is not None

    def remove_before(self, vault: VaultId, day: date, limit: int) -> int:
        """Remove for good what is older than a day."""
        rows = self._runner.rows(_OLD, vault=vault, day=day.toordinal(), count=limit)
        held = [row for row in rows if self._coded.holds(CODED, row)]
        for row in held:
            self._remove(vault, row)
        return len(held)

    def outdated(self, day: date, limit: int) -> Sequence[VaultId]:
        """List spaces that have something older than a day."""
        return [VaultId(row[0]) for row in self._runner.rows(_OUTDATED, day=day.toordinal(), count=limit)]

    def _remove(self, vault: VaultId, row: Row) -> None:
        self._runner.run(_REMOVE, vault=vault, act=row[_NUMBER])
        self._coded.taken_away(CODED, vault, row)

    def _row(self, vault: VaultId, number: int) -> Row | None:
        row = self._runner.row(_GET, vault=vault, act=number)
        return row if row is not None and self._coded.holds(CODED, row) else None

    def _opened(self, vault: VaultId, row: Row) -> CareAct:
        number = row[_NUMBER]
        record = CARE_ACT.open(self._sealer, vault, number, row[_RECORD])
        return CareAct(
            id=number,
            kind=CareKind(record.kind),
            day=date.fromisoformat(record.day),
            lines=tuple(CareLine(label, quantity) for label, quantity in record.lines),
            told_at=datetime.fromisoformat(record.told_at),
            until=date.fromisoformat(record.until) if record.until else None,
            performer=record.performer,
            place=record.place,
            told_by=record.told_by,
            source=record.source,
        )

    def _series(self, vault: VaultId, kind: CareKind) -> bytes:
        return self._sealer.digest("care", vault.to_bytes(8, "big"), kind.value.encode())[:16]

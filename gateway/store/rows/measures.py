"""Measures: coded rows, each with all versions of one; read along an index by kind and instant, in pieces."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select, tuple_, update

from gateway.domain.errors import SealBroken
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import VaultId
from gateway.domain.measures import (
    FollowedSet,
    Measure,
    MeasuredValue,
    MeasureGoal,
    MeasureKind,
    MeasurePlan,
    MeasureVersion,
)
from gateway.domain.profile import Writer
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import MEASURE as CODED_MEASURE
from gateway.store.seal.measure_records import (
    FollowedRecord,
    MeasureGoalRecord,
    MeasurePlanRecord,
    MeasureRecord,
    MeasureVersionRecord,
)
from gateway.store.seal.records import MEASURE, MEASURE_PLAN
from gateway.store.seal.sealer import Sealer

_M, _P = schema.measure, schema.measure_plan
_vault = parameter("vault")
_COLUMNS = CODED_MEASURE.selected()
_RECORD = CODED_MEASURE.columns.index("record")
_NUMBER = CODED_MEASURE.columns.index("measure")
_this = (_M.c.vault == _vault, _M.c.measure == parameter("measure"))
_of_series = (_M.c.vault == _vault, _M.c.series == parameter("series"), _M.c.measured >= parameter("since"))
_ADD = insert(_M)
_CHANGE = (
    update(_M)
    .where(*_this)
    .values({name: parameter(f"new_{name}") for name in ("series", "measured", "record", "version", "code")})
)
_GET = select(*_COLUMNS).where(*_this)
_NEWEST = (
    select(*_COLUMNS)
    .where(*_of_series, tuple_(_M.c.measured, _M.c.measure) < tuple_(parameter("until"), parameter("below")))
    .order_by(_M.c.measured.desc(), _M.c.measure.desc())
    .limit(parameter("count"))
)
_COUNT = select(func.count()).where(*_of_series, _M.c.measured < parameter("until"))
_OLDEST = select(func.min(_M.c.measured)).where(*_of_series)
_PLAN = select(_P.c.record).where(_P.c.vault == _vault)
_plan = insert(_P)
_KEEP_PLAN = _plan.on_conflict_do_update(index_elements=[_P.c.vault], set_={"record": _plan.excluded.record})
_FIRST, _LAST = -(2**62), 2**62


class MeasureRows:
    """Implements `gateway.ports.measures.Measures`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def get(self, vault: VaultId, number: int) -> Measure | None:
        """Read one."""
        row = self._row(vault, number)
        if row is None:
            return None
        with self._sealer.telling(vault, "measure", number):
            return self._opened(vault, row)

    def add(self, vault: VaultId, measure: Measure) -> None:
        """Write a new one."""
        self._runner.run(_ADD, **self._coded.stamped(CODED_MEASURE, self._values(vault, measure)))

    def change(self, vault: VaultId, measure: Measure) -> None:
        """Write another version."""
        was = self._row(vault, measure.id)
        values = self._coded.stamped(CODED_MEASURE, self._values(vault, measure), was)
        new = {f"new_{name}": values[name] for name in ("series", "measured", "record", "version", "code")}
        self._runner.run(_CHANGE, vault=vault, measure=measure.id, **new)

    def newest(
        self, vault: VaultId, kind: MeasureKind, limit: int, *, since: datetime | None = None,
        before: tuple[datetime, int] | None = None, deleted: bool = False,
    ) -> Sequence[Measure]:
        """List, the newest first."""
        until, below = (micros_of(before[0]), before[1]) if before else (_LAST, 0)
        rows = self._runner.rows(
            _NEWEST,
            vault=vault,
            series=self._series(vault, kind, deleted=deleted),
            since=_FIRST if since is None else micros_of(since),
            until=until,
            below=below,
            count=limit,
        )
        found = []
        for row in rows:
            try:
                if self._coded.holds(CODED_MEASURE, row):
                    found.append(self._opened(vault, row))
            except SealBroken:
                self._sealer.tell_damage(vault, "measure", row[_NUMBER])
        return found

    def count(self, vault: VaultId, kind: MeasureKind, since: datetime, until: datetime) -> int:
        """Count along the index."""
        series = self._series(vault, kind, deleted=False)
        low, high = micros_of(since), micros_of(until)
        return int(self._runner.rows(_COUNT, vault=vault, series=series, since=low, until=high)[0][0])

    def first_instant(self, vault: VaultId, kind: MeasureKind, since: datetime | None) -> datetime | None:
        """Look at the end of the index."""
        series = self._series(vault, kind, deleted=False)
        low = _FIRST if since is None else micros_of(since)
        first = self._runner.rows(_OLDEST, vault=vault, series=series, since=low)[0][0]
        return None if first is None else instant_of(first)

    def plan(self, vault: VaultId) -> MeasurePlan:
        """Read goals and sets."""
        row = self._runner.row(_PLAN, vault=vault)
        if row is None:
            return MeasurePlan()
        with self._sealer.telling(vault, "goals of measures", 0):
            record = MEASURE_PLAN.open(self._sealer, vault, 0, row[0])
        goals = {
            MeasureKind(kind): MeasureGoal(
                bounds=tuple((_number(low), _number(high)) for low, high in goal.bounds), version=goal.version
            )
            for kind, goal in record.goals.items()
        }
        followed = {
            code: FollowedSet(since=date.fromisoformat(one.since), event=one.event)
            for code, one in record.followed.items()
        }
        return MeasurePlan(goals=goals, followed=followed)

    def keep_plan(self, vault: VaultId, plan: MeasurePlan) -> None:
        """Keep goals and sets."""
        goals = {
            kind.value: MeasureGoalRecord(
                bounds=tuple((_text(low), _text(high)) for low, high in goal.bounds), version=goal.version
            )
            for kind, goal in plan.goals.items()
        }
        followed = {
            code: FollowedRecord(since=one.since.isoformat(), event=one.event) for code, one in plan.followed.items()
        }
        record = MeasurePlanRecord(goals=goals, followed=followed)
        self._runner.run(_KEEP_PLAN, vault=vault, record=MEASURE_PLAN.seal(self._sealer, vault, 0, record))

    def _row(self, vault: VaultId, number: int) -> Row | None:
        row = self._runner.row(_GET, vault=vault, measure=number)
        return row if row is not None and self._coded.holds(CODED_MEASURE, row) else None

    def _values(self, vault: VaultId, measure: Measure) -> dict[str, object]:
        record = MeasureRecord(
            kind=measure.kind.value, versions=tuple(map(_version_record, (*measure.earlier, measure.now)))
        )
        return {
            "vault": vault,
            "measure": measure.id,
            "series": self._series(vault, measure.kind, deleted=measure.now.is_deleted),
            "measured": micros_of(measure.now.value.at),
            "record": MEASURE.seal(self._sealer, vault, measure.id, record),
        }

    def _opened(self, vault: VaultId, row: Row) -> Measure:
        number = row[_NUMBER]
        record = MEASURE.open(self._sealer, vault, number, row[_RECORD])
        *earlier, now = map(_version_of, record.versions)
        return Measure(id=number, kind=MeasureKind(record.kind), now=now, earlier=tuple(earlier))

    def _series(self, vault: VaultId, kind: MeasureKind, *, deleted: bool) -> bytes:
        named = f"{kind.value} deleted" if deleted else kind.value
        return self._sealer.digest("measure", vault.to_bytes(8, "big"), named.encode())[:16]


def _version_record(version: MeasureVersion) -> MeasureVersionRecord:
    value = version.value
    return MeasureVersionRecord(
        at=value.at.isoformat(),
        numbers=tuple(format(number, "f") for number in value.numbers),
        unit=value.unit,
        is_timed=value.is_timed,
        note=value.note,
        written_by=version.written_by.value,
        written_at=version.written_at.isoformat(),
        is_deleted=version.is_deleted,
    )


def _version_of(record: MeasureVersionRecord) -> MeasureVersion:
    value = MeasuredValue(
        at=datetime.fromisoformat(record.at),
        is_timed=record.is_timed,
        numbers=tuple(map(Decimal, record.numbers)),
        unit=record.unit,
        note=record.note,
    )
    return MeasureVersion(
        value=value,
        written_by=Writer(record.written_by),
        written_at=datetime.fromisoformat(record.written_at),
        is_deleted=record.is_deleted,
    )


def _text(bound: Decimal | None) -> str:
    return "" if bound is None else format(bound, "f")


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None

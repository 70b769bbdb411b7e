"""What is told of the trace, and how far each profile has read; who a profile is, by a keyed digest."""

from datetime import datetime

from sqlalchemy import and_, case, func, select

from gateway.domain.audit import AuditEvent
from gateway.domain.happenings import is_told
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.rows.audit import AuditRows, event_of
from gateway.store.seal.records import AUDIT
from gateway.store.seal.sealer import Sealer

_H, _M, _A = schema.happening, schema.read_mark, schema.audit
_vault = parameter("vault")
_TOLD = (
    select(_A.c.seq, _A.c.at, _A.c.record)
    .join(_H, and_(_H.c.vault == _A.c.vault, _H.c.seq == _A.c.seq))
    .where(_H.c.vault == _vault)
    .order_by(_H.c.seq.desc())
    .limit(parameter("count"))
)
_COUNT = select(func.count()).where(_H.c.vault == _vault, _H.c.at > parameter("after"))
_MARK = select(_M.c.at).where(_M.c.vault == _vault, _M.c.profile == parameter("profile"))
_mark = insert(_M)
_SET_MARK = _mark.on_conflict_do_update(
    index_elements=[_M.c.vault, _M.c.profile],
    set_={"at": case((_mark.excluded.at > _M.c.at, _mark.excluded.at), else_=_M.c.at)},
)


class HappeningRows:
    """Implements `gateway.ports.happenings.Happenings`."""

    def __init__(self, runner: Runner, sealer: Sealer, audit: AuditRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._audit = audit

    def told(self, vault: VaultId, limit: int) -> list[AuditEvent]:
        """List what is told, newest first."""
        self._audit.settle()
        rows = self._runner.rows(_TOLD, vault=vault, count=limit)
        events = (event_of(instant_of(at), AUDIT.open(self._sealer, vault, seq, record)) for seq, at, record in rows)
        return [event for event in events if is_told(event)]

    def count(self, vault: VaultId, after: datetime) -> int:
        """Count what is told of later than an instant."""
        self._audit.settle()
        return int(self._runner.rows(_COUNT, vault=vault, after=micros_of(after))[0][0])

    def read_until(self, vault: VaultId, profile: str) -> datetime | None:
        """Say up to which instant a profile has marked everything as read."""
        row = self._runner.row(_MARK, vault=vault, profile=self._digest(vault, profile))
        return instant_of(row[0]) if row else None

    def mark_read(self, vault: VaultId, profile: str, until: datetime) -> None:
        """Mark everything up to an instant as read; what was marked later stays."""
        self._runner.run(_SET_MARK, vault=vault, profile=self._digest(vault, profile), at=micros_of(until))

    def _digest(self, vault: VaultId, profile: str) -> bytes:
        return self._sealer.digest("read-mark", vault.to_bytes(8, "big"), profile.encode())[:16]

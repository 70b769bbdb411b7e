"""Archives of spaces: one sealed record a space."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from gateway.domain.instants import micros_of
from gateway.domain.mailbox import BlobRef, VaultId
from gateway.domain.own_export import ExportState, OwnExport
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.seal.own_export_record import OwnExportRecord
from gateway.store.seal.records import OWN_EXPORT
from gateway.store.seal.sealer import Sealer

_E = schema.own_export
_mine = _E.c.vault == parameter("vault")
_row = insert(_E)
_SAVE = _row.on_conflict_do_update(
    index_elements=[_E.c.vault], set_={name: _row.excluded[name] for name in ("until", "record")}
)
_GET = select(_E.c.record).where(_mine)
_DROP = delete(_E).where(_mine)
_OVER = select(_E.c.vault).where(_E.c.until <= parameter("now")).limit(parameter("count"))


class OwnExportRows:
    """Implements `gateway.ports.own_exports.KeptExports`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def get(self, vault: VaultId) -> OwnExport | None:
        """Read that of a space."""
        row = self._runner.row(_GET, vault=vault)
        if row is None:
            return None
        record = OWN_EXPORT.open(self._sealer, vault, 0, row[0])
        return OwnExport(
            vault=vault,
            number=record.number,
            state=ExportState(record.state),
            asked_at=datetime.fromisoformat(record.asked_at),
            until=datetime.fromisoformat(record.until),
            made_at=datetime.fromisoformat(record.made_at) if record.made_at else None,
            size=record.size,
            damaged=record.damaged,
            key=record.key,
            fingerprint=record.fingerprint,
            pieces=tuple(map(BlobRef, record.pieces)),
            asked_by=VaultId(record.asked_by) if record.asked_by else None,
        )

    def save(self, export: OwnExport) -> None:
        """Insert or replace that of a space."""
        record = OwnExportRecord(
            number=export.number,
            state=export.state.value,
            asked_at=export.asked_at.isoformat(),
            until=export.until.isoformat(),
            made_at=export.made_at.isoformat() if export.made_at else "",
            size=export.size,
            damaged=export.damaged,
            key=export.key,
            fingerprint=export.fingerprint,
            pieces=tuple(piece.id for piece in export.pieces),
            asked_by=export.asked_by or 0,
        )
        sealed = OWN_EXPORT.seal(self._sealer, export.vault, 0, record)
        self._runner.run(_SAVE, vault=export.vault, until=micros_of(export.until), record=sealed)

    def drop(self, vault: VaultId) -> None:
        """Forget it."""
        self._runner.run(_DROP, vault=vault)

    def over(self, now: datetime, limit: int) -> Sequence[VaultId]:
        """List spaces whose archive is to be removed."""
        return [VaultId(row[0]) for row in self._runner.rows(_OVER, now=micros_of(now), count=limit)]

"""Tombstones of erased spaces: a keyed digest of the address, and when; each bears a code of the operator's.

A row that was changed, or put there, is passed over. It never changes, so its code needs no version.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import LargeBinary, cast, select

from gateway.domain.address import MailAddress
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.seal.sealer import Sealer

_E = schema.erased
_ROW = (_E.c.vault, cast(_E.c.digest, LargeBinary), _E.c.at, cast(_E.c.code, LargeBinary))
_ADD = insert(_E).on_conflict_do_nothing()
_OF_ADDRESS = select(*_ROW).where(_E.c.digest == parameter("digest")).order_by(_E.c.at.desc())
_OF_VAULT = select(*_ROW).where(_E.c.vault == parameter("vault"))
_SINCE = select(*_ROW).where(_E.c.at >= parameter("at")).order_by(_E.c.at)


class ErasedRows:
    """Implements `gateway.ports.erasures.Erasures`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def add(self, vault: VaultId, address: MailAddress, at: datetime) -> None:
        """Note that a space is being erased; noted again, the first instant stays."""
        said = {"vault": vault, "digest": self._digest(address), "at": micros_of(at)}
        self._runner.run(_ADD, **said, code=self._code(tuple(said.values())))

    def of(self, vault: VaultId) -> datetime | None:
        """Say when a space was erased; None when it was not."""
        row = self._runner.row(_OF_VAULT, vault=vault)
        return instant_of(row[2]) if row is not None and self._is_ours(row) else None

    def at(self, address: MailAddress) -> datetime | None:
        """Say when the space of an address was erased last; None when none was."""
        rows = self._runner.rows(_OF_ADDRESS, digest=self._digest(address))
        return next((instant_of(row[2]) for row in rows if self._is_ours(row)), None)

    def since(self, instant: datetime) -> Sequence[tuple[VaultId, datetime]]:
        """List spaces that were erased at an instant or later, the oldest first."""
        rows = self._runner.rows(_SINCE, at=micros_of(instant))
        return [(VaultId(row[0]), instant_of(row[2])) for row in rows if self._is_ours(row)]

    def _digest(self, address: MailAddress) -> bytes:
        return self._sealer.digest("erased", str(address).encode())[:16]

    def _code(self, said: tuple[object, ...]) -> bytes:
        return self._sealer.row_digest(_E.name, said)[:16]

    def _is_ours(self, row: Row) -> bool:
        *said, code = row
        return isinstance(code, bytes) and hmac.compare_digest(code, self._code(tuple(said)))

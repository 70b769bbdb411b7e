"""Exchanges of a patient's space, found by a keyed digest of the correspondent."""

from datetime import datetime

from sqlalchemy import select

from gateway.domain.address import MailAddress
from gateway.domain.errors import SealBroken
from gateway.domain.exchange import Exchange, ExchangeState
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import EXCHANGE as CODED_EXCHANGE
from gateway.store.seal.records import EXCHANGE, ExchangeRecord
from gateway.store.seal.sealer import Sealer, object_of

_X = schema.exchange
_COLUMNS = CODED_EXCHANGE.selected()
_GET = select(*CODED_EXCHANGE.selected_with_head()).where(
    _X.c.vault == parameter("vault"), _X.c.correspondent == parameter("correspondent")
)
_ALL = select(*_COLUMNS).where(_X.c.vault == parameter("vault"))
_new = insert(_X)
_PUT = _new.on_conflict_do_update(
    index_elements=[_X.c.vault, _X.c.correspondent],
    set_={name: _new.excluded[name] for name in ("state", "record", "version", "code")},
)


class ExchangeRows:
    """Implements `gateway.ports.exchanges.Exchanges`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def get(self, vault: VaultId, correspondent: MailAddress) -> Exchange | None:
        """Read one; one that was bent or taken away has ended, so that nobody writes in it."""
        digest = self._digest(vault, correspondent)
        row = self._runner.row(_GET, vault=vault, correspondent=digest)
        if row is not None and self._coded.holds_with_head(CODED_EXCHANGE, row):
            return self._exchange_of(vault, row)
        if row is None and not self._coded.knows(CODED_EXCHANGE, vault, digest):
            return None
        if row is None:
            self._coded.alarm(_X.name, vault)
        return Exchange(correspondent, ExchangeState.ENDED)

    def put(self, vault: VaultId, exchange: Exchange) -> None:
        """Insert or replace."""
        digest = self._digest(vault, exchange.correspondent)
        record = ExchangeRecord(
            correspondent=str(exchange.correspondent),
            name=exchange.name,
            changed_at=exchange.changed_at.isoformat() if exchange.changed_at else "",
        )
        row = {
            "vault": vault,
            "correspondent": digest,
            "state": exchange.state.value,
            "record": EXCHANGE.seal(self._sealer, vault, object_of(digest), record),
        }
        self._runner.run(_PUT, **self._coded.stamped(CODED_EXCHANGE, row))

    def all_of(self, vault: VaultId) -> list[Exchange]:
        """List all of a space, but for those that were bent."""
        found = []
        for row in self._runner.rows(_ALL, vault=vault):
            try:
                found += [self._exchange_of(vault, row)] if self._coded.holds(CODED_EXCHANGE, row) else []
            except SealBroken:
                self._sealer.tell_damage(vault, "exchange", object_of(row[1]))
        return found

    def _digest(self, vault: VaultId, correspondent: MailAddress) -> bytes:
        # The vault is part of it: equal digests would tell which patients share a doctor.
        return self._sealer.digest("correspondent", vault.to_bytes(8, "big"), str(correspondent).encode())[:16]

    def _exchange_of(self, vault: VaultId, row: Row) -> Exchange:
        _, digest, state, sealed, *_ = row
        record = EXCHANGE.open(self._sealer, vault, object_of(digest), sealed)
        at = datetime.fromisoformat(record.changed_at) if record.changed_at else None
        return Exchange(MailAddress.parse(record.correspondent), ExchangeState(state), record.name, at)

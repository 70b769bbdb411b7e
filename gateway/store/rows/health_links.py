"""Links by which patients share on the spot: one sealed record a link."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from gateway.domain.errors import SealBroken
from gateway.domain.health_links import HealthLink, LinkTicket, SharedReading
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.seal.health_link_record import HealthLinkRecord
from gateway.store.seal.records import HEALTH_LINK
from gateway.store.seal.sealer import Sealer

_L = schema.health_link
_one = (_L.c.vault == parameter("vault")) & (_L.c.link == parameter("link"))
_row = insert(_L)
_SAVE = _row.on_conflict_do_update(index_elements=[_L.c.vault, _L.c.link], set_={"record": _row.excluded["record"]})
_GET = select(_L.c.link, _L.c.record).where(_one)
_ALL = select(_L.c.link, _L.c.record).where(_L.c.vault == parameter("vault"))
_DROP = delete(_L).where(_one)


class HealthLinkRows:
    """Implements `gateway.ports.health_links.HealthLinkStore`."""

    def __init__(self, runner: Runner, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    def get(self, vault: VaultId, number: int) -> HealthLink | None:
        """Read one."""
        row = self._runner.row(_GET, vault=vault, link=number)
        return None if row is None else self._link(vault, row[0], row[1])

    def all_of(self, vault: VaultId) -> Sequence[HealthLink]:
        """List those of a space."""
        found = []
        for number, record in self._runner.rows(_ALL, vault=vault):
            try:
                found.append(self._link(vault, number, record))
            except SealBroken:
                self._sealer.tell_damage(vault, "health link", number)
        return found

    def save(self, link: HealthLink) -> None:
        """Insert or replace one."""
        record = HealthLinkRecord(
            made=link.made.isoformat(),
            until=link.until.isoformat(),
            parts=link.parts,
            passcode=link.passcode,
            file=link.file,
            tries_left=link.tries_left,
            readings=tuple((one.at.isoformat(), one.recipient) for one in link.readings),
            tickets=tuple((one.digest, one.until.isoformat()) for one in link.tickets),
        )
        sealed = HEALTH_LINK.seal(self._sealer, link.vault, link.number, record)
        self._runner.run(_SAVE, vault=link.vault, link=link.number, record=sealed)

    def drop(self, vault: VaultId, number: int) -> None:
        """Forget one."""
        self._runner.run(_DROP, vault=vault, link=number)

    def _link(self, vault: VaultId, number: int, sealed: bytes) -> HealthLink:
        record = HEALTH_LINK.open(self._sealer, vault, number, sealed)
        at = datetime.fromisoformat
        return HealthLink(
            vault=vault,
            number=number,
            made=at(record.made),
            until=at(record.until),
            parts=record.parts,
            passcode=record.passcode,
            file=record.file,
            tries_left=record.tries_left,
            readings=tuple(SharedReading(at=at(when), recipient=who) for when, who in record.readings),
            tickets=tuple(LinkTicket(digest=digest, until=at(until)) for digest, until in record.tickets),
        )

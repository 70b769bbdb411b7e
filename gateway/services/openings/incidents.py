"""Whose records an account read between two instants, and which data: for the operator, after a theft (E86, A23).

The readings in the professional's vault say whose traces to look at; what was reached is what those traces say. So a
record that was opened and never read is listed with its opening alone, and nobody is listed without a line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.domain.access import Role
from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import NotFound
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of

_PIECE = 500
"""Lines of a trace that are read at a time."""
_REFUSED = frozenset({"access.refused", "access-code.refused"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReachedPerson:
    """One person, and the lines that the account left in their trace, the oldest first.

    Attributes:
        space: whose; None when it was erased since.
    """

    vault: VaultId
    space: Space | None
    lines: Sequence[AuditEvent]

    @property
    def data(self) -> tuple[str, ...]:
        """Name what was touched, each once: objects and kinds of data, as the trace calls them."""
        named = (name for line in self.lines for name in (*line.objects, *line.data))
        return tuple(dict.fromkeys(named))


class Incidents:
    """Finds what one account has read."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def reached(
        self, account: MailAddress, first: datetime, until: datetime, mailboxes: Sequence[MailAddress] = ()
    ) -> Sequence[ReachedPerson]:
        """List whose records it read from an instant to before another, in the order of the first line of each.

        `mailboxes` are all that its holder has here: whoever stole a card came in by any of them.

        Raises:
            NotFound: no mailbox here has this address.
        """
        found = await self._store.read(lambda tx: tx.spaces.resolve(account))
        if found is None:
            raise NotFound(f"no mailbox here has the address {account}")
        accounts = frozenset(map(str, (account, *mailboxes)))
        # A visit may go on past the midnight after which it is no longer counted.
        days = local_day(first) - timedelta(days=1), local_day(until)
        persons = await self._store.read(lambda tx: _persons(tx, (account, *mailboxes), *days))
        reached = []
        for person in persons:
            lines = await self._lines(person, accounts, first, until)
            if lines:
                reached.append(ReachedPerson(vault=person, space=await self._space(person), lines=lines))
        await self._note(account, first, until, len(reached))
        return sorted(reached, key=lambda one: one.lines[0].at)

    async def _lines(
        self, person: VaultId, accounts: frozenset[str], first: datetime, until: datetime
    ) -> list[AuditEvent]:
        since, found = 0, list[AuditEvent]()
        while links := await self._store.read(lambda tx, at=since: tx.audit.links(person, at, _PIECE)):  # type: ignore[misc]
            since = links[-1].seq
            found += [link.event for link in links if link.event and _is_theirs(link.event, accounts, first, until)]
        return found

    async def _space(self, person: VaultId) -> Space | None:
        def look(tx: Tx) -> Space | None:
            try:
                return tx.spaces.space(person)
            except NotFound:
                return None

        return await self._store.read(look)

    async def _note(self, account: MailAddress, first: datetime, until: datetime, persons: int) -> None:
        detail = f"{account}, {first.isoformat()} to {until.isoformat()}: {persons} persons"
        event = operator_of(OPERATOR).event(self._clock.now(), "incident.listed", detail=detail)
        await self._store.write(lambda tx: tx.audit.append(OPERATOR, event))


def _persons(tx: Tx, accounts: Iterable[MailAddress], first: date, last: date) -> Sequence[VaultId]:
    homes = dict.fromkeys(found[0] for one in accounts if (found := tx.spaces.resolve(one)) is not None)
    readings = (reading for home in homes for reading in tx.record_openings.readings(home, first, last))
    return list(dict.fromkeys(reading.person for reading in readings))


def _is_theirs(event: AuditEvent, accounts: frozenset[str], first: datetime, until: datetime) -> bool:
    is_by_them = event.actor in accounts and event.role == Role.PROFESSIONAL.value
    return is_by_them and first <= event.at < until and event.action not in _REFUSED

"""What waits for an agent, of every kind in one list: codes, representatives, doubted documents, requests.

A kind lists what waits and settles one; a new one is a function here and a line of `desk_kinds`. The list names
nobody: an agent opens an entry first, which that person's trace says.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Actor
from gateway.domain.agents import AgentEntry
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.rights_requests import RightsRequest
from gateway.ports.clock import Clock
from gateway.ports.store import Store
from gateway.services.access.actors import agent_in
from gateway.services.agents.agent_looks import AgentLooks
from gateway.services.representation.denials import Denials
from gateway.services.requests.request_queue import RequestQueue
from gateway.services.space.agent_queue import AgentQueue
from gateway.services.withholding.document_doubts import DoubtQueue

LISTED = 50
"""Things of one kind that are listed at once, the longest first: what is settled makes room for the next."""
By = Callable[[VaultId], Actor]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeskEntry:
    """One thing that waits.

    Attributes:
        vault: whose space; None for what is nobody's here.
        number: names it among those of its kind in that space.
        facts: what an agent is shown of it, by names that pages have words for; never content.
    """

    vault: VaultId | None
    number: int
    since: datetime
    times: int = 1
    facts: Mapping[str, str]


Settle = Callable[[By, VaultId, int, str, str], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskKind:
    """A kind of things that wait.

    Attributes:
        waiting: lists them, the longest first.
        decisions: names of what may be decided; none where something else settles it.
        settle: settles one, given who acts in a space, space, number, decision and reason; raises `NotFound`.
    """

    waiting: Callable[[], Awaitable[Sequence[DeskEntry]]]
    decisions: tuple[str, ...] = ()
    settle: Settle | None = None


def _codes(store: Store, clock: Clock) -> DeskKind:
    """Who asked for a code and was sent none (A26); handing one out settles it."""

    async def waiting() -> Sequence[DeskEntry]:
        return [
            DeskEntry(
                vault=one.space.vault if one.space else None,
                number=0,
                since=one.since,
                times=one.times,
                facts={"why": one.why.name.lower()},
            )
            for one in await AgentQueue(store, clock).codes(LISTED)
        ]

    return DeskKind(waiting=waiting)


def _representatives(store: Store, clock: Clock) -> DeskKind:
    """Who said not to be the legal representative of a minor (E74)."""

    async def waiting() -> Sequence[DeskEntry]:
        return [
            DeskEntry(
                vault=one.space.vault, number=one.mandate.number, since=one.since, facts={"who": one.mandate.name}
            )
            for one in await Denials(store, clock).waiting(LISTED)
        ]

    async def settle(by: By, vault: VaultId, number: int, decision: str, reason: str) -> None:
        is_one = decision == "is-representative"
        await Denials(store, clock, by).settle(vault, number, is_representative=is_one, reason=reason)

    return DeskKind(waiting=waiting, decisions=("is-not", "is-representative"), settle=settle)


def _doubts(store: Store, clock: Clock) -> DeskKind:
    """Documents of which their patient says that they are not theirs (E80); no agent reads any."""

    async def waiting() -> Sequence[DeskEntry]:
        return [
            DeskEntry(vault=one.vault, number=one.document, since=one.doubt.said_at, facts={"sender": one.sender})
            for one in await DoubtQueue(store, clock).waiting(LISTED)
            if one.doubt is not None
        ]

    async def settle(by: By, vault: VaultId, number: int, decision: str, reason: str) -> None:
        is_theirs = decision == "give-back"
        await DoubtQueue(store, clock, by).settle(vault, number, is_theirs=is_theirs, reason=reason)

    return DeskKind(waiting=waiting, decisions=("give-back", "keep-aside"), settle=settle)


def _requests(store: Store, clock: Clock) -> DeskKind:
    """What people asked for about health data, and nobody has answered (F89, F90); its words are not for agents."""

    async def waiting() -> Sequence[DeskEntry]:
        return [
            DeskEntry(vault=one.vault, number=one.number, since=one.request.asked_at, facts=_asked(one.request))
            for one in await RequestQueue(store, clock).waiting(LISTED)
            if one.request is not None
        ]

    async def settle(by: By, vault: VaultId, number: int, decision: str, reason: str) -> None:
        is_granted = decision == "answered"
        await RequestQueue(store, clock, by).answer(vault, number, is_granted=is_granted, reason=reason)

    return DeskKind(waiting=waiting, decisions=("answered", "refused"), settle=settle)


def _asked(request: RightsRequest) -> Mapping[str, str]:
    due = request.clocks.latest.isoformat() if request.clocks else ""
    return {"asks": request.kind.value, "to": request.to, "due": due, "overdue": "1" if request.overdue else ""}


def desk_kinds(store: Store, clock: Clock) -> Mapping[str, DeskKind]:
    """Give the kinds by the names that addresses of pages have for them, in the order of the list."""
    return {
        "code": _codes(store, clock),
        "representant": _representatives(store, clock),
        "document": _doubts(store, clock),
        "demande": _requests(store, clock),
    }


class DeskQueue:
    """The list of all that waits, and what agents do with one entry."""

    def __init__(self, looks: AgentLooks, kinds: Mapping[str, DeskKind]) -> None:
        self._looks = looks
        self._kinds = kinds

    async def waiting(self) -> Mapping[str, Sequence[DeskEntry]]:
        """List what waits, by kind, `LISTED` of each at most."""
        return {name: await kind.waiting() for name, kind in self._kinds.items()}

    async def open(self, agent: AgentEntry, kind: str, vault: VaultId, number: int, reason: str) -> None:
        """Let an agent see whose an entry is; that person's trace says so. Raises `NotFound`: it waits no more."""
        await self._entry(kind, vault, number)
        await self._looks.open(agent, vault, reason)

    async def entry(
        self, agent: AgentEntry, kind: str, vault: VaultId, number: int
    ) -> tuple[DeskEntry, tuple[str, ...]]:
        """Give an entry that this agent opened, and what may be decided. Raises `NotFound`."""
        await self._looks.seen(agent, vault)
        return await self._entry(kind, vault, number), self._kinds[kind].decisions

    async def settle(
        self, agent: AgentEntry, kind: str, vault: VaultId, number: int, decision: str, reason: str
    ) -> None:
        """Settle an entry that this agent opened. Raises `NotFound`: it waits no more, or that cannot be decided."""
        await self._looks.seen(agent, vault)
        await self._entry(kind, vault, number)
        known = self._kinds[kind]
        if known.settle is None or decision not in known.decisions:
            raise NotFound("that cannot be decided of this")
        await known.settle(lambda one: agent_in(one, agent, reason), vault, number, decision, reason)

    async def _entry(self, kind: str, vault: VaultId, number: int) -> DeskEntry:
        waiting = await self._kinds[kind].waiting() if kind in self._kinds else ()
        found = next((one for one in waiting if (one.vault, one.number) == (vault, number)), None)
        if found is None:
            raise NotFound("no such entry waits")
        return found

"""What waits for agents, over `gateway.services.agents.desk_queue`."""

from collections.abc import Mapping, Sequence

from gateway.domain.agents import AgentEntry
from gateway.domain.mailbox import VaultId
from webagent.persons.model import ShownPerson, shown_person
from webagent.queue.model import ShownEntry, shown_entry
from webagent.queue.wording import DECISIONS, REASONS, lines_of
from webagent.services import AgentServices
from webmail.references import number_of

_NONE = "0"
"""The number of an entry that is the only one of its kind in a space."""


class DeskPages:
    """Implements `webagent.queue.port.QueueDesk`."""

    def __init__(self, services: AgentServices) -> None:
        self._queue = services.queue
        self._looks = services.looks

    async def waiting(self) -> Mapping[str, Sequence[ShownEntry]]:
        """List what waits, by kind, without a name."""
        found = await self._queue.waiting()
        # Who said no, and who sent or is asked, names the person too: that is on the entry's own page.
        return {
            kind: [shown_entry(kind, one, _public(kind, lines_of(one))) for one in entries]
            for kind, entries in found.items()
        }

    async def open(self, agent: AgentEntry, kind: str, reference: str, number: str) -> None:
        """Let an agent see whose an entry is."""
        await self._queue.open(agent, kind, _vault(reference), _number(number), REASONS.get(kind, ""))

    async def entry(
        self, agent: AgentEntry, kind: str, reference: str, number: str
    ) -> tuple[ShownEntry, ShownPerson]:
        """Give an entry, and the person whom it concerns."""
        found, decisions = await self._queue.entry(agent, kind, _vault(reference), _number(number))
        offered = tuple((name, *DECISIONS[name]) for name in decisions)
        person = shown_person(await self._looks.seen(agent, _vault(reference)))
        return shown_entry(kind, found, lines_of(found), offered), person

    async def settle(
        self, agent: AgentEntry, kind: str, reference: str, number: str, decision: str, reason: str
    ) -> None:
        """Settle an entry."""
        await self._queue.settle(agent, kind, _vault(reference), _number(number), decision, reason)


def _public(kind: str, lines: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(line for line in lines if kind == "code" or line[0] in ("Demande", "Dernier jour", "Retard"))


def _vault(reference: str) -> VaultId:
    return VaultId(number_of(reference))


def _number(number: str) -> int:
    return 0 if number == _NONE else number_of(number)

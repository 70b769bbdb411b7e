"""Persons for agents, over `gateway.services.agents`."""

from datetime import date

from gateway.domain.agents import AgentEntry
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import VaultId
from gateway.services.agents.agent_looks import LookFault
from webagent.persons.model import ShownPerson, shown_person
from webagent.services import AgentServices
from webmail.references import number_of, reference_of


class Persons:
    """Implements `webagent.persons.port.PersonDesk`."""

    def __init__(self, services: AgentServices) -> None:
        self._looks = services.looks
        self._acts = services.acts

    async def find(self, entry: AgentEntry, number: str, born: BirthDate, reason: str) -> str | LookFault:
        """Give a reference to whoever has this number and birth date."""
        found = await self._looks.find(entry, number, born, reason)
        return found if isinstance(found, LookFault) else reference_of(found)

    async def person(self, entry: AgentEntry, reference: str) -> ShownPerson:
        """Give a person."""
        return shown_person(await self._looks.seen(entry, _vault(reference)))

    async def oppose(self, entry: AgentEntry, reference: str, reason: str) -> None:
        """Note that they refuse their space."""
        await self._acts.oppose(entry, _vault(reference), reason)

    async def proof(self, entry: AgentEntry, reference: str) -> bytes:
        """Make the proof of a refusal (PDF)."""
        return await self._acts.proof_of(entry, _vault(reference))

    async def hand_out_code(self, entry: AgentEntry, reference: str, reason: str) -> str:
        """Give a new code."""
        return await self._acts.hand_out_code(entry, _vault(reference), reason)

    async def note_death(self, entry: AgentEntry, reference: str, on: date, reason: str) -> None:
        """Note that they died on a day."""
        await self._acts.note_death(entry, _vault(reference), on, reason)

    async def take_back_death(self, entry: AgentEntry, reference: str, reason: str) -> None:
        """Take back a death that was noted by mistake."""
        await self._acts.take_back_death(entry, _vault(reference), reason)


def _vault(reference: str) -> VaultId:
    return VaultId(number_of(reference))

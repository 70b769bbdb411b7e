"""What the pages of persons ask of the services."""

from datetime import date
from typing import Protocol

from aiohttp import web

from gateway.domain.agents import AgentEntry
from gateway.domain.identity import BirthDate
from gateway.services.agents.agent_looks import LookFault
from webagent.persons.model import ShownPerson


class PersonDesk(Protocol):
    """Find persons, and do what they ask for.

    Every act raises `NotFound` for somebody whom this agent did not look for in the last half hour, and `Conflict`
    where the state of the space does not allow it. `reason` is what the agent wrote.
    """

    async def find(self, entry: AgentEntry, number: str, born: BirthDate, reason: str) -> str | LookFault:
        """Give a reference to whoever has this number and birth date."""
        ...

    async def person(self, entry: AgentEntry, reference: str) -> ShownPerson:
        """Give a person."""
        ...

    async def oppose(self, entry: AgentEntry, reference: str, reason: str) -> None:
        """Note that they refuse their space."""
        ...

    async def proof(self, entry: AgentEntry, reference: str) -> bytes:
        """Make the proof of a refusal (PDF)."""
        ...

    async def hand_out_code(self, entry: AgentEntry, reference: str, reason: str) -> str:
        """Give a new code."""
        ...

    async def note_death(self, entry: AgentEntry, reference: str, on: date, reason: str) -> None:
        """Note that they died on a day."""
        ...

    async def take_back_death(self, entry: AgentEntry, reference: str, reason: str) -> None:
        """Take back a death that was noted by mistake."""
        ...


PERSONS: web.AppKey[PersonDesk] = web.AppKey("agent_persons")
"""Where handlers find it on the application."""

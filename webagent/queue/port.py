"""What the pages of what waits ask of the services."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from aiohttp import web

from gateway.domain.agents import AgentEntry
from webagent.persons.model import ShownPerson
from webagent.queue.model import ShownEntry


class QueueDesk(Protocol):
    """List what waits, open and settle one; references are as addresses of pages have them.

    All but `waiting` raise `NotFound` for what waits no more; `entry` and `settle` also for what this agent did not
    open.
    """

    async def waiting(self) -> Mapping[str, Sequence[ShownEntry]]:
        """List what waits, by kind, without a name."""
        ...

    async def open(self, agent: AgentEntry, kind: str, reference: str, number: str) -> None:
        """Let an agent see whose an entry is."""
        ...

    async def entry(
        self, agent: AgentEntry, kind: str, reference: str, number: str
    ) -> tuple[ShownEntry, ShownPerson]:
        """Give an entry, and the person whom it concerns."""
        ...

    async def settle(
        self, agent: AgentEntry, kind: str, reference: str, number: str, decision: str, reason: str
    ) -> None:
        """Settle an entry."""
        ...


QUEUE: web.AppKey[QueueDesk] = web.AppKey("agent_queue")
"""Where handlers find it on the application."""

"""What the door of the agents' site asks of the services."""

from typing import Protocol

from aiohttp import web


class AgentDoor(Protocol):
    """The way in that the operator has opened."""

    @property
    def certificate_page(self) -> str:
        """Give the address at which a browser shows its certificate; empty when that way is not open."""
        ...


AGENT_DOOR: web.AppKey[AgentDoor] = web.AppKey("agent_door")
"""Where handlers find it on the application."""

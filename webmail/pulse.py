"""The state that every page shows, and what tells that it changed."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor

MOST_COUNTED = 100
"""New documents are counted up to here: every page does, and each is checked."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state that every page shows: badges, and a revision that is another one after every change.

    What is taken away changes it as well, so revisions have no order. A page reads its pulse before its content,
    then asks for changes since that revision: nothing that happens in between is missed.
    """

    revision: int
    unread: int
    new_documents: int
    news: int = 0


class LiveService(Protocol):
    """Tell what changes in a space."""

    async def pulse(self, actor: Actor) -> Pulse:
        """Give the present state; called by every page, so it reads counters, not lists."""
        ...

    def changes(self, actor: Actor, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse after each change, at once if the revision is not `since` any more.

        Changes may be coalesced. The iterator holds a subscription: it is closed with ``aclose``.
        """
        ...


LIVE: web.AppKey[LiveService] = web.AppKey("live")
"""Where handlers find it on the application."""

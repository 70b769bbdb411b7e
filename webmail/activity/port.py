"""What the page of the activity asks of the services."""

from collections.abc import AsyncIterator
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.activity.model import ActivityList, AskedActivity, ShownActivity, ShownProof


class ActivityService(Protocol):
    """Say who did what in a space."""

    async def activity(self, actor: Actor, asked: AskedActivity) -> ActivityList:
        """Give one page; the trace is written before."""
        ...

    async def all_activity(self, actor: Actor, asked: AskedActivity) -> AsyncIterator[tuple[ShownActivity, ...]]:
        """Give every line that is looked for, a piece at a time; the trace is written before the first."""
        ...

    async def trace_proof(self, actor: Actor) -> ShownProof | None:
        """Give what proves the trace; None when there is none yet, or none for whoever asks."""
        ...

    async def journal(self, actor: Actor) -> AsyncIterator[bytes]:
        """Give the trace with its hashes, a piece at a time. Raises `NotFound` where it is not for whoever asks."""
        ...


ACTIVITY: web.AppKey[ActivityService] = web.AppKey("activity")
"""Where handlers find it on the application."""

"""What the page of the activity asks of the services."""

from collections.abc import AsyncIterator
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.activity.model import ActivityList, AskedActivity, ShownActivity


class ActivityService(Protocol):
    """Say who did what in a space."""

    async def activity(self, actor: Actor, asked: AskedActivity) -> ActivityList:
        """Give one page; the trace is written before."""
        ...

    async def all_activity(self, actor: Actor, asked: AskedActivity) -> AsyncIterator[tuple[ShownActivity, ...]]:
        """Give every line that is looked for, a piece at a time; the trace is written before the first."""
        ...


ACTIVITY: web.AppKey[ActivityService] = web.AppKey("activity")
"""Where handlers find it on the application."""

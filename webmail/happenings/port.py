"""What the notification centre asks of the services."""

from datetime import datetime
from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.happenings.model import NewsItem


class NewsService(Protocol):
    """List what happened, and mark it as read."""

    async def news(self, actor: Actor) -> tuple[NewsItem, ...]:
        """List the last happenings, newest first; the trace is written before."""
        ...

    async def mark_news_read(self, actor: Actor, until: datetime) -> None:
        """Mark everything up to an instant as read, for this profile."""
        ...


NEWS: web.AppKey[NewsService] = web.AppKey("news")
"""Where handlers find it on the application."""

"""What « Paramètres » asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.preferences.model import NoticeChoice


class PreferenceService(Protocol):
    """Read and keep what a person chooses."""

    async def notice_choices(self, actor: Actor) -> tuple[NoticeChoice, ...]:
        """Give every kind of notice that may be switched off."""
        ...

    async def choose_notices(self, actor: Actor, wanted: frozenset[str]) -> None:
        """Switch on the kinds that are `wanted`, and off the others of `notice_choices`."""
        ...


PREFERENCES: web.AppKey[PreferenceService] = web.AppKey("preferences")
"""Where handlers find it on the application."""

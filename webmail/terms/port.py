"""What the terms of use ask of the services, once somebody is signed in."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.space.own_terms import TermsStanding


class TermsService(Protocol):
    """Say what somebody accepted, and keep what they accept."""

    async def terms_standing(self, actor: Actor) -> TermsStanding:
        """Give the version of today, and the one that was accepted."""
        ...

    async def accept_new_terms(self, actor: Actor, version: str) -> bool:
        """Keep that a version was accepted; False when it is not that of today."""
        ...


TERMS: web.AppKey[TermsService] = web.AppKey("terms")
"""Where handlers find it on the application."""

"""What « Sécurité » asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.sign_in.own_sign_in import SignInChange
from webmail.safety.model import OpenSession


class SafetyService(Protocol):
    """Look after one's own sessions, identifier and password; `present` is the digest of the session one is in."""

    async def open_sessions(self, actor: Actor, present: bytes) -> tuple[OpenSession, ...]:
        """List the browsers that are signed in."""
        ...

    async def end_session(self, actor: Actor, name: str) -> bool:
        """End one; False when there is none of one's own by that name."""
        ...

    async def end_other_sessions(self, actor: Actor, present: bytes) -> int:
        """End all others; say how many."""
        ...

    async def own_identifier(self, actor: Actor) -> str:
        """Give one's own identifier; empty when there is none."""
        ...

    async def change_own_password(
        self, actor: Actor, password: str, wanted: str, present: bytes, source: str
    ) -> SignInChange:
        """Take a new password; None when it is taken."""
        ...

    async def change_own_identifier(
        self, actor: Actor, password: str, wanted: str, present: bytes, source: str
    ) -> SignInChange:
        """Take a new identifier; None when it is taken."""
        ...


SAFETY: web.AppKey[SafetyService] = web.AppKey("safety")
"""Where handlers find it on the application."""

"""What « Sécurité » asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.sign_in.own_sign_in import SignInChange
from webmail.safety.model import OpenSession, OwnPasskey


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

    async def own_passkeys(self, actor: Actor) -> tuple[OwnPasskey, ...]:
        """List one's own passkeys."""
        ...

    async def ask_for_new_passkey(self, actor: Actor, session: str, site: str) -> str:
        """Give what a browser makes a passkey with, as JSON; `session` is the secret of its session."""
        ...

    async def add_passkey(self, actor: Actor, answer: str, session: str, site: str, name: str) -> bool:
        """Keep a new passkey; False when the answer is not right."""
        ...

    async def remove_passkey(self, actor: Actor, name: str) -> bool:
        """Take one away; False when there is none of one's own by that name."""
        ...


SAFETY: web.AppKey[SafetyService] = web.AppKey("safety")
"""Where handlers find it on the application."""

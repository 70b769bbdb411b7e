"""What « Sécurité » asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.sign_in.own_passkeys import PasskeyFault
from gateway.services.sign_in.own_sign_in import OwnSignInFault, OwnWays, SignInChange
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

    async def own_ways(self, actor: Actor, present: bytes) -> OwnWays:
        """Say what one signs in with, and whether one showed lately who one is."""
        ...

    async def prove_by_password(
        self, actor: Actor, password: str, present: bytes, source: str
    ) -> OwnSignInFault | None:
        """Show once more who one is; None when it is right."""
        ...

    def ask_for_proof(self, session: str, site: str) -> str:
        """Give what a browser is asked for a passkey with, as JSON, to show once more who one is."""
        ...

    async def prove_by_passkey(
        self, actor: Actor, answer: str, session: str, site: str, source: str
    ) -> PasskeyFault | None:
        """Show once more who one is, by a passkey; None when it is right."""
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

    async def add_passkey(
        self, actor: Actor, answer: str, session: str, site: str, name: str
    ) -> PasskeyFault | None:
        """Keep a new passkey; None when it is kept."""
        ...

    async def rename_passkey(self, actor: Actor, passkey: str, name: str) -> PasskeyFault | None:
        """Call one otherwise; None when it is done."""
        ...

    async def remove_passkey(self, actor: Actor, passkey: str) -> PasskeyFault | None:
        """Take one away; None when it is done."""
        ...

    async def remove_passkeys(self, actor: Actor) -> PasskeyFault | None:
        """Take all of them away; None when it is done."""
        ...


SAFETY: web.AppKey[SafetyService] = web.AppKey("safety")
"""Where handlers find it on the application."""

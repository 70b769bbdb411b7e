"""« Sécurité », over `gateway.services.sign_in.own_sign_in`."""

from gateway.domain.access import Actor
from gateway.services.sign_in.own_passkeys import PasskeyFault
from gateway.services.sign_in.own_sign_in import OwnSignInFault, OwnWays, SignInChange, name_of
from webmail.safety.model import OpenSession, OwnPasskey
from webmail.services import SpaceServices


class SafetyPages:
    """Implements `webmail.safety.port.SafetyService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._own = services.own_sign_in
        self._own_passkeys = services.own_passkeys

    async def open_sessions(self, actor: Actor, present: bytes) -> tuple[OpenSession, ...]:
        """List the browsers that are signed in."""
        return tuple(
            OpenSession(
                id=name_of(one),
                device=one.device,
                opened_at=one.created,
                seen_at=one.used,
                is_this=one.digest == present,
            )
            for one in await self._own.sessions(actor)
        )

    async def end_session(self, actor: Actor, name: str) -> bool:
        """End one."""
        return await self._own.end_session(actor, name)

    async def end_other_sessions(self, actor: Actor, present: bytes) -> int:
        """End all others."""
        return await self._own.end_others(actor, present)

    async def own_ways(self, actor: Actor, present: bytes) -> OwnWays:
        """Say what one signs in with."""
        return await self._own.ways(actor, present)

    async def prove_by_password(
        self, actor: Actor, password: str, present: bytes, source: str
    ) -> OwnSignInFault | None:
        """Show once more who one is."""
        return await self._own.prove(actor, password, present, source)

    def ask_for_proof(self, session: str, site: str) -> str:
        """Ask for a passkey, to show once more who one is."""
        return self._own_passkeys.ask_proof(session, site)

    async def prove_by_passkey(
        self, actor: Actor, answer: str, session: str, site: str, source: str
    ) -> PasskeyFault | None:
        """Show once more who one is, by a passkey."""
        return await self._own_passkeys.prove(actor, answer, session, site, source)

    async def change_own_password(
        self, actor: Actor, password: str, wanted: str, present: bytes, source: str
    ) -> SignInChange:
        """Take a new password."""
        return await self._own.change_password(actor, password, wanted, present, source)

    async def change_own_identifier(
        self, actor: Actor, password: str, wanted: str, present: bytes, source: str
    ) -> SignInChange:
        """Take a new identifier."""
        return await self._own.change_identifier(actor, password, wanted, present, source)

    async def own_passkeys(self, actor: Actor) -> tuple[OwnPasskey, ...]:
        """List one's own passkeys."""
        return tuple(
            OwnPasskey(
                id=self._own_passkeys.reference_of(one), name=one.name, added_at=one.added, used_at=one.used
            )
            for one in await self._own_passkeys.mine(actor)
        )

    async def ask_for_new_passkey(self, actor: Actor, session: str, site: str) -> str:
        """Give what a browser makes a passkey with."""
        return await self._own_passkeys.ask_new(actor, session, site)

    async def add_passkey(
        self, actor: Actor, answer: str, session: str, site: str, name: str
    ) -> PasskeyFault | None:
        """Keep a new passkey."""
        return await self._own_passkeys.add(actor, answer, session, site, name)

    async def rename_passkey(self, actor: Actor, passkey: str, name: str) -> PasskeyFault | None:
        """Call one otherwise."""
        return await self._own_passkeys.rename(actor, passkey, name)

    async def remove_passkey(self, actor: Actor, passkey: str) -> PasskeyFault | None:
        """Take one away."""
        return await self._own_passkeys.remove(actor, passkey)

    async def remove_passkeys(self, actor: Actor) -> PasskeyFault | None:
        """Take all of them away."""
        return await self._own_passkeys.remove_all(actor)

"""How the holder of a space looks after their own sign-in: sessions, identifier, password (F17, F18, E27).

Whoever changes identifier or password shows the present password once more, judged in turns like any guess; without a
password, their passkey (`recent_proof`). Every other session then ends, and the holder is told. Passkeys stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import OF_HOLDERS, Account, SecretKind, Session, Space
from gateway.domain.errors import Conflict
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.patient_identifier import IdentifierFault, identifier_fault, plain_identifier
from gateway.domain.step_payloads import TellHolder
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.free_logins import is_free, take_login
from gateway.services.sign_in.password_hashes import NOBODY, hashed, is_right
from gateway.services.sign_in.password_rules import PasswordFault, password_fault, personal_words
from gateway.services.sign_in.recent_proof import is_recent, note_proof
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, SignInGuard

_KIND, _FACE = "web", "own"


class OwnSignInFault(Enum):
    """Why nothing was changed, besides what is wrong with the new password or identifier."""

    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a fault
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    PROOF_TOO_OLD = "proof_too_old"
    """There is no password to show, and no passkey was shown a short while ago."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OwnWays:
    """What one signs in with.

    Attributes:
        identifier: empty when there is none.
        is_proved: somebody showed a short while ago who they are, in the session that was asked about.
    """

    identifier: str
    has_password: bool
    is_proved: bool


SignInChange = OwnSignInFault | PasswordFault | IdentifierFault | None
"""Why a change is refused; None when it is made."""


class OwnSignIn:
    """Sessions, identifier and password of whoever is signed in."""

    def __init__(self, store: Store, clock: Clock, guard: SignInGuard) -> None:
        self._store = store
        self._clock = clock
        self._guard = guard

    @traces_refusals
    async def sessions(self, actor: Actor) -> Sequence[Session]:
        """List the browsers that are signed in, the newest first."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[Session]:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            return [one for one in tx.spaces.sessions_of(actor.vault) if one.kind == _KIND and one.expires > now]

        return await self._store.read(look)

    @traces_refusals
    async def end_session(self, actor: Actor, name: str) -> bool:
        """End one session of one's own, named by the beginning of its digest; False when there is none."""
        now = self._clock.now()

        def end(tx: Tx) -> bool:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            mine = [one for one in tx.spaces.sessions_of(actor.vault) if one.kind == _KIND]
            found = [one for one in mine if name_of(one) == name]
            for one in found:
                tx.spaces.drop_session(one.digest)
                tx.audit.append(actor.vault, actor.event(now, "session.ended", detail=one.device))
            return bool(found)

        return await self._store.write(end)

    @traces_refusals
    async def end_others(self, actor: Actor, kept: bytes) -> int:
        """End every session and token but the present one; say how many."""
        now = self._clock.now()

        def end(tx: Tx) -> int:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            ended = tx.spaces.drop_sessions(actor.vault, kept)
            tx.audit.append(actor.vault, actor.event(now, "session.ended", detail=f"{ended} others"))
            return ended

        return await self._store.write(end)

    @traces_refusals
    async def ways(self, actor: Actor, session: bytes) -> OwnWays:
        """Say what one signs in with; `session` is the digest of the session that one is in."""
        now = self._clock.now()

        def look(tx: Tx) -> OwnWays:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            account = account_of(tx, space)
            return OwnWays(
                identifier=space.identifier,
                has_password=account is not None and account.kind is SecretKind.CHOSEN,
                is_proved=is_recent(tx, actor.vault, session, now),
            )

        return await self._store.read(look)

    @traces_refusals
    async def prove(self, actor: Actor, present: str, session: bytes, source: str) -> OwnSignInFault | None:
        """Show once more who one is, by the password, in the session of that digest."""
        found = await self._knows_password(actor, present, source)
        if isinstance(found, OwnSignInFault):
            return found
        now = self._clock.now()

        def note(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            note_proof(tx, actor.vault, session, now)

        await self._store.write(note)
        return None

    @traces_refusals
    async def change_password(
        self, actor: Actor, present: str, wanted: str, kept: bytes, source: str
    ) -> SignInChange:
        """Take a new password from whoever knows the present one; `kept` is the session that stays."""
        found = await self._proved(actor, present, kept, source)
        if isinstance(found, OwnSignInFault):
            return found
        space, account = found
        fault = await self._store.aside(lambda: password_fault(wanted, personal_words(space)))
        if fault is not None:
            return fault
        secret = await self._store.aside(lambda: hashed(wanted))
        new = replace(account, kind=SecretKind.CHOSEN, secret=secret)
        return await self._keep(actor, account, new, kept, "password.changed", NoticeKind.PASSWORD_CHANGED)

    @traces_refusals
    async def change_identifier(
        self, actor: Actor, present: str, wanted: str, kept: bytes, source: str
    ) -> SignInChange:
        """Take a new identifier from whoever knows the password; `kept` is the session that stays."""
        found = await self._proved(actor, present, kept, source)
        if isinstance(found, OwnSignInFault):
            return found
        space, account = found
        login = plain_identifier(wanted)
        fault = identifier_fault(space, login)
        if fault is not None:
            return fault
        new = replace(account, login=login)
        return await self._keep(actor, account, new, kept, "identifier.changed", NoticeKind.IDENTIFIER_CHANGED)

    async def _proved(
        self, actor: Actor, present: str, session: bytes, source: str
    ) -> tuple[Space, Account] | OwnSignInFault:
        """Give space and account of whoever knows the password, or has none and showed a passkey lately."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[Space, Account | None, bool]:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            return space, account_of(tx, space), is_recent(tx, actor.vault, session, now)

        space, account, proved = await self._store.read(look)
        if account is None or account.kind is SecretKind.CHOSEN:
            return await self._knows_password(actor, present, source)
        return (space, account) if proved else OwnSignInFault.PROOF_TOO_OLD

    async def _knows_password(
        self, actor: Actor, present: str, source: str
    ) -> tuple[Space, Account] | OwnSignInFault:
        now = self._clock.now()

        def look(tx: Tx) -> tuple[Space, Account | None]:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            return space, account_of(tx, space)

        attempt = GuardedAttempt(face=_FACE, source=source, account=actor.account, secret=present)
        async with self._guard.turn(attempt) as turn:
            if turn.is_busy:
                return OwnSignInFault.TOO_MANY_ATTEMPTS
            space, account = await self._store.read(look)
            secret = account.secret if account and account.kind is SecretKind.CHOSEN else NOBODY
            if not await self._store.aside(lambda: is_right(present, secret)) or account is None:
                turn.failed()
                return OwnSignInFault.WRONG_PASSWORD
            turn.succeeded()
        return space, account

    async def _keep(
        self, actor: Actor, before: Account, new: Account, kept: bytes, action: str, kind: NoticeKind
    ) -> SignInChange:
        now = self._clock.now()
        told = Step(vault=actor.vault, id=random_number(), payload=TellHolder(kind=kind), due=now)

        def keep(tx: Tx) -> SignInChange:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            if account_of(tx, space) != before:
                # Changed meanwhile in another window: what was proved is no longer so.
                return OwnSignInFault.WRONG_PASSWORD
            if new.login != before.login:
                if not is_free(tx, new.login, actor.vault, now):
                    return IdentifierFault.TAKEN
                tx.spaces.drop_account(before.login)
                tx.spaces.save(replace(space, identifier=new.login))
            take_login(tx, new, now)
            tx.spaces.drop_sessions(actor.vault, kept)
            add_step(tx, told)
            tx.audit.append(actor.vault, actor.event(now, action))
            return None

        try:
            return await self._store.write(keep)
        except Conflict:
            return IdentifierFault.TAKEN


def name_of(session: Session) -> str:
    """Give what a session is called on pages: the beginning of its digest, which opens nothing."""
    return session.digest[:8].hex()


def account_of(tx: Tx, space: Space) -> Account | None:
    """Give the account that the holder of a space signs in to; None when there is none."""
    account = tx.spaces.account(space.identifier) if space.identifier else None
    mine = account is not None and account.vault == space.vault and account.kind in OF_HOLDERS
    return account if mine else None

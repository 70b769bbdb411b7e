"""The passkeys of whoever is signed in: listed, made, named and taken away (E27).

A new one opens the space for good, so it asks for a proof of a short while ago (`recent_proof`). The last one of
somebody without a password stays until there is a password.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import SecretKind, digest_of
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.passkey import Passkey
from gateway.domain.step_payloads import TellHolder
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.kept_passkeys import drop_passkeys, passkeys_of
from gateway.services.sign_in.new_passkeys import NewPasskeys, passkey_name
from gateway.services.sign_in.own_sign_in import account_of
from gateway.services.sign_in.passkey_check import PasskeyCheck, PasskeyQuestion
from gateway.services.sign_in.patient_sign_in import SignInFault
from gateway.services.sign_in.recent_proof import is_recent, note_proof

_CREATE, _PROVE = "create", "prove"


class PasskeyFault(Enum):
    """Why nothing was done."""

    NOT_RIGHT = "not_right"
    """The device's answer is not right, was used, or there are too many."""
    PROOF_TOO_OLD = "proof_too_old"
    NOT_THERE = "not_there"
    """There is none of one's own by that name."""
    LAST_WAY_IN = "last_way_in"
    """Nothing else would open the space: a password is set first."""
    TOO_MANY_ATTEMPTS = "too_many_attempts"


class OwnPasskeys:
    """Looks after the passkeys of a space; `session` is the secret of the session that one is in."""

    def __init__(self, store: Store, clock: Clock, check: PasskeyCheck) -> None:
        self._store = store
        self._clock = clock
        self._check = check
        self._new = NewPasskeys(store, clock)

    @traces_refusals
    async def mine(self, actor: Actor) -> Sequence[Passkey]:
        """List one's own, the oldest first."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[Passkey]:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            return passkeys_of(tx, actor.vault)

        return await self._store.read(look)

    @traces_refusals
    async def ask_new(self, actor: Actor, session: str, origin: str) -> str:
        """Give what a browser makes a passkey with (JSON, WebAuthn §5.4), under one's identifier."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[str, Sequence[Passkey]]:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            return tx.spaces.space(actor.vault).identifier, passkeys_of(tx, actor.vault)

        identifier, mine = await self._store.read(look)
        known = [passkey.credential for passkey in mine]
        return self._new.ask(PasskeyQuestion(session, _CREATE, origin), actor.vault, identifier, known)

    @traces_refusals
    async def add(self, actor: Actor, answer: str, session: str, origin: str, name: str) -> PasskeyFault | None:
        """Keep a new passkey under a name. Its holder is told."""
        now, number = self._clock.now(), random_number()
        made = await self._new.check(answer, PasskeyQuestion(session, _CREATE, origin))
        if made is None:
            return PasskeyFault.NOT_RIGHT

        def keep(tx: Tx) -> PasskeyFault | None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            if not is_recent(tx, actor.vault, digest_of(session), now):
                return PasskeyFault.PROOF_TOO_OLD
            if not self._new.keep(tx, actor.vault, made, name, now):
                return PasskeyFault.NOT_RIGHT
            told = TellHolder(kind=NoticeKind.PASSKEY_ADDED)
            add_step(tx, Step(vault=actor.vault, id=number, payload=told, due=now))
            tx.audit.append(actor.vault, actor.event(now, "passkey.added"))
            return None

        return await self._store.write(keep)

    @traces_refusals
    async def rename(self, actor: Actor, reference: str, name: str) -> PasskeyFault | None:
        """Call one of one's own otherwise."""
        now = self._clock.now()

        def rename(tx: Tx) -> PasskeyFault | None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            found = self._named(passkeys_of(tx, actor.vault), reference)
            if found is None:
                return PasskeyFault.NOT_THERE
            tx.passkeys.save(replace(found, name=passkey_name(name, found.name)))
            tx.audit.append(actor.vault, actor.event(now, "passkey.renamed"))
            return None

        return await self._store.write(rename)

    @traces_refusals
    async def remove(self, actor: Actor, reference: str) -> PasskeyFault | None:
        """Take one of one's own away."""
        now = self._clock.now()

        def remove(tx: Tx) -> PasskeyFault | None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            mine = passkeys_of(tx, actor.vault)
            found = self._named(mine, reference)
            if found is None:
                return PasskeyFault.NOT_THERE
            if len(mine) == 1 and not _has_password(tx, actor):
                return PasskeyFault.LAST_WAY_IN
            drop_passkeys(tx, actor, [found], now)
            return None

        return await self._store.write(remove)

    @traces_refusals
    async def remove_all(self, actor: Actor) -> PasskeyFault | None:
        """Take all of one's own away."""
        now = self._clock.now()

        def remove(tx: Tx) -> PasskeyFault | None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            if not _has_password(tx, actor):
                return PasskeyFault.LAST_WAY_IN
            drop_passkeys(tx, actor, passkeys_of(tx, actor.vault), now)
            return None

        return await self._store.write(remove)

    def ask_proof(self, session: str, origin: str) -> str:
        """Give what a browser is asked with for showing once more who one is."""
        return self._check.ask(PasskeyQuestion(session, _PROVE, origin))

    @traces_refusals
    async def prove(
        self, actor: Actor, answer: str, session: str, origin: str, source: str
    ) -> PasskeyFault | None:
        """Show once more who one is, by a passkey of one's own."""
        now = self._clock.now()
        checked = await self._check.check(answer, PasskeyQuestion(session, _PROVE, origin), source)
        if checked is SignInFault.TOO_MANY_ATTEMPTS:
            return PasskeyFault.TOO_MANY_ATTEMPTS
        if isinstance(checked, SignInFault) or checked.passkey.vault != actor.vault:
            return PasskeyFault.NOT_RIGHT

        def note(tx: Tx) -> PasskeyFault | None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            if self._check.use(tx, checked, now) is not None:
                return PasskeyFault.NOT_RIGHT
            note_proof(tx, actor.vault, digest_of(session), now)
            return None

        return await self._store.write(note)

    def reference_of(self, passkey: Passkey) -> str:
        """Give what a passkey is called in forms; it says nothing of its credential."""
        return self._store.digest("passkey-reference", passkey.credential)[:8].hex()

    def _named(self, mine: Sequence[Passkey], reference: str) -> Passkey | None:
        return next((passkey for passkey in mine if self.reference_of(passkey) == reference), None)


def _has_password(tx: Tx, actor: Actor) -> bool:
    account = account_of(tx, tx.spaces.space(actor.vault))
    return account is not None and account.kind is SecretKind.CHOSEN

"""Passkeys: made by somebody who is signed in, and enough to sign in by, without password or code (A1, E27).

A device checks who holds it before it answers (fingerprint, face or its own code): it is two proofs in one.
"""

from collections.abc import Sequence
from dataclasses import replace

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import Conflict
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.passkey import Passkey
from gateway.domain.step_payloads import TellHolder
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.known_devices import KnownDevices
from gateway.services.sign_in.passkey_answers import (
    NewCredential,
    challenge_of_new,
    challenged,
    counter_of,
    new_credential,
    site_of,
)
from gateway.services.sign_in.passkey_challenges import PasskeyChallenges
from gateway.services.sign_in.passkey_options import creation_options, request_options
from gateway.services.sign_in.patient_sign_in import PatientSignedIn, SignInFault, comes_in, new_device
from gateway.services.sign_in.sign_in_trace import SignInTrace

MOST = 20
"""Passkeys of one space."""
_GET, _CREATE, _FACE = "get", "create", "web"
_MAX_NAME = 60


class PasskeySignIn:
    """Signs in by passkeys, and looks after those of a space."""

    def __init__(self, store: Store, clock: Clock, trace: SignInTrace) -> None:
        self._store = store
        self._clock = clock
        self._trace = trace
        self._challenges = PasskeyChallenges(store.digest)
        self._devices = KnownDevices(store.digest, clock)

    # ------------------------------------------------------------ signing in

    def ask(self, visit: str, origin: str) -> str:
        """Give what a browser, known by the secret of its visit, is asked with (JSON, WebAuthn §5.5)."""
        return request_options(self._challenges.new(visit, _GET, self._clock.now()), site_of(origin))

    async def sign_in(
        self, answer: str, visit: str, origin: str, source: str, device: str, browser: str
    ) -> PatientSignedIn | SignInFault:
        """Sign in by an answer; `device` and `browser` as for `PatientSignIn.verify`."""
        now, number, asked = self._clock.now(), random_number(), challenged(answer)
        if asked is None or not self._challenges.is_good(asked.challenge, visit, _GET, now):
            return SignInFault.CODE_EXPIRED
        passkey = await self._store.read(lambda tx: tx.passkeys.get(asked.credential))
        if passkey is None or asked.user not in (b"", self._user(passkey.vault)):
            self._trace.failed(None, _FACE, source)
            return SignInFault.WRONG_CREDENTIALS
        counter = await self._store.aside(lambda: counter_of(answer, passkey, asked.challenge, origin))
        if counter is None:
            self._trace.failed(passkey.vault, _FACE, source)
            return SignInFault.WRONG_CREDENTIALS

        def enter(tx: Tx) -> PatientSignedIn | SignInFault:
            # What was read may have been taken away, or used by somebody else, meanwhile.
            if tx.passkeys.get(passkey.credential) != passkey:
                return SignInFault.WRONG_CREDENTIALS
            if not self._challenges.spend(tx, asked.challenge, passkey.vault, now):
                return SignInFault.CODE_EXPIRED
            space = tx.spaces.space(passkey.vault)
            if not comes_in(space):
                return SignInFault.WRONG_CREDENTIALS
            tx.passkeys.save(replace(passkey, counter=counter, used=now))
            detail = f"{_FACE} passkey {source}"
            tx.audit.append(space.vault, holder_of(space, _FACE).event(now, "sign-in", detail=detail))
            if browser and not self._devices.device_of(device, space.vault):
                add_step(tx, new_device(space.vault, browser, number, now))
            return PatientSignedIn(space)

        return await self._store.write(enter)

    # ------------------------------------------------------------ one's own

    @traces_refusals
    async def mine(self, actor: Actor) -> Sequence[Passkey]:
        """List one's own, the oldest first."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[Passkey]:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            return tx.passkeys.of(actor.vault)

        return await self._store.read(look)

    async def ask_new(self, actor: Actor, session: str, origin: str) -> str:
        """Give what a browser, known by the secret of its session, makes a passkey with (JSON, WebAuthn §5.4)."""
        challenge = self._challenges.new(session, _CREATE, self._clock.now())
        mine = [passkey.credential for passkey in await self.mine(actor)]
        return creation_options(challenge, site_of(origin), self._user(actor.vault), actor.person, mine)

    @traces_refusals
    async def add(self, actor: Actor, answer: str, session: str, origin: str, name: str) -> bool:
        """Keep a new passkey under a name; False when the answer is not right. Its holder is told."""
        now, number, challenge = self._clock.now(), random_number(), challenge_of_new(answer)
        if challenge is None or not self._challenges.is_good(challenge, session, _CREATE, now):
            return False
        made = await self._store.aside(lambda: new_credential(answer, challenge, origin))
        if made is None:
            return False

        def keep(tx: Tx) -> bool:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            if not self._challenges.spend(tx, challenge, actor.vault, now):
                return False
            if len(tx.passkeys.of(actor.vault)) >= MOST or tx.passkeys.get(made.credential) is not None:
                return False
            tx.passkeys.save(self._named(actor, made, name))
            told = TellHolder(kind=NoticeKind.PASSKEY_ADDED)
            add_step(tx, Step(vault=actor.vault, id=number, payload=told, due=now))
            tx.audit.append(actor.vault, actor.event(now, "passkey.added"))
            return True

        try:
            return await self._store.write(keep)
        except Conflict:
            return False

    @traces_refusals
    async def remove(self, actor: Actor, name: str) -> bool:
        """Take one of one's own away, named as `reference_of` does; False when there is none."""
        now = self._clock.now()

        def remove(tx: Tx) -> bool:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            found = [passkey for passkey in tx.passkeys.of(actor.vault) if self.reference_of(passkey) == name]
            for passkey in found:
                tx.passkeys.drop(passkey.credential)
                tx.audit.append(actor.vault, actor.event(now, "passkey.removed"))
            return bool(found)

        return await self._store.write(remove)

    def reference_of(self, passkey: Passkey) -> str:
        """Give what a passkey is called in forms; it says nothing of its credential."""
        return self._store.digest("passkey-reference", passkey.credential)[:8].hex()

    def _named(self, actor: Actor, made: NewCredential, name: str) -> Passkey:
        return Passkey(
            vault=actor.vault,
            credential=made.credential,
            public_key=made.public_key,
            counter=made.counter,
            name=" ".join(name.split())[:_MAX_NAME] or "Clé d’accès",
            added=self._clock.now(),
        )

    def _user(self, vault: VaultId) -> bytes:
        """Give what devices know a person by: nothing that anybody could look up (WebAuthn §14.6.1)."""
        return self._store.digest("passkey-user", vault.to_bytes(8, "big"))[:32]

"""From somebody who is identified to an active space: terms, contact, identifier and password, a last code (F13-F19).

Where somebody stands follows from what is stored of their attempt, not from the pages that they saw: forms in another
order, sent twice or from two windows find a clear answer. What an attempt chooses is kept aside (`awaited_choices`):
the space is as it was until the last code is right. `activation_passkeys` makes a passkey in place of the password.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from gateway.domain.account import AwaitedChoice, SecretKind, Space
from gateway.domain.activation import ActivationFault, ActivationStep, CodeOnItsWay, SpaceToActivate
from gateway.domain.contact_reading import email_of, mobile_of
from gateway.domain.errors import Conflict
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.patient_identifier import IdentifierFault, identifier_fault, plain_identifier, proposed_identifiers
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.free_logins import is_free
from gateway.services.sign_in.kept_passkeys import drop_waiting_of, is_waiting, keep_waiting
from gateway.services.sign_in.password_rules import PasswordFault, password_fault, personal_words
from gateway.services.sign_in.patient_sign_in import PatientSignIn, SignInSettings
from gateway.services.space.activation import FACE, may_enter, person_found
from gateway.services.space.activation_attempts import CHOSEN, ActivationAttempts
from gateway.services.space.activation_codes import PURPOSE
from gateway.services.space.awaited_choices import as_chosen, choice_in, keep_choice, put_in_place
from gateway.services.space.contact_changes import proved_by_code, tell_changes
from gateway.services.space.masked_contacts import masked
from gateway.services.space.moves import move
from gateway.services.space.notices import contact_of
from gateway.services.space.own_terms import OwnTerms
from gateway.services.space.step_codes import StepCodes

T = TypeVar("T")
_ACTIVATES = {
    SpaceState.CREATED: SpaceEvent.ACTIVATED,
    SpaceState.NOTIFIED: SpaceEvent.ACTIVATED,
    SpaceState.OPEN: SpaceEvent.ACTIVATED,
    SpaceState.OPPOSED: SpaceEvent.ACTIVATED,
    SpaceState.CLOSED: SpaceEvent.REOPENED,
}
_READ = {Channel.EMAIL: email_of, Channel.SMS: mobile_of}
IdentifierRefused = ActivationFault | IdentifierFault | PasswordFault


class ActivationEnd:
    """The steps of « J'active »."""

    def __init__(
        self, store: Store, clock: Clock, settings: SignInSettings, patients: PatientSignIn, terms: OwnTerms
    ) -> None:
        self._store = store
        self._clock = clock
        self._patients = patients
        self._terms = terms
        self._attempts = ActivationAttempts(store.digest)
        self._contact = StepCodes(store, settings, "contact", NoticeKind.CONTACT_CODE)
        self._last = StepCodes(store, settings, "activation-end", NoticeKind.CODE)

    async def look(self, token: str) -> SpaceToActivate | ActivationFault:
        """Give the space of an attempt, whatever its state, and what comes next."""
        now = self._clock.now()

        def look(tx: Tx) -> SpaceToActivate | ActivationFault:
            vaults = self._attempts.vaults(tx, CHOSEN, token, now)
            if not vaults:
                return ActivationFault.OVER
            space = tx.spaces.space(vaults[0])
            choice = choice_in(tx, space, token)
            chosen = as_chosen(space, choice)
            return SpaceToActivate(
                person=person_found(space),
                next=self._next_of(tx, chosen, choice, token),
                email=chosen.email,
                phone=chosen.phone,
                erase_on=space.erase_on,
            )

        return await self._store.read(look)

    async def accept_terms(self, token: str, version: str) -> ActivationFault | None:
        """Note that the terms were accepted, and which; others than those of today are asked again."""
        now = self._clock.now()

        def accept(tx: Tx, space: Space, choice: AwaitedChoice) -> ActivationFault | None:
            if version != self._terms.current.name:
                return ActivationFault.TERMS
            if self._terms.are_due(as_chosen(space, choice)):
                keep_choice(tx, space, replace(choice, terms=version, terms_at=now), now)
            return None

        return await self.with_space(token, accept)

    # ------------------------------------------------------------ contact

    async def send_contact_code(self, token: str, channel: Channel, typed: str) -> str | ActivationFault:
        """Send a code to a new contact, and give the contact as it was read."""
        now, contact = self._clock.now(), _READ[channel](typed)
        if contact is None:
            return ActivationFault.CONTACT

        def send(tx: Tx, space: Space, _: AwaitedChoice) -> str | ActivationFault:
            if self._contact.is_too_soon(tx, space.vault, token, now):
                return ActivationFault.TOO_SOON
            to = (channel, contact)
            return self._contact.send(tx, space.vault, token, to, now, proved_by_code(to)) or contact

        return await self.with_space(token, send)

    async def confirm_contact(
        self, token: str, channel: Channel, contact: str, digits: str
    ) -> ActivationFault | None:
        """Take a new contact whose code is right; every contact that there was is told once the space is active."""
        now, to = self._clock.now(), (channel, contact)

        def confirm(tx: Tx, space: Space, choice: AwaitedChoice) -> ActivationFault | None:
            fault = self._contact.spend(tx, space.vault, token, digits, now, proved_by_code(to))
            if fault is None:
                is_mail = channel is Channel.EMAIL
                changed = replace(choice, email=contact) if is_mail else replace(choice, phone=contact)
                keep_choice(tx, space, changed, now)
            return fault

        return await self.with_space(token, confirm)

    # ------------------------------------------------------------ identifier and password

    async def proposed_identifiers(self, token: str) -> Sequence[str]:
        """Propose identifiers that nobody has."""
        now = self._clock.now()

        def look(tx: Tx, space: Space, _: AwaitedChoice) -> Sequence[str]:
            found = proposed_identifiers(space, secrets.randbelow)
            return [name for name in found if is_free(tx, name, space.vault, now)][:4]

        found = await self.with_space(token, look, reads=True)
        return () if isinstance(found, ActivationFault) else found

    async def choose_identifier(self, token: str, identifier: str, password: str) -> CodeOnItsWay | IdentifierRefused:
        """Keep identifier and password aside, and send the last code; they open nothing before it is right."""
        name = plain_identifier(identifier)
        space = await self.with_space(token, lambda _, space, choice: as_chosen(space, choice), reads=True)
        if isinstance(space, ActivationFault):
            return space
        fault = identifier_fault(space, name)
        if fault is not None:
            return fault
        words = personal_words(space, name)
        weak = await self._store.aside(lambda: password_fault(password, words))
        if weak is not None:
            return weak
        account = await self._patients.account_with(space.vault, name, password)
        now = self._clock.now()

        def take(tx: Tx, space: Space, choice: AwaitedChoice) -> CodeOnItsWay | IdentifierRefused:
            fault = self.may_be_taken(tx, space, choice, name, now)
            if fault is not None:
                return fault
            drop_waiting_of(tx, space.vault, token)
            chosen = replace(choice, login=name, kind=account.kind, secret=account.secret)
            return self.take(tx, space, chosen, token, now)

        return await self.taken(token, take)

    async def taken(
        self, token: str, take: "Callable[[Tx, Space, AwaitedChoice], CodeOnItsWay | IdentifierRefused]"
    ) -> CodeOnItsWay | IdentifierRefused:
        """Keep what is chosen to sign in with, by `take`."""
        try:
            return await self.with_space(token, take)
        except Conflict:  # with a row of this login that somebody bent
            return IdentifierFault.TAKEN

    def may_be_taken(
        self, tx: Tx, space: Space, choice: AwaitedChoice, login: str, now: datetime
    ) -> IdentifierRefused | None:
        """Say why an attempt cannot choose this identifier now."""
        chosen = as_chosen(space, choice)
        if self._terms.are_due(chosen):
            return ActivationFault.TERMS
        if contact_of(chosen) is None:
            return ActivationFault.NO_CONTACT
        return None if is_free(tx, login, space.vault, now) else IdentifierFault.TAKEN

    def take(
        self, tx: Tx, space: Space, choice: AwaitedChoice, token: str, now: datetime
    ) -> CodeOnItsWay | ActivationFault:
        """Keep what an attempt chose to sign in with, and send the last code; after `may_be_taken`."""
        keep_choice(tx, space, choice, now)
        return self._send_last(tx, as_chosen(space, choice), token, now)

    async def send_last_code(self, token: str) -> CodeOnItsWay | ActivationFault:
        """Send the last code again, another one."""
        now = self._clock.now()

        def send(tx: Tx, space: Space, choice: AwaitedChoice) -> CodeOnItsWay | ActivationFault:
            chosen = as_chosen(space, choice)
            if self._next_of(tx, chosen, choice, token) is not ActivationStep.LAST_CODE:
                return ActivationFault.NOT_NOW
            if self._last.is_too_soon(tx, space.vault, token, now):
                return ActivationFault.TOO_SOON
            return self._send_last(tx, chosen, token, now)

        return await self.with_space(token, send)

    async def finish(self, token: str, digits: str, source: str, *, helped: bool = False) -> Space | ActivationFault:
        """Activate the space, and give it: whoever typed the last code is signed in (F19), unless `helped` (F23)."""
        now, number = self._clock.now(), random_number()

        def finish(tx: Tx, space: Space, choice: AwaitedChoice) -> Space | ActivationFault:
            chosen = as_chosen(space, choice)
            if self._terms.are_due(chosen):
                return ActivationFault.TERMS
            if contact_of(chosen) is None or not _opens(tx, space, choice, token):
                return ActivationFault.NOT_NOW
            fault = self._last.spend(tx, space.vault, token, digits, now)
            if fault is not None:
                return fault
            actor = holder_of(space, "web")
            if choice.terms:
                tx.audit.append(space.vault, actor.event(now, "terms.accepted", detail=choice.terms))
            fields, detail = put_in_place(tx, space, choice, now), f"{FACE} {source}"
            moved = move(tx, space.vault, _ACTIVATES[space.state], now, actor, detail=detail, **fields)
            tell_changes(tx, space, moved, now, actor)
            tx.spaces.drop_code(space.vault, PURPOSE)
            # Whoever holds another attempt for this space, in another window or with the letter, begins again.
            tx.spaces.drop_sessions(space.vault)
            if keep_waiting(tx, space.vault, token, now):
                tx.audit.append(space.vault, actor.event(now, "passkey.added"))
            event = actor.event(now, "activation.helped" if helped else "sign-in", detail=f"web {source}")
            tx.audit.append(space.vault, event)
            # Who comes back before an erasure reads that it is cancelled, and that the space is open (E81).
            told = TellHolder(kind=NoticeKind.ERASURE_CANCELLED if space.erase_on else NoticeKind.ACTIVATED)
            add_step(tx, Step(vault=space.vault, id=number, payload=told, due=now))
            return moved

        return await self.with_space(token, finish)

    # ------------------------------------------------------------ codes

    async def with_space(
        self, token: str, work: Callable[[Tx, Space, AwaitedChoice], T], *, reads: bool = False
    ) -> "T | ActivationFault":
        """Work on the space of an attempt that may still be activated, and on what it has chosen so far.

        `reads` when nothing is written.
        """
        now = self._clock.now()

        def run(tx: Tx) -> T | ActivationFault:
            vaults = self._attempts.vaults(tx, CHOSEN, token, now)
            if not vaults:
                return ActivationFault.OVER
            space = tx.spaces.space(vaults[0])
            if space.state not in _ACTIVATES or not may_enter(space):
                return ActivationFault.NOT_NOW
            return work(tx, space, choice_in(tx, space, token))

        return await (self._store.read(run) if reads else self._store.write(run))

    def _send_last(self, tx: Tx, space: Space, token: str, now: datetime) -> CodeOnItsWay | ActivationFault:
        contact = contact_of(space)
        if contact is None:
            return ActivationFault.NO_CONTACT
        fault = self._last.send(tx, space.vault, token, contact, now)
        if fault is not None:
            return fault
        return CodeOnItsWay(masked(contact))

    def _next_of(self, tx: Tx, chosen: Space, choice: AwaitedChoice, token: str) -> ActivationStep:
        if self._terms.are_due(chosen):
            return ActivationStep.TERMS
        if contact_of(chosen) is None:
            return ActivationStep.CONTACT
        waits = self._last.waits(tx, chosen.vault, token) and _opens(tx, chosen, choice, token)
        return ActivationStep.LAST_CODE if waits else ActivationStep.IDENTIFIER


def _opens(tx: Tx, space: Space, choice: AwaitedChoice, token: str) -> bool:
    """Say whether an attempt has chosen what will open the space: a login that is its own, password or passkey."""
    account = tx.spaces.account(choice.login) if choice.login else None
    if account is None or account.vault != space.vault:
        return False
    return choice.kind is SecretKind.CHOSEN or is_waiting(tx, space.vault, token)

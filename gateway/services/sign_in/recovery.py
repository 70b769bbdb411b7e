"""Whoever forgot an identifier or a password (F20, F21): a link by e-mail or SMS, good once, to a new password.

What is asked for is written down in the same way whether there is such a person or not, and looked up afterwards, by a
step: neither the answer nor its time says which. A link holds 256 random bits; the store has their digest. Looking at
it does not use it up. A new password ends every session and every other link, and its holder is told. Passkeys stay,
unless they are to be taken away, too.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from functools import partial

from gateway.domain.account import OF_HOLDERS, Account, SecretKind, Session, Space, digest_of
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.health_card import birth_date_typed, number_typed
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import OPERATOR
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.patient_identifier import IdentifierFault, identifier_fault, plain_identifier
from gateway.domain.step_payloads import FindAgain, TellHolder
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import Finish, add_step, nothing, payload_of
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.free_logins import take_login
from gateway.services.sign_in.kept_passkeys import drop_passkeys, passkeys_of
from gateway.services.sign_in.password_hashes import hashed
from gateway.services.sign_in.password_rules import PasswordFault, password_fault, personal_words
from gateway.services.sign_in.patient_sign_in import comes_in
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, SignInGuard

LIFETIME = timedelta(minutes=30)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(minutes=25)
"""Between two links to one person: doubled each time, and never so long that no link is good: nobody is locked out."""
PATH = "/nouveau-mot-de-passe?lien="
_KIND, _FACE = "reset", "web"
_UNPROVED = "unknown"
_FIRST = timedelta(days=1)
"""Due before everything that waits: a person looks at the page until it comes (F8)."""
_KEPT = timedelta(days=1)
"""Links are counted for so long; `LIFETIME` says how long they are good."""


class RecoveryFault(Enum):
    """Why a new password is not taken, besides what is wrong with it."""

    LINK_OVER = "link_over"
    """Unknown, used, too old, or its space is no longer open to anybody: one answer."""


@dataclass(frozen=True, slots=True, repr=False)
class Recovered:
    """Whose password was chosen anew."""

    space: Space


NewPasswordOutcome = Recovered | PasswordFault | IdentifierFault | RecoveryFault
"""What comes of a new password."""


def pause_after(sent: int) -> timedelta:
    """Give the pause after so many links of one day, one at least."""
    return min(FIRST_PAUSE * (1 << min(sent - 1, 10)), LONGEST_PAUSE)


class Recovery:
    """Takes what was forgotten, finds whose it is, and takes the new password."""

    def __init__(self, store: Store, clock: Clock, guard: SignInGuard) -> None:
        self._store = store
        self._clock = clock
        self._guard = guard

    async def ask(self, asked: FindAgain, source: str) -> bool:
        """Write down what was asked for; False when too many ask."""
        account = asked.identifier or asked.number
        async with self._guard.turn(GuardedAttempt(face="forgotten", source=source, account=account)) as turn:
            if turn.is_busy:
                return False
            # Counted whatever comes of it: nothing here knows whether there is such a person.
            turn.failed()
            step = Step(vault=OPERATOR, id=random_number(), payload=asked, due=self._clock.now())
            await self._store.write(lambda tx: add_step(tx, step))
        return True

    async def find(self, step: Step) -> Finish:
        """Send a link to each holder of what was asked for; done twice, it sends two, of which one is enough."""
        asked = payload_of(step, FindAgain)
        for space in await self._store.read(lambda tx: _found(tx, asked)):
            # Made outside the transaction, which may be run again.
            token, number = secrets.token_urlsafe(32), random_number()
            await self._store.write(partial(self._send, space=space, asked=asked, token=token, number=number))
        return nothing

    def _send(self, tx: Tx, *, space: Space, asked: FindAgain, token: str, number: int) -> None:
        now, vault = self._clock.now(), space.vault
        sent = [one for one in tx.spaces.sessions_of(vault) if one.kind == _KIND and one.created > now - _KEPT]
        if sent and now < max(one.created for one in sent) + pause_after(len(sent)):
            return  # the link before is good still, and on its way
        if asked.identifier and not space.identifier:
            tx.spaces.save(replace(tx.spaces.space(vault), identifier=asked.identifier.lower()))
        link = Session(digest=digest_of(token), vault=vault, kind=_KIND, created=now, used=now, expires=now + _KEPT)
        tx.spaces.save_session(link)
        kind = NoticeKind.IDENTIFIER_FOUND if asked.number and space.identifier else NoticeKind.NEW_PASSWORD_LINK
        values = {
            "link": f"{asked.site}{PATH}{token}",
            "life": f"{int(LIFETIME.total_seconds() // 60)} minutes",
            "identifier": space.identifier,
        }
        told = TellHolder(kind=kind, values=values, until=now + LIFETIME)
        add_step(tx, Step(vault=vault, id=number, payload=told, due=now - _FIRST))
        event = AuditEvent(at=now, actor=_UNPROVED, action="password.forgotten", outcome="sent", detail=_FACE)
        tx.audit.append(vault, event)

    async def holder(self, token: str) -> Space | None:
        """Give whose password a link changes, without using it up; None when it is over."""
        return await self._store.read(lambda tx: self._space_of(tx, token))

    async def passkeys(self, token: str) -> int:
        """Count the passkeys of whose password a link changes."""

        def look(tx: Tx) -> int:
            space = self._space_of(tx, token)
            return len(passkeys_of(tx, space.vault)) if space else 0

        return await self._store.read(look)

    async def change(
        self, token: str, password: str, identifier: str = "", *, removes_passkeys: bool = False
    ) -> NewPasswordOutcome:
        """Take the new password, once; `identifier` is for whoever has none yet. Passkeys stay unless asked for."""
        space = await self.holder(token)
        if space is None:
            return RecoveryFault.LINK_OVER
        login = space.identifier or plain_identifier(identifier)
        unfit = None if space.identifier else identifier_fault(space, login)
        if unfit is not None:
            return unfit
        fault = await self._store.aside(lambda: password_fault(password, personal_words(space, login)))
        if fault is not None:
            return fault
        secret = await self._store.aside(lambda: hashed(password))
        told = Step(
            vault=space.vault,
            id=random_number(),
            payload=TellHolder(kind=NoticeKind.PASSWORD_CHANGED),
            due=self._clock.now(),
        )

        def keep(tx: Tx) -> Recovered | RecoveryFault:
            found = self._space_of(tx, token)
            if found is None or (found.identifier or login) != login:
                return RecoveryFault.LINK_OVER
            take_login(tx, Account(login, found.vault, SecretKind.CHOSEN, secret), self._clock.now())
            if not found.identifier:
                tx.spaces.save(replace(found, identifier=login))
            tx.spaces.drop_sessions(found.vault)
            add_step(tx, told)
            holder, now = holder_of(found, _FACE), self._clock.now()
            tx.audit.append(found.vault, holder.event(now, "password.changed"))
            if removes_passkeys:
                drop_passkeys(tx, holder, passkeys_of(tx, found.vault), now)
            return Recovered(found)

        try:
            return await self._store.write(keep)
        except Conflict:
            return IdentifierFault.TAKEN

    def _space_of(self, tx: Tx, token: str) -> Space | None:
        link = tx.spaces.session(digest_of(token))
        if link is None or link.kind != _KIND or not link.created <= self._clock.now() < link.created + LIFETIME:
            return None
        try:
            space = tx.spaces.space(link.vault)
        except NotFound:
            return None
        return space if comes_in(space) else None


def _found(tx: Tx, asked: FindAgain) -> list[Space]:
    if asked.identifier:
        account = tx.spaces.account(asked.identifier)
        if account is None or account.kind not in OF_HOLDERS:
            return []
        spaces = [tx.spaces.space(account.vault)]
    else:
        number, born = number_typed(asked.number), birth_date_typed(asked.born)
        if number is None or born is None:
            return []
        # By their own number, present or earlier; whoever stands for a child is not the child.
        spaces = [space for space in tx.spaces.with_number(number) if _is(space, number, born)]
    return [space for space in spaces if comes_in(space)]


def _is(space: Space, number: str, born: BirthDate) -> bool:
    identity = space.identity
    numbers = {identity.ins.value, *(earlier for _, earlier in identity.earlier)}
    known = identity.traits.birth_date
    return number in numbers and known is not None and known.agrees_with(born)

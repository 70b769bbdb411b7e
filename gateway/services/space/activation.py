"""From « Activer mon espace santé » to somebody who is identified: card, code, whose space it is (A26, F4-F9).

Until the code is right every answer is the same, whether nobody has this number, the date or the card is another, or
there is no contact: the same words, the same work, at even times. What is guessed is counted by number and by source.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.domain.account import Space
from gateway.domain.activation import ActivationFault, CodeOnItsWay, Identified, MaskedContacts, PersonFound
from gateway.domain.health_card import ShownCard, card_is_of
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.patient_names import given_name, shown_name
from gateway.domain.space import OPPOSITION_DAYS, SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.ports.clock import Clock
from gateway.ports.counters import Counters
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.even_answers import EvenAnswers
from gateway.services.sign_in.patient_sign_in import SignInSettings
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.services.space.activation_attempts import (
    CARD_REFUSED,
    CARD_SHOWN,
    CHOSEN,
    CODE_RIGHT,
    ActivationAttempts,
    CardToken,
)
from gateway.services.space.activation_codes import PURPOSE, ActivationCodes, new_code
from gateway.services.space.addressees import with_contacts
from gateway.services.space.agent_queue import Unserved, note_unserved
from gateway.services.space.masked_contacts import mask_of, masks_of, masks_of_nobody

FACE = "activation"
BETWEEN_CODES = timedelta(seconds=30)
ASKED_CODE_LIFETIME = timedelta(days=OPPOSITION_DAYS)
ENTERS = frozenset({
    SpaceState.CREATED, SpaceState.NOTIFIED, SpaceState.OPEN, SpaceState.ACTIVE, SpaceState.OPPOSED, SpaceState.CLOSED,
})  # fmt: skip
"""States in which a card and a code lead in; who died or is suspended is like nobody."""


class Activation:
    """The steps up to the choice between activating and refusing."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: SignInSettings,
        trace: SignInTrace,
        counters: Counters,
        guard: SignInGuard,
        even: EvenAnswers,
    ) -> None:
        self._even = even
        self._store = store
        self._clock = clock
        self._settings = settings
        self._trace = trace
        self._guard = guard
        self._asked = counters.failures(f"{FACE}-code", BETWEEN_CODES)
        self._asked_today = counters.failures(f"{FACE}-codes", timedelta(days=1))
        self._codes = ActivationCodes(store)
        self._attempts = ActivationAttempts(store.digest)

    async def show_card(self, card: ShownCard, source: str) -> str | ActivationFault:
        """Begin an attempt with what stands on a card, and give its token: also for who does not exist."""
        return await self._even.of(self._show_card(card, source))

    async def _show_card(self, card: ShownCard, source: str) -> str | ActivationFault:
        now, seed = self._clock.now(), self._seed_of(card)
        token = self._attempts.new_token(seed, now)

        def begin(tx: Tx) -> bool:
            known = tx.spaces.with_number(card.number)
            found = [space.vault for space in known if may_enter(space) and card_is_of(card, space)]
            if found:
                self._attempts.begin(tx, CARD_SHOWN, token.text, found, now)
            else:
                self._attempts.begin(tx, CARD_REFUSED, _refused_name(token), _perhaps_meant(known, card), now)
            return bool(found)

        async with self._guard.turn(_guarded(seed, source)) as turn:
            if turn.is_busy:
                return ActivationFault.TOO_MANY_TRIES
            is_known = await self._store.write(begin)
            # Every card counts, right or wrong: how long the next one waits tells nothing.
            turn.failed()
        if not is_known:
            self._trace.failed(None, FACE, source)
        return token.text

    async def contacts(self, token: str) -> MaskedContacts | ActivationFault:
        """Give where a code would go; what is shown of nobody looks the same."""
        return await self._even.of(self._contacts(token))

    async def _contacts(self, token: str) -> MaskedContacts | ActivationFault:
        now = self._clock.now()
        attempt = self._attempts.read_token(token, now)
        if attempt is None:
            return ActivationFault.OVER

        def look(tx: Tx) -> MaskedContacts:
            spaces = self._told_of(tx, token, now)
            reachable = _reachable(spaces, None)
            return masks_of(reachable[0]) if reachable else masks_of_nobody(attempt.seed)

        return await self._store.read(look)

    async def send_code(self, token: str, channel: Channel, source: str) -> CodeOnItsWay | ActivationFault:
        """Send a new code, which ends an earlier one; one code for all of a card who share the contact."""
        return await self._even.of(self._send_code(token, channel, source))

    async def _send_code(self, token: str, channel: Channel, source: str) -> CodeOnItsWay | ActivationFault:
        now = self._clock.now()
        attempt = self._attempts.read_token(token, now)
        if attempt is None:
            return ActivationFault.OVER
        fault = self._may_not_ask(attempt, now)
        if fault is not None:
            return fault
        typed, step_id = new_code(), random_number()
        nobody = mask_of(masks_of_nobody(attempt.seed), channel)
        since, limit = now - timedelta(days=1), self._settings.codes_a_day

        def send(tx: Tx) -> CodeOnItsWay | ActivationFault:
            spaces = self._told_of(tx, token, now)
            way, told = _way_to(spaces, channel)
            if any(tx.spaces.codes_since(space.vault, since, PURPOSE) >= limit for space in told):
                return ActivationFault.TOO_MANY_CODES
            for space in told:
                self._codes.issue(tx, space, now, lifetime=ASKED_CODE_LIFETIME, typed=typed)
                actor = holder_of(space, FACE)
                tx.audit.append(space.vault, actor.event(now, "activation.code", "sent", detail=f"{FACE} {source}"))
            if not told:
                self._attempts.nobody(tx, now)
                refused = self._attempts.vaults(tx, CARD_REFUSED, _refused_name(attempt), now)
                why = _unserved(spaces, refused)
                note_unserved(tx, [one.vault for one in spaces] or refused, why, now, f"{FACE} {source}")
                return CodeOnItsWay(nobody)
            add_step(tx, _notice(told[0], typed, way, now, step_id))
            return CodeOnItsWay(mask_of(masks_of(told[0]), way))

        return await self._store.write(send)

    async def identify(self, token: str, typed: str, source: str) -> Identified | ActivationFault:
        """Look at a code: right, it says whose spaces these are; it is used up only by what they then decide."""
        return await self._even.of(self._identify(token, typed, source))

    async def _identify(self, token: str, typed: str, source: str) -> Identified | ActivationFault:
        now = self._clock.now()
        attempt = self._attempts.read_token(token, now)
        if attempt is None:
            return ActivationFault.OVER
        further = secrets.token_urlsafe(32)

        def check(tx: Tx) -> Identified | VaultId | None:
            vaults = self._attempts.vaults(tx, CARD_SHOWN, token, now)
            right = self._codes.matching(tx, vaults, typed, now)
            if not right:
                self._attempts.nobody(tx, now)
                return vaults[0] if vaults else None
            spaces = sorted((tx.spaces.space(vault) for vault in right), key=lambda one: person_found(one).first_name)
            # The attempt goes on: who presses twice is shown the second answer, and must get further from there.
            kind = CHOSEN if len(spaces) == 1 else CODE_RIGHT
            self._attempts.begin(tx, kind, further, [space.vault for space in spaces], now)
            for space in spaces:
                event = holder_of(space, FACE).event(now, "activation.identified", detail=f"{FACE} {source}")
                tx.audit.append(space.vault, event)
            return Identified(further, [person_found(space) for space in spaces])

        async with self._guard.turn(_guarded(attempt.seed, source)) as turn:
            if turn.is_busy:
                return ActivationFault.TOO_MANY_TRIES
            found = await self._store.write(check)
            if isinstance(found, Identified):
                turn.succeeded()
                return found
            turn.failed()
        self._trace.failed(found, FACE, source)
        return ActivationFault.WRONG_CODE

    async def persons(self, token: str) -> Sequence[PersonFound]:
        """List whose space the code opens, when there are several; nobody when the attempt is over."""
        now = self._clock.now()

        def look(tx: Tx) -> list[PersonFound]:
            vaults = self._attempts.vaults(tx, CODE_RIGHT, token, now)
            return [person_found(tx.spaces.space(vault)) for vault in vaults]

        return await self._store.read(look)

    async def choose(self, token: str, place: int) -> str | ActivationFault:
        """Choose one of `persons`, and give the token of the attempt that goes on with them alone."""
        now, further = self._clock.now(), secrets.token_urlsafe(32)

        def choose(tx: Tx) -> str | ActivationFault:
            vaults = self._attempts.vaults(tx, CODE_RIGHT, token, now)
            if not 0 <= place < len(vaults):
                return ActivationFault.OVER
            self._attempts.begin(tx, CHOSEN, further, [vaults[place]], now)
            return further

        return await self._store.write(choose)

    def _told_of(self, tx: Tx, token: str, now: datetime) -> list[Space]:
        # A child's code goes to the legal representative (A22).
        vaults = self._attempts.vaults(tx, CARD_SHOWN, token, now)
        return [with_contacts(tx, vault, now) for vault in vaults]

    # ------------------------------------------------------------ guesses

    def _seed_of(self, card: ShownCard) -> bytes:
        return self._store.digest(
            "activation-card", card.number.encode(), str(card.born).encode(), card.serial.encode()
        )[:8] + self._store.digest("activation-number", card.number.encode())[:8]

    def _may_not_ask(self, attempt: CardToken, now: datetime) -> ActivationFault | None:
        card = attempt.seed.hex(), ""
        if self._asked.recent(card, now):
            return ActivationFault.TOO_SOON
        if self._asked_today.recent(card, now) >= self._settings.codes_a_day:
            return ActivationFault.TOO_MANY_CODES
        self._asked.add(card, now)
        self._asked_today.add(card, now)
        return None


def _guarded(seed: bytes, source: str) -> GuardedAttempt:
    """Say what is guessed at: the number, by its digest."""
    return GuardedAttempt(face=FACE, source=source, account=seed[8:].hex())


def person_found(space: Space) -> PersonFound:
    """Name the person of a space to whoever is identified."""
    traits = space.identity.traits
    return PersonFound(first_name=given_name(traits), name=shown_name(traits), state=space.state)


def _refused_name(attempt: CardToken) -> str:
    """Name what is kept of a number whose card was another: one row a person, however many cards are tried."""
    return f"refused/{attempt.seed[8:].hex()}"


def _perhaps_meant(known: Sequence[Space], card: ShownCard) -> list[VaultId]:
    """Give whom somebody may have meant whose card is of none of them: by birth date, else by their own number."""
    there = [space for space in known if may_enter(space)]
    born = [space for space in there if space.identity.traits.birth_date == card.born]
    return [space.vault for space in born or there if born or space.identity.ins.value == card.number]


def _reachable(spaces: Sequence[Space], channel: Channel | None) -> list[Space]:
    """Give the spaces that one code may open: all with the contact of the first that has one of this way."""
    first = next((space for space in spaces if _contact(space, channel)), None)
    return [space for space in spaces if first and _contact(space, channel) == _contact(first, channel)]


def _way_to(spaces: Sequence[Space], wanted: Channel) -> tuple[Channel, list[Space]]:
    """Give the way that was asked for, or the other where there is no contact for that, and who is reached by it."""
    ways = [(way, _reachable(spaces, way)) for way in sorted(Channel, key=lambda way: way is not wanted)]
    return next(((way, told) for way, told in ways if told), (wanted, []))


def _contact(space: Space, channel: Channel | None) -> str:
    if channel is None:
        return space.email or space.phone
    return space.email if channel is Channel.EMAIL else space.phone


def _notice(space: Space, typed: str, channel: Channel, now: datetime, number: int) -> Step:
    told = TellHolder(
        kind=NoticeKind.PROVISIONAL_CODE, values={"code": typed}, channel=channel, to=_contact(space, channel)
    )
    # Due before everything that waits: a person looks at the page until it comes (F8).
    return Step(vault=space.vault, id=number, payload=told, due=now - timedelta(days=1))


def _unserved(spaces: Sequence[Space], refused: Sequence[VaultId]) -> Unserved:
    if spaces:
        return Unserved.NO_CONTACT
    return Unserved.OTHER_CARD if refused else Unserved.NOBODY


def may_enter(space: Space) -> bool:
    """Say whether whoever proves to be the person of a space may choose about it here."""
    # One that was closed after a suspension for fraud is not opened again by a card and a code (E33).
    return space.state in ENTERS and not (space.state is SpaceState.CLOSED and space.before)

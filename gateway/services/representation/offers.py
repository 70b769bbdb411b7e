"""Offers to act for somebody: made by whoever may, answered by the person who was named, with a code they were given.

Whoever makes an offer names a person by birth name, first name and birth date, and hands over a code themself. So
nobody learns here who has a space. A code is good once, for two weeks, for the named person alone, while whoever made
the offer might make it: of any other, of one that is over or was used, it is answered as one that never was, and the
space's trace tells of the try. Carers are offered less than representatives, and until a day
(`gateway.services.representation.carers`).
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.access import Action, Actor, Right, Role, SpacePart
from gateway.domain.account import Session, Space, digest_of, majority_of
from gateway.domain.carers import MOST_CARERS, MOST_HELPED
from gateway.domain.errors import AccessRefused, Conflict, NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import NOBODY, KeptMandate, MandateKind, MandateState, NamedPerson
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_names import shown_name
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import representative_of
from gateway.services.access.mandate_titles import counts, end_of, role_of
from gateway.services.access.permission import allow, is_too_young, traces_refusals
from gateway.services.random_numbers import random_number
from gateway.services.space.carer_ends import end_on_its_day
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder

LASTS = timedelta(days=14)
MOST_WAITING = 3
_KIND, _FACE = "mandate-offer", "web"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MadeOffer:
    """What is shown once: the code to hand over, and until when it is good."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownOffer:
    """What the named person reads before they answer."""

    name: str
    offered_by: str
    kind: MandateKind
    until: datetime | None
    rights: frozenset[Right] | None = None


class MandateOffers:
    """Makes offers, shows and answers them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def mandates(self, actor: Actor) -> Sequence[KeptMandate]:
        """List who acts in a space, and who was asked to."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[KeptMandate]:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            space = tx.spaces.space(actor.vault)
            return [one for one in tx.mandates.all_of(actor.vault) if counts(one, space, now) or waits(one, now)]

        return await self._store.read(look)

    @traces_refusals
    async def offer(self, actor: Actor, asked: NamedPerson, kind: MandateKind) -> MadeOffer:
        """Ask somebody to act in a space as well.

        Raises:
            Conflict: as many offers wait as may, or it is not theirs to make.
        """
        now, code = self._clock.now(), new_code()

        def make(tx: Tx) -> None:
            allow(tx, actor, Action.ADD, SpacePart.RIGHTS, now)
            majority = majority_of(tx.spaces.space(actor.vault))
            if kind is MandateKind.MINOR and (actor.role is not Role.GUARDIAN or majority is None or now >= majority):
                raise Conflict("a legal representative is added by another one, of a minor")
            save_offer(tx, actor, asked, kind, code, now)
            tx.audit.append(actor.vault, actor.event(now, "mandate.offered", detail=kind.value))

        await self._store.write(make)
        return MadeOffer(code=code, until=now + LASTS)

    @traces_refusals
    async def withdraw(self, actor: Actor, number: int) -> None:
        """Take an offer back. Raises `NotFound` when none of that number waits."""
        now = self._clock.now()

        def withdraw(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            found = tx.mandates.get(actor.vault, number)
            if found is None or found.state is not MandateState.OFFERED:
                raise NotFound("no such offer waits")
            tx.mandates.save(replace(found, state=MandateState.ENDED, changed=now))
            tx.audit.append(actor.vault, actor.event(now, "mandate.withdrawn"))

        await self._store.write(withdraw)

    async def look(self, home: VaultId, code: str) -> ShownOffer:
        """Show an offer to the person it is for. Raises `NotFound` to everybody else."""
        now = self._clock.now()

        def look(tx: Tx) -> ShownOffer | VaultId | None:
            found = _found(tx, home, code, now)
            if not isinstance(found, tuple):
                return found
            space, mandate, _ = found
            return ShownOffer(
                name=shown_name(space.identity.traits), offered_by=mandate.offered_by, kind=mandate.kind,
                until=end_of(mandate, space), rights=mandate.rights,
            )  # fmt: skip

        found = await self._store.read(look)
        if isinstance(found, ShownOffer):
            return found
        if found is not None:
            await self._note_stranger(home, found, now)
        raise NotFound("there is no such offer")

    async def answer(self, home: VaultId, code: str, *, accepts: bool) -> None:
        """Accept an offer, or refuse it; whoever made it is told.

        Raises:
            NotFound: as `look`.
            AccessRefused: they are too young to consent to it.
            Conflict: they act as a carer for as many persons as may be.
        """
        now = self._clock.now()

        def answer(tx: Tx) -> VaultId | None:
            found = _found(tx, home, code, now)
            if found is None:
                raise NotFound("there is no such offer")
            if not isinstance(found, tuple):
                return found
            space, mandate, digest = found
            holder, is_carer = tx.spaces.space(home), mandate.kind is MandateKind.CARER
            if accepts and is_carer and is_too_young(tx, home, now) is not False:
                raise AccessRefused("ACC-16", "a minor consents to no mandate")
            if accepts and is_carer and _helped(tx, home, now) >= MOST_HELPED:
                raise Conflict("they act as a carer for as many persons as may be")
            actor = representative_of(holder, mandate.kind, space.vault, _FACE)
            state = MandateState.ACCEPTED if accepts else MandateState.REFUSED
            answered = replace(
                mandate, state=state, home=home if accepts else NOBODY, name=shown_name(holder.identity.traits),
                changed=now,
            )  # fmt: skip
            tx.mandates.save(answered)
            if accepts and is_carer:
                end_on_its_day(tx, answered)
            tx.spaces.drop_session(digest)
            added = NoticeKind.CARER_ADDED if is_carer else NoticeKind.REPRESENTATIVE_ADDED
            tell_holder(tx, space.vault, added if accepts else NoticeKind.REPRESENTATIVE_DECLINED, now)
            if accepts:
                tell_contact(tx, space.vault, contact_of(holder), NoticeKind.REPRESENTATION_BEGAN, now)
            tx.audit.append(space.vault, actor.event(now, "mandate.accepted" if accepts else "mandate.refused"))
            return None

        stranger_to = await self._store.write(answer)
        if stranger_to is not None:
            await self._note_stranger(home, stranger_to, now)
            raise NotFound("there is no such offer")

    async def _note_stranger(self, home: VaultId, vault: VaultId, now: datetime) -> None:
        def note(tx: Tx) -> None:
            actor = representative_of(tx.spaces.space(home), MandateKind.CARER, vault, _FACE)
            tx.audit.append(vault, actor.event(now, "mandate.not-for-them", "failed"))

        await self._store.write(note)


def _found(
    tx: Tx, home: VaultId, code: str, now: datetime
) -> tuple[Space, KeptMandate, bytes] | VaultId | None:
    """Find an offer that waits, for the person it is for; of somebody else, only in whose space it was made."""
    digest = _digest(code)
    row = tx.spaces.session(digest)
    if row is None or row.kind != _KIND or row.expires <= now:
        return None
    space = tx.spaces.space(row.vault)
    number = next((one.device for one in tx.spaces.sessions_of(row.vault) if one.digest == digest), "")
    mandate = tx.mandates.get(row.vault, int(number, 16)) if number else None
    if mandate is None or not waits(mandate, now) or mandate.asked is None or row.vault == home:
        return None
    if not _is_still_meant(tx, space, mandate, now):
        return None
    if not mandate.asked.is_named(tx.spaces.space(home).identity.traits):
        return row.vault
    # Somebody who acts already, or has said not to be the representative, is no newcomer.
    known = [one for one in tx.mandates.all_of(row.vault) if one.home == home]
    if any(counts(one, space, now) or one.state is MandateState.REFUSED for one in known):
        return None
    return space, mandate, digest


def _is_still_meant(tx: Tx, space: Space, offer: KeptMandate, now: datetime) -> bool:
    """Say whether whoever made an offer might make it now: a right that has ended lets nobody in."""
    names = set[str]() if offer.kind is MandateKind.MINOR else {shown_name(space.identity.traits)}
    for one in tx.mandates.all_of(space.vault):
        if role_of(one.kind) is Role.GUARDIAN and counts(one, space, now):
            names.add(one.name)
            with suppress(NotFound, SealBroken):  # it is gone: the name that the mandate has stands
                names.add(shown_name(tx.spaces.space(one.home).identity.traits))
    return offer.offered_by in names


def save_offer(
    tx: Tx,
    actor: Actor,
    asked: NamedPerson,
    kind: MandateKind,
    code: str,
    now: datetime,
    *,
    rights: frozenset[Right] | None = None,
    until: datetime | None = None,
) -> None:
    """Keep an offer, with the digest of its code. Raises `Conflict` when as many wait, or are carers, as may."""
    every, number, space = tx.mandates.all_of(actor.vault), random_number(), tx.spaces.space(actor.vault)
    waiting = [one for one in every if waits(one, now)]
    if len(waiting) >= MOST_WAITING:
        raise Conflict("as many offers wait as may")
    carers = [one for one in every if one.kind is MandateKind.CARER and (one in waiting or counts(one, space, now))]
    if kind is MandateKind.CARER and len(carers) >= MOST_CARERS:
        raise Conflict("as many carers as may be")
    tx.mandates.save(
        KeptMandate(
            vault=actor.vault, number=number, kind=kind, state=MandateState.OFFERED, home=NOBODY,
            name=f"{asked.first_name} {asked.birth_name}", begun=now, changed=now, offered_by=actor.person,
            asked=asked, rights=rights, until=until,
        )
    )  # fmt: skip
    tx.spaces.save_session(
        Session(
            digest=_digest(code), vault=actor.vault, kind=_KIND, created=now, used=now, expires=now + LASTS,
            device=f"{number:x}",
        )
    )  # fmt: skip


def _helped(tx: Tx, home: VaultId, now: datetime) -> int:
    """Count for how many persons somebody acts as a carer."""
    held = [one for one in tx.mandates.held_by(home) if one.kind is MandateKind.CARER]
    return len({one.vault for one in held if counts(one, tx.spaces.space(one.vault), now)})


def waits(mandate: KeptMandate, now: datetime) -> bool:
    """Say whether an offer may still be answered."""
    is_over = mandate.until is not None and now >= mandate.until
    return mandate.state is MandateState.OFFERED and now < mandate.begun + LASTS and not is_over


def new_code() -> str:
    """Draw a code to be handed over: 78 bits, in groups that can be read out."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(code: str) -> bytes:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return digest_of(f"mandate offer {plain}")

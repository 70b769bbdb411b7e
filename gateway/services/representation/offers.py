"""Offers to act for somebody: made by whoever may, answered by the person who was named, with a code they were given.

Whoever makes an offer names a person by birth name, first name and birth date, and hands over a code themself. So
nobody learns here who has a space. A code is good once, for two weeks, for the named person alone: of any other, of one
that is over or was used, it is answered as one that never was, and the space's trace tells of the try.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.access import Action, Actor, Role, SpacePart
from gateway.domain.account import Session, Space, digest_of, majority_of
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import NOBODY, KeptMandate, MandateKind, MandateState, NamedPerson
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_names import shown_name
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import representative_of
from gateway.services.access.mandate_titles import counts, end_of
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.random_numbers import random_number
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
            return [one for one in tx.mandates.all_of(actor.vault) if counts(one, space, now) or _waits(one, now)]

        return await self._store.read(look)

    @traces_refusals
    async def offer(self, actor: Actor, asked: NamedPerson, kind: MandateKind) -> MadeOffer:
        """Ask somebody to act in a space as well.

        Raises:
            Conflict: as many offers wait as may, or it is not theirs to make.
        """
        now, number, code = self._clock.now(), random_number(), _new_code()
        until = now + LASTS

        def make(tx: Tx) -> None:
            allow(tx, actor, Action.ADD, SpacePart.RIGHTS, now)
            majority = majority_of(tx.spaces.space(actor.vault))
            if kind is MandateKind.MINOR and (actor.role is not Role.GUARDIAN or majority is None or now >= majority):
                raise Conflict("a legal representative is added by another one, of a minor")
            if sum(_waits(one, now) for one in tx.mandates.all_of(actor.vault)) >= MOST_WAITING:
                raise Conflict("as many offers wait as may")
            tx.mandates.save(
                KeptMandate(
                    vault=actor.vault, number=number, kind=kind, state=MandateState.OFFERED, home=NOBODY,
                    name=f"{asked.first_name} {asked.birth_name}", begun=now, changed=now, offered_by=actor.person,
                    asked=asked,
                )
            )  # fmt: skip
            digest = _digest(code)
            tx.spaces.save_session(
                Session(
                    digest=digest, vault=actor.vault, kind=_KIND, created=now, used=now, expires=until,
                    device=f"{number:x}",
                )
            )  # fmt: skip
            tx.audit.append(actor.vault, actor.event(now, "mandate.offered", detail=kind.value))

        await self._store.write(make)
        return MadeOffer(code=code, until=until)

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
                until=end_of(mandate, space),
            )  # fmt: skip

        found = await self._store.read(look)
        if isinstance(found, ShownOffer):
            return found
        if found is not None:
            await self._note_stranger(home, found, now)
        raise NotFound("there is no such offer")

    async def answer(self, home: VaultId, code: str, *, accepts: bool) -> None:
        """Accept an offer, or refuse it; whoever made it is told. Raises `NotFound` as `look`."""
        now = self._clock.now()

        def answer(tx: Tx) -> None:
            found = _found(tx, home, code, now)
            if not isinstance(found, tuple):
                raise NotFound("there is no such offer")
            space, mandate, digest = found
            holder = tx.spaces.space(home)
            actor = representative_of(holder, mandate.kind, space.vault, _FACE)
            state = MandateState.ACCEPTED if accepts else MandateState.REFUSED
            tx.mandates.save(
                replace(
                    mandate, state=state, home=home if accepts else NOBODY, name=shown_name(holder.identity.traits),
                    changed=now,
                )
            )  # fmt: skip
            tx.spaces.drop_session(digest)
            told = NoticeKind.REPRESENTATIVE_ADDED if accepts else NoticeKind.REPRESENTATIVE_DECLINED
            tell_holder(tx, space.vault, told, now)
            if accepts:
                tell_contact(tx, space.vault, contact_of(holder), NoticeKind.REPRESENTATION_BEGAN, now)
            tx.audit.append(space.vault, actor.event(now, "mandate.accepted" if accepts else "mandate.refused"))

        await self._store.write(answer)

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
    if mandate is None or not _waits(mandate, now) or mandate.asked is None or row.vault == home:
        return None
    if not mandate.asked.is_named(tx.spaces.space(home).identity.traits):
        return row.vault
    # Somebody who acts already, or has said not to be the representative, is no newcomer.
    known = [one for one in tx.mandates.all_of(row.vault) if one.home == home]
    if any(counts(one, space, now) or one.state is MandateState.REFUSED for one in known):
        return None
    return space, mandate, digest


def _waits(mandate: KeptMandate, now: datetime) -> bool:
    return mandate.state is MandateState.OFFERED and now < mandate.begun + LASTS


def _new_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(code: str) -> bytes:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return digest_of(f"mandate offer {plain}")

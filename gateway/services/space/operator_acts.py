"""What an operator does with one person's space: shows, corrects, opens, refuses, suspends, notes a death, takes back.

Each act is one transaction: the space, its trace with the operator's reason, its sessions, and what its holder is told.
Patients are never removed, only erased.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from gateway.domain.account import PostalAddress, Space, due_day, due_event
from gateway.domain.address import MailAddress
from gateway.domain.errors import Conflict, InvalidValue, KeyUnavailable, NotFound, SealBroken
from gateway.domain.identity import Ins
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.addressees import AT_ONCE, addressee_of
from gateway.services.space.moves import move, restore
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder

T = TypeVar("T")
PAGE = 200
"""Spaces that are read at once when all are listed."""
_UNOPENED = frozenset({SpaceState.CREATED, SpaceState.NOTIFIED})
_NEXT = {
    SpaceEvent.SIX_WEEKS_PASSED: "opens",
    SpaceEvent.NOBODY_OBJECTED: "closes",
    SpaceEvent.ERASURE_REQUESTED: "is erased",
    SpaceEvent.TEN_YEARS_PASSED: "is erased",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSpace:
    """A space as the operator sees it, and what happens to it next by itself; `on` is when."""

    space: Space
    next: str
    on: date | None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Correction:
    """What is put right; None leaves a field as it is, an empty text empties it."""

    email: str | None = None
    phone: str | None = None
    postal: PostalAddress | None = None
    card_serials: tuple[str, ...] | None = None
    birth_name: str | None = None
    given_names: tuple[str, ...] | None = None
    used_name: str | None = None
    birth_place: str | None = None


def shown(space: Space) -> ShownSpace:
    """Say what happens next to a space."""
    day = due_day(space)
    event = due_event(space, day) if day else None
    return ShownSpace(space=space, next=_NEXT[event] if event else "nothing", on=day)


class OperatorActs:
    """Acts on one space; `who` is its address, or the person's number (INS)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def show(self, who: str) -> ShownSpace:
        """Give a space. Raises `NotFound`."""
        return shown(await self._store.read(lambda tx: tx.spaces.space(found(tx, who))))

    async def page(self, after: VaultId, state: SpaceState | None) -> list[tuple[VaultId, ShownSpace | None]]:
        """Give the next spaces in the order of their numbers, None for one that does not open; none after the last."""

        def look(tx: Tx) -> list[tuple[VaultId, ShownSpace | None]]:
            return [(vault, _opened(tx, vault)) for vault in tx.spaces.listed(after, PAGE, state)]

        return await self._store.read(look)

    async def unreached(self, vaults: Sequence[VaultId], ways: Collection[Channel]) -> frozenset[VaultId]:
        """Give which of these spaces nobody can be told of by any of some ways; of a child's, its representative."""
        now = self._clock.now()
        return await self._store.read(
            lambda tx: frozenset(vault for vault in vaults if _is_unreached(tx, vault, now, ways))
        )

    async def correct(self, who: str, correction: Correction, reason: str) -> tuple[ShownSpace, tuple[str, ...]]:
        """Put a space right, and say which fields changed. The old contact is told as well as the new one."""
        return await self._act(who, partial(_correct, correction=correction, reason=reason))

    async def open(self, who: str, request: str) -> ShownSpace:
        """Open a space: after its six weeks, or before when the person asked for it, as `request` says.

        Raises:
            Conflict: the six weeks are not over, and nobody asked; or it is in no state to be opened.
        """
        return await self._act(who, partial(_open, request=request))

    async def oppose(self, who: str, reason: str) -> ShownSpace:
        """Note that the person refuses their space, as they said by telephone (F11); noted twice, it stays so."""
        return await self._act(who, partial(_oppose, reason=reason))

    async def suspend(self, who: str, reason: str) -> ShownSpace:
        """Suspend a space for fraud; its holder is told when it closes if nobody objects (E33)."""
        return await self._act(who, partial(_suspend, reason=reason))

    async def note_death(self, who: str, on: date, reason: str) -> ShownSpace:
        """Note that its holder died: nobody signs in, mail is refused, and it is kept for ten years (A21)."""
        return await self._act(who, partial(_note_death, on=on, reason=reason))

    async def restore(self, who: str, reason: str) -> ShownSpace:
        """Take back a suspension, to which somebody objected, or a death that was noted by mistake."""
        return await self._act(who, partial(_restore, reason=reason))

    async def _act(self, who: str, act: Callable[[Tx, VaultId, datetime], T]) -> T:
        now = self._clock.now()
        return await self._store.write(lambda tx: act(tx, found(tx, who), now))


def _is_unreached(tx: Tx, vault: VaultId, now: datetime, ways: Collection[Channel]) -> bool:
    try:
        return addressee_of(tx, vault, now).reached(None, ways) is None
    except (NotFound, SealBroken, KeyUnavailable):
        return False  # a representative's space that does not open: pli verify names it


def _opened(tx: Tx, vault: VaultId) -> ShownSpace | None:
    try:
        return shown(tx.spaces.space(vault))
    except (NotFound, SealBroken, KeyUnavailable):
        return None


def found(tx: Tx, who: str) -> VaultId:
    """Find a space by its address or by its holder's number. Raises `NotFound`."""
    vault = _by_address(tx, who) if "@" in who else _by_number(tx, who)
    if vault is None:
        raise NotFound("no patient here has this address or number: check it, or import the person first")
    return vault


def _by_address(tx: Tx, who: str) -> VaultId | None:
    try:
        known = tx.spaces.resolve(MailAddress.parse(who))
    except InvalidValue:
        return None
    return known[0] if known and known[1] is VaultKind.SPACE and tx.spaces.state(known[0]) else None


def _by_number(tx: Tx, who: str) -> VaultId | None:
    number = "".join(who.split()).upper()
    if not Ins.is_well_formed(number):
        return None
    # A representative's number finds the children too: they are others.
    return next((space.vault for space in tx.spaces.with_number(number) if number in _own(space)), None)


def _own(space: Space) -> Iterator[str]:
    yield space.identity.ins.value
    yield from (value for _, value in space.identity.earlier)


# ---------------------------------------------------------------- acts, each in its transaction


def _correct(
    tx: Tx, vault: VaultId, now: datetime, *, correction: Correction, reason: str
) -> tuple[ShownSpace, tuple[str, ...]]:
    space = tx.spaces.space(vault)
    if space.state is SpaceState.ERASED:
        raise Conflict("this space is erased: nothing is left to correct")
    corrected = _corrected(space, correction)
    changed = changed_fields(space, corrected)
    if changed:
        tx.spaces.save(corrected)
        detail = f"{', '.join(changed)}: {reason}"
        tx.audit.append(vault, operator_of(vault).event(now, "space.corrected", space.state.value, detail=detail))
        tell_of_contact(tx, space, corrected, now)
    return shown(corrected), changed


def tell_of_contact(tx: Tx, before: Space, after: Space, now: datetime) -> None:
    """End what is open when a contact changed, and tell the person where they were reached and where they are now."""
    if (before.email, before.phone) == (after.email, after.phone):
        return
    # Whoever reads what goes to the wrong contact may be signed in by a code that went there.
    tx.spaces.drop_sessions(after.vault)
    addressee = addressee_of(tx, after.vault, now)
    usual = addressee.reached(None, AT_ONCE)
    tell_contact(tx, after.vault, usual, NoticeKind.CONTACT_CORRECTED, now, **addressee.named)
    # A wrong contact may be anybody's: a child is not named there.
    for contact in {contact_of(before), contact_of(after)} - {usual}:
        tell_contact(tx, after.vault, contact, NoticeKind.CONTACT_CORRECTED, now)


def _corrected(space: Space, new: Correction) -> Space:
    traits = space.identity.traits
    corrected = replace(
        traits,
        birth_name=_kept(new.birth_name, traits.birth_name),
        given_names=_kept(new.given_names, traits.given_names),
        used_name=_kept(new.used_name, traits.used_name),
    )
    return replace(
        space,
        identity=replace(space.identity, traits=corrected),
        email=_kept(new.email, space.email),
        phone=_kept(new.phone, space.phone),
        postal=_kept(new.postal, space.postal),
        card_serials=_kept(new.card_serials, space.card_serials),
        birth_place=_kept(new.birth_place, space.birth_place),
    )


def _kept(new: T | None, old: T) -> T:
    return old if new is None else new


_FIELDS = ("email", "phone", "postal", "birth_place", "birth_country", "card_serials", "guardians", "scheme")
_TRAITS = ("birth_name", "given_names", "used_name", "sex", "birth_date")


def changed_fields(before: Space, after: Space) -> tuple[str, ...]:
    """Name the fields in which a space differs from what it was; never their values."""
    old, new = before.identity.traits, after.identity.traits
    return (
        *(name for name in _TRAITS if getattr(old, name) != getattr(new, name)),
        *(name for name in _FIELDS if getattr(before, name) != getattr(after, name)),
    )


def _open(tx: Tx, vault: VaultId, now: datetime, *, request: str) -> ShownSpace:
    space = tx.spaces.space(vault)
    is_over = due_event(space, local_day(now)) is SpaceEvent.SIX_WEEKS_PASSED
    if space.state in _UNOPENED and not (is_over or request):
        day = due_day(space)
        when = f"it opens by itself on {day}" if day else "its six weeks have not begun"
        raise Conflict(
            f"the person may still refuse this space, {when}: wait, or say --at-the-request-of-the-person and why"
        )
    event = SpaceEvent.OPENED_ON_REQUEST if request else SpaceEvent.SIX_WEEKS_PASSED
    if space.state not in _UNOPENED:
        raise Conflict(f"this space is {space.state.value}: only one that was never opened can be opened")
    opened = move(tx, vault, event, now, operator_of(vault), detail=request)
    tell_holder(tx, vault, NoticeKind.SPACE_OPENED_ON_REQUEST if request else NoticeKind.SPACE_OPENED, now)
    return shown(opened)


def _oppose(tx: Tx, vault: VaultId, now: datetime, *, reason: str) -> ShownSpace:
    space = tx.spaces.space(vault)
    if space.state is SpaceState.OPPOSED:
        return shown(space)
    if space.state not in _UNOPENED:
        raise Conflict(
            f"this space is {space.state.value}: only one that was never opened can be refused; once it is open, its "
            "holder closes it on the web, or asks for its erasure"
        )
    opposed = move(tx, vault, SpaceEvent.OPPOSED, now, operator_of(vault), detail=reason)
    tell_holder(tx, vault, NoticeKind.OPPOSED_BY_TELEPHONE, now)
    return shown(opposed)


def _suspend(tx: Tx, vault: VaultId, now: datetime, *, reason: str) -> ShownSpace:
    suspended = shown(move(tx, vault, SpaceEvent.SUSPENDED, now, operator_of(vault), detail=reason))
    tell_holder(tx, vault, NoticeKind.SPACE_SUSPENDED, now, day=day_in_words(suspended.on or local_day(now)))
    return suspended


def _note_death(tx: Tx, vault: VaultId, now: datetime, *, on: date, reason: str) -> ShownSpace:
    born = tx.spaces.space(vault).identity.traits.birth_date
    if on > local_day(now):
        raise Conflict("the day of death is still to come: check --on")
    if born is not None and (on.year, on.month, on.day) < (born.year, born.month or 1, born.day or 1):
        raise Conflict("the day of death is before the birth: check --on and the person")
    return shown(move(tx, vault, SpaceEvent.DIED, now, operator_of(vault), detail=f"{on}: {reason}"))


def _restore(tx: Tx, vault: VaultId, now: datetime, *, reason: str) -> ShownSpace:
    was = tx.spaces.space(vault).state
    restored = restore(tx, vault, now, operator_of(vault), detail=reason)
    if was is SpaceState.SUSPENDED:
        tell_holder(tx, vault, NoticeKind.SUSPENSION_TAKEN_BACK, now)
    return shown(restored)

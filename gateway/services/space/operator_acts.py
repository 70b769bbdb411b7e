"""What an operator does with one person's space: shows, corrects, opens, refuses, suspends, notes a death, takes back.

Each act is one transaction: the space, its trace with the operator's reason, its sessions, and what its holder is told.
Patients are never removed, only erased.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from gateway.domain.access import Action, Actor, Role, SpacePart
from gateway.domain.account import Space, due_day, due_event
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
from gateway.services.access.permission import allow
from gateway.services.space.addressees import addressee_of
from gateway.services.space.moves import move, restore
from gateway.services.space.space_corrections import Correction, changed_fields, corrected, tell_of_contact
from gateway.services.space.telling import tell_holder

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


def shown(space: Space) -> ShownSpace:
    """Say what happens next to a space."""
    day = due_day(space)
    event = due_event(space, day) if day else None
    return ShownSpace(space=space, next=_NEXT[event] if event else "nothing", on=day)


class OperatorActs:
    """Acts on one space; `who` is its address, the person's number (INS), or the number of the vault."""

    def __init__(self, store: Store, clock: Clock, by: Callable[[VaultId], Actor] = operator_of) -> None:
        """`by` gives who acts in a space: the operator by a command, or an agent with the reason that they wrote."""
        self._store = store
        self._clock = clock
        self._by = by

    async def show(self, who: str | VaultId) -> ShownSpace:
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

    async def oppose(self, who: str | VaultId, reason: str) -> ShownSpace:
        """Note that the person refuses their space, as they said by telephone (F11); noted twice, it stays so."""
        return await self._act(who, partial(_oppose, reason=reason))

    async def suspend(self, who: str, reason: str) -> ShownSpace:
        """Suspend a space for fraud; its holder is told when it closes if nobody objects (E33)."""
        return await self._act(who, partial(_suspend, reason=reason))

    async def note_death(self, who: str | VaultId, on: date, reason: str) -> ShownSpace:
        """Note that its holder died: nobody signs in, mail is refused, and it is kept for ten years (A21)."""
        return await self._act(who, partial(_note_death, on=on, reason=reason))

    async def restore(self, who: str | VaultId, reason: str) -> ShownSpace:
        """Take back a suspension, to which somebody objected, or a death that was noted by mistake."""
        return await self._act(who, partial(_restore, reason=reason))

    async def _act(self, who: str | VaultId, act: Callable[[Tx, Actor, datetime], T]) -> T:
        now = self._clock.now()

        def acting(tx: Tx) -> T:
            actor = self._by(found(tx, who))
            require_office(tx, actor, now)
            return act(tx, actor, now)

        return await self._store.write(acting)


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


def require_office(tx: Tx, actor: Actor, now: datetime) -> None:
    """Ask the rules of access whether an agent may change a space (ACC-09); whoever runs commands holds the machine."""
    if actor.role is Role.AGENT:
        allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)


def found(tx: Tx, who: str | VaultId) -> VaultId:
    """Find a space by its address, by its holder's number, or by its own. Raises `NotFound`."""
    if isinstance(who, int):
        vault = who if tx.spaces.state(who) else None
    else:
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
    tx: Tx, actor: Actor, now: datetime, *, correction: Correction, reason: str
) -> tuple[ShownSpace, tuple[str, ...]]:
    space = tx.spaces.space(actor.vault)
    if space.state is SpaceState.ERASED:
        raise Conflict("this space is erased: nothing is left to correct")
    right = corrected(space, correction)
    changed = changed_fields(space, right)
    if changed:
        tx.spaces.save(right)
        detail = f"{', '.join(changed)}: {reason}"
        tx.audit.append(actor.vault, actor.event(now, "space.corrected", space.state.value, detail=detail))
        tell_of_contact(tx, space, right, now)
    return shown(right), changed


def _open(tx: Tx, actor: Actor, now: datetime, *, request: str) -> ShownSpace:
    space = tx.spaces.space(actor.vault)
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
    opened = move(tx, actor.vault, event, now, actor, detail=request)
    tell_holder(tx, actor.vault, NoticeKind.SPACE_OPENED_ON_REQUEST if request else NoticeKind.SPACE_OPENED, now)
    return shown(opened)


def _oppose(tx: Tx, actor: Actor, now: datetime, *, reason: str) -> ShownSpace:
    space = tx.spaces.space(actor.vault)
    if space.state is SpaceState.OPPOSED:
        return shown(space)
    if space.state not in _UNOPENED:
        raise Conflict(
            f"this space is {space.state.value}: only one that was never opened can be refused; once it is open, its "
            "holder closes it on the web, or asks for its erasure"
        )
    opposed = move(tx, actor.vault, SpaceEvent.OPPOSED, now, actor, detail=reason)
    tell_holder(tx, actor.vault, NoticeKind.OPPOSED_BY_TELEPHONE, now)
    return shown(opposed)


def _suspend(tx: Tx, actor: Actor, now: datetime, *, reason: str) -> ShownSpace:
    suspended = shown(move(tx, actor.vault, SpaceEvent.SUSPENDED, now, actor, detail=reason))
    tell_holder(tx, actor.vault, NoticeKind.SPACE_SUSPENDED, now, day=day_in_words(suspended.on or local_day(now)))
    return suspended


def _note_death(tx: Tx, actor: Actor, now: datetime, *, on: date, reason: str) -> ShownSpace:
    born = tx.spaces.space(actor.vault).identity.traits.birth_date
    if on > local_day(now):
        raise Conflict("the day of death is still to come: check --on")
    if born is not None and (on.year, on.month, on.day) < (born.year, born.month or 1, born.day or 1):
        raise Conflict("the day of death is before the birth: check --on and the person")
    return shown(move(tx, actor.vault, SpaceEvent.DIED, now, actor, detail=f"{on}: {reason}"))


def _restore(tx: Tx, actor: Actor, now: datetime, *, reason: str) -> ShownSpace:
    was = tx.spaces.space(actor.vault).state
    restored = restore(tx, actor.vault, now, actor, detail=reason)
    if was is SpaceState.SUSPENDED:
        tell_holder(tx, actor.vault, NoticeKind.SUSPENSION_TAKEN_BACK, now)
    return shown(restored)

"""The holder leaves or comes back: closes, reopens, is erased in some days or at once (F25–F28, A17, E81).

The proof of an erasure at once is made before anything goes: afterwards it is in the person's hands only. That of one
to come can be asked for again.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Space
from gateway.domain.errors import Conflict
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceEvent, SpaceState, erasure_day
from gateway.ports.clock import Clock
from gateway.ports.papers import Papers
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.space.activation_codes import ActivationCodes, CodeCheck
from gateway.services.space.erasure import Erasure
from gateway.services.space.erasure_proof import proof_of
from gateway.services.space.moves import move
from gateway.services.space.notices import contact_of, lifetime_in_words
from gateway.services.space.telling import tell_holder

_ASKED, _CONFIRMED = "erasure", "erasure-confirmed"
_TRIES = 5
_CODES_A_DAY = 10


class LeavingFault(Enum):
    """Why a step is refused."""

    WRONG_CODE = "wrong_code"
    CODE_OVER = "code_over"
    TOO_MANY_CODES = "too_many_codes"
    NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True)
class ClosedSpace:
    """What the holder of a closed space is told: since when, until when it is kept, and when it is to be erased."""

    kept_until: date
    erase_on: date | None
    may_reopen: bool


class Leaving:
    """Closes, reopens and erases spaces for their holders."""

    def __init__(self, store: Store, clock: Clock, papers: Papers, erasure: Erasure, pause: timedelta, life: timedelta):
        """`pause` is the time until an erasure that may be taken back; `life` is how long a code is good."""
        self._store = store
        self._clock = clock
        self._papers = papers
        self._erasure = erasure
        self._pause = pause
        self._life = life
        self._codes = ActivationCodes(store)

    def erasure_day(self) -> date:
        """Give the day of an erasure that is asked for now."""
        return local_day(self._clock.now() + self._pause)

    @property
    def code_lifetime(self) -> timedelta:
        """Give how long a code may be used."""
        return self._life

    # ------------------------------------------------------------ closing and coming back

    @traces_refusals
    async def close(self, actor: Actor) -> None:
        """Close a space: it is kept for ten years; closed already, it stays so. All its sessions end."""
        now = self._clock.now()

        def write(tx: Tx) -> None:
            allow(tx, actor, Action.CLOSE, SpacePart.SPACE, now)
            if tx.spaces.state(actor.vault) is SpaceState.CLOSED:
                return
            space = move(tx, actor.vault, SpaceEvent.CLOSED, now, actor)
            tell_holder(tx, space.vault, NoticeKind.SPACE_CLOSED, now, until=day_in_words(_kept_until(space)))

        await self._store.write(write)

    @traces_refusals
    async def closed(self, actor: Actor) -> ClosedSpace | None:
        """Say what a holder who comes back is told; None when their space is not closed."""
        now = self._clock.now()

        def look(tx: Tx) -> ClosedSpace | None:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            if space.state is not SpaceState.CLOSED:
                return None
            return ClosedSpace(_kept_until(space), space.erase_on, may_reopen=reopens_alone(space))

        return await self._store.read(look)

    @traces_refusals
    async def reopen(self, actor: Actor) -> bool:
        """Open a closed space again, whole; say whether an erasure was cancelled. One that is open stays as it is.

        Raises:
            Conflict: the space is not closed, or not by its holder.
        """
        now = self._clock.now()

        def write(tx: Tx) -> bool:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            if space.state is SpaceState.ACTIVE:
                return False
            if not reopens_alone(space):
                raise Conflict("this space is not opened again by its holder alone")
            return reopen_in(tx, space, now, actor)

        return await self._store.write(write)

    # ------------------------------------------------------------ erasing

    @traces_refusals
    async def ask_erasure(self, actor: Actor) -> bytes:
        """Close a space and have it erased after the pause; give the proof. Asked again, the first day stays."""
        now, day = self._clock.now(), self.erasure_day()

        def write(tx: Tx) -> Space:
            allow(tx, actor, Action.CLOSE, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            if space.erase_on is not None:
                return space
            moved = move(tx, actor.vault, SpaceEvent.CLOSED, now, actor, detail=f"erased on {day}", erase_on=day)
            tell_holder(tx, moved.vault, NoticeKind.ERASURE_ASKED, now, day=day_in_words(day))
            return moved

        space = await self._store.write(write)
        return await self._proof(space, now, space.erase_on)

    @traces_refusals
    async def proof_of_asking(self, actor: Actor) -> bytes:
        """Give the proof of an erasure that is asked for once more. Raises `Conflict` when none is."""
        now = self._clock.now()

        def look(tx: Tx) -> Space:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            if space.erase_on is None:
                raise Conflict("no erasure is asked for")
            return space

        space = await self._store.read(look)
        return await self._proof(space, now, space.erase_on)

    @traces_refusals
    async def send_code(self, actor: Actor) -> LeavingFault | None:
        """Send the code that is asked for before an erasure at once."""
        now = self._clock.now()

        def write(tx: Tx) -> LeavingFault | None:
            allow(tx, actor, Action.CLOSE, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            if contact_of(space) is None:
                return LeavingFault.NO_CONTACT
            if tx.spaces.codes_since(space.vault, now - timedelta(days=1), _ASKED) >= _CODES_A_DAY:
                return LeavingFault.TOO_MANY_CODES
            code = f"{secrets.randbelow(1_000_000):06}"
            self._codes.issue(tx, space, now, lifetime=self._life, purpose=_ASKED, typed=code, tries=_TRIES)
            # Due before everything that waits: a person looks at the page until it comes.
            first, life = now - timedelta(days=1), lifetime_in_words(self._life)
            ends = now + self._life
            tell_holder(tx, space.vault, NoticeKind.ERASURE_CODE, first, ends=ends, code=code, life=life)
            tx.audit.append(actor.vault, actor.event(now, "erasure.code", "sent"))
            return None

        return await self._store.write(write)

    @traces_refusals
    async def confirm(self, actor: Actor, typed: str) -> str | LeavingFault:
        """Spend the code; right, give what the last confirmation must bear."""
        now = self._clock.now()

        def write(tx: Tx) -> str | LeavingFault:
            allow(tx, actor, Action.CLOSE, SpacePart.SPACE, now)
            found = self._codes.spend(tx, actor.vault, typed, now, purpose=_ASKED)
            tx.audit.append(actor.vault, actor.event(now, "erasure.code", found.value))
            if found is CodeCheck.RIGHT:
                return self._codes.issue(
                    tx, tx.spaces.space(actor.vault), now, lifetime=self._life, purpose=_CONFIRMED
                )
            return LeavingFault.WRONG_CODE if found is CodeCheck.WRONG else LeavingFault.CODE_OVER

        return await self._store.write(write)

    @traces_refusals
    async def erase_now(self, actor: Actor, confirmed: str) -> bytes | LeavingFault:
        """Erase a space at once, for good, and give the proof; `confirmed` is what `confirm` gave."""
        now = self._clock.now()

        def write(tx: Tx) -> Space | None:
            allow(tx, actor, Action.CLOSE, SpacePart.SPACE, now)
            right = self._codes.spend(tx, actor.vault, confirmed, now, purpose=_CONFIRMED) is CodeCheck.RIGHT
            return tx.spaces.space(actor.vault) if right else None

        space = await self._store.write(write)
        if space is None:
            return LeavingFault.CODE_OVER
        proof = await self._proof(space, now, None)
        await self._erasure.erase(actor.vault, "asked by its holder", actor)
        return proof

    async def _proof(self, space: Space, now: datetime, day: date | None) -> bytes:
        values = proof_of(space, now, day, self._number_of(space.vault))
        return await self._store.aside(lambda: self._papers.pdf_of("proof", values))

    def _number_of(self, vault: VaultId) -> str:
        """Give the number of a space's proof, which says nothing to anybody but this gateway."""
        return self._store.digest("erasure-proof", vault.to_bytes(8, "big"))[:5].hex().upper()


def reopens_alone(space: Space) -> bool:
    """Say whether the holder of a closed space may open it again: not one that was closed after a suspension (E33)."""
    return space.state is SpaceState.CLOSED and not space.before


def reopen_in(tx: Tx, space: Space, now: datetime, actor: Actor) -> bool:
    """Open a closed space again in the caller's transaction; say whether an erasure was cancelled (E81)."""
    cancelled = space.erase_on is not None
    detail = f"erasure of {space.erase_on} cancelled" if cancelled else ""
    move(tx, space.vault, SpaceEvent.REOPENED, now, actor, detail=detail)
    tell_holder(tx, space.vault, NoticeKind.ERASURE_CANCELLED if cancelled else NoticeKind.SPACE_REOPENED, now)
    return cancelled


def _kept_until(space: Space) -> date:
    return erasure_day(space.changed_on) if space.changed_on else date.max

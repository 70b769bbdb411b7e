"""The agents' queue: who asked for a code and was sent none, and the code that an agent hands out to them (A26).

Whoever asks is answered like any other. The operator's trace keeps a line, and the queue a row for each space: which
it may have been, and why no code went out; never what was typed. A request leaves the queue when a code was given
since, or the space waits no more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.agents import UnservedWait
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, KeyUnavailable, NotFound, SealBroken
from gateway.domain.local_days import PLACE, local_day
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.space import OPPOSITION_DAYS, SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.activation_codes import PURPOSE, ActivationCodes, received
from gateway.services.space.operator_acts import found, require_office
from gateway.services.space.telling import tell_holder

KEPT = timedelta(days=OPPOSITION_DAYS)
"""How long a request stays in the queue; as long as a code is good."""
_ACTION = "activation.unserved"
_WAITS = frozenset({SpaceState.CREATED, SpaceState.NOTIFIED, SpaceState.OPEN})
_LOOKED_AT = _WAITS | {SpaceState.ACTIVE}
"""States of a space whose representative somebody denies to be: the other parent may have activated it (E74)."""
_MAY_HAVE_ONE = _WAITS | {SpaceState.OPPOSED, SpaceState.CLOSED}


class Unserved(Enum):
    """Why no code went out."""

    NOBODY = "nobody here has this number"
    OTHER_CARD = "another birth date or card is known, or none"
    NO_CONTACT = "no e-mail address and no mobile number is known"
    NOT_REPRESENTATIVE = "somebody said that they are not the legal representative"


_DENIED = Unserved.NOT_REPRESENTATIVE.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequest:
    """Requests for one space; `space` is None for numbers that nobody here has."""

    space: Space | None
    why: Unserved
    since: datetime
    last: datetime
    times: int


def note_unserved(tx: Tx, vaults: Sequence[VaultId], why: Unserved, now: datetime, source: str) -> None:
    """Leave a line in the operator's trace and one in the queue, in the caller's transaction."""
    objects = tuple(f"vault:{vault:x}" for vault in vaults)
    outcome = why.name.lower()
    event = AuditEvent(at=now, actor="unknown", action=_ACTION, outcome=outcome, objects=objects, detail=source)
    tx.audit.append(OPERATOR, event)
    for vault in vaults or (None,):
        before, forgotten = tx.agents.wait(vault, outcome), now - KEPT if vault is None else _forgotten(tx, vault, now)
        goes_on = before is not None and (before.last > forgotten or why is Unserved.NOT_REPRESENTATIVE)
        since, times = (before.since, before.times + 1) if before and goes_on else (now, 1)
        tx.agents.save_wait(UnservedWait(space=vault, why=outcome, since=since, last=now, times=times))


async def forget_unserved(store: Store, clock: Clock) -> None:
    """Forget who was not heard of for six weeks; an answer about a child waits until an agent settles it."""
    before = clock.now() - KEPT
    await store.write(lambda tx: tx.agents.drop_waits(before, _DENIED), priority=Priority.BULK)


class AgentQueue:
    """Lists who waits, and hands out codes."""

    def __init__(self, store: Store, clock: Clock, by: Callable[[VaultId], Actor] = operator_of) -> None:
        """`by` gives who acts in a space, as `operator_acts.OperatorActs` has it."""
        self._store = store
        self._clock = clock
        self._by = by
        self._codes = ActivationCodes(store)

    async def waiting(self) -> list[WaitingRequest]:
        """List who waits, the longest first; numbers that nobody has are one entry."""
        now = self._clock.now()
        return await self._store.read(lambda tx: sorted(_waiting(tx, now), key=lambda one: one.since))

    async def codes(self, limit: int) -> list[WaitingRequest]:
        """List who waits for a code, so many at most: about the longest."""
        now = self._clock.now()
        return await self._store.read(lambda tx: [*islice(_waiting(tx, now, denied=False), limit)])

    async def hand_out(self, who: str | VaultId, reason: str) -> tuple[Space, str]:
        """Give a new code for the person to take away; `reason` says how the agent knew them. They are told.

        It takes the place of an earlier code, and is good until the end of the 42nd day. The card is asked for as well.

        Raises:
            NotFound: there is no such space.
            Conflict: it is in no state to be activated or refused.
        """
        now = self._clock.now()

        def give(tx: Tx) -> tuple[Space, str]:
            actor = self._by(found(tx, who))
            require_office(tx, actor, now)
            space = tx.spaces.space(actor.vault)
            if space.state not in _MAY_HAVE_ONE or space.before:
                raise Conflict(f"this space is {space.state.value}: a code would open nothing")
            code = self._codes.issue(tx, space, now)
            received(tx, space.vault, local_day(now), PLACE)
            tx.audit.append(space.vault, actor.event(now, "activation.code", "handed out", detail=reason))
            tell_holder(tx, space.vault, NoticeKind.CODE_HANDED_OUT, now)
            return space, code

        return await self._store.write(give)


def settled_denials(tx: Tx, vault: VaultId) -> None:
    """Take a space out of the queue once no answer about it waits, in the caller's transaction."""
    if not denied_mandates(tx, vault):
        tx.agents.drop_wait(vault, _DENIED)


def denied_mandates(tx: Tx, vault: VaultId) -> list[KeptMandate]:
    """List who said not to be the legal representative of a minor, and no agent has looked (E74)."""
    mandates = tx.mandates.all_of(vault)
    return [one for one in mandates if (one.kind, one.state) == (MandateKind.MINOR, MandateState.REFUSED)]


def denied_spaces(tx: Tx, limit: int) -> Iterator[Space]:
    """Give the spaces of minors of whom somebody said not to be the representative, so many at most, the longest."""
    waits = sorted((one for one in tx.agents.waits() if one.why == _DENIED), key=lambda one: one.since)
    spaces = (_space(tx, one.space, _LOOKED_AT) for one in waits if one.space and denied_mandates(tx, one.space))
    return islice((space for space in spaces if space is not None), limit)


def _waiting(tx: Tx, now: datetime, *, denied: bool = True) -> Iterable[WaitingRequest]:
    # Codes that were asked for of one space for several reasons are one request; whoever denies is another.
    together: dict[tuple[VaultId | None, bool], list[UnservedWait]] = {}
    for wait in sorted(tx.agents.waits(), key=lambda one: one.since):
        if denied or wait.why != _DENIED:
            together.setdefault((wait.space, wait.why == _DENIED), []).append(wait)
    for (vault, is_denied), waits in together.items():
        if is_denied:
            left = waits if vault is not None and denied_mandates(tx, vault) else []
        else:
            forgotten = now - KEPT if vault is None else _forgotten(tx, vault, now)
            left = [one for one in waits if one.last > forgotten]
        space = _space(tx, vault, _LOOKED_AT if is_denied else _WAITS) if vault and left else None
        if left and (space is not None or vault is None):
            last = max(left, key=lambda one: one.last)
            yield WaitingRequest(
                space=space,
                why=Unserved[last.why.upper()],
                since=min(one.since for one in left),
                last=last.last,
                times=sum(one.times for one in left),
            )


def _forgotten(tx: Tx, vault: VaultId, now: datetime) -> datetime:
    """Give the instant until which requests count no more: six weeks ago, or when a code was given."""
    code = tx.spaces.code(vault, PURPOSE)
    return max(now - KEPT, code.issued) if code else now - KEPT


def _space(tx: Tx, vault: VaultId, states: Collection[SpaceState]) -> Space | None:
    if tx.spaces.state(vault) not in states:
        return None
    try:
        return tx.spaces.space(vault)
    except (NotFound, SealBroken, KeyUnavailable):
        return None  # pli verify names it

"""The agents' queue: who asked for a code and was sent none, and the code that an agent hands out to them (A26).

Whoever asks is answered like any other. The operator's trace keeps a line: which space it may have been, and why no
code went out; never what was typed. A request leaves the queue when a code was given since, or the space waits no more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, KeyUnavailable, NotFound, SealBroken
from gateway.domain.local_days import PLACE, local_day
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.space import OPPOSITION_DAYS, SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.space.activation_codes import PURPOSE, ActivationCodes, received
from gateway.services.space.operator_acts import found, require_office
from gateway.services.space.telling import tell_holder

KEPT = timedelta(days=OPPOSITION_DAYS)
"""How long a request stays in the queue; as long as a code is good."""
_ACTION = "activation.unserved"
_LINES = 50_000
"""Newest lines of the operator's trace that are looked through."""
_WAITS = frozenset({SpaceState.CREATED, SpaceState.NOTIFIED, SpaceState.OPEN})
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
    """Leave a line in the operator's trace, in the caller's transaction."""
    objects = tuple(f"vault:{vault:x}" for vault in vaults)
    outcome = why.name.lower()
    event = AuditEvent(at=now, actor="unknown", action=_ACTION, outcome=outcome, objects=objects, detail=source)
    tx.audit.append(OPERATOR, event)


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
        since = self._clock.now() - KEPT

        def look(tx: Tx) -> list[WaitingRequest]:
            lines = [line for line in tx.audit.events(OPERATOR, _LINES) if _is_recent(line, since)]
            by_space: dict[str, list[AuditEvent]] = {}
            for line in lines:
                for name in line.objects or ("",):
                    by_space.setdefault(name, []).append(line)
            return sorted(_waiting(tx, by_space.items()), key=lambda one: one.since)

        return await self._store.read(look)

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


def _is_recent(line: AuditEvent, since: datetime) -> bool:
    # Who is no representative waits for an agent, however long that takes: nothing opens by itself meanwhile.
    return line.action == _ACTION and (line.at > since or line.outcome == _DENIED)


def denied_mandates(tx: Tx, vault: VaultId) -> list[KeptMandate]:
    """List who said not to be the legal representative of a minor, and no agent has looked (E74)."""
    mandates = tx.mandates.all_of(vault)
    return [one for one in mandates if (one.kind, one.state) == (MandateKind.MINOR, MandateState.REFUSED)]


def _waiting(tx: Tx, by_space: Iterable[tuple[str, list[AuditEvent]]]) -> Iterable[WaitingRequest]:
    for name, asked in by_space:
        space, lines = None, asked
        if name:
            vault = VaultId(int(name.removeprefix("vault:"), 16))
            denied, coded = bool(denied_mandates(tx, vault)), _last_code(tx, vault)
            lines = [line for line in asked if (denied if line.outcome == _DENIED else line.at > coded)]
            space = _space(tx, vault, lines[0] if lines else asked[0])
            if space is None or not lines:
                continue
        first, last = lines[-1], lines[0]
        yield WaitingRequest(
            space=space, why=Unserved[last.outcome.upper()], since=first.at, last=last.at, times=len(lines)
        )


def _last_code(tx: Tx, vault: VaultId) -> datetime:
    code = tx.spaces.code(vault, PURPOSE)
    return code.issued if code else datetime.min.replace(tzinfo=UTC)


def _space(tx: Tx, vault: VaultId, last: AuditEvent) -> Space | None:
    # The other parent may have said that they are: that is looked at as well (E74).
    waits = _WAITS | {SpaceState.ACTIVE} if last.outcome == _DENIED else _WAITS
    if tx.spaces.state(vault) not in waits:
        return None
    try:
        return tx.spaces.space(vault)
    except (NotFound, SealBroken, KeyUnavailable):
        return None  # pli verify names it

"""Agents look for a person who is on the telephone: by number and birth date, with a reason (F11).

Whoever is found is told of in their trace, before the agent sees anything. For half an hour that agent sees the page of
this person, and nobody else's. How many somebody may look for in a day is limited: a stolen card does not list people.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.access import Action, SpacePart
from gateway.domain.account import Session, Space
from gateway.domain.agents import LOOK_LASTS, AgentEntry
from gateway.domain.errors import NotFound
from gateway.domain.identity import BirthDate
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.ports.counters import Counters
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import agent_in
from gateway.services.access.permission import allow
from gateway.services.space.operator_acts import ShownSpace, shown

MOST_LOOKS = 150
"""Persons that one agent may look for in a day."""
MOST_MISSES = 30
"""Numbers of nobody that one agent may try in a day."""
_KIND = "agent-look"
_DAY = timedelta(days=1)


class LookFault(Enum):
    """Why an agent sees nobody."""

    NOBODY = "nobody"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Look:
    """A person whom an agent looked for, and the reason that they wrote."""

    space: ShownSpace
    reason: str


class AgentLooks:
    """Finds persons for agents, and shows those that an agent has found."""

    def __init__(self, store: Store, clock: Clock, counters: Counters) -> None:
        self._store = store
        self._clock = clock
        self._looks = counters.failures("agent-look", _DAY)
        self._misses = counters.failures("agent-miss", _DAY)

    async def find(self, entry: AgentEntry, number: str, born: BirthDate, reason: str) -> VaultId | LookFault:
        """Find whoever has this number (INS) and birth date; their trace says that the agent looked, and why."""
        now = self._clock.now()
        pair = (f"{entry.number:x}", local_day(now).isoformat())
        if self._looks.recent(pair, now) >= MOST_LOOKS or self._misses.recent(pair, now) >= MOST_MISSES:
            return LookFault.TOO_MANY
        self._looks.add(pair, now)  # before anything is waited for: tries at the same time count one by one
        vault = await self._store.read(lambda tx: _with_number(tx, number, born))
        if vault is None:
            self._misses.add(pair, now)
            event = agent_in(OPERATOR, entry, reason).event(now, "agent.looked", "nobody")
            await self._store.write(lambda tx: tx.audit.append(OPERATOR, event))
            return LookFault.NOBODY
        await self.open(entry, vault, reason)
        return vault

    async def open(self, entry: AgentEntry, vault: VaultId, reason: str) -> None:
        """Let an agent see the page of a person, whose trace says so first. Raises `AccessRefused`: not with a reason.

        Raises `NotFound`: there is no such space.
        """
        now, actor = self._clock.now(), agent_in(vault, entry, reason)

        def trace(tx: Tx) -> None:
            if tx.spaces.state(vault) in (None, SpaceState.ERASED):
                raise NotFound("there is no such space")
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            tx.audit.append(vault, actor.event(now, "agent.looked"))

        await self._store.write(trace)
        row = Session(
            digest=self._digest(entry, vault), vault=OPERATOR, kind=_KIND, created=now, used=now,
            expires=now + LOOK_LASTS, about={"reason": reason},
        )  # fmt: skip
        await self._store.write(lambda tx: tx.spaces.save_session(row))

    async def seen(self, entry: AgentEntry, vault: VaultId) -> Look:
        """Give a person whom this agent looked for in the last half hour. Raises `NotFound` for any other."""
        now, digest = self._clock.now(), self._digest(entry, vault)
        return await self._store.read(lambda tx: _seen(tx, entry, vault, digest, now))

    def _digest(self, entry: AgentEntry, vault: VaultId) -> bytes:
        return self._store.digest(_KIND, *(number.to_bytes(8, "big") for number in (entry.number, vault)))


def _seen(tx: Tx, entry: AgentEntry, vault: VaultId, digest: bytes, now: datetime) -> Look:
    row = tx.spaces.session(digest)
    if row is None or row.kind != _KIND or now >= row.expires:
        raise NotFound("this agent did not look for such a person")
    reason = tx.spaces.session_about(digest)["reason"]
    allow(tx, agent_in(vault, entry, reason), Action.READ, SpacePart.SPACE, now)
    return Look(space=shown(tx.spaces.space(vault)), reason=reason)


def _with_number(tx: Tx, number: str, born: BirthDate) -> VaultId | None:
    agreeing = [one.vault for one in tx.spaces.with_number(number) if _is(one, number, born)]
    return agreeing[0] if len(agreeing) == 1 else None


def _is(space: Space, number: str, born: BirthDate) -> bool:
    known = space.identity.traits.birth_date
    own = {space.identity.ins.value, *(value for _, value in space.identity.earlier)}
    return space.state is not SpaceState.ERASED and number in own and known is not None and known.agrees_with(born)

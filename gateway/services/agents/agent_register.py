"""Who is an agent of this gateway: added, listed, given and taken certificates, taken away. For commands.

The trace of the operator has each of these acts in the same transaction. An agent who is taken away keeps their name
and number for ever: lines of traces say them. Their sessions end with the next page that they ask for.
"""

from collections.abc import Sequence
from dataclasses import replace

from gateway.domain.agents import Agent, AgentKey
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.mailbox import OPERATOR
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import operator_of
from gateway.services.random_numbers import random_number

_LEAST = 8
"""Digits of a fingerprint that are enough to name a key, when they name one only."""


class AgentRegister:
    """Keeps the agents; `name` is one's name as it was given, whatever its capitals."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def all(self) -> Sequence[Agent]:
        """List them by name, those who were taken away included."""
        return await self._store.read(lambda tx: tx.agents.all())

    async def find(self, name: str) -> Agent:
        """Give one who may come in, or else the one of this name who was taken away. Raises `NotFound`."""
        return await self._store.read(lambda tx: _named(tx, name))

    async def add(self, name: str, key: AgentKey) -> Agent:
        """Add an agent with the certificate by which they come in.

        Raises:
            Conflict: somebody has this name, or had it, or another agent has this key.
        """
        agent = Agent(number=random_number(), name=name, added=self._clock.now(), keys=(key,))

        def add(tx: Tx) -> Agent:
            if _of_name(tx, name):
                raise Conflict(
                    f"there is, or was, an agent « {name} »: traces name agents, so give another name, or "
                    "« pli agent certificate » for a new certificate"
                )
            return self._saved(tx, agent, "agent.added", key)

        return await self._store.write(add)

    async def bind(self, name: str, key: AgentKey) -> Agent:
        """Let an agent come in by one more certificate. Raises `NotFound`, `Conflict` as `add`."""
        return await self._store.write(
            lambda tx: self._saved(tx, _in_use(tx, name).bound(key), "certificate.bound", key)
        )

    async def drop(self, name: str, fingerprint: str) -> Agent:
        """Take a certificate from an agent: what came in by it is over. Raises `NotFound`, `Conflict`."""

        def drop(tx: Tx) -> Agent:
            agent = _in_use(tx, name)
            key = _key_of(agent, fingerprint)
            return self._saved(tx, agent.unbound(key), "certificate.dropped", key)

        return await self._store.write(drop)

    async def remove(self, name: str, reason: str) -> Agent:
        """Take an agent away: nothing that they have open goes on. Raises `NotFound`."""
        now = self._clock.now()

        def remove(tx: Tx) -> Agent:
            return self._saved(tx, replace(_in_use(tx, name), removed=now), "agent.removed", reason=reason)

        return await self._store.write(remove)

    def _saved(
        self, tx: Tx, agent: Agent, action: str, key: AgentKey | None = None, reason: str = ""
    ) -> Agent:
        if key is not None and action != "certificate.dropped":
            _require_free(tx, agent, key)
        objects = (f"agent:{agent.number:x}", *([f"certificate:{key.fingerprint[:16]}"] if key else []))
        tx.agents.save(agent)
        tx.audit.append(OPERATOR, operator_of(OPERATOR).event(self._clock.now(), action, "ok", objects, reason))
        return agent


def _of_name(tx: Tx, name: str) -> Agent | None:
    wanted = " ".join(name.split()).casefold()
    return next((one for one in tx.agents.all() if one.name.casefold() == wanted), None)


def _named(tx: Tx, name: str) -> Agent:
    found = _of_name(tx, name)
    if found is None:
        raise NotFound(f"there is no agent « {name} »: « pli agent list » names those there are")
    return found


def _in_use(tx: Tx, name: str) -> Agent:
    found = _named(tx, name)
    if found.removed is not None:
        raise NotFound(f"« {name} » was taken away: add an agent with another name")
    return found


def _require_free(tx: Tx, agent: Agent, key: AgentKey) -> None:
    for other in tx.agents.all():
        if other.number != agent.number and other.removed is None and other.unbound(key) != other:
            raise Conflict(f"this certificate's key is that of another agent, « {other.name} »: use one of its own")


def _key_of(agent: Agent, fingerprint: str) -> AgentKey:
    digits = fingerprint.replace(":", "").lower()
    found = [key for key in agent.keys if key.fingerprint.startswith(digits)]
    if len(digits) < _LEAST or not found:
        raise NotFound(
            f"no certificate of this agent has that fingerprint: give {_LEAST} digits or more of one that "
            "« pli agent show » names"
        )
    if len(found) > 1:
        raise Conflict("several certificates begin with that fingerprint: give more of its digits")
    return found[0]

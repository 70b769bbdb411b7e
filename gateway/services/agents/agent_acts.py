"""What an agent does in the space of a person whom they looked for: by the same acts as the operator's commands.

Each asks the rules of access with the reason that the agent wrote (ACC-09), and stands in the person's trace as theirs.
None of them reads a document, a message or a profile.
"""

from collections.abc import Callable
from datetime import date

from gateway.domain.access import Actor
from gateway.domain.agents import AgentEntry
from gateway.domain.errors import Conflict
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Store
from gateway.services.access.actors import agent_in
from gateway.services.agents.agent_looks import AgentLooks
from gateway.services.space.agent_queue import AgentQueue
from gateway.services.space.operator_acts import OperatorActs
from gateway.services.space.opposition import Opposition


class AgentActs:
    """Acts on the space `vault` of somebody whom the agent looked for; each raises `NotFound` for anybody else.

    Each raises `Conflict` where the state of the space does not allow it, and `AccessRefused` without a reason.
    """

    def __init__(self, store: Store, clock: Clock, looks: AgentLooks, opposition: Opposition) -> None:
        self._store = store
        self._clock = clock
        self._looks = looks
        self._opposition = opposition

    async def oppose(self, entry: AgentEntry, vault: VaultId, reason: str) -> None:
        """Note that the person refuses their space, as they said by telephone (F11); they are told."""
        await self._looks.seen(entry, vault)
        await self._acts(entry, reason).oppose(vault, reason)

    async def proof_of(self, entry: AgentEntry, vault: VaultId) -> bytes:
        """Make the proof of a refusal, to be printed and posted; their trace says so, with why the agent looked."""
        look, now = await self._looks.seen(entry, vault), self._clock.now()
        made = await self._opposition.proof_of(vault)
        event = agent_in(vault, entry, look.reason).event(now, "agent.proof")
        await self._store.write(lambda tx: tx.audit.append(vault, event))
        return made

    async def hand_out_code(self, entry: AgentEntry, vault: VaultId, reason: str) -> str:
        """Give a new code, by which a refusal is taken back as well (A26, F12); the person is told."""
        await self._looks.seen(entry, vault)
        queue = AgentQueue(self._store, self._clock, _by(entry, reason))
        _, code = await queue.hand_out(vault, reason)
        return code

    async def note_death(self, entry: AgentEntry, vault: VaultId, on: date, reason: str) -> None:
        """Note that the person died on a day (A21)."""
        await self._looks.seen(entry, vault)
        await self._acts(entry, reason).note_death(vault, on, reason)

    async def take_back_death(self, entry: AgentEntry, vault: VaultId, reason: str) -> None:
        """Take back a death that was noted by mistake; a suspension is the operator's."""
        look = await self._looks.seen(entry, vault)
        if look.space.space.state is not SpaceState.DECEASED:
            raise Conflict("no death is noted for this space")
        await self._acts(entry, reason).restore(vault, reason)

    def _acts(self, entry: AgentEntry, reason: str) -> OperatorActs:
        return OperatorActs(self._store, self._clock, _by(entry, reason))


def _by(entry: AgentEntry, reason: str) -> Callable[[VaultId], Actor]:
    return lambda vault: agent_in(vault, entry, reason)

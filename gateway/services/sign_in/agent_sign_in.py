"""Agents come in by a certificate that the operator bound to them, and by nothing else (F11).

Whether its chain, dates and revocation are right the handshake has said. At every page it is asked again whether the
agent is still one, and comes in by that key.
"""

from gateway.domain.access import Actor
from gateway.domain.agents import FACE, AgentEntry
from gateway.domain.directory import PeerIdentity
from gateway.domain.mailbox import OPERATOR
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import agent_in
from gateway.services.sign_in.sign_in_trace import SignInTrace


class AgentSignIn:
    """Finds the agent of a certificate, and says whether a sign-in still stands."""

    def __init__(self, store: Store, clock: Clock, trace: SignInTrace) -> None:
        self._store = store
        self._clock = clock
        self._trace = trace

    async def entry_by(self, peer: PeerIdentity) -> AgentEntry | None:
        """Say which agent a certificate lets in; None for nobody."""
        now = self._clock.now()
        if not peer.valid_at(now):
            return None
        agents = await self._store.read(lambda tx: tx.agents.all())
        found = next((one for one in agents if one.has_key(peer.spki_sha256, now)), None)
        if found is None:
            return None
        return AgentEntry(number=found.number, name=found.name, key=peer.spki_sha256.hex())

    def actor_in(self, tx: Tx, entry: AgentEntry) -> Actor | None:
        """Give who came in by an entry, in no space yet; None when it stands no longer."""
        agent = tx.agents.get(entry.number)
        stands = agent is not None and agent.has_key(bytes.fromhex(entry.key), self._clock.now())
        return agent_in(OPERATOR, entry) if stands else None

    async def let_in(self, entry: AgentEntry, source: str) -> Actor | None:
        """Give who comes in, and write it into the operator's trace; None when the entry stands no longer.

        `source` is the client's network address.
        """
        actor = await self._store.read(lambda tx: self.actor_in(tx, entry))
        if actor is None:
            self.refused(source)
            return None
        await self._trace.opened(actor, source)
        return actor

    def refused(self, source: str) -> None:
        """Count a certificate that lets nobody in."""
        self._trace.failed(None, FACE, source)

"""Sessions of agents, kept in the store: each stands on a certificate that is still theirs."""

from collections.abc import Mapping

from gateway.domain.access import Actor
from gateway.domain.account import Session as StoredSession
from gateway.domain.agents import FACE, AgentEntry, agent_entry_of_words
from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import OPERATOR
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import agent_in
from gateway.services.sign_in.agent_sign_in import AgentSignIn
from webagent.agent import SignedInAgent, signed_in_agent
from webmail.session_rows import SessionRows
from webmail.signed_in import SignedIn


class AgentSessions(SessionRows):
    """Sessions of the agents' site; whoever signs in is a `webagent.agent.SignedInAgent`."""

    def __init__(self, store: Store, clock: Clock, entry: AgentSignIn) -> None:
        super().__init__(store, clock, FACE)
        self._entry = entry

    def _person(self, tx: Tx, row: StoredSession) -> SignedInAgent | None:
        """Give whoever signed in; None also when they were taken away, or their certificate was, or it has ended."""
        entry = _entry(tx, row)
        actor = None if entry is None else self._entry.actor_in(tx, entry)
        return signed_in_agent(actor, entry) if actor and entry else None

    def _holder(self, tx: Tx, row: StoredSession) -> Actor | None:
        entry = _entry(tx, row)
        return None if entry is None else agent_in(OPERATOR, entry)

    def _about(self, person: SignedIn) -> Mapping[str, str]:
        return person.entry.words if isinstance(person, SignedInAgent) else {}


def _entry(tx: Tx, row: StoredSession) -> AgentEntry | None:
    try:
        return agent_entry_of_words(tx.spaces.session_about(row.digest))
    except InvalidValue:
        return None

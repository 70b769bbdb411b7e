"""The services that folders of the agents' site reach through their adapters."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from gateway.domain.directory import PeerIdentity
from gateway.ports.clock import Clock
from gateway.ports.store import Store
from gateway.services.agents.agent_acts import AgentActs
from gateway.services.agents.agent_looks import AgentLooks
from gateway.services.agents.desk_queue import DeskQueue
from gateway.services.sign_in.agent_sign_in import AgentSignIn


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentServices:
    """What agents do.

    Attributes:
        entry: who comes in, and whether that still stands.
        identify: gives the holder of the client certificate of a connection; a `PliError` refuses it.
        looks: finds persons, and shows those whom an agent has found.
        queue: what waits for them.
        acts: what is done in their spaces.
        site_origin: scheme, host and port of the site.
        card_origin: scheme, host and port at which a browser shows its certificate; empty when there is no such door.
    """

    store: Store
    clock: Clock
    entry: AgentSignIn
    identify: Callable[[ssl.SSLObject], PeerIdentity | None]
    looks: AgentLooks
    acts: AgentActs
    queue: DeskQueue
    site_origin: str = ""
    card_origin: str = ""

"""How many connections there may be, in all and from one address; reads no clock, opens no socket."""

from gateway.domain.network import source_network
from gateway.shared_memory import Edge, SharedEdge, SharedMemory


class Places:
    """Counts connections by the network that they come from: an IPv4 address or an IPv6 /64.

    Those of all processes count. At the same instant two may each find the other's, and refuse both: there are never
    more than may be.
    """

    def __init__(self, in_all: int, per_address: int, shared: SharedEdge | None = None) -> None:
        self._in_all = in_all
        self._per_address = per_address
        self._shared = shared or SharedMemory().edge(Edge.SMTP)

    @property
    def taken(self) -> int:
        """Give how many connections there are."""
        return sum(self._shared.connections.of_all())

    def take(self, address: str) -> bool:
        """Take a place; False when there is none for this address."""
        network = source_network(address)
        self._count(network, 1)
        if self._shared.networks.of(network) <= self._per_address and self.taken <= self._in_all:
            return True
        self._count(network, -1)
        return False

    def give_back(self, address: str) -> None:
        """Leave a place that was taken."""
        self._count(source_network(address), -1)

    def _count(self, network: str, more: int) -> None:
        self._shared.networks.add(network, more)
        self._shared.connections.own += more

"""How many connections there may be, in all and from one address; reads no clock, opens no socket."""

from collections import Counter

from gateway.domain.network import source_network


class Places:
    """Counts connections by the network that they come from: an IPv4 address or an IPv6 /64."""

    def __init__(self, in_all: int, per_address: int) -> None:
        self._in_all = in_all
        self._per_address = per_address
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """Give how many connections there are."""
        return self._taken.total()

    def take(self, address: str) -> bool:
        """Take a place; False when there is none for this address."""
        network = source_network(address)
        if self._taken[network] >= self._per_address or self.taken >= self._in_all:
            return False
        self._taken[network] += 1
        return True

    def give_back(self, address: str) -> None:
        """Leave a place that was taken."""
        network = source_network(address)
        self._taken[network] -= 1
        if not self._taken[network]:
            del self._taken[network]

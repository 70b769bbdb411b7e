"""How many octets of clients all connections of an edge may hold together."""

from gateway.shared_memory import Edge, SharedMemory, SharedTotal


class OctetBudget:
    """Octets left to hold, by all processes; whoever finds too few drops what it was given."""

    def __init__(self, limit: int, shared: SharedTotal | None = None) -> None:
        self.limit = limit
        self._shared = shared or SharedMemory().edge(Edge.SMTP).octets

    @property
    def held(self) -> int:
        """Give how many are held."""
        return sum(self._shared.of_all())

    def has_room(self, count: int) -> bool:
        """Say whether `count` octets could be taken now."""
        return self.held + count <= self.limit

    def take(self, count: int) -> bool:
        """Reserve `count` octets; False when they would exceed the limit."""
        self._shared.own += count
        if self.held <= self.limit:
            return True
        self._shared.own -= count
        return False

    def give_back(self, count: int) -> None:
        """Return octets that were taken."""
        self._shared.own -= count

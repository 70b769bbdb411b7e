"""How many octets of clients all connections of an edge may hold together."""


class OctetBudget:
    """Octets left to hold; whoever finds too few drops what it was given."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0

    def has_room(self, count: int) -> bool:
        """Say whether `count` octets could be taken now."""
        return self.held + count <= self.limit

    def take(self, count: int) -> bool:
        """Reserve `count` octets; False when they would exceed the limit."""
        if not self.has_room(count):
            return False
        self.held += count
        return True

    def give_back(self, count: int) -> None:
        """Return octets that were taken."""
        self.held -= count

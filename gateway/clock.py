"""The system's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Implements `gateway.ports.clock.Clock`."""

    def now(self) -> datetime:
        """Give the present instant."""
        return datetime.now(UTC)

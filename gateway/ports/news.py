"""That something changed, never what."""

from typing import Protocol


class Subscription(Protocol):
    """Coalesced news of one vault."""

    async def wait(self) -> None:
        """Return when something changed since the last return; at once if it already did."""
        ...

"""Where signed checkpoints go, outside the database."""

from typing import Protocol


class CheckpointPlaces(Protocol):
    """Every place that checkpoints are published in."""

    async def publish(self, note: str) -> None:
        """Publish one, which may have been published before. Raises `StoreUnavailable` where a place takes none."""
        ...

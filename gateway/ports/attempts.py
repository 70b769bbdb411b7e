"""Attempts that are counted, on their way between the processes of one database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.attempt import CountedAttempt


class AttemptRows(Protocol):
    """Attempts on their way between processes; kept for a day."""

    def add(self, attempts: Sequence[CountedAttempt]) -> None:
        """Insert; one that is there already changes nothing."""
        ...

    def since(self, at: datetime, limit: int) -> list[CountedAttempt]:
        """Give what was counted at or after an instant in order, the latest `limit` of it."""
        ...

    def drop_before(self, at: datetime) -> None:
        """Remove what was counted before an instant."""
        ...

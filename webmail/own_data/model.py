"""What the page « Mes données » shows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnArchive:
    """The archive of a space: it is being made, failed, or is ready until an instant."""

    is_ready: bool
    has_failed: bool
    asked_at: datetime
    until: datetime
    size: int
    damaged: int = 0

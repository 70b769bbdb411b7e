"""Notices outside the gateway."""

from typing import Protocol


class Notices(Protocol):
    """Notices outside the gateway: they say that something waits, never from whom nor about what."""

    def send(self, notice_id: str, channel: str, to: str, kind: str, text: str, code: str | None = None) -> None:
        """Send once for each `notice_id`; a second call with the same id changes nothing. Blocks."""
        ...

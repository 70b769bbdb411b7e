"""What is counted of guesses and failures, to slow down or refuse whoever makes too many.

Asked at every sign-in and every recipient, so an adapter answers at once, from memory. One that several processes share
exchanges what it has counted in the background: a count that is a moment late lets a few more guesses pass, no more.
"""

from datetime import datetime
from typing import Protocol

from gateway.policy.facts import Attempts


class FailureCounts(Protocol):
    """How often something failed lately, by what failed and where it came from; any monotonic time in seconds."""

    def recent(self, pair: tuple[str, str], now: float) -> int:
        """Give the failures since the last success or the last long enough pause."""
        ...

    def add(self, pair: tuple[str, str], now: float) -> int:
        """Count one more and give how many there are; what failed longest ago may be forgotten for it."""
        ...

    def forget(self, pair: tuple[str, str]) -> None:
        """Forget the failures; none is no error."""
        ...


class RecipientTries(Protocol):
    """Which recipients each sender has tried within a day: counted, each once, never told."""

    def of(self, sender: str, now: datetime) -> Attempts:
        """Give what a sender has tried lately."""
        ...

    def note(self, sender: str, recipient: bytes, hit: bool, now: datetime) -> None:
        """Count one try; `recipient` is a keyed digest of the address."""
        ...

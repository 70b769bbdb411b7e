"""What is counted of guesses and failures, to slow down or refuse whoever makes too many.

Asked at every sign-in and every recipient, so a count answers at once, from memory. Those that several processes share
exchange what they have counted in the background: a count that is a moment late lets a few more guesses pass, no more.
"""

from datetime import datetime, timedelta
from typing import Protocol

from gateway.policy.facts import Attempts


class FailureCounts(Protocol):
    """How often something failed lately, by what failed and where it came from."""

    def recent(self, pair: tuple[str, str], now: datetime) -> int:
        """Give the failures since the last success or the last long enough pause."""
        ...

    def add(self, pair: tuple[str, str], now: datetime) -> int:
        """Count one more and give how many there are; what failed longest ago may be forgotten for it."""
        ...

    def forget(self, pair: tuple[str, str], now: datetime) -> None:
        """Forget the failures; none is no error."""
        ...


class RecipientTries(Protocol):
    """Which recipients each sender has tried within a day: counted, each once, never told."""

    def of(self, sender: str, now: datetime) -> Attempts:
        """Give what a sender has tried lately."""
        ...

    def note(self, sender: str, recipient: bytes, hit: bool, now: datetime) -> bool:
        """Count one try and say whether it was new; `recipient` is a keyed digest of the address."""
        ...


class Counters(Protocol):
    """Everything that one gateway counts."""

    def failures(self, face: str, window: timedelta) -> FailureCounts:
        """Give the counts of one face, made at the first call; a pause as long as `window` ends a series."""
        ...

    @property
    def recipients(self) -> RecipientTries:
        """Give the tries of senders."""
        ...

    async def something_to_tell(self) -> None:
        """Return when something was counted that other processes do not know; never for one that counts alone."""
        ...

    async def exchange(self) -> None:
        """Tell and learn what processes on the same database count; nothing to do for one that counts alone.

        Raises:
            StoreUnavailable: it is done at the next call.
        """
        ...

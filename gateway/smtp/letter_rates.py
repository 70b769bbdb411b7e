"""How many letters each sender may begin: a bucket that fills evenly, in memory of this process; pure, no clock.

A sender is who was let in, by certificate or sign-in: what stands in MAIL can be changed at each letter.
"""

from collections import OrderedDict
from typing import Final

_MINUTE: Final = 60.0
_MAX_SENDERS: Final = 20_000


class LetterRates:
    """Counts letters of each sender; who wrote longest ago is forgotten when there are too many.

    Whoever has written nothing for a minute may begin a minute's letters at once.
    """

    def __init__(self, per_minute: int) -> None:
        self._room = float(per_minute)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def may_begin(self, sender: str, now: float) -> bool:
        """Take one letter's place, if there is one; `now` is in seconds of a clock that only rises."""
        left, then = self._left.pop(sender, (self._room, now))
        left = min(self._room, left + (now - then) * self._room / _MINUTE)
        begins = left >= 1.0
        self._left[sender] = (left - 1.0 if begins else left), now
        if len(self._left) > _MAX_SENDERS:
            self._left.popitem(last=False)
        return begins

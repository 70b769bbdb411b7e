"""How often one may ask, or begin something: so many times a minute, by a bucket that fills evenly.

Whoever has asked nothing for a minute may ask a minute's number at once. What is kept of each is one instant, shared by
all processes of the gateway: when the bucket will be full again (generic cell rate algorithm, ITU-T I.371 annex A).
"""

from typing import Final

from gateway.shared_memory import SharedInstants

_MINUTE: Final = 60.0
_HAIR: Final = 0.001
"""Of a second: what adding up may cost in precision."""


class EvenPace:
    """Counts what each asker does; refusals cost nothing."""

    def __init__(self, per_minute: int, instants: SharedInstants) -> None:
        self._instants = instants
        self._each = _MINUTE / per_minute

    def takes(self, who: str, now: float) -> bool:
        """Take one place, if there is one; `now` is in seconds of a clock that all processes have."""
        full = max(self._instants.latest(who), now) + self._each
        if full > now + _MINUTE + min(_HAIR, self._each / 2):
            return False
        self._instants.note(who, full)
        return True

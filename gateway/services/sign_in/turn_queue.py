"""Whose guess is judged next: an order of turns, fair among networks and slow for whoever guesses; pure, no clock.

There is one place for everybody's guesses, as each costs a password's hash. Known devices have a queue of their own:
every second turn is theirs when they want it. Strangers wait in one queue, ordered by a time that each is given: now,
or later when the same network asked a moment ago (round robin), later still when it has failed. Besides, a lane of
theirs may be closed for a while: that of their network, of the account, of the password. Nobody is locked out: queues
are bounded, and when one is full, who stands last in it loses the place. Whoever had not failed and found none comes
back with the time of the first asking, before all who came since: addresses that are ever new keep nobody out.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.shared_memory import SharedInstants, SharedMemory, Timed

_QUANTUM = 1.0
"""Seconds between the times given to one network that asks again and again."""
_HORIZON = 30.0
"""No time given is further away than so many seconds."""
_SENT_AWAY_IS_KNOWN_FOR = 30.0
"""Seconds in which a network that found no place comes back with the time of its first asking."""
_MAX_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlaces:
    """How many may wait: from one network, for one account, in all; of one known device, and of all of them."""

    of_source: int = 4
    of_account: int = 16
    in_all: int = 256
    of_device: int = 2
    of_devices: int = 64


@dataclass(slots=True, eq=False, kw_only=True)
class InQueue:
    """Somebody who waits.

    Attributes:
        source: the network.
        account: what is guessed at.
        device: a known device, empty for a stranger.
        lanes: names of what may be closed for a while.
        start: the time by which strangers are ordered, in seconds of the caller's clock.
        has_failed: the network stands behind those that have not failed.
    """

    source: str
    account: str
    device: str = ""
    lanes: tuple[str, ...] = ()
    start: float = 0.0
    has_failed: bool = False
    number: int = field(default=0, repr=False)

    @property
    def rank(self) -> tuple[float, int]:
        """Give what strangers are ordered by."""
        return self.start, self.number


class TurnQueue:
    """Who waits, and whose turn it is; whoever calls it says what time it is."""

    def __init__(self, places: QueuePlaces, opens: SharedInstants | None = None) -> None:
        """`opens` says when lanes open, which all processes close for each other."""
        self._places = places
        self._opens = opens or SharedMemory().instants(Timed.LANES)
        self._strangers: list[InQueue] = []
        self._devices: list[InQueue] = []
        self._starts: OrderedDict[str, float] = OrderedDict()
        self._sent_away: OrderedDict[str, float] = OrderedDict()
        self._asked = 0
        self._device_was_last = False

    def join(self, one: InQueue, now: float, penalty: float = 0.0) -> InQueue | None:
        """Let somebody wait; give who loses a place for it, which may be the newcomer."""
        self._asked += 1
        one.number = self._asked
        if one.device and self._has_place_of_devices(one.device):
            self._devices.append(one)
            return None
        one.device = ""
        if self._has_no_place_of_source(one.source):
            return one
        one.has_failed = penalty > 0
        one.start = self._start_of(one, now) + penalty
        self._strangers.append(one)
        loser = self._loser_to(one)
        if loser is not None:
            self.leave(loser)
        return loser

    def leave(self, one: InQueue) -> None:
        """Wait no longer; no error when the turn has come or the place is lost."""
        if one in self._devices:
            self._devices.remove(one)
        if one in self._strangers:
            self._strangers.remove(one)
            if not one.has_failed:
                _remember(self._sent_away, one.source, min(one.start, self._sent_away.get(one.source, one.start)))

    def take(self, now: float) -> InQueue | float | None:
        """Take whose turn it is out of the queue; the seconds until a lane opens, or None, when it is nobody's."""
        open_to = [one for one in self._strangers if self._opening(one) <= now]
        if self._devices and not (open_to and self._device_was_last):
            self._device_was_last = True
            return self._devices.pop(0)
        self._device_was_last = False
        if open_to:
            chosen = min(open_to, key=lambda one: one.rank)
            self._strangers.remove(chosen)
            return chosen
        return min((self._opening(one) - now for one in self._strangers), default=None)

    def close(self, lanes: Mapping[str, float], now: float) -> None:
        """Close lanes for so many seconds each."""
        for lane, seconds in lanes.items():
            if seconds > 0:
                self._opens.note(lane, now + seconds)

    # ---- inside

    def _has_place_of_devices(self, device: str) -> bool:
        same = sum(other.device == device for other in self._devices)
        return same < self._places.of_device and len(self._devices) < self._places.of_devices

    def _has_no_place_of_source(self, source: str) -> bool:
        return Counter(other.source for other in self._strangers)[source] >= self._places.of_source

    def _start_of(self, one: InQueue, now: float) -> float:
        if not one.has_failed:
            # Once only: whoever asks several times at a time has one of them first.
            first = self._sent_away.pop(one.source, now - _SENT_AWAY_IS_KNOWN_FOR)
            if now - first < _SENT_AWAY_IS_KNOWN_FOR:
                return first
        start = max(now, self._starts.get(one.source, now - _QUANTUM) + _QUANTUM)
        return _remember(self._starts, one.source, min(start, now + _HORIZON))

    def _loser_to(self, one: InQueue) -> InQueue | None:
        same = [other for other in self._strangers if other.account == one.account]
        if len(same) > self._places.of_account:
            return max(same, key=lambda other: other.rank)
        if len(self._strangers) > self._places.in_all:
            return max(self._strangers, key=lambda other: other.rank)
        return None

    def _opening(self, one: InQueue) -> float:
        return max((self._opens.latest(lane) for lane in one.lanes), default=0.0)


def _remember(times: OrderedDict[str, float], source: str, time: float) -> float:
    """Note a time of a network, and forget the one that was noted longest ago when there are too many."""
    times[source] = time
    times.move_to_end(source)
    if len(times) > _MAX_REMEMBERED:
        times.popitem(last=False)
    return time

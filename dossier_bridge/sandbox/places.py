"""Places at worker processes, shared out among senders: nobody holds them all, and whoever holds least is next.

A sender who waits behind slow documents of their own is turned away, so that what waits for them holds nobody up.
Belongs to the event loop; starts no process.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.errors import ReaderBusy, SenderBusy

_LOOK_EVERY = 0.1
_SENDERS = 1_000
"""How many turned away are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """How many jobs run at once, how many of one sender, and what a sender waits for.

    Attributes:
        patience: how long a job waits for others of its sender, once those are slow.
        slow: a job under way for longer is slow.
        aside: how long a sender who was turned away is turned away at once, as long as they hold all they may.
    """

    count: int
    of_a_sender: int
    max_waiting: int = 256
    patience: timedelta | None = None
    slow: timedelta = timedelta(milliseconds=300)
    aside: timedelta = timedelta(seconds=10)


@dataclass(eq=False, slots=True)
class _Waiter:
    sender: str
    place: asyncio.Future[None]


class SenderPlaces:
    """The places of one pool: ``async with places.of(sender): ...``."""

    def __init__(self, settings: PlaceSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._free = settings.count
        self._held: Counter[str] = Counter()
        self._begun: dict[str, list[float]] = {}
        self._waiting: list[_Waiter] = []
        self._turned_away: dict[str, float] = {}

    @asynccontextmanager
    async def of(self, sender: str) -> AsyncIterator[None]:
        """Wait for a place and hold it; an empty name stands for nobody, who may hold any number.

        Raises `ReaderBusy` when too many wait, `SenderBusy` when the sender's own slow jobs are in the way.
        """
        if not self._may_have(sender):
            await self._waited(sender)
        else:
            self._take(sender)
        began = self._monotonic()
        self._begun.setdefault(sender, []).append(began)
        try:
            yield
        finally:
            self._begun[sender].remove(began)
            if not self._begun[sender]:
                del self._begun[sender]
            self._give_back(sender)

    async def _waited(self, sender: str) -> None:
        if self._was_turned_away(sender):
            raise SenderBusy("slow documents of this sender hold all their places")
        if len(self._waiting) >= self._settings.max_waiting:
            raise ReaderBusy("too many documents wait to be read")
        waiter = _Waiter(sender, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        try:
            await self._granted(waiter)
        except BaseException:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            elif waiter.place.done() and not waiter.place.cancelled():
                self._give_back(sender)  # granted while this task was being cancelled
            raise

    async def _granted(self, waiter: _Waiter) -> None:
        patience = self._settings.patience
        if patience is None or not waiter.sender:
            await waiter.place
            return
        limit = patience.total_seconds()
        while not (await asyncio.wait((waiter.place,), timeout=limit))[0]:
            if self._is_held_up_by_itself(waiter.sender):
                self._turn_away(waiter.sender)
                raise SenderBusy("slow documents of this sender hold all their places")
            limit = _LOOK_EVERY

    def _may_have(self, sender: str) -> bool:
        return self._free > 0 and not (sender and self._held[sender] >= self._settings.of_a_sender)

    def _take(self, sender: str) -> None:
        self._free -= 1
        self._held[sender] += 1

    def _give_back(self, sender: str) -> None:
        self._free += 1
        self._held[sender] -= 1
        if not self._held[sender]:
            del self._held[sender]
        while able := [waiter for waiter in self._waiting if self._may_have(waiter.sender)]:
            # The first of those who hold least.
            chosen = min(able, key=lambda waiter: self._held[waiter.sender])
            self._waiting.remove(chosen)
            self._take(chosen.sender)
            chosen.place.set_result(None)

    def _is_held_up_by_itself(self, sender: str) -> bool:
        """Say whether a sender has all the places they may, and slow jobs in each."""
        before = self._monotonic() - self._settings.slow.total_seconds()
        begun = self._begun.get(sender, [])
        return len(begun) >= self._settings.of_a_sender and all(began < before for began in begun)

    def _turn_away(self, sender: str) -> None:
        self._turned_away.pop(sender, None)
        self._turned_away[sender] = self._monotonic()
        if len(self._turned_away) > _SENDERS:
            del self._turned_away[next(iter(self._turned_away))]

    def _was_turned_away(self, sender: str) -> bool:
        last = self._turned_away.get(sender)
        if last is None or self._held[sender] < self._settings.of_a_sender:
            return False
        if self._monotonic() - last > self._settings.aside.total_seconds():
            del self._turned_away[sender]
            return False
        return True

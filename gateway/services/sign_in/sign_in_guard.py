"""The guard of every door at which somebody may guess: who is judged now, who waits, who is asked to come again.

A door asks for a turn, judges inside it, and says how it ended:

    async with guard.turn(GuardedAttempt(face="web", source=address, account=identifier, secret=password)) as turn:
        if turn.is_busy:
            return ...          # say when to come again: `turn.retry_after`
        right = await check()   # one at a time over all doors: hashing, looking up
        turn.succeeded() if right else turn.failed()

Failures are counted by source network over all accounts, by account over all networks, by password over all accounts
and by device. They slow down; nothing is ever locked. Counts of networks, accounts and devices outlive a restart (see
`gateway.services.counting`), under keyed digests. What was guessed with stays in memory that all processes share.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.network import source_network
from gateway.ports.clock import Clock
from gateway.ports.counters import Counters
from gateway.services.sign_in.turn_queue import InQueue, QueuePlaces, TurnQueue
from gateway.shared_memory import Gathered, SharedMemory, Timed

_MAX_DOUBLINGS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """How the guard slows down.

    Attributes:
        free: failures that cost nothing; each one after them doubles the pause that follows.
        window: a pause as long as this ends a series of failures.
        first_pause: after the first failure that costs something.
        account_pause: the longest pause between two strangers at one account.
        source_pause: the longest pause between two guesses of one network, and between two with one password.
        patience: how long somebody waits before being asked to come again.
        busy_pause: how long somebody without a place is held before being asked to come again.
        places: how many may wait.
    """

    free: int = 5
    window: timedelta = timedelta(minutes=15)
    first_pause: timedelta = timedelta(milliseconds=250)
    account_pause: timedelta = timedelta(seconds=1)
    source_pause: timedelta = timedelta(seconds=2)
    patience: timedelta = timedelta(seconds=20)
    busy_pause: timedelta = timedelta(seconds=4)
    places: QueuePlaces = field(default_factory=QueuePlaces)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GuardedAttempt:
    """What somebody tries.

    Attributes:
        face: the door; accounts of different doors are counted apart.
        source: network address of the client.
        account: what is guessed at, as it was typed: an identifier, a number.
        secret: what it is guessed with, where the same may be tried on many accounts; empty where there is none.
        device: name of a device known for this account (`known_devices`); empty for a stranger.
    """

    face: str
    source: str
    account: str
    secret: str = ""
    device: str = ""


class GuardTurn:
    """One turn at the guard: busy, or to be ended by `failed` or `succeeded`; without either nothing is counted."""

    def __init__(self, outcome: Callable[[bool], None] | None, retry_after: timedelta) -> None:
        self._outcome = outcome
        self.retry_after = retry_after

    @property
    def is_busy(self) -> bool:
        """Say whether there was no turn: nothing may be judged, and nothing is counted."""
        return self._outcome is None

    def failed(self) -> None:
        """Count a failure."""
        self._end(right=False)

    def succeeded(self) -> None:
        """Forget the failures of this device: its holder is here."""
        self._end(right=True)

    def _end(self, *, right: bool) -> None:
        if self._outcome is None:
            raise RuntimeError("there was no turn")
        self._outcome(right)


class SignInGuard:
    """Gives turns; one object for all doors at which passwords are guessed, one of another name for passkeys."""

    def __init__(
        self,
        settings: GuardSettings,
        counters: Counters,
        clock: Clock,
        name: str = "guard",
        memory: SharedMemory | None = None,
    ) -> None:
        memory = memory or SharedMemory()
        self._name = name
        self._settings = settings
        self._clock = clock
        # Made here, at the start: a process learns what was counted before of the faces that it has.
        self._sources = counters.failures(f"{name}.source", settings.window)
        self._accounts = counters.failures(f"{name}.account", settings.window)
        self._devices = counters.failures(f"{name}.device", settings.window)
        self._secrets = _GuessedSecrets(settings.window, memory, name)
        self._queue = TurnQueue(settings.places, memory.instants(Timed.LANES))
        self._turns: dict[InQueue, asyncio.Future[bool]] = {}
        self._taken = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """Give how many wait for their turn."""
        return len(self._turns)

    @asynccontextmanager
    async def turn(self, attempt: GuardedAttempt) -> AsyncIterator[GuardTurn]:
        """Wait for one's turn and hold it; a busy turn holds nothing."""
        network, now = source_network(attempt.source), self._clock.now()
        who = _Who(attempt, network, self._secrets.digest, self._name)
        known = bool(attempt.device) and self._devices.recent(who.of_device, now) < self._settings.free
        one = InQueue(
            source=network, account=who.lanes[1], device=attempt.device if known else "", lanes=who.lanes
        )
        if not await self._has_turn(one, self._penalty(who, now)):
            yield GuardTurn(None, self._settings.patience / 2)
            return
        try:
            yield GuardTurn(lambda right: self._count(who, right=right), timedelta(0))
        finally:
            self._ended(who)

    # ---- the queue

    async def _has_turn(self, one: InQueue, penalty: float) -> bool:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._turns[one] = turn
        loser = self._queue.join(one, loop.time(), penalty)
        if loser is not None:
            self._tell(loser, comes=False)
        self._next()
        try:
            async with asyncio.timeout(self._settings.patience.total_seconds()):
                await asyncio.shield(turn)
        except TimeoutError:
            pass
        except asyncio.CancelledError:
            if turn.done() and turn.result():
                self._taken = False
                self._next()
            raise
        finally:
            self._turns.pop(one, None)
            self._queue.leave(one)
        if turn.done() and not turn.result():
            # Answered at once, a flood would come again at once, and its answers alone would fill the machine.
            await asyncio.sleep(self._settings.busy_pause.total_seconds())
        return turn.done() and turn.result()

    def _next(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._taken:
            return
        loop = asyncio.get_running_loop()
        found = self._queue.take(loop.time())
        if isinstance(found, InQueue):
            self._taken = True
            self._tell(found, comes=True)
        elif found is not None:
            self._timer = loop.call_later(found, self._next)

    def _tell(self, one: InQueue, *, comes: bool) -> None:
        self._turns.pop(one).set_result(comes)

    def _ended(self, who: "_Who") -> None:
        now, settings = self._clock.now(), self._settings
        pauses = {
            who.lanes[0]: self._pause(self._sources.recent(who.of_source, now), settings.source_pause),
            who.lanes[1]: self._pause(self._accounts.recent(who.of_account, now), settings.account_pause),
            who.lanes[2]: self._pause(self._secrets.accounts(who.secret, now), settings.source_pause),
        }
        self._queue.close(pauses, asyncio.get_running_loop().time())
        self._taken = False
        self._next()

    # ---- counts

    def _count(self, who: "_Who", *, right: bool) -> None:
        now = self._clock.now()
        if right:
            if who.attempt.device:
                self._devices.forget(who.of_device, now)
            return
        self._sources.add(who.of_source, now)
        self._accounts.add(who.of_account, now)
        if who.attempt.device:
            self._devices.add(who.of_device, now)
        if who.secret:
            self._secrets.add(who.secret, who.of_account[0], now)

    def _penalty(self, who: "_Who", now: datetime) -> float:
        """Give by how much a network that has failed stands behind one that has not."""
        failures = self._sources.recent(who.of_source, now)
        return min(0.25 * float(2 ** min(failures, _MAX_DOUBLINGS)), 15.0) if failures else 0.0

    def _pause(self, failures: int, longest: timedelta) -> float:
        beyond = failures - self._settings.free
        if beyond < 0:
            return 0.0
        pause: timedelta = self._settings.first_pause * float(2 ** min(beyond, _MAX_DOUBLINGS))
        return min(pause, longest).total_seconds()


class _Who:
    """Under which names an attempt is counted and paused."""

    __slots__ = ("attempt", "lanes", "of_account", "of_device", "of_source", "secret")

    def __init__(self, attempt: GuardedAttempt, network: str, digest: Callable[[str], str], name: str) -> None:
        account = f"{attempt.face} {attempt.account.lower()}"
        self.attempt = attempt
        self.secret = digest(attempt.secret) if attempt.secret else ""
        self.of_source = network, ""
        self.of_account = account, ""
        self.of_device = attempt.device, account
        # Lanes are remembered for longer than the attempt: they name neither account nor secret.
        self.lanes = f"{name} source {network}", f"{name} account {digest(account)}", f"{name} secret {self.secret}"


class _GuessedSecrets:
    """At how many accounts each wrong secret was tried lately, in all processes, by a key that ends with them."""

    def __init__(self, window: timedelta, memory: SharedMemory, name: str) -> None:
        self._window = window.total_seconds()
        self._key = memory.key
        self._tried = memory.sets(Gathered.GUESSED)
        self._name = name

    def digest(self, secret: str) -> str:
        return hashlib.blake2b(secret.encode("utf-8", "replace"), key=self._key, digest_size=8).hexdigest()

    def accounts(self, secret: str, now: datetime) -> int:
        return self._tried.count(f"{self._name} {secret}", now.timestamp(), self._window)

    def add(self, secret: str, account: str, now: datetime) -> None:
        self._tried.add(f"{self._name} {secret}", account, now.timestamp(), self._window)

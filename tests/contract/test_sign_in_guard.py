"""The guard of every door: turns, busy answers, and counts that slow down and outlive a restart."""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.services.counting.counters import CountersInMemory, StoredCounters
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, GuardSettings, SignInGuard
from gateway.services.sign_in.turn_queue import QueuePlaces
from gateway.shared_memory import SharedMemory
from tests.builders.store import ManualClock, StoreAt, store_at

HOUR = timedelta(hours=1)
FREE = GuardSettings(free=3, first_pause=HOUR, account_pause=HOUR, source_pause=HOUR, patience=timedelta(seconds=15))
"""Three failures are free; then a lane stays closed for longer than any test."""
SHORT = GuardSettings(free=1, first_pause=HOUR, account_pause=HOUR, source_pause=HOUR, patience=timedelta(0))


def _guard(
    settings: GuardSettings = FREE, clock: ManualClock | None = None, memory: SharedMemory | None = None
) -> SignInGuard:
    return SignInGuard(settings, CountersInMemory(), clock or ManualClock(), memory=memory)


def _try(account: str = "camille", source: str = "192.0.2.7", secret: str = "", device: str = "") -> GuardedAttempt:
    return GuardedAttempt(face="web", source=source, account=account, secret=secret, device=device)


async def _fails(guard: SignInGuard, attempt: GuardedAttempt) -> bool:
    """Fail once; say whether there was a turn."""
    async with guard.turn(attempt) as turn:
        if not turn.is_busy:
            turn.failed()
        return not turn.is_busy


async def _opens(guard: SignInGuard, attempt: GuardedAttempt) -> bool:
    """Succeed; say whether there was a turn."""
    async with guard.turn(attempt) as turn:
        if not turn.is_busy:
            turn.succeeded()
        return not turn.is_busy


async def _waits(guard: SignInGuard, *attempts: Coroutine[Any, Any, bool]) -> list[asyncio.Task[bool]]:
    """Start attempts, and give them when all of them wait."""
    before = guard.waiting
    tasks = [asyncio.ensure_future(one) for one in attempts]
    while guard.waiting < before + len(attempts):
        await asyncio.sleep(0)
    return tasks


async def _stop(tasks: list[asyncio.Task[bool]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_few_failures_cost_nothing() -> None:
    guard = _guard()
    assert [await _fails(guard, _try()) for _ in range(3)] == [True] * 3


async def test_many_networks_on_one_account_are_slowed() -> None:
    guard = _guard()
    for number in range(3):
        await _fails(guard, _try(source=f"192.0.2.{number}"))
    waiting = await _waits(guard, _opens(guard, _try(source="192.0.2.9")))
    assert await _opens(guard, _try("louis", source="192.0.2.10"))
    assert guard.waiting == 1
    await _stop(waiting)


async def test_one_network_on_many_accounts_is_slowed() -> None:
    guard = _guard()
    for number in range(3):
        await _fails(guard, _try(f"personne{number}", "2001:db8::1"))
    waiting = await _waits(guard, _opens(guard, _try("camille", "2001:db8::2")))
    assert await _opens(guard, _try("camille", "2001:db8:0:1::1"))
    await _stop(waiting)


async def test_one_password_on_many_accounts_is_slowed() -> None:
    guard = _guard()
    for number in range(3):
        await _fails(guard, _try(f"personne{number}", f"192.0.2.{number}", secret="Soleil-2024"))
    waiting = await _waits(guard, _opens(guard, _try(source="192.0.2.9", secret="Soleil-2024")))
    assert await _opens(guard, _try(source="192.0.2.9", secret="Sentier-Mousse-84"))
    await _stop(waiting)


def test_one_password_on_many_accounts_is_slowed_whatever_process_judges() -> None:
    memory = SharedMemory(2)

    async def elsewhere() -> None:
        guard = _guard(memory=memory.of(1))
        for number in range(2):
            await _fails(guard, _try(f"personne{number}", f"192.0.2.{number}", secret="Soleil-2024"))

    async def here() -> None:
        guard = _guard(memory=memory)
        await _fails(guard, _try("personne2", "192.0.2.3", secret="Soleil-2024"))
        waiting = await _waits(guard, _opens(guard, _try(source="192.0.2.9", secret="Soleil-2024")))
        assert await _opens(guard, _try(source="192.0.2.9", secret="Sentier-Mousse-84"))
        assert guard.waiting == 1
        await _stop(waiting)

    if not (child := os.fork()):
        try:
            asyncio.run(elsewhere())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    asyncio.run(here())


async def test_one_password_on_one_account_is_no_guess_at_many() -> None:
    guard = _guard()
    for _ in range(2):
        await _fails(guard, _try(secret="ancien"))
    assert await _opens(guard, _try("louis", "192.0.2.8", secret="ancien"))


async def test_password_tried_long_ago_is_forgotten() -> None:
    clock = ManualClock()
    guard = _guard(clock=clock)
    for number in range(3):
        await _fails(guard, _try(f"personne{number}", f"192.0.2.{number}", secret="Soleil-2024"))
        clock.advance(timedelta(minutes=16))
    assert await _opens(guard, _try(source="192.0.2.9", secret="Soleil-2024"))


async def test_failures_long_ago_slow_nobody() -> None:
    clock = ManualClock()
    guard = _guard(clock=clock)
    for _ in range(2):
        await _fails(guard, _try())
    clock.advance(timedelta(minutes=16))
    assert [await _fails(guard, _try()) for _ in range(2)] == [True] * 2


async def test_known_device_is_answered_while_strangers_still_wait() -> None:
    guard = _guard()
    for number in range(3):
        await _fails(guard, _try(source=f"192.0.2.{number}"))
    waiting = await _waits(guard, *(_fails(guard, _try(source=f"192.0.2.{20 + n}")) for n in range(9)))
    assert await _opens(guard, _try(source="192.0.2.20", device="phone"))
    assert guard.waiting == 9
    await _stop(waiting)


async def test_known_device_that_guesses_becomes_a_stranger() -> None:
    guard = _guard()
    for number in range(3):
        await _fails(guard, _try(source=f"192.0.2.{number}", device="phone"))
    waiting = await _waits(guard, _opens(guard, _try(source="192.0.2.9", device="phone")))
    assert await _opens(guard, _try(source="192.0.2.9", device="tablet"))
    await _stop(waiting)


async def test_success_forgets_the_failures_of_the_device() -> None:
    guard = _guard()
    for _ in range(2):
        for _ in range(2):
            await _fails(guard, _try(device="phone"))
        assert await _opens(guard, _try(device="phone"))
    assert guard.waiting == 0


async def test_new_device_comes_before_networks_that_have_failed() -> None:
    guard = _guard(GuardSettings(free=9))
    for number in range(1, 9):
        await _fails(guard, _try(source=f"192.0.2.{number}"))
    order: list[str] = []

    async def ask(source: str) -> bool:
        async with guard.turn(_try(source=source)):
            order.append(source)
        return True

    async with guard.turn(_try("louis", "192.0.2.99")):
        waiting = await _waits(guard, *(ask(f"192.0.2.{number}") for number in range(1, 9)), ask("192.0.2.50"))
    await asyncio.gather(*waiting)
    assert order[0] == "192.0.2.50"


async def test_who_waited_too_long_is_asked_to_come_again() -> None:
    guard = _guard(SHORT)
    await _fails(guard, _try())
    async with guard.turn(_try()) as turn:
        assert turn.is_busy
        with pytest.raises(RuntimeError):
            turn.failed()
    assert guard.waiting == 0


async def test_who_finds_no_place_is_held_and_then_asked_to_come_again() -> None:
    pause = timedelta(milliseconds=30)
    guard = _guard(GuardSettings(places=QueuePlaces(of_source=1), busy_pause=pause))
    clock = asyncio.get_running_loop().time
    async with guard.turn(_try("louis", "192.0.2.99")):
        waiting, began = await _waits(guard, _opens(guard, _try())), clock()
        async with guard.turn(_try()) as turn:
            assert turn.is_busy
            assert turn.retry_after > timedelta(0)
            assert clock() - began >= pause.total_seconds()
    assert await asyncio.gather(*waiting) == [True]


async def test_who_stands_last_gives_the_place_to_a_newcomer() -> None:
    guard = _guard(GuardSettings(places=QueuePlaces(of_account=1), busy_pause=timedelta(0)))
    await _fails(guard, _try())
    async with guard.turn(_try("louis", "192.0.2.99")):
        guesser = await _waits(guard, _fails(guard, _try()))
        newcomer = asyncio.ensure_future(_opens(guard, _try(source="192.0.2.8")))
        assert await asyncio.gather(*guesser) == [False]
    assert await newcomer


async def test_client_who_leaves_gives_the_turn_to_the_next() -> None:
    guard = _guard()
    async with guard.turn(_try("louis", "192.0.2.99")):
        gone, next_one = await _waits(guard, _opens(guard, _try()), _opens(guard, _try(source="192.0.2.8")))
    # The turn has been given to the first, who leaves before it notices.
    gone.cancel()
    assert await next_one
    assert await _opens(guard, _try(source="192.0.2.9"))
    assert gone.cancelled()


async def test_failure_of_the_check_itself_counts_nothing() -> None:
    guard = _guard(SHORT)
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            async with guard.turn(_try()):
                raise OSError("away")


async def test_pause_ends_by_itself() -> None:
    moment = timedelta(milliseconds=1)
    guard = _guard(GuardSettings(free=1, first_pause=moment, account_pause=moment, source_pause=moment))
    assert [await _fails(guard, _try()) for _ in range(5)] == [True] * 5


async def test_counts_outlive_a_restart(at: StoreAt) -> None:
    counters = StoredCounters(at.store, at.clock)
    before = SignInGuard(SHORT, counters, at.clock)
    await counters.exchange()
    await _fails(before, _try())
    await counters.exchange()
    later = StoredCounters(at.store, at.clock)
    after = SignInGuard(SHORT, later, at.clock)
    await later.exchange()
    assert await _fails(after, _try("louis", "192.0.2.8"))
    rows = at.behind_its_back("SELECT face FROM attempt ORDER BY face")
    assert {face for (face,) in rows} == {"guard.account", "guard.source"}
    # What this network failed before is known: a pause follows its first turn here.
    assert await _opens(after, _try("lina", "192.0.2.7"))
    assert not await _opens(after, _try("lina", "192.0.2.7"))


async def test_counts_outlive_the_process_that_wrote_them(ram: Path) -> None:
    async with store_at(ram) as at:
        counters = StoredCounters(at.store, at.clock)
        guard = SignInGuard(SHORT, counters, at.clock)
        await counters.exchange()
        await _fails(guard, _try(device="phone"))
        await counters.exchange()
        await _fails(guard, _try("louis", "192.0.2.8"))
    # Nothing is told at the end: a process that is killed says no last words.
    async with store_at(ram, at.clock) as again:
        learnt = StoredCounters(again.store, again.clock)
        failures = [learnt.failures(f"guard.{what}", SHORT.window) for what in ("account", "source", "device")]
        await learnt.exchange()
        names = ("web camille", ""), ("192.0.2.7", ""), ("phone", "web camille")
        counted = [one.recent(name, again.clock.now()) for one, name in zip(failures, names, strict=True)]
        untold = failures[1].recent(("192.0.2.8", ""), again.clock.now())
    assert (counted, untold) == ([1, 1, 1], 0)

"""Nine addresses guess as fast as they can, on a moved clock: a tenth is in within the time that is promised."""

import asyncio
import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.services.counting.counters import CountersInMemory
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, GuardSettings, SignInGuard
from tests.builders.leaping_time import LeapingLoop, in_leaping_time, passed

HASHING = timedelta(milliseconds=100)
"""What judging one password takes."""
A_SECOND = timedelta(seconds=1)


def _at(account: str, source: str, device: str = "") -> GuardedAttempt:
    return GuardedAttempt(face="web", source=source, account=account, device=device)


async def _judges(guard: SignInGuard, attempt: GuardedAttempt, *, right: bool) -> bool:
    """Wait for a turn and have a password judged; say whether there was a turn."""
    async with guard.turn(attempt) as turn:
        if not turn.is_busy:
            await passed(HASHING)
            turn.succeeded() if right else turn.failed()
        return not turn.is_busy


async def _seconds_until_in(clock: LeapingLoop, guard: SignInGuard, attempt: GuardedAttempt) -> float:
    began = clock.time()
    while not await _judges(guard, attempt, right=True):
        await passed(A_SECOND)
    return clock.time() - began


@pytest.mark.parametrize("accounts", ["one", "many"])
def test_nine_addresses_that_guess_shut_no_tenth_out(accounts: str) -> None:
    async def measured(clock: LeapingLoop) -> list[float]:
        guard = SignInGuard(GuardSettings(), CountersInMemory(), clock)
        guessed: Iterator[str] = (
            itertools.repeat("camille") if accounts == "one" else (f"personne{n}" for n in itertools.count())
        )

        async def guess(source: str) -> None:
            while True:
                await _judges(guard, _at(next(guessed), source), right=False)

        async with asyncio.TaskGroup() as tasks:
            flood = [tasks.create_task(guess(f"192.0.2.{source}")) for source in range(1, 10) for _ in range(4)]
            await passed(timedelta(minutes=10))
            tenth = [
                _at("louis", "192.0.2.10"), _at("camille", "192.0.2.10"), _at("camille", "192.0.2.1", device="phone"),
            ]  # fmt: skip
            seconds = [await _seconds_until_in(clock, guard, one) for one in tenth]
            for task in flood:
                task.cancel()
        return seconds

    of_another_account, of_a_new_device, of_a_known_device = in_leaping_time(measured)
    assert of_another_account < 2
    assert of_a_new_device < 30
    assert of_a_known_device < 2

"""Provisional codes: good once, for one space, as printed, until the end of the six weeks (A4, F6, F9)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.domain.account import Space
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.space.activation_codes import LENGTH, PURPOSE, SIGNS, TRIES, ActivationCodes, CodeCheck, received
from tests.builders.store import NOON, StoreAt, a_space

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
async def space(at: StoreAt) -> Space:
    """Somebody who was not told yet."""
    return await a_space(at.store, SpaceState.NOTIFIED)


def _other(typed: str) -> str:
    return SIGNS[(SIGNS.index(typed[0]) + 1) % len(SIGNS)] + typed[1:]


async def _issued(at: StoreAt, space: Space) -> str:
    codes = ActivationCodes(at.store)
    return await at.store.write(lambda tx: codes.issue(tx, space, NOON))


async def _spent(at: StoreAt, space: Space, typed: str) -> CodeCheck:
    codes, now = ActivationCodes(at.store), at.clock.now()
    return await at.store.write(lambda tx: codes.spend(tx, space.vault, typed, now))


async def _checked(at: StoreAt, space: Space, typed: str) -> CodeCheck:
    codes, now = ActivationCodes(at.store), at.clock.now()
    return await at.store.write(lambda tx: codes.check(tx, space.vault, typed, now))


async def test_code_is_right_until_it_is_spent(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    assert await _checked(at, space, typed) is CodeCheck.RIGHT
    assert await _spent(at, space, typed) is CodeCheck.RIGHT
    assert await _spent(at, space, typed) is CodeCheck.OVER


async def test_code_has_no_signs_that_look_alike(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    assert len(typed) == LENGTH
    assert set(typed) <= set(SIGNS)
    assert not set(SIGNS) & set("0OoQ1Il|iBCcSsZzUuVvWwXxKkPp")


async def test_code_is_read_with_the_gaps_of_the_letter(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    assert await _checked(at, space, f" {typed[:4]} {typed[4:]} ") is CodeCheck.RIGHT


async def test_code_in_other_case_is_wrong(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    swapped = typed.swapcase()
    assert swapped == typed or await _checked(at, space, swapped) is CodeCheck.WRONG


async def test_code_of_somebody_else_is_wrong(at: StoreAt, space: Space) -> None:
    other = await a_space(at.store, SpaceState.NOTIFIED)
    theirs = await _issued(at, other)
    await _issued(at, space)
    assert await _spent(at, space, theirs) is CodeCheck.WRONG
    assert await _spent(at, other, theirs) is CodeCheck.RIGHT


async def test_same_code_is_kept_otherwise_for_each_space_and_purpose(at: StoreAt, space: Space) -> None:
    other, codes, typed = await a_space(at.store, SpaceState.NOTIFIED), ActivationCodes(at.store), "AdEf2345"

    def issue(tx: Tx) -> set[bytes]:
        codes.issue(tx, space, NOON, typed=typed)
        codes.issue(tx, other, NOON, typed=typed)
        codes.issue(tx, space, NOON, typed=typed, purpose="erasure")
        kept = [(space.vault, PURPOSE), (other.vault, PURPOSE), (space.vault, "erasure")]
        return {code.digest for code in (tx.spaces.code(*one) for one in kept) if code}

    assert len(await at.store.write(issue)) == 3


async def test_right_code_costs_no_try(at: StoreAt, space: Space) -> None:
    codes, typed = ActivationCodes(at.store), await _issued(at, space)
    for _ in range(TRIES + 1):
        assert await at.store.write(lambda tx: codes.matching(tx, [space.vault], typed, NOON)) == [space.vault]


async def test_new_code_ends_the_one_before(at: StoreAt, space: Space) -> None:
    first, second = await _issued(at, space), await _issued(at, space)
    assert await _checked(at, space, first) is CodeCheck.WRONG
    assert await _checked(at, space, second) is CodeCheck.RIGHT


async def test_tries_run_out_and_the_right_code_is_over_then(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    tries = [await _spent(at, space, _other(typed)) for _ in range(TRIES)]
    assert tries == [CodeCheck.WRONG] * (TRIES - 1) + [CodeCheck.OVER]
    assert await _spent(at, space, typed) is CodeCheck.OVER


@pytest.mark.parametrize("typed", ["", "\x00", "\ud800", "é" * 10_000])
async def test_anything_may_be_typed(at: StoreAt, space: Space, typed: str) -> None:
    await _issued(at, space)
    assert await _spent(at, space, typed) is CodeCheck.WRONG


async def test_space_without_a_code_has_none_to_spend(at: StoreAt, space: Space) -> None:
    assert await _spent(at, space, "Ad3Ad3Ad") is CodeCheck.OVER


async def _received(at: StoreAt, space: Space, day: date) -> None:
    await at.store.write(lambda tx: received(tx, space.vault, day, PARIS))


async def test_code_is_good_until_the_end_of_the_forty_second_day(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    await _received(at, space, NOON.date())
    # Day 42 is 13 April, in summer time: it ends at 22:00 UTC.
    at.clock.advance(timedelta(days=42, hours=9, minutes=59))
    assert await _checked(at, space, typed) is CodeCheck.RIGHT
    at.clock.advance(timedelta(minutes=1))
    assert await _checked(at, space, typed) is CodeCheck.OVER


async def test_code_is_good_through_a_forty_second_day_that_has_twenty_five_hours(at: StoreAt, space: Space) -> None:
    at.clock.advance(datetime(2026, 9, 13, 12, tzinfo=UTC) - at.clock.now())
    typed = await _issued(at, space)
    await _received(at, space, date(2026, 9, 13))
    # Day 42 is 25 October, which begins at 22:00 UTC and ends at 23:00 UTC.
    at.clock.advance(datetime(2026, 10, 25, 22, 59, tzinfo=UTC) - at.clock.now())
    assert await _checked(at, space, typed) is CodeCheck.RIGHT
    at.clock.advance(timedelta(minutes=1))
    assert await _checked(at, space, typed) is CodeCheck.OVER


async def test_delivery_keeps_the_tries_that_were_lost(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    await _spent(at, space, _other(typed))
    await _received(at, space, NOON.date())
    code = await at.store.read(lambda tx: tx.spaces.code(space.vault, PURPOSE))
    assert code is not None
    assert code.tries_left == TRIES - 1


async def test_delivery_brings_no_spent_code_back(at: StoreAt, space: Space) -> None:
    typed = await _issued(at, space)
    await _spent(at, space, typed)
    await _received(at, space, NOON.date())
    assert await _spent(at, space, typed) is CodeCheck.OVER


async def test_code_that_was_asked_for_stands_beside_that_of_the_letter(at: StoreAt, space: Space) -> None:
    codes, letter = ActivationCodes(at.store), await _issued(at, space)
    life = timedelta(minutes=10)

    def ask(tx: Tx) -> str:
        return codes.issue(tx, space, NOON, lifetime=life, purpose="activation-asked")

    asked = await at.store.write(ask)
    found = await at.store.write(
        lambda tx: codes.spend(tx, space.vault, asked, NOON + life, purpose="activation-asked")
    )
    assert found is CodeCheck.OVER
    assert await _checked(at, space, letter) is CodeCheck.RIGHT

"""Places at workers are shared among senders: nobody holds all, whoever holds least is next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from dossier_bridge.sandbox.places import PlaceSettings, SenderPlaces
from gateway.domain.errors import ReaderBusy, SenderBusy

NOW = timedelta(0)


class Watch:
    """A monotonic clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def held() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def waiting(places: SenderPlaces, sender: str, order: list[str]) -> asyncio.Task[None]:
    async def wait() -> None:
        async with places.of(sender):
            order.append(sender)

    return asyncio.ensure_future(wait())


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_sender_never_holds_all_places(held: AsyncExitStack) -> None:
    places, order = SenderPlaces(PlaceSettings(count=3, of_a_sender=2)), list[str]()
    for _ in range(2):
        await held.enter_async_context(places.of("a"))
    third = waiting(places, "a", order)
    await settle()
    await waiting(places, "b", order)
    assert order == ["b"]
    await held.aclose()
    await third
    assert order == ["b", "a"]


async def test_who_holds_least_is_next_and_then_who_came_first(held: AsyncExitStack) -> None:
    places, order = SenderPlaces(PlaceSettings(count=2, of_a_sender=2)), list[str]()
    await held.enter_async_context(places.of("a"))
    async with places.of("x"):
        tasks = [waiting(places, sender, order) for sender in ("a", "b", "c")]
        await settle()
        assert order == []
    await asyncio.gather(*tasks)
    assert order == ["b", "c", "a"]


async def test_nobody_s_jobs_may_have_every_place(held: AsyncExitStack) -> None:
    places = SenderPlaces(PlaceSettings(count=2, of_a_sender=1))
    for _ in range(2):
        await held.enter_async_context(places.of(""))


async def test_more_than_may_wait_are_turned_away(held: AsyncExitStack) -> None:
    places = SenderPlaces(PlaceSettings(count=1, of_a_sender=1, max_waiting=0))
    await held.enter_async_context(places.of("a"))
    with pytest.raises(ReaderBusy):
        await held.enter_async_context(places.of("b"))


async def test_sender_who_waits_behind_own_slow_jobs_is_turned_away_at_once_from_then_on(held: AsyncExitStack) -> None:
    watch = Watch()
    places = SenderPlaces(PlaceSettings(count=2, of_a_sender=1, patience=NOW), watch)
    await held.enter_async_context(places.of("a"))
    watch.now += 1
    with pytest.raises(SenderBusy):
        await held.enter_async_context(places.of("a"))
    waiter = asyncio.ensure_future(held.enter_async_context(places.of("a")))
    await asyncio.wait((waiter,))
    assert isinstance(waiter.exception(), SenderBusy)


async def test_sender_is_heard_again_once_a_place_is_free(held: AsyncExitStack) -> None:
    watch = Watch()
    places = SenderPlaces(PlaceSettings(count=2, of_a_sender=1, patience=NOW), watch)
    async with places.of("a"):
        watch.now += 1
        with pytest.raises(SenderBusy):
            await held.enter_async_context(places.of("a"))
    await held.enter_async_context(places.of("a"))


async def test_sender_waits_again_after_a_while(held: AsyncExitStack) -> None:
    watch, order = Watch(), list[str]()
    places = SenderPlaces(PlaceSettings(count=2, of_a_sender=1, patience=timedelta(hours=1)), watch)
    async with places.of("a"):
        places._turn_away("a")
        watch.now += 11
        later = waiting(places, "a", order)
        await settle()
        assert order == []
    await later


async def test_sender_waits_behind_own_quick_jobs() -> None:
    places, order = SenderPlaces(PlaceSettings(count=1, of_a_sender=1, patience=NOW), Watch()), list[str]()
    async with places.of("a"):
        second = waiting(places, "a", order)
        await settle()
        assert not second.done()
    await second


async def test_place_granted_to_a_cancelled_job_is_given_on() -> None:
    places, order = SenderPlaces(PlaceSettings(count=1, of_a_sender=1)), list[str]()
    async with places.of("a"):
        cancelled = waiting(places, "b", order)
        gone = waiting(places, "c", order)
        await settle()
        gone.cancel()
        await settle()
    cancelled.cancel()
    await waiting(places, "d", order)
    assert order == ["d"]


async def test_only_so_many_who_were_turned_away_are_remembered() -> None:
    places = SenderPlaces(PlaceSettings(count=1, of_a_sender=1))
    for number in range(1_001):
        places._turn_away(str(number))
    assert len(places._turned_away) == 1_000

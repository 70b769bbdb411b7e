"""The change feed: after the commit only, coalesced, and nothing lost between subscribing and reading."""

import asyncio
import threading

import pytest

from gateway.ports.news import Subscription
from gateway.ports.store import Tx
from tests.builders.store import StoreAt, a_content, a_mailbox, inbox_of, shown


def _waiting(news: Subscription) -> "asyncio.Task[None]":
    return asyncio.ensure_future(news.wait())


async def _quiet(news: Subscription) -> bool:
    # Publishing is over when a write has returned: one turn of the loop shows what was told.
    task = _waiting(news)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task.cancel()


async def test_committed_change_is_told(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    with at.store.subscribe(vault) as news:
        await at.store.write(lambda tx: shown(tx, vault, a_content()))
        await news.wait()


async def test_change_made_by_hand_is_told(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    with at.store.subscribe(vault) as news:
        await at.store.write(lambda tx: tx.changed(vault))
        await news.wait()


async def test_change_of_another_vault_is_not_told(at: StoreAt) -> None:
    vault, other = await a_mailbox(at.store), await a_mailbox(at.store)
    with at.store.subscribe(vault) as news:
        await at.store.write(lambda tx: tx.changed(other))
        assert await _quiet(news)


async def test_change_that_was_rolled_back_is_not_told(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)

    def fail(tx: Tx) -> None:
        tx.changed(vault)
        raise ZeroDivisionError

    with at.store.subscribe(vault) as news:
        with pytest.raises(ZeroDivisionError):
            await at.store.write(fail)
        assert await _quiet(news)


async def test_several_changes_are_told_once(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    with at.store.subscribe(vault) as news:
        for _ in range(3):
            await at.store.write(lambda tx: tx.changed(vault))
        await news.wait()
        assert await _quiet(news)


async def test_every_subscriber_of_a_vault_is_told(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    with at.store.subscribe(vault) as one, at.store.subscribe(vault) as other:
        await at.store.write(lambda tx: tx.changed(vault))
        await one.wait()
        await other.wait()


async def test_subscriber_who_left_is_not_told(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    with at.store.subscribe(vault) as news:
        pass
    await at.store.write(lambda tx: tx.changed(vault))
    assert await _quiet(news)


async def test_change_between_subscribing_and_reading_is_not_lost(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)
    with at.store.subscribe(vault) as news:
        await at.store.write(lambda tx: shown(tx, vault, a_content()))
        seen = len(await at.store.read(lambda tx: tx.mail.uids(vault, inbox)))
        await news.wait()
        assert seen == 1


async def test_what_was_told_is_visible_to_the_next_read(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    inbox = await inbox_of(at.store, vault)
    with at.store.subscribe(vault) as news:
        for number in range(1, 6):
            writing = asyncio.ensure_future(at.store.write(lambda tx: shown(tx, vault, a_content())))
            await news.wait()
            assert len(await at.store.read(lambda tx: tx.mail.uids(vault, inbox))) == number
            await writing


async def test_nothing_is_told_before_the_commit(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    reached, released = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(tx: Tx) -> None:
        tx.changed(vault)
        loop.call_soon_threadsafe(reached.set)
        released.wait()

    with at.store.subscribe(vault) as news:
        writing = asyncio.ensure_future(at.store.write(slow))
        await reached.wait()
        assert await _quiet(news)
        released.set()
        await news.wait()
        await writing

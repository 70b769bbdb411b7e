"""News of changes: told to whoever subscribed, once for many, and with PostgreSQL to other processes too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import psycopg
import pytest

from gateway.domain.mailbox import VaultId
from gateway.ports.news import News, Subscription
from gateway.store.backend.changes import Changes
from gateway.store.backend.postgres.news import ServerNews

VAULT, OTHER = VaultId(1 << 61 | 7), VaultId(1 << 61 | 8)
LIMIT = 10.0


@pytest.fixture(params=["here", "the same process on PostgreSQL", "two processes on PostgreSQL"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[News, News]]:
    """Who publishes, and who subscribes."""
    async with AsyncExitStack() as stack:
        if request.param == "here":
            here = Changes()
            yield here, here
            return
        url = request.getfixturevalue("postgres_url")
        speaker = ServerNews(url)
        listener = speaker if request.param.startswith("the same") else ServerNews(url)
        for news in {id(speaker): speaker, id(listener): listener}.values():
            await stack.enter_async_context(news.running())
        yield speaker, listener


async def _told(news: Subscription) -> None:
    async with asyncio.timeout(LIMIT):
        await news.wait()


async def test_change_is_told_to_the_subscriber_of_its_vault(pair: tuple[News, News]) -> None:
    speaker, listener = pair
    with listener.subscribe(VAULT) as news:
        speaker.publish({VAULT})
        await _told(news)


async def test_change_of_another_vault_is_not_told(pair: tuple[News, News]) -> None:
    speaker, listener = pair
    with listener.subscribe(VAULT) as news, listener.subscribe(OTHER) as other:
        waiting = asyncio.ensure_future(news.wait())
        speaker.publish({OTHER})
        await _told(other)
        assert not waiting.done()
        waiting.cancel()


async def test_change_before_anybody_waits_is_not_lost(pair: tuple[News, News]) -> None:
    speaker, listener = pair
    with listener.subscribe(VAULT) as news, listener.subscribe(OTHER) as other:
        speaker.publish({VAULT})
        speaker.publish({OTHER})
        await _told(other)
        await _told(news)


async def test_thousand_changes_are_told_each(pair: tuple[News, News]) -> None:
    speaker, listener = pair
    vaults = [VaultId(1 << 61 | number) for number in range(100, 1100)]
    async with AsyncExitStack() as stack:
        subscriptions = [stack.enter_context(listener.subscribe(vault)) for vault in vaults]
        speaker.publish(set(vaults))
        for news in subscriptions:
            await _told(news)


async def test_whoever_left_is_told_nothing_and_stops_nobody(pair: tuple[News, News]) -> None:
    speaker, listener = pair
    with listener.subscribe(VAULT):
        pass
    with listener.subscribe(VAULT) as news:
        speaker.publish({VAULT})
        await _told(news)


# ---------------------------------------------------------------- hints that are lost


async def test_connections_that_are_lost_are_made_again(postgres_url: str) -> None:
    speaker, listener = ServerNews(postgres_url), ServerNews(postgres_url)
    async with speaker.running(), listener.running():
        with listener.subscribe(VAULT) as news:
            with psycopg.connect(postgres_url, autocommit=True) as db:
                db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pli-news'")
            # What was said meanwhile may be lost: everybody is told to look.
            await _told(news)
            speaker.publish({VAULT})
            await _told(news)


async def test_lost_hint_is_made_good_by_looking_now_and_then(postgres_url: str) -> None:
    listener = ServerNews(postgres_url, poll=timedelta(milliseconds=50))
    async with listener.running():
        with listener.subscribe(VAULT) as news:
            for _ in range(3):
                await _told(news)


async def test_what_a_short_command_changed_is_told_before_it_ends(postgres_url: str) -> None:
    listener = ServerNews(postgres_url)
    async with listener.running():
        with listener.subscribe(VAULT) as news:
            command = ServerNews(postgres_url)
            async with command.running():
                command.publish({VAULT})
            await _told(news)


async def test_server_that_is_gone_holds_up_nobody_who_is_here() -> None:
    news = ServerNews("postgresql://pli@127.0.0.1:1/pli")
    async with news.running():
        with news.subscribe(VAULT) as mine:
            news.publish({VAULT})
            await _told(mine)

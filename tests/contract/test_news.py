"""News of changes: told to whoever subscribed, once for many, and to other processes on the same database."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.ports.news import News, Subscription
from gateway.store.backend.postgres.news import ServerNews
from gateway.store.backend.sqlite.news import FOLDER, FolderNews

VAULT, OTHER = VaultId(1 << 61 | 7), VaultId(1 << 61 | 8)
LIMIT = 10.0


@pytest.fixture(params=["one process", "two processes"])
async def pair(request: pytest.FixtureRequest, database: str, ram: Path) -> AsyncIterator[tuple[News, News]]:
    """Who publishes, and who subscribes."""
    speaker = _news(request, database, ram)
    listener = speaker if request.param == "one process" else _news(request, database, ram)
    async with AsyncExitStack() as stack:
        for news in {id(speaker): speaker, id(listener): listener}.values():
            await stack.enter_async_context(news.running())
        yield speaker, listener


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest) -> str:
    """Name the kind of database."""
    return str(request.param)


def _news(request: pytest.FixtureRequest, database: str, ram: Path) -> FolderNews | ServerNews:
    if database == "PostgreSQL":
        return ServerNews(request.getfixturevalue("postgres_url"))
    return FolderNews(_database(ram))


def _database(ram: Path) -> Path:
    """Give a database whose folder has a longer path than the address of a socket may have."""
    folder = ram / ("a" * 100)
    folder.mkdir(exist_ok=True)
    return folder / "pli.sqlite"


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


# ---------------------------------------------------------------- hints that are lost, PostgreSQL


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


# ---------------------------------------------------------------- hints that are lost, SQLite


async def test_peer_that_stood_still_is_told_everything_afterwards(
    ram: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = FolderNews(_database(ram))
    vaults = [VaultId(1 << 61 | number) for number in range(20_000)]
    async with speaker.running():
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
            monkeypatch.chdir(_database(ram).parent / FOLDER)
            peer.bind("standing-still")
            peer.settimeout(LIMIT)
            for vault in vaults:
                speaker.publish({vault})
            heard: set[int] = set()
            # 0 is no vault: look at all of them.
            while 0 not in heard and not heard.issuperset(vaults):
                hint = await asyncio.to_thread(peer.recv, 8192)
                heard |= {int.from_bytes(hint[at : at + 8], "little") for at in range(0, len(hint), 8)}


async def test_everybody_looks_when_a_peer_is_found_dead(ram: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker, third = FolderNews(_database(ram)), FolderNews(_database(ram))
    async with speaker.running(), third.running():
        place = _database(ram).parent / FOLDER
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
            monkeypatch.chdir(place)
            peer.bind("killed")
        with speaker.subscribe(VAULT) as news, third.subscribe(VAULT) as by_another:
            speaker.publish({OTHER})
            await _told(news)
            await _told(by_another)
        assert not (place / "killed").exists()
    assert list(place.iterdir()) == []


async def test_what_was_written_without_a_hint_is_found_by_looking_now_and_then(ram: Path) -> None:
    listener = FolderNews(_database(ram), poll=timedelta(milliseconds=20))
    async with listener.running():
        with listener.subscribe(VAULT) as news:
            for written in range(3):
                _database(ram).with_name("pli.sqlite-wal").write_bytes(bytes(written + 1))
                await _told(news)


async def test_what_a_short_command_changed_on_sqlite_is_told_before_it_ends(ram: Path) -> None:
    listener, command = FolderNews(_database(ram)), FolderNews(_database(ram))
    async with listener.running():
        with listener.subscribe(VAULT) as news, listener.subscribe(OPERATOR) as steps:
            async with command.running():
                command.publish({VAULT, OPERATOR})
            await _told(news)
            await _told(steps)


async def test_octets_that_are_no_hint_harm_nobody(ram: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listener, speaker = FolderNews(_database(ram)), FolderNews(_database(ram))
    async with listener.running(), speaker.running():
        place = _database(ram).parent / FOLDER
        monkeypatch.chdir(place)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger, listener.subscribe(VAULT) as news:
            for peer in place.iterdir():
                for octets in (b"", b"1234567", bytes(7_000), b"\xff" * 16):
                    stranger.sendto(octets, peer.name)
            speaker.publish({VAULT})
            await _told(news)


async def test_folder_among_the_names_has_nobody_look_at_each_commit(ram: Path) -> None:
    speaker = FolderNews(_database(ram))
    with speaker.subscribe(VAULT) as mine:
        async with speaker.running():
            (_database(ram).parent / FOLDER / "no-socket").mkdir()
            speaker.publish({OTHER})
        waiting = asyncio.ensure_future(mine.wait())  # all is sent by now
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()


async def test_process_that_found_no_room_takes_its_name_later(ram: Path) -> None:
    place = _database(ram).with_name(FOLDER)
    place.write_bytes(b"a file where a folder is wanted")
    listener, speaker = FolderNews(_database(ram), poll=timedelta(milliseconds=20)), FolderNews(_database(ram))
    async with listener.running():
        place.unlink()
        async with asyncio.timeout(LIMIT):
            while not (place.is_dir() and list(place.iterdir())):
                await asyncio.sleep(0)
        async with speaker.running():
            with listener.subscribe(VAULT) as news:
                speaker.publish({VAULT})
                await _told(news)
    assert list(place.iterdir()) == []


async def test_process_that_finds_no_room_for_its_name_serves_all_the_same(ram: Path) -> None:
    _database(ram).with_name(FOLDER).write_bytes(b"a file where a folder is wanted")
    news = FolderNews(_database(ram))
    async with news.running():
        with news.subscribe(VAULT) as mine:
            news.publish({VAULT})
            await _told(mine)

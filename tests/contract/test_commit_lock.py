"""One writer among all who have opened a database file: who waits is woken at once, or put off after a while."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from gateway.domain.errors import StoreUnavailable
from gateway.ports.store import Preparation, Tx
from gateway.store.backend.sqlite.commit_lock import CommitLock
from gateway.store.opening import StorePaths, create_store, open_store
from gateway.store.sql_store import SqlStore
from tests.builders.store import ManualClock, a_content, a_mailbox, inbox_of, shown

SHORT = timedelta(milliseconds=50)


@pytest.fixture
def paths(ram: Path) -> StorePaths:
    """Places of a store that was made."""
    places = StorePaths.below(ram)
    create_store(places)
    return places


@asynccontextmanager
async def _opened(paths: StorePaths, patience: timedelta = timedelta(seconds=5)) -> AsyncIterator[SqlStore]:
    async with open_store(paths, ManualClock(), lock_timeout=patience) as store:
        yield store


async def test_write_is_put_off_while_somebody_else_writes_and_goes_on_after(paths: StorePaths) -> None:
    other = CommitLock(paths.database, SHORT)
    async with _opened(paths, SHORT) as store:
        vault = await a_mailbox(store)
        other.take()
        with pytest.raises(StoreUnavailable):
            await store.write(lambda tx: shown(tx, vault, a_content()))
        inbox = await inbox_of(store, vault)  # reads go on
        other.leave()
        assert (await store.write(lambda tx: shown(tx, vault, a_content()))).uid == 1
        assert len(await store.read(lambda tx: tx.mail.uids(vault, inbox))) == 1
    other.close()


async def test_who_waits_goes_on_as_soon_as_the_other_has_committed(paths: StorePaths) -> None:
    other = CommitLock(paths.database, SHORT)
    async with _opened(paths) as store:
        vault = await a_mailbox(store)
        other.take()
        waiting = asyncio.ensure_future(store.write(lambda tx: shown(tx, vault, a_content())))
        await store.read(lambda tx: tx.mail.folders(vault))
        assert not waiting.done()
        other.leave()
        assert (await waiting).uid == 1
    other.close()


class _Turns:
    """Counts how often a process has taken the lock."""

    count = 0

    def taken(self, waited_seconds: float) -> None:
        assert waited_seconds >= 0
        self.count += 1

    def left(self) -> None:
        """Count nothing."""


async def test_what_comes_while_another_writes_is_committed_with_what_waits_for_it(paths: StorePaths) -> None:
    other, turns, come, last_prepared = CommitLock(paths.database, SHORT), _Turns(), Event(), Event()

    def first() -> list[Callable[[Tx], int]]:
        assert come.wait(10)
        return [lambda tx: shown(tx, vault, a_content()).uid]

    def last() -> list[Callable[[Tx], int]]:
        last_prepared.set()
        return [lambda tx: shown(tx, vault, a_content()).uid]

    async with open_store(paths, ManualClock(), commit_notes=turns) as store:
        vault = await a_mailbox(store)
        other.take()
        before = turns.count
        writes = [
            asyncio.ensure_future(store.write_prepared(Preparation(first))),
            asyncio.ensure_future(store.write(lambda tx: shown(tx, vault, a_content()).uid)),
            asyncio.ensure_future(store.write_prepared(Preparation(last))),
        ]
        await asyncio.sleep(0)
        come.set()
        assert await asyncio.to_thread(last_prepared.wait, 10)
        other.leave()
        assert await asyncio.gather(*writes) == [[1], 2, [3]]
        assert turns.count - before == 1
    other.close()


async def test_two_who_write_without_pause_lose_and_double_nothing(paths: StorePaths) -> None:
    async with _opened(paths) as one, _opened(paths) as two:
        vault = await a_mailbox(one)
        inbox = await inbox_of(one, vault)
        both = [
            store.write(lambda tx: shown(tx, vault, a_content()).uid) for _ in range(150) for store in (one, two)
        ]
        assert sorted(await asyncio.gather(*both)) == list(range(1, 301))
        assert list(await two.read(lambda tx: tx.mail.uids(vault, inbox))) == list(range(1, 301))


@contextmanager
def _halted_with_the_lock(database: Path) -> Iterator[int]:
    """Have a process take the lock and be halted; give its number in the system."""
    child = os.fork()
    if not child:
        CommitLock(database, SHORT).take()
        os.kill(os.getpid(), signal.SIGSTOP)
    try:
        assert os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_lock_goes_with_the_process_that_took_it(ram: Path) -> None:
    database = ram / "pli.sqlite"
    here = CommitLock(database, SHORT)
    with _halted_with_the_lock(database) as child:
        freed = threading.Timer(0.01, os.kill, (child, signal.SIGKILL))
        freed.start()
        here.take()  # woken by the end of the process that held it
        freed.join()
    here.leave()
    here.close()


async def test_who_waits_in_vain_says_which_process_holds_the_lock_and_that_it_was_halted(paths: StorePaths) -> None:
    async with _opened(paths, SHORT) as store:
        with (
            _halted_with_the_lock(paths.database) as child,
            pytest.raises(StoreUnavailable, match=rf"^process {child} has been .* it was halted: .* -CONT {child}\)"),
            capture_logs() as logged,
        ):
            await a_mailbox(store)
    assert logged == [{"event": "store.lock_held", "log_level": "error", "pid": child, "halted": True}]


def test_folder_without_place_for_the_lock_is_refused_at_opening(ram: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        CommitLock(ram / "nowhere" / "pli.sqlite", SHORT)

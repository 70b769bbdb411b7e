"""The engine on PostgreSQL: a few writer threads and a few reader threads, each with a connection of its own.

Each write is a transaction of its own, and the server synchronises those that commit together at once: groups as
with SQLite would only make writers wait for each other's locks. A function whose transaction lost against another
(serialisation, deadlock), or whose connection was lost before COMMIT was sent, is run again: functions are
replayable. When it is lost while COMMIT is under way, the server is asked whether the transaction came to nothing; if
not, the caller is told `StoreUnavailable` of what may hold.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from queue import SimpleQueue
from typing import Generic, TypeVar

from gateway.domain.errors import StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Priority
from gateway.store.backend import jobs
from gateway.store.backend.jobs import Caller, Job, Pending, fail, is_forfeit, prepared, settle
from gateway.store.backend.postgres.connection import PostgresConnection, connect
from gateway.store.backend.postgres.runner import LockingRunner, PostgresRunner
from gateway.store.backend.postgres.session import PostgresSession
from gateway.store.backend.sql import Runner
from gateway.store.backend.transaction import Transaction

T = TypeVar("T")
X = TypeVar("X", bound=Transaction)
MAIL_BEFORE_BULK = 64
"""Pieces of mail that go before one piece of long work, where both wait: neither starves the other."""
_WRITE, _READ = "BEGIN ISOLATION LEVEL READ COMMITTED", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresEngine(Generic[X]):
    """PostgreSQL; bound to the running event loop."""

    def __init__(
        self,
        url: str,
        transaction: Callable[[Runner], X],
        published: Callable[[set[VaultId]], None],
        *,
        lock_timeout: timedelta,
        writers: int = 4,
        readers: int = 2,
    ) -> None:
        self._url = url
        self._lock_timeout = lock_timeout
        self._make = transaction
        self._published = published
        self._loop = asyncio.get_running_loop()
        self._wake = threading.Condition()
        self._waiting: tuple[deque[Job[X] | Pending[X]], deque[Job[X] | Pending[X]]] = (deque(), deque())
        self._bulk_runs = False
        self._mail_since_bulk = 0
        self._stopping = False
        self._to_read: SimpleQueue[Job[X] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._write_loop, name=f"pli-write-{number}", daemon=True)
            for number in range(writers)
        ]
        self._threads += [
            threading.Thread(target=self._read_loop, name=f"pli-read-{number}", daemon=True)
            for number in range(readers)
        ]
        for thread in self._threads:
            thread.start()

    async def close(self) -> None:
        """Commit what waits, stop the threads, close every connection."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        # What was asked before is answered; the mark passes from one reader to the next.
        self._to_read.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _connect(self) -> PostgresConnection:
        return PostgresConnection(connect(self._url, self._lock_timeout))

    # ------------------------------------------------------------ writing

    async def write(self, fn: Callable[[X], T], priority: Priority) -> T:
        """Run `fn` in a transaction; return after its commit."""
        caller = Caller(self._loop.create_future(), 1)
        self._queue([Job(fn, caller)], priority)
        results: list[T] = await caller.future
        return results[0]

    async def write_prepared(
        self,
        work: Callable[[], Sequence[Callable[[X], T]]],
        durable: Callable[[], None],
        workers: Executor | None,
        priority: Priority,
    ) -> list[T]:
        """Run `work` and `durable` off the loop, then what `work` gives in transactions; as the port says."""
        preparation: Pending[X] = Pending(work, durable, Caller(self._loop.create_future(), 0))
        if workers is None:
            self._queue([preparation], priority)
        else:
            workers.submit(self._hand_over, preparation, priority)
        return await preparation.caller.future

    def _hand_over(self, preparation: Pending[X], priority: Priority) -> None:
        """Prepare in a worker thread; one writer takes all that comes of it, in order."""
        made = prepared([preparation], self._loop)
        if not made:
            return
        ready: Pending[X] = Pending(lambda: [job.fn for job in made], lambda: None, preparation.caller)
        try:
            self._queue([ready], priority)
        except StoreUnavailable as error:
            self._loop.call_soon_threadsafe(fail, preparation.caller, error)

    def _queue(self, items: "Sequence[Job[X] | Pending[X]]", priority: Priority) -> None:
        with self._wake:
            queue = self._waiting[priority]
            if self._stopping or len(queue) >= jobs.MAX_WAITING:
                raise StoreUnavailable("the store takes no writes now")
            queue.extend(items)
            self._wake.notify()

    def _next(self) -> tuple[Job[X] | Pending[X] | None, bool]:
        mail, bulk = self._waiting
        with self._wake:
            while True:
                # Long work has one thread at most.
                if bulk and not self._bulk_runs and (self._mail_since_bulk >= MAIL_BEFORE_BULK or not mail):
                    self._bulk_runs, self._mail_since_bulk = True, 0
                    return bulk.popleft(), True
                if mail:
                    self._mail_since_bulk += 1
                    return mail.popleft(), False
                if self._stopping and not bulk:
                    return None, False
                self._wake.wait()

    def _write_loop(self) -> None:
        session = PostgresSession(self._connect, LockingRunner, self._make)
        while True:
            item, is_bulk = self._next()
            if item is None:
                break
            for job in prepared([item], self._loop):
                touched: set[VaultId] = set()
                # What comes after a job of the same caller that failed is not run.
                if not is_forfeit(job):
                    touched = session.run(job, _WRITE)
                    job.caller.failed = job.error
                self._loop.call_soon_threadsafe(self._resolve, job, touched)
            if is_bulk:
                with self._wake:
                    self._bulk_runs = False
                    self._wake.notify_all()
        session.close()

    def _resolve(self, job: Job[X], touched: set[VaultId]) -> None:
        settle(job)
        if touched:
            self._published(touched)

    # ------------------------------------------------------------ reading

    async def read(self, fn: Callable[[X], T]) -> T:
        """Run `fn` on one snapshot in a reader thread."""
        if self._stopping or self._to_read.qsize() >= jobs.MAX_WAITING:
            raise StoreUnavailable("the store takes no reads now")
        caller = Caller(self._loop.create_future(), 1)
        self._to_read.put(Job(fn, caller))
        results: list[T] = await caller.future
        return results[0]

    def _read_loop(self) -> None:
        session = PostgresSession(self._connect, PostgresRunner, self._make)
        while (job := self._to_read.get()) is not None:
            session.run(job, _READ)
            self._loop.call_soon_threadsafe(settle, job)
        session.close()
        self._to_read.put(None)

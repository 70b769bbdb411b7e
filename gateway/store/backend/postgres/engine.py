"""The engine on PostgreSQL: a few writer threads and a few reader threads, each with a connection of its own.

Each write is a transaction of its own, and the server synchronises those that commit together at once: groups as
with SQLite would only make writers wait for each other's locks. A function whose transaction lost against another
(serialisation, deadlock), or whose connection was lost before COMMIT was sent, is run again: functions are
replayable. When it is lost while COMMIT is under way, the server is asked whether the transaction came to nothing; if
not, the caller is told `StoreUnavailable` of what may hold.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from gateway.domain.mailbox import VaultId
from gateway.store.backend.job_queues import JobQueues
from gateway.store.backend.jobs import Caller, Job, Pending, is_forfeit, prepared, settle
from gateway.store.backend.postgres.connection import PostgresConnection, connect
from gateway.store.backend.postgres.runner import LockingRunner, PostgresRunner
from gateway.store.backend.postgres.session import PostgresSession
from gateway.store.backend.sql import Runner
from gateway.store.backend.transaction import Transaction

X = TypeVar("X", bound=Transaction)
MAIL_BEFORE_BULK = 64
"""Pieces of mail that go before one piece of long work, where both wait: neither starves the other."""
_WRITE, _READ = "BEGIN ISOLATION LEVEL READ COMMITTED", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresEngine(JobQueues[X]):
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
        super().__init__()
        self._url = url
        self._lock_timeout = lock_timeout
        self._make = transaction
        self._published = published
        self._bulk_runs = False
        self._mail_since_bulk = 0
        for number in range(writers):
            self._start(f"pli-write-{number}", self._write_loop)
        for number in range(readers):
            self._start(f"pli-read-{number}", self._read_loop)

    async def scrub(self) -> None:
        """Do nothing: dead rows are the server's own, until its vacuum takes them."""

    def _connect(self) -> PostgresConnection:
        return PostgresConnection(connect(self._url, self._lock_timeout))

    # ------------------------------------------------------------ writing

    def _ready(self, caller: Caller, made: list[Job[X]]) -> Sequence[Job[X] | Pending[X]]:
        """Let one writer take all that comes of a preparation, in order."""
        return [Pending(lambda: [job.fn for job in made], lambda: None, caller)] if made else ()

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

    def _read_loop(self) -> None:
        session = PostgresSession(self._connect, PostgresRunner, self._make)
        while (job := self._to_read.get()) is not None:
            session.run(job, _READ)
            self._loop.call_soon_threadsafe(settle, job)
        session.close()
        self._to_read.put(None)

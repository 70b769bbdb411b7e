"""The engine: one writer thread that commits what waits in groups, and a few reader threads.

A group runs without savepoints. When anything in it fails, the whole group is rolled back and its functions
are run again one by one, each in a transaction of its own, so that only the guilty one fails: functions must
therefore be replayable. Futures resolve after COMMIT, never before.

A failure of the disk while committing makes the engine refuse every further write until it is opened again:
a failed fsync is never retried (assurance, promise 1). A full disk or a lock that another process holds only
fails what waited for it.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import structlog

from gateway.domain.errors import StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.store.backend.job_queues import JobQueues
from gateway.store.backend.jobs import Job, Pending, is_forfeit, prepared, raisable, settle
from gateway.store.backend.sql import Runner
from gateway.store.backend.sqlite.commit_lock import NO_NOTES, CommitLock, CommitLockHeld, CommitNotes
from gateway.store.backend.sqlite.forgiving_runner import SqliteRunner
from gateway.store.backend.sqlite.soundness import connected, primary_code, unavailable
from gateway.store.backend.transaction import Transaction
from gateway.store.disk_failure import DiskFailure, OwnDiskFailure

X = TypeVar("X", bound=Transaction)
MAX_GROUP = 64
"""Writes of one commit at most: bounds both the latency of the first and the cost of a replay."""
MAX_PREPARED = 16
"""Preparations of one commit at most: each may take some milliseconds, and all wait for the last."""
LOCK_TIMEOUT = timedelta(seconds=5)
"""How long another process (``pli patients import``) may hold the database before writes are deferred."""
_SCRUB_PAUSES = (0.02, 0.1, 0.5, 1.0, 2.0)
"""Seconds between tries to cut off the log, while others read."""
_NUDGE_SECONDS = 0.25
"""How often a wait for another process is looked at; by so much it may last longer."""
_WRITER_KIB, _READER_KIB = 8192, 2048
"""Pages that a connection keeps. Each write makes readers forget theirs, and the system's own cache is as quick."""
_FATAL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""Primary result codes after which nothing is known of what the disk holds (sqlite.org/rescode.html)."""
_log = structlog.get_logger("pli.store")


class SqliteEngine(JobQueues[X]):
    """SQLite with write-ahead log and full synchronisation; bound to the running event loop."""

    def __init__(
        self,
        path: Path,
        transaction: Callable[[Runner], X],
        published: Callable[[set[VaultId]], None],
        *,
        readers: int = 2,
        lock_timeout: timedelta = LOCK_TIMEOUT,
        connection: type[sqlite3.Connection] = sqlite3.Connection,
        commit_notes: CommitNotes = NO_NOTES,
        disk: DiskFailure | None = None,
    ) -> None:
        super().__init__()
        self._disk = disk or OwnDiskFailure()
        self._path = path
        self._lock_timeout = lock_timeout
        self._connection = connection
        self._make = transaction
        self._published = published
        self._opened: list[sqlite3.Connection] = []
        try:
            self._writer_db = self._connect()
            self._identity = _identity(path)
            self._lock = CommitLock(path, lock_timeout, commit_notes)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable("the database cannot be opened now") from error
        self._waits_for_disk = True
        self._writer_tx = self._make(SqliteRunner(self._writer_db))
        self._nudging = self._loop.call_later(_NUDGE_SECONDS, self._nudge)
        self._start("pli-write", self._write_loop)
        for number in range(readers):
            self._start(f"pli-read-{number}", self._read_loop)

    def _connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        db = connected(self._path, self._lock_timeout, self._connection)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute(f"PRAGMA cache_size=-{_READER_KIB if read_only else _WRITER_KIB}")
        db.execute("PRAGMA wal_autocheckpoint=4000")
        db.execute("PRAGMA temp_store=MEMORY")
        db.execute("PRAGMA secure_delete=ON")  # as Debian builds it: what is deleted is overwritten
        if read_only:
            db.execute("PRAGMA query_only=1")
        with self._wake:
            self._opened.append(db)
        return db

    async def scrub(self) -> None:
        """Write the log back and cut it off: it still holds pages as they were."""
        for pause in _SCRUB_PAUSES:
            if await asyncio.to_thread(self._log_is_cut):
                return
            await asyncio.sleep(pause)
        # What is busy for longer is overwritten in the course of things, and looked at again by whoever destroys.

    def _log_is_cut(self) -> bool:
        # It waits for nobody: while it waited for a reader, a backup for example, nobody could write.
        with suppress(sqlite3.Error), closing(connected(self._path, timedelta(0))) as db:
            busy: int = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return not busy
        return False

    async def close(self) -> None:
        """Commit what waits, stop the threads, close every connection."""
        await super().close()
        self._nudging.cancel()
        self._lock.close()
        for db in self._opened:
            db.close()

    def _nudge(self) -> None:
        self._lock.nudge()
        self._nudging = self._loop.call_later(_NUDGE_SECONDS, self._nudge)

    # ------------------------------------------------------------ writing

    def _next_group(self) -> "list[Job[X] | Pending[X]]":
        mail, bulk = self._waiting
        with self._wake:
            while not (mail or bulk or self._stopping):
                self._wake.wait()
            group = self._first_of(mail, MAX_GROUP, MAX_PREPARED)
            # One piece of long work a group at most: imports never starve mail, mail never stops an import.
            if bulk:
                group.append(bulk.popleft())
            return group

    def _first_of(
        self, mail: "deque[Job[X] | Pending[X]]", most: int, most_prepared: int
    ) -> "list[Job[X] | Pending[X]]":
        group: list[Job[X] | Pending[X]] = []
        while mail and len(group) < most and (most_prepared or isinstance(mail[0], Job)):
            most_prepared -= not isinstance(mail[0], Job)
            group.append(mail.popleft())
        return group

    def _write_loop(self) -> None:
        while group := self._next_group():
            if jobs := prepared(group, self._loop) + self._come_meanwhile(group):
                touched = self._run_group(jobs)
                self._loop.call_soon_threadsafe(self._resolve, jobs, touched)

    def _come_meanwhile(self, group: "list[Job[X] | Pending[X]]") -> "list[Job[X]]":
        """Prepare what has come while another process writes: a commit costs much the same for one as for many."""
        jobs: list[Job[X]] = []
        left, pending = MAX_GROUP - len(group), sum(isinstance(one, Pending) for one in group)
        left_prepared = max(0, MAX_PREPARED - pending)  # a group may have one of bulk work besides
        while self._waiting[0] and self._lock.is_elsewhere():
            with self._wake:
                more = self._first_of(self._waiting[0], left, left_prepared)
            if not more:
                break
            left -= len(more)
            left_prepared -= sum(isinstance(one, Pending) for one in more)
            jobs += prepared(more, self._loop)
        return jobs

    def _run_group(self, group: "list[Job[X]]") -> set[VaultId]:
        touched: set[VaultId] = set()
        # What comes after a job of the same caller that failed in an earlier group is not run.
        if self._attempt([job for job in group if not is_forfeit(job)]):
            return touched | self._writer_tx.touched
        for job in group if len(group) > 1 else ():
            if is_forfeit(job):
                continue
            if self._attempt([job]):
                touched |= self._writer_tx.touched
            job.caller.failed = job.error
        return touched

    def _attempt(self, group: "list[Job[X]]") -> bool:
        """Run a group in one transaction; False when it failed in a way that running its jobs apart may mend."""
        tx, db = self._writer_tx, self._writer_db
        tx.begin()
        try:
            self._begin(db, waits_for_disk=any(job.waits_for_disk for job in group))
        except StoreUnavailable as error:
            if isinstance(error, CommitLockHeld):
                _log.error("store.lock_held", pid=error.pid, halted=error.is_halted)
            # Nobody's function is to blame: waiting again for each of them would only stall those behind.
            for job in group:
                job.error = job.caller.failed = error
            return True
        try:
            return self._committed(group, tx, db)
        finally:
            self._lock.leave()

    def _committed(self, group: "list[Job[X]]", tx: X, db: sqlite3.Connection) -> bool:
        try:
            for job in group:
                job.error = None
                job.result = job.fn(tx)
            tx.settle()
            db.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the job's owner
            self._roll_back()
            translated = self._translated(error)
            for job in group:
                job.error = translated
            if len(group) == 1:
                group[0].caller.failed = translated
            return False
        return True

    def _begin(self, db: sqlite3.Connection, *, waits_for_disk: bool) -> None:
        self._lock.take()
        try:
            # Only now: whoever had the lock before may have been the one under which the disk failed.
            if self._disk.has_happened:
                raise StoreUnavailable("the store stopped after a disk failure")
            self._require_place()
            if waits_for_disk is not self._waits_for_disk:
                # The log stays in order: whoever synchronises it later brings with it what was not yet.
                db.execute(f"PRAGMA synchronous={'FULL' if waits_for_disk else 'NORMAL'}")
                self._waits_for_disk = waits_for_disk
            db.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._lock.leave()
            raise (self._unavailable(error) if isinstance(error, sqlite3.Error) else error) from error

    def _require_place(self) -> None:
        # What is written to a file that was moved or deleted is lost to whoever opens its place.
        try:
            there = _identity(self._path) == self._identity
        except OSError:
            there = False
        if not there:
            raise StoreUnavailable("the database is gone from its folder")

    def _roll_back(self) -> None:
        try:
            if self._writer_db.in_transaction:
                self._writer_db.execute("ROLLBACK")
        except sqlite3.Error:
            self._disk.note()

    def _translated(self, error: BaseException) -> BaseException:
        return self._unavailable(error) if isinstance(error, sqlite3.Error) else raisable(error)

    def _unavailable(self, error: sqlite3.Error) -> StoreUnavailable:
        if primary_code(error) in _FATAL:
            self._disk.note()
            _log.error("store.broken", reason=getattr(error, "sqlite_errorname", ""))
        return unavailable(error, "a write")

    def _resolve(self, group: "list[Job[X]]", touched: set[VaultId]) -> None:
        for job in group:
            settle(job)
        if touched:
            self._published(touched)

    # ------------------------------------------------------------ reading

    def _read_loop(self) -> None:
        # Queue and loop only, no executor: its futures cost more than most of the reads.
        tx: X | None = None
        while (job := self._to_read.get()) is not None:
            try:
                if tx is None:
                    db = self._connect(read_only=True)
                    tx = self._make(SqliteRunner(db))
                db.execute("BEGIN")
                try:
                    tx.begin()
                    job.result = job.fn(tx)
                finally:
                    db.execute("COMMIT")
            except sqlite3.Error as error:
                job.error = unavailable(error, "a read")
            except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the job's owner
                job.error = raisable(error)
            self._loop.call_soon_threadsafe(settle, job)
        self._to_read.put(None)


def _identity(path: Path) -> tuple[int, int]:
    """Name the file that stands at `path`, whatever its name."""
    found = path.stat()
    return found.st_dev, found.st_ino

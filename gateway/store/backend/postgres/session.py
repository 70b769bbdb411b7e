"""One thread's connection and its transactions, run again when that may mend them, and never kept twice."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Generic, TypeVar

import psycopg

from gateway.domain.mailbox import VaultId
from gateway.store.backend.jobs import Job, raisable
from gateway.store.backend.postgres.connection import AGAIN, PostgresConnection, unavailable
from gateway.store.backend.postgres.runner import PostgresRunner
from gateway.store.backend.sql import Runner
from gateway.store.backend.transaction import Transaction

X = TypeVar("X", bound=Transaction)
TRIES = 5
"""How often a transaction that lost against others is run in all."""
FATE_PATIENCE = timedelta(seconds=30)
"""How long a server that went away during a COMMIT is waited for: about what it takes to start again."""
_PAUSE = 0.1
_SOON = "SET LOCAL synchronous_commit TO off"
_FATE = "SELECT pg_xact_status(%s::xid8)"


class PostgresSession(Generic[X]):
    """A connection that is made anew when it was lost; used by one thread."""

    def __init__(
        self,
        open_connection: Callable[[], PostgresConnection],
        runner: Callable[[PostgresConnection], PostgresRunner],
        transaction: Callable[[Runner], X],
    ) -> None:
        self._open = open_connection
        self._make_runner = runner
        self._make = transaction
        self._connection: PostgresConnection | None = None
        self._runner: PostgresRunner | None = None
        self._tx: X | None = None
        self._committing = False

    def run(self, job: Job[X], begin: str) -> set[VaultId]:
        """Run one job in a transaction, set its result or error, and give the vaults that it has changed."""
        for turn in range(TRIES):
            fresh = self._connection is None
            try:
                self._attempt(job, begin)
                return self._touched()
            except psycopg.Error as error:
                job.error = unavailable(error)
                job.error.__cause__ = error
                number = self._runner.number if self._runner else ""
                lost = self._dropped_if_lost()
                if lost and self._committing:
                    if not self._was_aborted(number):
                        break
                elif not (isinstance(error, AGAIN) or (lost and not fresh and turn == 0)):
                    break
            except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the job's owner
                job.error = raisable(error)
                break
        return set()

    def _attempt(self, job: Job[X], begin: str) -> None:
        self._committing, job.error = False, None
        connection, tx = self._ready()
        connection.execute(begin)
        try:
            if not job.waits_for_disk:
                connection.execute(_SOON)
            tx.begin()
            job.result = job.fn(tx)
            tx.settle()
            self._committing = True
            connection.execute("COMMIT")
        except BaseException:
            # Where this fails the connection is lost, and the transaction with it.
            with suppress(psycopg.Error):
                connection.execute("ROLLBACK")
            raise

    def _touched(self) -> set[VaultId]:
        return set(self._tx.touched) if self._tx else set()

    def _ready(self) -> tuple[PostgresConnection, X]:
        if self._connection is None or self._tx is None:
            self._connection = self._open()
            self._runner = self._make_runner(self._connection)
            self._tx = self._make(self._runner)
        return self._connection, self._tx

    def _was_aborted(self, number: str) -> bool:
        """Ask whether a transaction whose COMMIT was not answered came to nothing; False when nobody can tell.

        « Committed » proves nothing: a server that crashed gives the numbers of transactions that it lost to new ones.
        """
        end = time.monotonic() + FATE_PATIENCE.total_seconds()
        while number and time.monotonic() < end:
            with suppress(psycopg.Error):
                connection, _ = self._ready()
                found: str | None = (connection.execute(_FATE, (number,)).fetchone() or (None,))[0]
                # A session that the server has not given up yet may still end either way.
                if found != "in progress":
                    return found == "aborted"
            self._dropped_if_lost()
            time.sleep(_PAUSE)
        return False

    def _dropped_if_lost(self) -> bool:
        if self._connection is None:
            return True
        if not self._connection.is_lost:
            return False
        self.close()
        return True

    def close(self) -> None:
        """Close the connection; the next job would make another."""
        if self._connection is not None:
            self._connection.db.close()
        self._connection = self._runner = self._tx = None

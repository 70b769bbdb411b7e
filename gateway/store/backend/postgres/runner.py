"""Statements on PostgreSQL, and the locks that stand for the one writer that SQLite has.

A writing transaction takes the lock of each vault that it names, before the statement that names it, and keeps it
until it ends. So all that concerns one vault is written in turn, from whichever thread, process or machine: what a
function has read of its vault still holds when it writes. The locks are advisory locks of the server.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import ClauseElement, MetaData, Table
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect

from gateway.store.backend.postgres.connection import PostgresConnection
from gateway.store.backend.sql import Cursor, Runner

_LOCK = "SELECT pg_advisory_xact_lock(%s), pg_current_xact_id()::text"
_NUMBER = "SELECT pg_current_xact_id()::text"


class PostgresRunner(Runner):
    """Runs statements of readers, which lock nothing."""

    def __init__(self, connection: PostgresConnection) -> None:
        dialect = psycopg_dialect(paramstyle="format")  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
        super().__init__(connection, dialect)

    def faults_of(self, table: str) -> list[str]:  # noqa: ARG002 - as the one of SQLite
        """Give nothing: a server looks after its own pages (`pg_amcheck`, data checksums)."""
        return []

    def foreign_objects(self, own: MetaData, also: Collection[str]) -> list[str]:  # noqa: ARG002 - as of SQLite
        """Name triggers, views, rules and policies: the program has none."""
        found = self._connection.execute(
            "SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace"
            " UNION SELECT 'view ' || viewname FROM pg_views WHERE schemaname = current_schema()"
            " UNION SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname = current_schema()"
            " UNION SELECT 'policy ' || policyname FROM pg_policies WHERE schemaname = current_schema() ORDER BY 1"
        ).fetchall()
        return [row[0] for row in found]

    def misfits_of(self, table: Table, but: Collection[str]) -> list[str]:  # noqa: ARG002 - as the one of SQLite
        """Give nothing: a server keeps to the types that are declared."""
        return []

    @property
    def number(self) -> str:
        """Give the server's number of the transaction; empty when it writes nothing."""
        return ""


class LockingRunner(PostgresRunner):
    """Runs statements of writers; every one of their transactions has a number, to ask for its fate by."""

    def __init__(self, connection: PostgresConnection) -> None:
        super().__init__(connection)
        self._held: set[object] = set()
        self._number = ""

    @property
    def number(self) -> str:
        """Give the server's number of the transaction; empty when it has run no statement."""
        return self._number

    def begin(self) -> None:
        """Forget the locks of an earlier transaction: they went with it."""
        self._held.clear()
        self._number = ""

    def execute(self, statement: ClauseElement, parameters: Mapping[str, object]) -> Cursor:
        """Run a statement behind the lock of the vault that it names."""
        vault = parameters.get("vault")
        if vault is not None and vault not in self._held:
            self._hold(vault)
        elif not self._number:
            self._number = str((self._connection.execute(_NUMBER, ()).fetchone() or ("",))[0])
        return super().execute(statement, parameters)

    def exclusively(self, number: int) -> None:
        """Wait for other transactions that named this number, until this one ends."""
        # Numbers of objects are of 64 bits without sign, the server's have one.
        self._hold(number - (1 << 64) if number >= 1 << 63 else number)

    def _hold(self, number: object) -> None:
        row = self._connection.execute(_LOCK, (number,)).fetchone()
        self._number = str(row[1]) if row else ""
        self._held.add(number)

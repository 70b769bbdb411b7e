"""Statements on SQLite, which keeps any octets as a text: one that is none costs its own value, not the whole list."""

import sqlite3
from collections.abc import Iterator

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from gateway.store.backend.sql import Row, Runner


class SqliteRunner(Runner):
    """Reads again, forgivingly, what holds a text that is none; everything else costs nothing more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection, sqlite_dialect(paramstyle="qmark"))
        self._db = connection

    def rows(self, statement: ClauseElement, **parameters: object) -> list[Row]:
        """Run and fetch every row."""
        try:
            return super().rows(statement, **parameters)
        except sqlite3.OperationalError as error:
            if not _is_of_a_text(error):
                raise
            return self._forgiving(statement, parameters)

    def each(self, statement: ClauseElement, **parameters: object) -> Iterator[Row]:
        """Run and give one row after the other."""
        self._db.text_factory = _text
        try:
            yield from super().each(statement, **parameters)
        finally:
            self._db.text_factory = str

    def row(self, statement: ClauseElement, **parameters: object) -> Row | None:
        """Run and fetch the first row, if there is one."""
        try:
            return super().row(statement, **parameters)
        except sqlite3.OperationalError as error:
            if not _is_of_a_text(error):
                raise
            found = self._forgiving(statement, parameters)
            return found[0] if found else None

    def _forgiving(self, statement: ClauseElement, parameters: dict[str, object]) -> list[Row]:
        self._db.text_factory = _text
        try:
            return super().rows(statement, **parameters)
        finally:
            self._db.text_factory = str


def _is_of_a_text(error: sqlite3.OperationalError) -> bool:
    # The driver's own error: it has no code of the database's.
    return "decode" in str(error)


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")

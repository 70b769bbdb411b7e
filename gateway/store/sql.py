"""Statements compiled once, run on the driver's own connection.

SQLAlchemy Core writes the SQL for each database; running the compiled text directly costs a fifth of running
it through Core (`docs/performance.md`). Values are plain integers, texts and octets, so no conversion is lost.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import BindParameter, ClauseElement, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect

Row = tuple[Any, ...]
"""One row as the driver gives it; each caller knows the columns it selected."""


insert = sqlite.insert
"""INSERT that knows ON CONFLICT; every module takes it from here, the one place that names a dialect."""

_ALL_ROWS = 2**62


def parameter(name: str) -> BindParameter[Any]:
    """Name a value that is given when the statement runs."""
    return bindparam(name)


def at_most(limit: int) -> int:
    """Give what LIMIT takes on every database: a negative `limit` means all rows."""
    return limit if limit >= 0 else _ALL_ROWS


class Cursor(Protocol):
    """What both drivers give back from `execute`."""

    @property
    def rowcount(self) -> int:
        """Rows touched."""
        ...

    def fetchall(self) -> list[Row]:
        """Fetch what is left."""
        ...

    def fetchone(self) -> Row | None:
        """Fetch the next row."""
        ...


class Connection(Protocol):
    """What both drivers give as a connection."""

    def execute(self, sql: str, parameters: Mapping[str, object] = ..., /) -> Cursor:
        """Run one statement with named parameters."""
        ...


class Runner:
    """Runs Core statements on one connection; not thread-safe."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._compiled: dict[ClauseElement, tuple[str, dict[str, object]]] = {}

    def _text(self, statement: ClauseElement) -> tuple[str, dict[str, object]]:
        compiled = statement.compile(dialect=self._dialect)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._compiled[statement] = found = (str(compiled), fixed)
        return found

    def execute(self, statement: ClauseElement, parameters: Mapping[str, object]) -> Cursor:
        """Run `statement`; constants written in it are bound by themselves."""
        sql, fixed = self._compiled.get(statement) or self._text(statement)
        return self._connection.execute(sql, {**fixed, **parameters} if fixed else parameters)

    def rows(self, statement: ClauseElement, **parameters: object) -> list[Row]:
        """Run and fetch every row."""
        return self.execute(statement, parameters).fetchall()

    def row(self, statement: ClauseElement, **parameters: object) -> Row | None:
        """Run and fetch the first row, if there is one."""
        return self.execute(statement, parameters).fetchone()

    def run(self, statement: ClauseElement, **parameters: object) -> int:
        """Run and say how many rows were touched."""
        return self.execute(statement, parameters).rowcount

"""Statements compiled once, run on the driver's own connection.

SQLAlchemy Core writes the SQL for each database; running the compiled text directly costs a fifth of running
it through Core (`docs/performance.md`). Values are plain integers, texts and octets, so no conversion is lost.
They are handed to the driver by position: by name, Python's own driver lets go of the interpreter once a
parameter to ask for its name, and every other thread wakes up for it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ClauseElement,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    bindparam,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert

from gateway.domain.mailbox import VaultId

Row = tuple[Any, ...]
"""One row as the driver gives it; each caller knows the columns it selected."""


insert = postgresql.insert
"""INSERT that knows ON CONFLICT; every module takes it from here. SQLite's compiler reads it as well: same words."""

_ALL_ROWS = 2**62
_AT_ONCE = (8, 4, 2, 1)
"""How many rows a statement inserts: of few lengths, for each takes a millisecond to be written the first time."""
_TYPES = {BigInteger: "integer", SmallInteger: "integer", Integer: "integer", LargeBinary: "blob", Text: "text"}
_Compiled = tuple[str, dict[str, object], Callable[[Mapping[str, object]], Sequence[object]]]
"""SQL, the values written in the statement, and what puts all values in their places."""


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

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement with parameters in the order of their places."""
        ...


class Runner:
    """Runs Core statements on one connection; not thread-safe."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect
        self._compiled: dict[ClauseElement, _Compiled] = {}
        self._repeated: dict[tuple[Insert, int], Insert] = {}

    def _text(self, statement: ClauseElement) -> _Compiled:
        compiled = statement.compile(dialect=self._dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("not a statement with parameters")
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._compiled[statement] = found = (str(compiled), fixed, _in_order(compiled.positiontup or ()))
        return found

    def execute(self, statement: ClauseElement, parameters: Mapping[str, object]) -> Cursor:
        """Run `statement`; constants written in it are bound by themselves."""
        sql, fixed, ordered = self._compiled.get(statement) or self._text(statement)
        return self._connection.execute(sql, ordered({**fixed, **parameters} if fixed else parameters))

    def insert_all(self, statement: Insert, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows of the same columns by as few statements as there may be.

        Each statement lets go of the interpreter some times. Vaults were named by statements of the transaction before:
        databases with several writers take their locks then.
        """
        for _cursor in self._inserting(statement, rows, {}):
            pass

    def inserted(self, statement: Insert, rows: Sequence[Mapping[str, object]], vault: VaultId) -> list[Row]:
        """Insert rows of one vault as `insert_all` does, and give what the statement returns of them."""
        return [row for cursor in self._inserting(statement, rows, {"vault": vault}) for row in cursor.fetchall()]

    def _inserting(
        self, statement: Insert, rows: Sequence[Mapping[str, object]], named: Mapping[str, object]
    ) -> Iterator[Cursor]:
        start = 0
        while left := len(rows) - start:
            part = rows[start : start + next(count for count in _AT_ONCE if count <= left)]
            start += len(part)
            repeated = self._repeated.get((statement, len(part)))
            if repeated is None:
                repeated = self._repeat(statement, part)
            values = {f"{name}_{at}": row[name] for at, row in enumerate(part) for name in row}
            yield self.execute(repeated, {**values, **named})

    def _repeat(self, statement: Insert, rows: Sequence[Mapping[str, object]]) -> Insert:
        named: list[dict[str, object]] = []
        named += ({name: bindparam(f"{name}_{at}") for name in row} for at, row in enumerate(rows))
        found = self._repeated[statement, len(rows)] = statement.values(named)
        return found

    def begin(self) -> None:
        """Note that a transaction begins."""

    def exclusively(self, number: int) -> None:
        """Wait for other transactions that named this number, until this one ends; here there is one writer."""

    def faults_of(self, table: str) -> list[str]:
        """Ask the database whether a table and its indexes are sound; gives what it finds wrong."""
        found = self._connection.execute(f'PRAGMA integrity_check("{table}")').fetchall()
        return [str(row[0]) for row in found if row[0] != "ok"]

    def foreign_objects(self, own: MetaData, also: Collection[str]) -> list[str]:
        """Name what stands in the schema and is not as the program declares it: a trigger, a view, a table remade.

        Args:
            own: what the program declares.
            also: names of tables that others of its own have made.
        """
        declared = {name: self._ddl(CreateTable(table)) for name, table in own.tables.items()}
        for table in own.tables.values():
            declared |= {str(index.name): self._ddl(CreateIndex(index)) for index in table.indexes}
        found = self._connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        return [
            f"{kind} {name}"
            for kind, name, sql in found
            if not (str(name).startswith("sqlite_") or name in also or "".join(str(sql).split()) == declared.get(name))
        ]

    def _ddl(self, statement: ClauseElement) -> str:
        return "".join(str(statement.compile(dialect=self._dialect)).split())

    def misfits_of(self, table: Table, but: Collection[str]) -> list[str]:
        """Name columns of a table, but some, that hold a value of another type than declared, or no text."""
        found = []
        for column in table.columns:
            if column.name in but:
                continue
            kind = _TYPES[type(column.type)]
            null = " OR t = 'null'" if column.nullable else ""
            kinds = f'SELECT DISTINCT typeof("{column.name}") AS t FROM "{table.name}"'  # noqa: S608 - our own names
            if self._connection.execute(f"SELECT 1 FROM ({kinds}) WHERE NOT (t = ?{null})", (kind,)).fetchone():  # noqa: S608
                found.append(column.name)
            elif kind == "text":
                texts = f'SELECT DISTINCT CAST("{column.name}" AS BLOB) FROM "{table.name}"'  # noqa: S608 - as above
                if any(not _is_text(row[0]) for row in self._connection.execute(texts).fetchall()):
                    found.append(column.name)
        return found

    def rows(self, statement: ClauseElement, **parameters: object) -> list[Row]:
        """Run and fetch every row."""
        return self.execute(statement, parameters).fetchall()

    def each(self, statement: ClauseElement, **parameters: object) -> Iterator[Row]:
        """Run and give one row after the other: SQLite holds none but that one in memory."""
        cursor = self.execute(statement, parameters)
        while row := cursor.fetchone():
            yield row

    def row(self, statement: ClauseElement, **parameters: object) -> Row | None:
        """Run and fetch the first row, if there is one."""
        return self.execute(statement, parameters).fetchone()

    def run(self, statement: ClauseElement, **parameters: object) -> int:
        """Run and say how many rows were touched."""
        return self.execute(statement, parameters).rowcount


def _is_text(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _in_order(names: Sequence[str]) -> Callable[[Mapping[str, object]], Sequence[object]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]

"""How columns are declared: each kind of value by one function."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, SmallInteger, Table, Text
from sqlalchemy.dialects.sqlite import INTEGER

metadata = MetaData()
# SQLite's STRICT tables know one name for integers, whatever their size.
_BIG, _INTEGER, _SMALL = (kind().with_variant(INTEGER(), "sqlite") for kind in (BigInteger, Integer, SmallInteger))


def number(name: str, *, key: bool = False, null: bool = False) -> "Column[int]":
    """Declare an integer of 64 bits."""
    return Column(name, _BIG, primary_key=key, nullable=null, autoincrement=False)


def octets(name: str, *, key: bool = False, null: bool = False) -> "Column[bytes]":
    """Declare octets."""
    return Column(name, LargeBinary, primary_key=key, nullable=null)


def count(name: str) -> "Column[int]":
    """Declare an integer of 32 bits."""
    return Column(name, _INTEGER, nullable=False)


def small(name: str, *, key: bool = False) -> "Column[int]":
    """Declare an integer of 16 bits."""
    return Column(name, _SMALL, primary_key=key, nullable=False, autoincrement=False)


def coded() -> "tuple[Column[int], Column[bytes]]":
    """Declare what the rows of a table that decides something bear: their version and their code."""
    return number("version"), octets("code")


def text(name: str, *, key: bool = False) -> "Column[str]":
    """Declare a text."""
    return Column(name, Text, primary_key=key, nullable=False)


def clustered(name: str, *columns: "Column[int] | Column[bytes] | Column[str]") -> Table:
    """Declare a table whose rows lie in the order of their primary key, so that those of a vault lie together."""
    # On SQLite, WITHOUT ROWID: the primary key is the table.
    return Table(name, metadata, *columns, sqlite_with_rowid=False, sqlite_strict=True)


def heaped(name: str, *columns: "Column[int] | Column[bytes] | Column[str]") -> Table:
    """Declare a table of long rows, which lie as they came."""
    return Table(name, metadata, *columns, sqlite_strict=True)

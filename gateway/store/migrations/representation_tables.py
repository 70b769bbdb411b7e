"""The tables of who acts for whom, as revision pli3 makes them, and the first look at comings of age."""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.dialects.sqlite import INTEGER


def _big(name: str) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def _octets(name: str) -> "Column[bytes]":
    return Column(name, LargeBinary, nullable=False)


def make_representation() -> None:
    """Keep mandates, where they are found, and messages that are not there for whoever acts for another."""
    op.create_table(
        "mandate",
        _big("vault"), _big("mandate"), _octets("record"), _big("version"), _octets("code"),
        PrimaryKeyConstraint("vault", "mandate"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "representing",
        _octets("digest"), _big("vault"),
        PrimaryKeyConstraint("digest", "vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("representing_vault", "representing", ["vault"])
    op.create_table(
        "withheld_message",
        _big("vault"), _big("mid"), _big("version"), _octets("code"),
        PrimaryKeyConstraint("vault", "mid"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def remove_representation() -> None:
    """Take them away again."""
    for table in ("withheld_message", "representing", "mandate"):
        op.drop_table(table)


def look_at_every_space() -> None:
    """Have each space looked at once: it is due on the day of a coming of age, too, which only its record says."""
    op.execute(
        "INSERT INTO deadline (vault, day) SELECT vault, 0 FROM space WHERE state <> 'erased'"
        " ON CONFLICT (vault) DO UPDATE SET day = 0"
    )

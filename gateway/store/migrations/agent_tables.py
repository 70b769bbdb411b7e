"""The tables of agents, and of what waits for them, as revision pli3 makes them."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.sqlite import INTEGER


def _big(name: str) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def make_agents() -> None:
    """Keep who helps people in the operator's name, and who waits for them."""
    op.create_table(
        "agent",
        _big("vault"), _big("agent"), Column("record", LargeBinary, nullable=False), _big("version"),
        Column("code", LargeBinary, nullable=False),
        PrimaryKeyConstraint("vault", "agent"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "unserved",
        _big("vault"), _big("space"), Column("why", Text, nullable=False), _big("since"), _big("last"),
        Column("times", Integer().with_variant(INTEGER(), "sqlite"), nullable=False),
        PrimaryKeyConstraint("vault", "space", "why"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def remove_agents() -> None:
    """Take them away again."""
    for table in ("unserved", "agent"):
        op.drop_table(table)

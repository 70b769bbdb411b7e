"""The tables of the log of heads, as revision pli3 makes them."""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint, SmallInteger, Text
from sqlalchemy.dialects.sqlite import INTEGER


def _big(name: str) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def _octets(name: str) -> "Column[bytes]":
    return Column(name, LargeBinary, nullable=False)


def make_head_log() -> None:
    """Keep the log of heads, of which checkpoints are signed; every trace that there is waits to be logged."""
    op.create_table(
        "head_leaf",
        _big("vault"), _big("tree"), _big("leaf"), _big("subject"), _big("seq"), _octets("hash"),
        PrimaryKeyConstraint("vault", "tree", "leaf"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("head_leaf_subject", "head_leaf", ["vault", "subject", "tree", "leaf"])
    op.create_table(
        "head_hash",
        _big("vault"), _big("tree"),
        Column("level", SmallInteger().with_variant(INTEGER(), "sqlite"), nullable=False),
        _big("number"), _octets("hash"),
        PrimaryKeyConstraint("vault", "tree", "level", "number"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "head_checkpoint",
        _big("vault"), _big("tree"), _big("size"), _big("at"),
        Column("published", SmallInteger().with_variant(INTEGER(), "sqlite"), nullable=False),
        Column("note", Text, nullable=False),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "head_moved", _big("vault"), PrimaryKeyConstraint("vault"), sqlite_with_rowid=False, sqlite_strict=True
    )
    op.execute("INSERT INTO head_moved (vault) SELECT vault FROM audit_head")


def remove_head_log() -> None:
    """Take them away again."""
    for table in ("head_moved", "head_checkpoint", "head_hash", "head_leaf"):
        op.drop_table(table)

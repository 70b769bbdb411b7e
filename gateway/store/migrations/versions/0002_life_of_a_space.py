"""Days on which something happens to a space by itself, numbers by which a person is found, browsers, passkeys.

The first two cannot be computed without the keys. Every space is due on day 0: whoever looks after spaces
writes it anew.

Revision ID: pli2
Revises: pli1
"""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.dialects.sqlite import INTEGER

revision = "pli2"
down_revision = "pli1"


def _big(name: str) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "deadline",
        _big("vault"), _big("day"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("deadline_day", "deadline", ["day"])
    op.create_table(
        "person",
        Column("digest", LargeBinary, nullable=False), _big("vault"),
        PrimaryKeyConstraint("digest", "vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("person_vault", "person", ["vault"])
    op.create_table(
        "browser",
        Column("digest", LargeBinary, nullable=False), _big("vault"),
        Column("record", LargeBinary, nullable=False),
        PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("browser_vault", "browser", ["vault"])
    op.create_table(
        "passkey",
        Column("digest", LargeBinary, nullable=False), _big("vault"),
        Column("record", LargeBinary, nullable=False), _big("version"),
        Column("code", LargeBinary, nullable=False),
        PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("passkey_vault", "passkey", ["vault"])
    op.create_table(
        "happening",
        _big("vault"), _big("seq"), _big("at"),
        PrimaryKeyConstraint("vault", "seq"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "read_mark",
        _big("vault"), Column("profile", LargeBinary, nullable=False), _big("at"),
        PrimaryKeyConstraint("vault", "profile"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "erased",
        _big("vault"), Column("digest", LargeBinary, nullable=False), _big("at"),
        Column("code", LargeBinary, nullable=False),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("erased_digest", "erased", ["digest"])
    op.create_index("erased_at", "erased", ["at"])
    op.execute("INSERT INTO deadline (vault, day) SELECT vault, 0 FROM space")


def downgrade() -> None:
    op.drop_table("passkey")
    op.drop_table("browser")
    op.drop_table("read_mark")
    op.drop_table("happening")
    op.drop_table("erased")
    op.drop_table("person")
    op.drop_table("deadline")

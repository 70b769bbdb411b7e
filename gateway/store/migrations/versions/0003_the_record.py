"""What a person keeps in their record beside what was filed: a function a subject.

Revision ID: pli3
Revises: pli2
"""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.dialects.sqlite import INTEGER

revision = "pli3"
down_revision = "pli2"


def _big(name: str) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def _octets(name: str) -> "Column[bytes]":
    return Column(name, LargeBinary, nullable=False)


def upgrade() -> None:
    """Make the tables of each subject."""
    _profile()
    _make_agendas()


def _profile() -> None:
    op.create_table(
        "profile_entry",
        _big("vault"), _octets("section"), _big("entry"), _big("revision"), _octets("record"), _big("version"),
        _octets("code"),
        PrimaryKeyConstraint("vault", "section", "entry", "revision"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _make_agendas() -> None:
    op.create_table(
        "agenda_event",
        _big("vault"), _big("event"), _big("first"), _big("last"), _octets("uid"), _octets("record"),
        PrimaryKeyConstraint("vault", "event"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("agenda_event_last", "agenda_event", ["vault", "last"])
    op.create_index("agenda_event_uid", "agenda_event", ["vault", "uid"])
    op.create_table(
        "invitation",
        _big("vault"), _big("mid"), _octets("record"),
        PrimaryKeyConstraint("vault", "mid"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "prevention",
        _big("vault"), _octets("record"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("agenda_event", "invitation", "prevention", "profile_entry"):
        op.drop_table(table)

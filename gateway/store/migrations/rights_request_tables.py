"""The table of what people ask for about health data, as revision pli3 makes it."""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.dialects.sqlite import INTEGER


def _big(name: str) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def make_rights_requests() -> None:
    """Keep requests, found by what waits and by what is due."""
    op.create_table(
        "rights_request",
        _big("vault"), _big("request"), _big("waits"), _big("due"),
        Column("record", LargeBinary, nullable=False),
        PrimaryKeyConstraint("vault", "request"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("rights_request_waits", "rights_request", ["waits"])
    op.create_index("rights_request_due", "rights_request", ["due"])


def remove_rights_requests() -> None:
    """Take it away again."""
    op.drop_table("rights_request")

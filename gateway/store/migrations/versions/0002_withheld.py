"""Documents that their patient may not read yet (STD §4.5).

Revision ID: 0002
Revises: 0001
"""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "withheld",
        Column("vault", BigInteger, nullable=False),
        Column("document", BigInteger, nullable=False),
        PrimaryKeyConstraint("vault", "document"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("withheld")

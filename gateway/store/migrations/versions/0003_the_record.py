"""What a person keeps in their record beside what was filed: a function a subject.

Revision ID: pli3
Revises: pli2
"""

revision = "pli3"
down_revision = "pli2"


def upgrade() -> None:
    """Make the tables of each subject."""


def downgrade() -> None:
    """Take them away again."""

"""What a person keeps in their record beside what was filed: a function a subject.

Revision ID: pli3
Revises: pli2
"""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.dialects.sqlite import INTEGER

from gateway.store.migrations.agent_tables import make_agents, remove_agents
from gateway.store.migrations.head_log_tables import make_head_log, remove_head_log
from gateway.store.migrations.representation_tables import (
    look_at_every_space,
    make_representation,
    remove_representation,
)
from gateway.store.migrations.rights_request_tables import make_rights_requests, remove_rights_requests

revision = "pli3"
down_revision = "pli2"


def _big(name: str) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def _octets(name: str) -> "Column[bytes]":
    return Column(name, LargeBinary, nullable=False)


def upgrade() -> None:
    """Make the tables of each subject."""
    _profile()
    _documents()
    _measures()
    _care()
    _make_agendas()
    _make_own_exports()
    _make_health_links()
    _make_record_openings()
    _quick_lists()
    _observed()
    make_representation()
    _patient_choices()
    look_at_every_space()
    make_head_log()
    make_rights_requests()
    make_agents()


def _profile() -> None:
    op.create_table(
        "profile_entry",
        _big("vault"), _octets("section"), _big("entry"), _big("revision"), _octets("record"), _big("version"),
        _octets("code"),
        PrimaryKeyConstraint("vault", "section", "entry", "revision"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _measures() -> None:
    op.create_table(
        "measure",
        _big("vault"), _big("measure"), _octets("series"), _big("measured"), _octets("record"), _big("version"),
        _octets("code"),
        PrimaryKeyConstraint("vault", "measure"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("measure_series", "measure", ["vault", "series", "measured", "measure"])
    op.create_table(
        "measure_plan",
        _big("vault"), _octets("record"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _care() -> None:
    op.create_table(
        "care_act",
        _big("vault"), _big("act"), _octets("series"), _big("day"), _octets("record"), _big("version"), _octets("code"),
        PrimaryKeyConstraint("vault", "act"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("care_act_series", "care_act", ["vault", "series", "day", "act"])
    op.create_index("care_act_place", "care_act", ["vault", "day", "act"])
    op.create_index("care_act_day", "care_act", ["day"])


def _make_agendas() -> None:
    op.create_table(
        "agenda_event",
        _big("vault"), _big("event"), _big("first"), _big("last"), _big("remind"), _octets("uid"),
        _octets("organiser"), _big("told"), _octets("record"),
        PrimaryKeyConstraint("vault", "event"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("agenda_event_last", "agenda_event", ["vault", "last"])
    op.create_index("agenda_event_uid", "agenda_event", ["vault", "uid"])
    op.create_index("agenda_event_organiser", "agenda_event", ["vault", "organiser"])
    op.create_index("agenda_event_remind", "agenda_event", ["remind"])
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


def _observed() -> None:
    """Make room for what pages of examinations, searches and lists read; it is filled when somebody looks."""
    for page in ("header_page", "line_page"):
        op.create_table(
            page,
            _big("vault"), _big("page"), _octets("record"),
            PrimaryKeyConstraint("vault", "page"),
            sqlite_strict=True,
        )
    op.create_table(
        "observed",
        _big("vault"), _big("document"), _octets("record"),
        PrimaryKeyConstraint("vault", "document"),
        sqlite_strict=True,
    )
    op.create_table(
        "goal",
        _big("vault"), _big("examination"), _octets("record"),
        PrimaryKeyConstraint("vault", "examination"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _make_own_exports() -> None:
    op.create_table(
        "own_export",
        _big("vault"), _big("until"), _octets("record"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("own_export_until", "own_export", ["until"])


def _make_health_links() -> None:
    op.create_table(
        "health_link",
        _big("vault"), _big("link"), _octets("record"),
        PrimaryKeyConstraint("vault", "link"),
        sqlite_strict=True,
    )


def _patient_choices() -> None:
    """Keep whom patients authorise or block, and who is in contact with them."""
    op.create_table(
        "patient_choice",
        _big("vault"), _octets("record"), _big("version"), _octets("code"),
        PrimaryKeyConstraint("vault"),
        sqlite_strict=True,
    )
    op.create_table(
        "care_contact",
        _big("vault"), _octets("party"), _octets("record"),
        PrimaryKeyConstraint("vault", "party"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _make_record_openings() -> None:
    for table, numbered in (("access_code", "number"), ("record_opening", "opening")):
        op.create_table(
            table,
            _big("vault"), _big(numbered), _octets("record"), _big("version"), _octets("code"),
            PrimaryKeyConstraint("vault", numbered),
            sqlite_with_rowid=False,
            sqlite_strict=True,
        )
    op.create_table(
        "record_reading",
        _big("vault"), _big("day"), _octets("person"), _octets("record"), _big("version"), _octets("code"),
        PrimaryKeyConstraint("vault", "day", "person"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "reader_state",
        _big("vault"), _octets("record"), _big("version"), _octets("code"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Take them away again."""
    remove_rights_requests()
    remove_agents()
    _slow_lists()
    remove_head_log()
    op.drop_table("line_page")
    op.drop_table("header_page")
    subjects = ("own_export", "agenda_event", "observed", "goal", "invitation", "prevention", "measure", "measure_plan")
    remove_representation()
    for table in (*subjects, "health_link", "profile_entry", "care_act"):
        op.drop_table(table)
    for table in ("care_contact", "patient_choice", "reader_state", "record_reading", "record_opening", "access_code"):
        op.drop_table(table)
    documents = ("document_delay", "document_doubt", "document_hold", "document_words", "document_folder")
    for table in (*documents, "document_choice"):
        op.drop_table(table)


def _quick_lists() -> None:
    """Let lists of conversations be read by key, and what is unread be counted, whatever else a space holds."""
    unseen = text("seen = 0")
    op.drop_index("entry_date", "entry")
    op.create_index("entry_date", "entry", ["vault", "internal_date", "thread"])
    op.drop_index("entry_thread", "entry")
    op.create_index("entry_thread", "entry", ["vault", "thread", "internal_date", "mid", "seen"])
    op.create_index("entry_unseen", "entry", ["vault", "folder", "seen"], sqlite_where=unseen, postgresql_where=unseen)
    deleted = text("flags LIKE '%Deleted%'")
    op.create_index(
        "entry_deleted", "entry", ["vault", "folder", "flags"], sqlite_where=deleted, postgresql_where=deleted
    )
    op.create_index("document_unseen", "document", ["vault", "seen"], sqlite_where=unseen, postgresql_where=unseen)


def _slow_lists() -> None:
    op.drop_index("document_unseen", "document")
    op.drop_index("entry_deleted", "entry")
    op.drop_index("entry_unseen", "entry")
    op.drop_index("entry_thread", "entry")
    op.create_index("entry_thread", "entry", ["vault", "thread"])
    op.drop_index("entry_date", "entry")
    op.create_index("entry_date", "entry", ["vault", "internal_date"])


def _integer(name: str, *, null: bool = False) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=null)


def _sealed() -> "Column[bytes]":
    return Column("record", LargeBinary, nullable=False)


def _documents() -> None:
    """Keep what patients call their documents, their folders, and the words by which documents are found."""
    op.create_table(
        "document_choice",
        _integer("vault"), _integer("document"),
        Column("pinned", SmallInteger().with_variant(INTEGER(), "sqlite"), nullable=False),
        _integer("folder", null=True), _integer("revision"), _sealed(),
        PrimaryKeyConstraint("vault", "document"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    pinned = text("pinned = 1")
    op.create_index(
        "document_choice_pinned", "document_choice", ["vault"], sqlite_where=pinned, postgresql_where=pinned
    )
    op.create_table(
        "document_folder",
        _integer("vault"), _integer("folder"), _sealed(),
        PrimaryKeyConstraint("vault", "folder"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "document_words",
        _integer("vault"), _integer("document"), _integer("day"), _sealed(),
        PrimaryKeyConstraint("vault", "document"),
        sqlite_strict=True,
    )
    for table in ("document_hold", "document_doubt", "document_delay"):
        op.create_table(
            table,
            _integer("vault"), _integer("document"), _integer("due"), _sealed(),
            PrimaryKeyConstraint("vault", "document"),
            sqlite_with_rowid=False,
            sqlite_strict=True,
        )
        op.create_index(f"{table}_due", table, ["due"])

"""The first schema that is released: never edited from then on; what comes later is a migration of its own.

Revision ID: pli1
Revises:
"""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Text
from sqlalchemy.dialects.sqlite import INTEGER

revision = "pli1"
down_revision = None


def _big(name: str, *, null: bool = False) -> "Column[int]":
    return Column(name, BigInteger().with_variant(INTEGER(), "sqlite"), nullable=null)


def _int(name: str) -> "Column[int]":
    return Column(name, Integer().with_variant(INTEGER(), "sqlite"), nullable=False)


def _small(name: str) -> "Column[int]":
    return Column(name, SmallInteger().with_variant(INTEGER(), "sqlite"), nullable=False)


def _blob(name: str, *, null: bool = False) -> "Column[bytes]":
    return Column(name, LargeBinary, nullable=null)


def _text(name: str) -> "Column[str]":
    return Column(name, Text, nullable=False)


def upgrade() -> None:
    _owners()
    _mail()
    _dossier_and_work()


def _owners() -> None:
    op.create_table(
        "vault",
        _big("vault"), _text("kind"), _blob("record"), _big("created"), _big("version"), _blob("code"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "vault_head",
        _big("vault"), _blob("record"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "address",
        _blob("digest"), _big("vault"), _text("kind"), _big("version"), _blob("code"),
        PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("address_vault", "address", ["vault"])
    op.create_table(
        "space",
        _big("vault"), _text("state"), _blob("record"), _big("version"), _blob("code"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "account",
        _blob("digest"), _big("vault"), _text("kind"), _blob("secret"), _big("version"), _blob("code"),
        PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("account_vault", "account", ["vault"])
    op.create_table(
        "code",
        _big("vault"), _text("purpose"), _blob("digest"), _big("issued"), _big("expires"),
        _small("tries_left"), _big("version"), _blob("code"),
        PrimaryKeyConstraint("vault", "purpose"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("code_expires", "code", ["expires"])
    op.create_table(
        "session",
        _blob("digest"), _big("vault"), _text("kind"), _big("created"), _big("used"), _big("expires"),
        _big("version"), _blob("code"),
        PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("session_expires", "session", ["expires"])
    op.create_index("session_vault", "session", ["vault"])


def _mail() -> None:
    op.create_table(
        "folder",
        _big("vault"), _big("folder"), _text("special_use"), _blob("name"), _big("uid_validity"),
        _big("uid_next"), _big("modseq"), _small("subscribed"), _big("version"), _blob("code"),
        PrimaryKeyConstraint("vault", "folder"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "content",
        _big("vault"), _big("mid"), _blob("blob"), _big("size"), _big("internal_date"), _small("state"),
        _big("thread"), _blob("wire"), _blob("summary"), _blob("headers"), _blob("extract"), _blob("path"),
        PrimaryKeyConstraint("vault", "mid"),
        sqlite_strict=True,
    )
    op.create_index("content_blob", "content", ["vault", "blob"])
    op.create_table(
        "entry",
        _big("vault"), _big("folder"), _big("uid"), _big("mid"), _big("modseq"), _text("flags"),
        _small("seen"), _big("internal_date"), _big("size"), _big("thread"),
        PrimaryKeyConstraint("vault", "folder", "uid"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("entry_date", "entry", ["vault", "internal_date"])
    op.create_index("entry_mid", "entry", ["vault", "mid"])
    op.create_index("entry_modseq", "entry", ["vault", "folder", "modseq"])
    op.create_index("entry_thread", "entry", ["vault", "thread"])
    op.create_table(
        "entry_wire",
        _big("vault"), _big("folder"), _big("uid"), _blob("wire"),
        PrimaryKeyConstraint("vault", "folder", "uid"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "tombstone",
        _big("vault"), _big("folder"), _big("modseq"), _big("uid"),
        PrimaryKeyConstraint("vault", "folder", "modseq", "uid"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "reference",
        _big("vault"), _small("namespace"), _blob("digest"), _big("thread"), _big("mid"), _blob("code"),
        PrimaryKeyConstraint("vault", "namespace", "digest"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "intake",
        _big("vault"), _blob("dedupe"), _big("mid"), _big("at"),
        PrimaryKeyConstraint("vault", "dedupe"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "outcome",
        _big("vault"), _big("mid"), _blob("record"),
        PrimaryKeyConstraint("vault", "mid"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _dossier_and_work() -> None:
    op.create_table(
        "blob",
        _big("vault"), _blob("blob"), _blob("wrapped"), _big("size"),
        PrimaryKeyConstraint("vault", "blob"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("blob_blob", "blob", ["blob"])
    op.create_table(
        "condemned",
        _blob("blob"), _big("at"),
        PrimaryKeyConstraint("blob"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "exchange",
        _big("vault"), _blob("correspondent"), _text("state"), _blob("record"), _big("version"), _blob("code"),
        PrimaryKeyConstraint("vault", "correspondent"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "document",
        _big("vault"), _big("document"), _big("mid", null=True), _text("category"), _big("filed_at"),
        _big("dated"), _small("seen"), _small("hidden_from"), _blob("identity"), _blob("unique_digest"),
        _blob("set_digest", null=True), _big("replaced_by", null=True), _blob("record"), _blob("results"),
        _big("version"), _blob("code"),
        PrimaryKeyConstraint("vault", "document"),
        sqlite_strict=True,
    )
    op.create_index("document_dated", "document", ["vault", "dated"])
    op.create_index("document_identity", "document", ["vault", "identity"], unique=True)
    op.create_index("document_mid", "document", ["vault", "mid"])
    op.create_index("document_set", "document", ["vault", "set_digest"])
    op.create_index("document_unique", "document", ["vault", "unique_digest"])
    op.create_table(
        "replacement",
        _big("vault"), _blob("unique_digest"), _big("document"),
        PrimaryKeyConstraint("vault", "unique_digest", "document"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "quarantine",
        _big("vault"), _big("mid"), _text("code"), _blob("blob"), _blob("record"), _big("at"),
        PrimaryKeyConstraint("vault", "mid"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        _big("vault"), _big("step"), _text("kind"), _small("urgency"), _big("due"), _int("attempts"), _small("parked"),
        _big("holder"), _text("reason"), _blob("payload"),
        PrimaryKeyConstraint("vault", "step"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("outbox_due", "outbox", ["parked", "urgency", "due"])
    op.create_table(
        "attempt",
        _big("number"), _big("at"), _big("origin"), _text("face"), _blob("subject"), _blob("aim"), _small("outcome"),
        PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("attempt_at", "attempt", ["at"])
    op.create_table(
        "worker",
        _big("worker"), _big("alive_until"),
        PrimaryKeyConstraint("worker"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "audit",
        _big("vault"), _big("seq"), _big("at"), _blob("record"), _blob("hash"),
        PrimaryKeyConstraint("vault", "seq"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "audit_head",
        _big("vault"), _big("seq"), _blob("hash"), _blob("mac"),
        PrimaryKeyConstraint("vault"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def downgrade() -> None:
    for table in (
        "audit_head", "audit", "worker", "attempt", "outbox", "quarantine", "replacement", "document", "exchange",
        "condemned", "blob", "outcome", "intake", "reference", "tombstone", "entry_wire", "entry", "content",
        "folder", "session", "code", "account", "space", "address",
        "vault_head", "vault",
    ):
        op.drop_table(table)

"""The tables. Every table that grows has its vault first in its primary key, so that a cluster can distribute by vault.

In clear: identifiers, dates (integer microseconds since 1970, UTC), sizes, flags, states. Everything else is
sealed (`gateway.store.seal.sealer`) or a keyed digest.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text

metadata = MetaData()


def _big(name: str, *, key: bool = False, null: bool = False) -> "Column[int]":
    return Column(name, BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _blob(name: str, *, key: bool = False, null: bool = False) -> "Column[bytes]":
    return Column(name, LargeBinary, primary_key=key, nullable=null)


def _small(name: str) -> "Column[int]":
    return Column(name, SmallInteger, nullable=False)


def _text(name: str, *, key: bool = False) -> "Column[str]":
    return Column(name, Text, primary_key=key, nullable=False)


def _clustered(name: str, *columns: "Column[int] | Column[bytes] | Column[str]") -> Table:
    # WITHOUT ROWID: the primary key is the table, so a vault's rows lie together.
    return Table(name, metadata, *columns, sqlite_with_rowid=False)


vault = _clustered("vault", _big("vault", key=True), _text("kind"), _blob("record"), _big("created"))
address = _clustered("address", _blob("digest", key=True), _big("vault"), _text("kind"))
space = _clustered("space", _big("vault", key=True), _text("state"), _blob("record"))
account = _clustered("account", _blob("digest", key=True), _big("vault"), _text("kind"), _blob("secret"))
code = _clustered(
    "code",
    _big("vault", key=True),
    _text("purpose", key=True),
    _blob("digest"),
    _big("issued"),
    _big("expires"),
    _small("tries_left"),
)
Index("code_expires", code.c.expires)
code_issue = _clustered("code_issue", _big("vault", key=True), _big("issued", key=True))
Index("code_issue_issued", code_issue.c.issued)
session = _clustered(
    "session",
    _blob("digest", key=True),
    _big("vault"),
    _text("kind"),
    _big("created"),
    _big("used"),
    _big("expires"),
)
Index("session_expires", session.c.expires)

folder = _clustered(
    "folder",
    _big("vault", key=True),
    _big("folder", key=True),
    _text("special_use"),
    _blob("name"),
    _big("uid_validity"),
    _big("uid_next"),
    _big("modseq"),
    _small("subscribed"),
)
folder_counter = _clustered("folder_counter", _big("vault", key=True), _big("folder"), _big("uid_validity"))
content = Table(
    "content",
    metadata,
    _big("vault", key=True),
    _big("mid", key=True),
    _blob("blob"),
    _big("size"),
    _big("internal_date"),
    _small("state"),
    _big("thread"),
    _blob("wire"),
    _blob("summary"),
    _blob("headers"),
    _blob("extract"),
    _blob("path"),
)
Index("content_blob", content.c.vault, content.c.blob)
entry = _clustered(
    "entry",
    _big("vault", key=True),
    _big("folder", key=True),
    _big("uid", key=True),
    _big("mid"),
    _big("modseq"),
    _text("flags"),
    _small("seen"),
    _big("internal_date"),
    _big("size"),
    _big("thread"),
)
Index("entry_modseq", entry.c.vault, entry.c.folder, entry.c.modseq)
Index("entry_mid", entry.c.vault, entry.c.mid)
Index("entry_thread", entry.c.vault, entry.c.thread)
Index("entry_date", entry.c.vault, entry.c.internal_date)
entry_wire = _clustered(
    "entry_wire", _big("vault", key=True), _big("folder", key=True), _big("uid", key=True), _blob("wire")
)
tombstone = _clustered(
    "tombstone", _big("vault", key=True), _big("folder", key=True), _big("modseq", key=True), _big("uid", key=True)
)
reference = _clustered("reference", _big("vault", key=True), _blob("digest", key=True), _big("thread"), _big("mid"))
intake = _clustered("intake", _big("vault", key=True), _blob("dedupe", key=True), _big("mid"), _big("at"))

outcome = _clustered("outcome", _big("vault", key=True), _big("mid", key=True), _blob("record"))

blob = _clustered("blob", _big("vault", key=True), _blob("blob", key=True), _blob("wrapped"), _big("size"))
Index("blob_blob", blob.c.blob)
condemned = _clustered("condemned", _blob("blob", key=True), _big("at"))

exchange = _clustered(
    "exchange", _big("vault", key=True), _blob("correspondent", key=True), _text("state"), _blob("record")
)
document = Table(
    "document",
    metadata,
    _big("vault", key=True),
    _big("document", key=True),
    _big("mid", null=True),
    _text("category"),
    _big("filed_at"),
    _big("dated"),
    _small("seen"),
    _blob("identity"),
    _blob("unique_digest"),
    _blob("set_digest", null=True),
    _big("replaced_by", null=True),
    _blob("record"),
    _blob("results"),
)
Index("document_identity", document.c.vault, document.c.identity, unique=True)
Index("document_mid", document.c.vault, document.c.mid)
Index("document_dated", document.c.vault, document.c.dated)
Index("document_unique", document.c.vault, document.c.unique_digest)
Index("document_set", document.c.vault, document.c.set_digest)
withheld = _clustered("withheld", _big("vault", key=True), _big("document", key=True))
replacement = _clustered(
    "replacement", _big("vault", key=True), _blob("unique_digest", key=True), _big("document", key=True)
)

quarantine = _clustered(
    "quarantine",
    _big("vault", key=True),
    _big("mid", key=True),
    _text("code"),
    _blob("blob"),
    _blob("record"),
    _big("at"),
)
outbox = _clustered(
    "outbox",
    _big("vault", key=True),
    _big("step", key=True),
    _text("kind"),
    _small("urgency"),
    _big("due"),
    Column("attempts", Integer, nullable=False),
    _small("parked"),
    _text("reason"),
    _blob("payload"),
)
Index("outbox_due", outbox.c.parked, outbox.c.urgency, outbox.c.due)
audit = _clustered(
    "audit", _big("vault", key=True), _big("seq", key=True), _big("at"), _blob("record"), _blob("hash")
)
audit_head = _clustered("audit_head", _big("vault", key=True), _big("seq"), _blob("hash"), _blob("mac"))

"""Messages, folders and their entries."""

from sqlalchemy import Index
from sqlalchemy import text as text_clause

from gateway.store.schema.columns import clustered, coded, heaped, number, octets, small, text

folder = clustered(
    "folder",
    number("vault", key=True),
    number("folder", key=True),
    text("special_use"),
    octets("name"),
    number("uid_validity"),
    number("uid_next"),
    number("modseq"),
    small("subscribed"),
    *coded(),
)
content = heaped(
    "content",
    number("vault", key=True),
    number("mid", key=True),
    octets("blob"),
    number("size"),
    number("internal_date"),
    small("state"),
    number("thread"),
    octets("wire"),
    octets("summary"),
    octets("headers"),
    octets("extract"),
    octets("path"),
)
Index("content_blob", content.c.vault, content.c.blob)
entry = clustered(
    "entry",
    number("vault", key=True),
    number("folder", key=True),
    number("uid", key=True),
    number("mid"),
    number("modseq"),
    text("flags"),
    small("seen"),
    number("internal_date"),
    number("size"),
    number("thread"),
)
Index("entry_modseq", entry.c.vault, entry.c.folder, entry.c.modseq)
Index("entry_mid", entry.c.vault, entry.c.mid)
# A conversation is read in this order from the index alone, its unread messages counted in it.
Index("entry_thread", entry.c.vault, entry.c.thread, entry.c.internal_date, entry.c.mid, entry.c.seen)
Index("entry_date", entry.c.vault, entry.c.internal_date, entry.c.thread)
# Of what is unread only: a count costs what it counts. With the column, or SQLite would take the key of the table.
_UNSEEN = text_clause("seen = 0")
Index("entry_unseen", entry.c.vault, entry.c.folder, entry.c.seen, sqlite_where=_UNSEEN, postgresql_where=_UNSEEN)
# Of what waits to be expunged. The condition finds a little more than the flag; who asks compares the flag itself.
_DELETED = text_clause("flags LIKE '%Deleted%'")
Index("entry_deleted", entry.c.vault, entry.c.folder, entry.c.flags, sqlite_where=_DELETED, postgresql_where=_DELETED)
entry_wire = clustered(
    "entry_wire", number("vault", key=True), number("folder", key=True), number("uid", key=True), octets("wire")
)
tombstone = clustered(
    "tombstone",
    number("vault", key=True),
    number("folder", key=True),
    number("modseq", key=True),
    number("uid", key=True),
)
reference = clustered(
    "reference",
    number("vault", key=True),
    small("namespace", key=True),
    octets("digest", key=True),
    number("thread"),
    number("mid"),
    octets("code"),
)
intake = clustered("intake", number("vault", key=True), octets("dedupe", key=True), number("mid"), number("at"))
withheld_message = clustered("withheld_message", number("vault", key=True), number("mid", key=True), *coded())
"""Messages that brought a document which is not for representatives: for them they are not there."""
outcome = clustered("outcome", number("vault", key=True), number("mid", key=True), octets("record"))

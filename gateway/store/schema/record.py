"""Filed documents."""

from sqlalchemy import Index
from sqlalchemy import text as text_clause

from gateway.store.schema.columns import clustered, coded, heaped, number, octets, small, text

document = heaped(
    "document",
    number("vault", key=True),
    number("document", key=True),
    number("mid", null=True),
    text("category"),
    number("filed_at"),
    number("dated"),
    small("seen"),
    small("hidden_from"),
    octets("identity"),
    octets("unique_digest"),
    octets("set_digest", null=True),
    number("replaced_by", null=True),
    octets("record"),
    octets("results"),
    *coded(),
)
Index("document_identity", document.c.vault, document.c.identity, unique=True)
Index("document_mid", document.c.vault, document.c.mid)
Index("document_dated", document.c.vault, document.c.dated)
Index("document_unique", document.c.vault, document.c.unique_digest)
Index("document_set", document.c.vault, document.c.set_digest)
_UNSEEN = text_clause("seen = 0")
Index("document_unseen", document.c.vault, document.c.seen, sqlite_where=_UNSEEN, postgresql_where=_UNSEEN)
document_choice = clustered(
    "document_choice",
    number("vault", key=True),
    number("document", key=True),
    small("pinned"),
    number("folder", null=True),
    number("revision"),
    octets("record"),
)
"""What the patient calls a document, and where they keep it."""
_PINNED = text_clause("pinned = 1")
Index("document_choice_pinned", document_choice.c.vault, sqlite_where=_PINNED, postgresql_where=_PINNED)
document_folder = clustered(
    "document_folder", number("vault", key=True), number("folder", key=True), octets("record")
)
document_words = heaped(
    "document_words", number("vault", key=True), number("document", key=True), number("day"), octets("record")
)
"""The folded words of a document, and the day that it is of, since 1970."""
document_hold = clustered(
    "document_hold", number("vault", key=True), number("document", key=True), number("due"), octets("record")
)
Index("document_hold_due", document_hold.c.due)
document_doubt = clustered(
    "document_doubt", number("vault", key=True), number("document", key=True), number("due"), octets("record")
)
Index("document_doubt_due", document_doubt.c.due)
replacement = clustered(
    "replacement", number("vault", key=True), octets("unique_digest", key=True), number("document", key=True)
)
# What a patient puts off for themself: what shows next is read from the index.
document_delay = clustered(
    "document_delay", number("vault", key=True), number("document", key=True), number("due"), octets("record")
)
Index("document_delay_due", document_delay.c.due)

"""Vaults, addresses, patients' spaces and sign-ins."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, number, octets, small, text

vault = clustered("vault", number("vault", key=True), text("kind"), octets("record"), number("created"))
address = clustered("address", octets("digest", key=True), number("vault"), text("kind"))
space = clustered("space", number("vault", key=True), text("state"), octets("record"))
account = clustered("account", octets("digest", key=True), number("vault"), text("kind"), octets("secret"))
code = clustered(
    "code",
    number("vault", key=True),
    text("purpose", key=True),
    octets("digest"),
    number("issued"),
    number("expires"),
    small("tries_left"),
)
Index("code_expires", code.c.expires)
code_issue = clustered("code_issue", number("vault", key=True), number("issued", key=True))
Index("code_issue_issued", code_issue.c.issued)
session = clustered(
    "session",
    octets("digest", key=True),
    number("vault"),
    text("kind"),
    number("created"),
    number("used"),
    number("expires"),
)
Index("session_expires", session.c.expires)

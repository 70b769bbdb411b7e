"""The audit log of each vault, and its head."""

from gateway.store.schema.columns import clustered, number, octets

audit = clustered(
    "audit", number("vault", key=True), number("seq", key=True), number("at"), octets("record"), octets("hash")
)
audit_head = clustered("audit_head", number("vault", key=True), number("seq"), octets("hash"), octets("mac"))

"""Refused messages."""

from gateway.store.schema.columns import clustered, number, octets, text

quarantine = clustered(
    "quarantine",
    number("vault", key=True),
    number("mid", key=True),
    text("code"),
    octets("blob"),
    octets("record"),
    number("at"),
)

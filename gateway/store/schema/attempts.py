"""Attempts that are counted, on their way between the processes of one database; empty where there is only one."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, number, octets, small, text

attempt = clustered(
    "attempt",
    number("number", key=True),
    number("at"),
    number("origin"),
    text("face"),
    octets("subject"),
    octets("aim"),
    small("outcome"),
)
Index("attempt_at", attempt.c.at)

"""What people ask for about health data: in the space of whoever asks."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, number, octets

# `waits` (microseconds) finds what waits for an answer, `due` what happens by itself: the sealed record decides.
rights_request = clustered(
    "rights_request",
    number("vault", key=True),
    number("request", key=True),
    number("waits"),
    number("due"),
    octets("record"),
)
Index("rights_request_waits", rights_request.c.waits)
Index("rights_request_due", rights_request.c.due)

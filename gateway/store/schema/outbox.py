"""Work that follows a commit."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, count, number, octets, small, text

outbox = clustered(
    "outbox",
    number("vault", key=True),
    number("step", key=True),
    text("kind"),
    small("urgency"),
    number("due"),
    count("attempts"),
    small("parked"),
    number("holder"),
    text("reason"),
    octets("payload"),
)
worker = clustered("worker", number("worker", key=True), number("alive_until"))
"""Who takes steps from a database that several processes may serve from, and until when that is believed."""
Index("outbox_due", outbox.c.parked, outbox.c.urgency, outbox.c.due)

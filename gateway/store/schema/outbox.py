"""Work that follows a commit."""

from sqlalchemy import Column, Index, Integer

from gateway.store.schema.columns import clustered, number, octets, small, text

outbox = clustered(
    "outbox",
    number("vault", key=True),
    number("step", key=True),
    text("kind"),
    small("urgency"),
    number("due"),
    Column("attempts", Integer, nullable=False),
    small("parked"),
    text("reason"),
    octets("payload"),
)
Index("outbox_due", outbox.c.parked, outbox.c.urgency, outbox.c.due)

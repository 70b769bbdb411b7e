"""Agendas: entries, what messages did to them, and what is said of recommendations."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, number, octets

# `first`, `last`, `remind` (microseconds, 0 for none), `uid` and `organiser` (keyed digests, empty for none) are
# indexes over the sealed record, which decides. `told` is when a notice last went out for it: lost, one more goes out.
agenda_event = clustered(
    "agenda_event",
    number("vault", key=True),
    number("event", key=True),
    number("first"),
    number("last"),
    number("remind"),
    octets("uid"),
    octets("organiser"),
    number("told"),
    octets("record"),
)
Index("agenda_event_last", agenda_event.c.vault, agenda_event.c.last)
Index("agenda_event_uid", agenda_event.c.vault, agenda_event.c.uid)
Index("agenda_event_organiser", agenda_event.c.vault, agenda_event.c.organiser)
Index("agenda_event_remind", agenda_event.c.remind)
invitation = clustered("invitation", number("vault", key=True), number("mid", key=True), octets("record"))
prevention = clustered("prevention", number("vault", key=True), octets("record"))
"""What a patient said of the recommendations for their age, all in one record."""

"""Records that professionals open: codes and openings of spaces, readings of mailboxes."""

from gateway.store.schema.columns import clustered, coded, number, octets

access_code = clustered(
    "access_code", number("vault", key=True), number("number", key=True), octets("record"), *coded()
)
"""What is sealed of a code by which a patient lets a professional in once."""
record_opening = clustered(
    "record_opening", number("vault", key=True), number("opening", key=True), octets("record"), *coded()
)
"""What is sealed of an access that a professional has, with its end."""
record_reading = clustered(
    "record_reading",
    number("vault", key=True),
    number("day", key=True),
    octets("person", key=True),
    octets("record"),
    *coded(),
)
"""In a professional's vault: one person's record opened on one day. `person` is a keyed digest, `day` counts days."""
reader_state = clustered("reader_state", number("vault", key=True), octets("record"), *coded())
"""In a professional's vault: how far the reading budget is used."""

"""Which lines of the trace are told to the holder of a space, and how far each profile has read."""

from gateway.store.schema.columns import clustered, number, octets

# An index over the trace, which decides: what stands here without its line is not told.
happening = clustered("happening", number("vault", key=True), number("seq", key=True), number("at"))
read_mark = clustered("read_mark", number("vault", key=True), octets("profile", key=True), number("at"))

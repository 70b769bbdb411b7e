"""Archives of all the data of a space."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, number, octets

# `until` (microseconds) only finds what is to be removed: the sealed record says until when it may be downloaded.
own_export = clustered("own_export", number("vault", key=True), number("until"), octets("record"))
Index("own_export_until", own_export.c.until)

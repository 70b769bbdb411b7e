"""What SEARCH reads of headers: neighbouring messages of a folder together."""

from gateway.store.schema.columns import heaped, number, octets

# An index over the headers of messages, made again from them where a row is missing.
header_page = heaped("header_page", number("vault", key=True), number("page", key=True), octets("record"))

"""What SEARCH and lists read: headers, and lines, of neighbouring messages of a folder together."""

from gateway.store.schema.columns import heaped, number, octets

# Indexes over the headers and the lines of messages, made again from them where a row is missing.
header_page = heaped("header_page", number("vault", key=True), number("page", key=True), octets("record"))
line_page = heaped("line_page", number("vault", key=True), number("page", key=True), octets("record"))

"""What pages of examinations read of each document's results."""

from gateway.store.schema.columns import heaped, number, octets

# An index over the results of documents, made again from them where a row is missing.
observed = heaped("observed", number("vault", key=True), number("document", key=True), octets("record"))

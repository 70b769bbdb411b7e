"""What pages of examinations read of each document's results, and the goals that doctors set."""

from gateway.store.schema.columns import clustered, heaped, number, octets

# An index over the results of documents, made again from them where a row is missing.
observed = heaped("observed", number("vault", key=True), number("document", key=True), octets("record"))
goal = clustered("goal", number("vault", key=True), number("examination", key=True), octets("record"))

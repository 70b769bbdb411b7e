"""Links by which patients share on the spot."""

from gateway.store.schema.columns import heaped, number, octets

health_link = heaped("health_link", number("vault", key=True), number("link", key=True), octets("record"))

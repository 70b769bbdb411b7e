"""Exchanges of a patient's space."""

from gateway.store.schema.columns import clustered, coded, number, octets, text

exchange = clustered(
    "exchange", number("vault", key=True), octets("correspondent", key=True), text("state"), octets("record"), *coded()
)

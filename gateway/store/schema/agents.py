"""Agents of the operator."""

from gateway.store.schema.columns import clustered, coded, number, octets

agent = clustered("agent", number("vault", key=True), number("agent", key=True), octets("record"), *coded())
"""In the operator's vault: who may come in to the agents' pages, and by which certificates."""

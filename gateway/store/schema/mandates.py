"""Who acts for whom."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, coded, number, octets

mandate = clustered("mandate", number("vault", key=True), number("mandate", key=True), octets("record"), *coded())
"""Mandates, in the space of whoever is acted for."""
# The spaces in which somebody acts, or is asked to, by a keyed digest of their own: an index over the sealed records,
# which decide.
representing = clustered("representing", octets("digest", key=True), number("vault", key=True))
Index("representing_vault", representing.c.vault)

"""Measures, and what a person aims at."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, coded, number, octets

# The series is a keyed digest of the kind and of whether it was deleted. Pages follow `measured` (microseconds).
measure = clustered(
    "measure",
    number("vault", key=True),
    number("measure", key=True),
    octets("series"),
    number("measured"),
    octets("record"),
    *coded(),
)
Index("measure_series", measure.c.vault, measure.c.series, measure.c.measured, measure.c.measure)
measure_plan = clustered("measure_plan", number("vault", key=True), octets("record"))
"""Goals of all kinds, and the sets of measures that a person follows, all in one record."""

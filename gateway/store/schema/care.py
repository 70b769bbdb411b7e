"""Acts of care of the last 24 months."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, coded, number, octets

# The series is a keyed digest of the kind. `day` counts days, in clear: lists and the end of 24 months need it.
care_act = clustered(
    "care_act",
    number("vault", key=True),
    number("act", key=True),
    octets("series"),
    number("day"),
    octets("record"),
    *coded(),
)
Index("care_act_series", care_act.c.vault, care_act.c.series, care_act.c.day, care_act.c.act)
Index("care_act_place", care_act.c.vault, care_act.c.day, care_act.c.act)
Index("care_act_day", care_act.c.day)

"""Every version of every entry of the medical profile; rows are written once and never changed."""

from gateway.store.schema.columns import clustered, coded, number, octets

# The section is a keyed digest: nobody without the keys can tell what a person has written about.
profile_entry = clustered(
    "profile_entry",
    number("vault", key=True),
    octets("section", key=True),
    number("entry", key=True),
    number("revision", key=True),
    octets("record"),
    *coded(),
)

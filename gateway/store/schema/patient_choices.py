"""What patients chose about who may see their space, and who is in contact with them."""

from gateway.store.schema.columns import clustered, coded, heaped, number, octets

patient_choice = heaped("patient_choice", number("vault", key=True), octets("record"), *coded())
"""One row a space: whoever is let in or kept out is found in one reading."""
care_contact = clustered("care_contact", number("vault", key=True), octets("party", key=True), octets("record"))
"""Who sent something or opened a space, by a keyed digest; decides nothing."""

"""Vaults, addresses, patients' spaces and sign-ins."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, coded, number, octets, small, text

vault = clustered(
    "vault", number("vault", key=True), text("kind"), octets("record"), number("created"), *coded()
)
vault_head = clustered("vault_head", number("vault", key=True), octets("record"))
address = clustered("address", octets("digest", key=True), number("vault"), text("kind"), *coded())
Index("address_vault", address.c.vault)
space = clustered("space", number("vault", key=True), text("state"), octets("record"), *coded())
# When something happens to a space by itself (days since the year 1), and by which numbers and traits a
# person's space is found.
# Both are indexes over the sealed record, which decides: a bent row is looked at and has no effect.
deadline = clustered("deadline", number("vault", key=True), number("day"))
Index("deadline_day", deadline.c.day)
person = clustered("person", octets("digest", key=True), number("vault", key=True))
Index("person_vault", person.c.vault)
erased = clustered(
    "erased", number("vault", key=True), octets("digest"), number("at"), octets("code")
)
"""What is left of a space that was erased: its number, a keyed digest of its address, and when."""
Index("erased_digest", erased.c.digest)
Index("erased_at", erased.c.at)
account = clustered(
    "account", octets("digest", key=True), number("vault"), text("kind"), octets("secret"), *coded()
)
Index("account_vault", account.c.vault)
code = clustered(
    "code",
    number("vault", key=True),
    text("purpose", key=True),
    octets("digest"),
    number("issued"),
    number("expires"),
    small("tries_left"),
    *coded(),
)
Index("code_expires", code.c.expires)
session = clustered(
    "session",
    octets("digest", key=True),
    number("vault"),
    text("kind"),
    number("created"),
    number("used"),
    number("expires"),
    *coded(),
)
Index("session_vault", session.c.vault)
Index("session_expires", session.c.expires)
# In which browser a session was opened: words for its holder, that decide nothing.
browser = clustered("browser", octets("digest", key=True), number("vault"), octets("record"))
Index("browser_vault", browser.c.vault)
passkey = clustered("passkey", octets("digest", key=True), number("vault"), octets("record"), *coded())
Index("passkey_vault", passkey.c.vault)

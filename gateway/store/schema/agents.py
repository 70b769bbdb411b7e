"""Agents of the operator, and what waits for them."""

from gateway.store.schema.columns import clustered, coded, count, number, octets, text

agent = clustered("agent", number("vault", key=True), number("agent", key=True), octets("record"), *coded())
"""In the operator's vault: who may come in to the agents' pages, and by which certificates."""
unserved = clustered(
    "unserved",
    number("vault", key=True),
    number("space", key=True),
    text("why", key=True),
    number("since"),
    number("last"),
    count("times"),
)
"""In the operator's vault: for which space (0: nobody's) somebody waits for an agent, and why; never what was typed."""

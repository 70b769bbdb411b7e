"""The log of heads: a Merkle tree over where traces stood, and the last checkpoint that was signed of it.

Rows are the operator's but those of `head_moved`, which name vaults whose trace grew since it was logged. `subject` is
the vault whose trace it is; its leaf says no more than its head, which stays after an erasure as well.
"""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, number, octets, small, text

head_leaf = clustered(
    "head_leaf", number("vault", key=True), number("tree", key=True), number("leaf", key=True),
    number("subject"), number("seq"), octets("hash"),
)  # fmt: skip
Index("head_leaf_subject", head_leaf.c.vault, head_leaf.c.subject, head_leaf.c.tree, head_leaf.c.leaf)
head_hash = clustered(
    "head_hash", number("vault", key=True), number("tree", key=True), small("level", key=True),
    number("number", key=True), octets("hash"),
)  # fmt: skip
head_checkpoint = clustered(
    "head_checkpoint", number("vault", key=True), number("tree"), number("size"), number("at"), small("published"),
    text("note"),
)  # fmt: skip
head_moved = clustered("head_moved", number("vault", key=True))

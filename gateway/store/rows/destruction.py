"""What goes when a vault is destroyed: its rows in every table, but for the trace, whose hashes stay (A13)."""

from sqlalchemy import Delete, Table, delete, select, tuple_

from gateway.store import schema
from gateway.store.backend.sql import parameter

KEPT = frozenset({schema.audit.name, schema.audit_head.name, schema.erased.name, schema.head_moved.name})
"""Tables whose rows outlive their vault: the trace, which nobody can read any more, and the tombstone of a space."""


def deletions(at_once: int) -> tuple[Delete, ...]:
    """Give what deletes `at_once` rows of vault `vault` at most, one statement a table.

    The tables come from the schema itself, so that a new one cannot be forgotten.
    """
    tables = (table for table in schema.metadata.sorted_tables if "vault" in table.c and table.name not in KEPT)
    return tuple(_some(table, at_once) for table in tables)


def _some(table: Table, at_once: int) -> Delete:
    key = list(table.primary_key)
    mine = select(*key).where(table.c.vault == parameter("vault")).limit(at_once)
    if len(key) == 1:
        return delete(table).where(key[0].in_(mine))
    return delete(table).where(tuple_(*key).in_(mine))


DELETIONS = deletions(500)
"""To be run each until it finds none; in pieces, so that mail does not wait for the end of a large space."""

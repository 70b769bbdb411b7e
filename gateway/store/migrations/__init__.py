"""Alembic migrations of the mail database; `gateway.store.migrate` runs them."""

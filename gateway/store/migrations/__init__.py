"""Alembic migrations of the mail database; `gateway.store.backend.sqlite.migrate` runs them."""

"""Alembic migrations of the mail database; `gateway.store.backend.migrate` runs them."""

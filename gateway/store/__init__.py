"""The transactional store: SQLite now, one code path for other databases; vaults, sealing, outbox, audit, blobs."""

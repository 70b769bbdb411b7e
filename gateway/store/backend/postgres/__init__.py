"""PostgreSQL: several writer threads, each transaction behind the lock of its vault, and readers on snapshots."""

"""The embedded database: one writer thread that commits in groups, a few readers."""

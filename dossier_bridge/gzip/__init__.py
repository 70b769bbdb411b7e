"""gzip: one file, packed."""

"""Open pages are told that something changed (E66)."""

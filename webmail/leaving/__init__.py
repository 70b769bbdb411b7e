"""Closing, reopening and erasing one's space (F25–F28, A17)."""

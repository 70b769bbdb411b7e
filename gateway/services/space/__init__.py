"""Spaces and mailboxes come into being, and their owners are told that something waits."""

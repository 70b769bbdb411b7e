"""Signing in to the console and out of it (A1, F84)."""

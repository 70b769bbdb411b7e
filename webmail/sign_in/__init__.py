"""Signing in and out, and the sessions of browsers (A1, F19)."""

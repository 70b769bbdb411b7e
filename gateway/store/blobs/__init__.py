"""Octets of messages and documents, outside the database."""

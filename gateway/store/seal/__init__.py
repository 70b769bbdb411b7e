"""Vault keys, and what is sealed with them."""

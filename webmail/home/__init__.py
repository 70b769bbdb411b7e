"""The first page of a space."""

"""A file written as base64 text."""

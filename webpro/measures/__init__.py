"""Measures of a record that is open, each with its date and the curve of its kind (F37)."""

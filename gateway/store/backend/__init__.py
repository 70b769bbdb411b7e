"""The databases under the rows: one folder each, and what they share."""

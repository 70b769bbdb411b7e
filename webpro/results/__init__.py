"""Results of a record that is open, by examination, with their curve."""

"""The profile of a record that is open, kept by the professional whom its patient entrusted with it (E15)."""

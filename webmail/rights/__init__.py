"""« Vos droits »: reading, taking away, correcting and erasing one's data, and asking a doctor for it (F90, F94)."""

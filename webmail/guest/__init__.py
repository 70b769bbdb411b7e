"""« Découvrir sans compte »: the pages over an invented space, in memory, read-only (E29)."""

"""« Mes patients »: in one's own exchanges, or with their consent."""

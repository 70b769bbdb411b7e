"""« Agenda »: appointments and what is to be done, one's own and those that professionals send (F70, F72)."""

"""« Voir plus tard »: kinds of new documents that one sees some days later, by one's own wish (E37)."""

"""HTML as the body of a document: its words, tables and lists."""

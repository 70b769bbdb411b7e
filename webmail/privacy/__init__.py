"""« Confidentialité »: who may see the space, and what of it (F76 to F79)."""

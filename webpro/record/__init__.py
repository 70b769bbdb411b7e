"""A patient's record at the console: opened by consent, code or emergency, its synthesis first (A1, A5, F92)."""

"""« Donner un code d'accès »: codes by which a professional opens the record once, and what is open now (A1, F76)."""

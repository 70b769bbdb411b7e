"""« Activer mon espace santé »: from the first page to an active space, or to its refusal (F4-F19, E73, E91)."""

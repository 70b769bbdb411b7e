"""A patient reads and answers messages; only a professional starts an exchange."""

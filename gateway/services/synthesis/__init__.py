"""A synthesis of the medical profile: read in one piece, of the parts that its holder chose."""

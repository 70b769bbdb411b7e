"""Where an agent's browser shows its certificate."""

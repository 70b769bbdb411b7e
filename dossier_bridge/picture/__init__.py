"""Pictures: recognised, never opened."""

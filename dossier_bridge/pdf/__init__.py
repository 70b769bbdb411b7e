"""PDF: recognised, never opened."""

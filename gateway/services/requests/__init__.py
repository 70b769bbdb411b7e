"""What people ask for about health data: of a doctor of their choice, of whoever wrote it, of its holder."""

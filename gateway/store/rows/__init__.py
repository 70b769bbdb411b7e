"""What is in the tables, by subject: each module implements one port over one connection."""

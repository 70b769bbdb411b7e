"""Documents with their results, and their files."""

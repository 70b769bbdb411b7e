"""CDA R2: header, results and the files inside (STD §4)."""

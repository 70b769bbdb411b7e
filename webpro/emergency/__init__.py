"""An emergency at the console: access with a reason and an end, told at once, and what one reads first (A5, F81)."""

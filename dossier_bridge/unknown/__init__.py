"""Files of no known form."""

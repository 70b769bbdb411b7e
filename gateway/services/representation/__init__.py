"""Acting for somebody else: for whom one may, in whose space one acts now, and what is new for everybody."""

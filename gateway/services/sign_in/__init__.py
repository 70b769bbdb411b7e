"""Who signs in, with what, how often they may fail, and the trace of it."""

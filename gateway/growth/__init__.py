"""Tables of growth: those of the World Health Organization from a library, others as a file of the operator's."""

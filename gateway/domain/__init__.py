"""Values and rules that know no clock, no I/O and no library outside the domain."""

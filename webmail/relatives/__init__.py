"""« Mes proches »: for whom one acts, and what is new for them."""

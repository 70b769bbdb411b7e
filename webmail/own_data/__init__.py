"""« Mes données »: all that a space holds, to take away (E20, F94)."""

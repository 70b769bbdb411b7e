"""Results by examination, across laboratories: the list, one examination with its trend, its files."""

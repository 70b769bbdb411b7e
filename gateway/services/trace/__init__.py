"""The trace as its readers see it: who did what in a space, filtered, exported, and what is withheld from whom."""

"""« Profil médical »: sections of entries that a person writes for themself, and the questions of the first visit."""

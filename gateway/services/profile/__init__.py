"""The medical profile that a person fills in themself: sections, entries and their versions, the first visit."""

"""RTF: its words, and nothing of what it embeds."""

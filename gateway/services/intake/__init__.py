"""From SMTP to the vaults: judge a message command by command, store it, acknowledge it (journeys a and b)."""

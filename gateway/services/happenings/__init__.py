"""What happened in a space, newest first, read or not by each profile."""

"""« Nouveautés »: what happened in a space, and the count on the bell."""

"""The SMTP edge: listeners, sessions, DATA reader, replies; and the courier that speaks to other operators."""

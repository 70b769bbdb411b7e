"""Conversations: listed, read, answered, begun (A7, A8, E1)."""

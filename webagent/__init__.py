"""The site of the agents: who helps by telephone or at a desk, and sees no content (F11, A21, A26, E74)."""

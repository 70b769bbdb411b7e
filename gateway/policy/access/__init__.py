"""Who may do what in a space, decided from facts alone (rules ACC-nn of `docs/access.md`).

`decision.decide_access` is the one function; the other modules hold its facts, its rules and its sentences.
"""

"""Every command a client may give, a module for commands that belong together.

A module has the commands as values, how their arguments are read, and where they may be said; its `SYNTAX` is
taken up by `parser`. What a command does is in a module of `gateway.imap.verbs`.

What identifies people or holds their words (names, passwords, messages, searched text) stays out of `repr`,
because representations end up in logs.
"""

"""Which function carries out which command: every module of verbs adds its own."""

from gateway.imap.session.talk import Verbs
from gateway.imap.verbs import append, copy, fetch, folders, idle, listing, search, select, sign_in, store, talk

_MODULES = (talk, sign_in, select, folders, listing, append, store, search, fetch, copy, idle)

VERBS = Verbs(
    handlers={command: handler for module in _MODULES for command, handler in module.HANDLERS.items()},
    admit=append.admit,
)
"""STARTTLS is not here: the listener speaks TLS from the first octet (RFC 8314)."""

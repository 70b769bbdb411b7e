"""Which function carries out which command: every module of verbs adds its own."""

from gateway.imap.session.talk import Verbs
from gateway.imap.verbs import (
    append,
    capability,
    copy,
    fetch,
    folders,
    idle,
    list_mailboxes,
    search,
    select,
    sign_in,
    store,
)

_MODULES = (capability, sign_in, select, folders, list_mailboxes, append, store, search, fetch, copy, idle)

VERBS = Verbs(
    handlers={command: handler for module in _MODULES for command, handler in module.HANDLERS.items()},
    admit=append.admit,
)
"""STARTTLS is not here: the listener speaks TLS from the first octet (RFC 8314)."""

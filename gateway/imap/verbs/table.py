"""Which function carries out which command: the whole of the protocol in one table."""

from gateway.imap.session.session import Verbs
from gateway.imap.verbs import append, copy, fetch, folders, idle, listing, search, select, sign_in, store, talk
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.commands.copy import Copy, Move
from gateway.imap.wire.commands.fetch import Fetch
from gateway.imap.wire.commands.folders import Create, Delete, Rename, Subscribe, Unsubscribe
from gateway.imap.wire.commands.idle import Idle, Noop
from gateway.imap.wire.commands.listing import List, Lsub, Status, Xlist
from gateway.imap.wire.commands.search import Search
from gateway.imap.wire.commands.select import Check, Close, Select, Unselect
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.commands.store import Expunge, StoreFlags
from gateway.imap.wire.commands.talk import Capability, Enable, Id, Logout, Namespace

VERBS = Verbs(
    handlers={
        Capability: talk.capability,
        Noop: idle.noop,
        Logout: talk.logout,
        Id: talk.identify,
        Login: sign_in.login,
        Authenticate: sign_in.authenticate,
        Enable: talk.enable,
        Namespace: talk.namespace,
        Select: select.select,
        Create: folders.create,
        Delete: folders.delete,
        Rename: folders.rename,
        Subscribe: folders.subscribe,
        Unsubscribe: folders.unsubscribe,
        List: listing.list_mailboxes,
        Lsub: listing.list_subscribed,
        Xlist: listing.list_for_outlook,
        Status: select.status,
        Append: append.append,
        Check: select.check,
        Close: select.close,
        Unselect: select.unselect,
        Expunge: store.expunge,
        Search: search.search,
        Fetch: fetch.fetch,
        StoreFlags: store.store,
        Copy: copy.copy,
        Move: copy.move,
        Idle: idle.idle,
    },
    admit=append.admit,
)
"""STARTTLS is not here: the listener speaks TLS from the first octet (RFC 8314)."""

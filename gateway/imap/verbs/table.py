"""Which function carries out which command: the whole of the protocol in one table."""

from gateway.imap.session.session import Verbs
from gateway.imap.verbs import append, copy, fetch, folders, idle, listing, search, select, sign_in, store, talk
from gateway.imap.wire import commands

VERBS = Verbs(
    handlers={
        commands.Capability: talk.capability,
        commands.Noop: idle.noop,
        commands.Logout: talk.logout,
        commands.Id: talk.identify,
        commands.Login: sign_in.login,
        commands.Authenticate: sign_in.authenticate,
        commands.Enable: talk.enable,
        commands.Namespace: talk.namespace,
        commands.Select: select.select,
        commands.Create: folders.create,
        commands.Delete: folders.delete,
        commands.Rename: folders.rename,
        commands.Subscribe: folders.subscribe,
        commands.Unsubscribe: folders.unsubscribe,
        commands.List: listing.list_mailboxes,
        commands.Lsub: listing.list_subscribed,
        commands.Xlist: listing.list_for_outlook,
        commands.Status: select.status,
        commands.Append: append.append,
        commands.Check: select.check,
        commands.Close: select.close,
        commands.Unselect: select.unselect,
        commands.Expunge: store.expunge,
        commands.Search: search.search,
        commands.Fetch: fetch.fetch,
        commands.StoreFlags: store.store,
        commands.Copy: copy.copy,
        commands.Move: copy.move,
        commands.Idle: idle.idle,
    },
    admit=append.admit,
)
"""STARTTLS is not here: the listener speaks TLS from the first octet (RFC 8314)."""

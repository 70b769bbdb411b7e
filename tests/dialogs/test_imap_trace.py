"""Every verb of IMAP, what it reads or changes, and the lines that it leaves in the mailbox's trace (STD §1.11).

A verb that is added and stands in no table fails `test_every_verb_has_been_decided`.
"""

import pytest

from gateway.domain.mailbox import SEEN
from gateway.imap.verbs.table import VERBS
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.commands.capability import Capability, Enable, Id, Logout, Namespace
from gateway.imap.wire.commands.copy import Copy, Move
from gateway.imap.wire.commands.fetch import Fetch
from gateway.imap.wire.commands.folders import Create, Delete, Rename, Subscribe, Unsubscribe
from gateway.imap.wire.commands.idle import Idle, Noop
from gateway.imap.wire.commands.list_mailboxes import List, Lsub, Status, Xlist
from gateway.imap.wire.commands.search import Search
from gateway.imap.wire.commands.select import Check, Close, Select, Unselect
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.commands.store import Expunge, StoreFlags
from tests.builders.imap_site import LOGIN, PASSWORD, Site, a_message, running

NOTHING: tuple[str, ...] = ()
SELECTED = {
    # Read.
    "FETCH 1 BODY[]": ("message.read",),
    "FETCH 1 BODY.PEEK[TEXT]": ("message.read",),
    "FETCH 1 RFC822": ("message.read",),
    "UID FETCH 1:* (UID BODY.PEEK[1])": ("message.read",),
    "FETCH 1:* ENVELOPE": ("messages.listed",),
    "FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])": ("messages.listed",),
    "FETCH 1:* BODYSTRUCTURE": ("messages.listed",),
    "SEARCH BODY secret": ("messages.searched",),
    "SEARCH SUBJECT secret": ("messages.searched",),
    # Flags, sizes and dates say nothing of what a message is about.
    "FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)": NOTHING,
    "SEARCH UNSEEN": NOTHING,
    "FETCH 9 BODY[]": NOTHING,  # refused: there is no such message
    # Changed.
    "STORE 1 +FLAGS (\\Flagged)": ("message.flagged",),
    "STORE 1 -FLAGS (\\Flagged)": NOTHING,  # nothing was changed
    "COPY 1:2 Corbeille": ("message.copied",),
    "MOVE 1:2 Corbeille": ("message.moved",),
    "EXPUNGE": ("message.expunged",),
    "CLOSE": ("message.expunged",),
    "UNSELECT": NOTHING,
    "CHECK": NOTHING,
    "NOOP": NOTHING,
}
SIGNED_IN = {
    "CREATE Dossiers": ("folder.created",),
    "DELETE Vieux": ("folder.deleted", "message.expunged"),
    "RENAME Vieux Neuf": ("folder.renamed",),
    "RENAME INBOX Rangé": ("folder.created", "message.moved"),
    # Names of folders, counts, and wishes of the mail client.
    "SELECT INBOX": NOTHING,
    "STATUS INBOX (MESSAGES)": NOTHING,
    'LIST "" "*"': NOTHING,
    'LSUB "" "*"': NOTHING,
    'XLIST "" "*"': NOTHING,
    "SUBSCRIBE INBOX": NOTHING,
    "UNSUBSCRIBE INBOX": NOTHING,
    "NAMESPACE": NOTHING,
    "ENABLE CONDSTORE": NOTHING,
    "CAPABILITY": NOTHING,
    'ID ("name" "x")': NOTHING,
    "LOGOUT": NOTHING,
}
OTHERWISE = {"APPEND": Append, "LOGIN": Login, "AUTHENTICATE": Authenticate, "IDLE": Idle}
"""Verbs of more than one line, each with a test of its own; IDLE tells counts only."""
VERBS_OF = {
    "FETCH": Fetch, "SEARCH": Search, "STORE": StoreFlags, "COPY": Copy, "MOVE": Move, "EXPUNGE": Expunge,
    "CLOSE": Close, "UNSELECT": Unselect, "CHECK": Check, "NOOP": Noop, "CREATE": Create,
    "DELETE": Delete, "RENAME": Rename, "SELECT": Select, "STATUS": Status, "LIST": List, "LSUB": Lsub,
    "XLIST": Xlist, "SUBSCRIBE": Subscribe, "UNSUBSCRIBE": Unsubscribe, "NAMESPACE": Namespace,
    "ENABLE": Enable, "CAPABILITY": Capability, "ID": Id, "LOGOUT": Logout,
}  # fmt: skip


async def _actions(site: Site) -> list[str]:
    events = await site.at.store.read(lambda tx: tx.audit.events(site.vault))
    return [event.action for event in reversed(events)]


async def _filled(site: Site) -> None:
    await site.fill(a_message("Un"), flags=("\\Deleted",))
    await site.fill(a_message("Deux"))
    await site.mailbox.folders.create("Vieux")
    await site.fill(a_message("Trois"), mailbox="Vieux")


def test_every_verb_has_been_decided() -> None:
    words = {line.removeprefix("UID ").split()[0] for line in (*SELECTED, *SIGNED_IN)}
    assert words == VERBS_OF.keys()
    assert VERBS.handlers.keys() == {*VERBS_OF.values(), *OTHERWISE.values()}


@pytest.mark.parametrize("line", [*SELECTED, *SIGNED_IN])
async def test_command_leaves_its_lines(line: str) -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX" if line in SELECTED else "") as client:
            before = await _actions(site)
            await client.ask(line.replace("Rangé", "Range"))
            assert sorted((await _actions(site))[len(before) :]) == sorted((SELECTED | SIGNED_IN)[line])


async def test_lines_name_who_and_which_messages() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client:
            await client.good("FETCH 1:2 BODY[]")
            inbox = await site.mailbox.open("INBOX")
            entries = await site.at.store.read(lambda tx: tx.mail.entries(site.vault, inbox.folder.id, 1, 9))
            events = await site.at.store.read(lambda tx: tx.audit.events(site.vault, 1))
    assert all(SEEN in entry.flags for entry in entries)
    assert [(event.actor, event.outcome) for event in events] == [(LOGIN, "ok")]
    assert events[0].objects == tuple(f"message:{entry.mid:x}" for entry in entries)


async def test_what_was_looked_for_is_not_in_the_trace() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client:
            await client.good("SEARCH TEXT secretissime")
            events = await site.at.store.read(lambda tx: tx.audit.events(site.vault))
    assert "secretissime" not in repr(events)


async def test_appending_and_idling_leave_their_lines() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        before = await _actions(site)
        await client.append("INBOX", a_message())
        tag = await client.idle()
        await client.send(b"DONE\r\n")
        await client.finish(tag)
        assert (await _actions(site))[len(before) :] == ["message.appended"]


async def test_signing_in_is_one_line_with_its_source() -> None:
    async with running() as site, site.signed_in():
        (event,) = await site.at.store.read(lambda tx: tx.audit.events(site.vault))
    assert (event.actor, event.action, event.outcome, event.detail) == (LOGIN, "sign-in", "ok", "imap 127.0.0.1")
    assert (event.role, event.purpose) == ("professional", "TREAT")


async def test_wrong_password_is_in_the_trace_of_the_mailbox() -> None:
    async with running() as site:
        async with site.connected() as client:
            for guess in ("faux", "faux", PASSWORD.upper()):
                assert not (await client.ask(f"LOGIN {LOGIN} {guess}")).ok
            assert await _actions(site) == []
        await site.sign_ins.write_due()
        (event,) = await site.at.store.read(lambda tx: tx.audit.events(site.vault))
    assert (event.actor, event.action, event.outcome) == ("unknown", "sign-in", "refused")
    assert event.detail.startswith("imap, tries 3 since ")
    assert "faux" not in repr(event)

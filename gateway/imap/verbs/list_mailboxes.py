"""LIST and its extensions, LSUB, XLIST, STATUS (RFC 3501 §6.3.8 to §6.3.10, RFC 5258, RFC 5819, RFC 6154, RFC 8438).

Special uses are shown in every form: iOS looks for them in plain LIST, Outlook in LSUB and XLIST.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from gateway.domain.mailbox import Folder, FolderStatus, SpecialUse
from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.wire import responses
from gateway.imap.wire.commands.list_mailboxes import (
    List,
    ListReturn,
    Lsub,
    Selection,
    Status,
    StatusItem,
    Xlist,
)
from gateway.imap.wire.mailbox_name import DELIMITER, ListPattern, MailboxName, parents
from gateway.imap.wire.refusal import CommandRefused

_USES = {
    use: use.value.encode()
    for use in (SpecialUse.SENT, SpecialUse.DRAFTS, SpecialUse.TRASH, SpecialUse.ARCHIVE, SpecialUse.JUNK)
}
_CHILDINFO = b'"CHILDINFO" ("SUBSCRIBED")'


async def list_mailboxes(session: ImapSession, command: List) -> Answer:
    """List the mailboxes that match."""
    _check_items(command.status)
    if command.patterns == ("",) and not command.extended:
        session.write(responses.delimiter(b"LIST"))
        return replies.DONE
    matches = _matcher(command.reference, command.patterns)
    wanted = bool(command.status)
    found = await session.mailbox.all_folders(lambda folder: wanted and matches(folder.name))
    folders = [folder for folder, _ in found]
    counts = {folder.id: status for folder, status in found}
    above = _names_above(folders)
    absent = await _absent(session, command)
    for folder in folders:
        if not matches(folder.name):
            continue
        below = _below(folder.name, folders, absent) if Selection.RECURSIVEMATCH in command.selection else False
        selected = _is_selected(command, folder)
        if selected or below:
            session.write(_line(command, folder, above, childinfo=below))
        status = counts[folder.id]
        if selected and status is not None:
            session.write(await _status(session, command, folder, status))
    for name in _names_shown(absent, folders, recursive=Selection.RECURSIVEMATCH in command.selection):
        if matches(name):
            gone = [b"\\NonExistent", *([b"\\Subscribed"] if name in absent else [])]
            below = Selection.RECURSIVEMATCH in command.selection and _below(name, (), absent)
            session.write(responses.listing(b"LIST", gone, name, extended=_CHILDINFO if below else b""))
    return replies.DONE


async def _absent(session: ImapSession, command: List) -> tuple[str, ...]:
    """Give the subscriptions to folders that are gone, where the command asks for subscriptions (RFC 5258 §3.1)."""
    chosen = Selection.SUBSCRIBED in command.selection and Selection.SPECIAL_USE not in command.selection
    return await session.mailbox.absent_subscriptions() if chosen else ()


def _names_shown(absent: Sequence[str], folders: Iterable[Folder], *, recursive: bool) -> list[str]:
    """Give names without a folder: those subscribed to, and with RECURSIVEMATCH those above them."""
    known = {folder.name for folder in folders}
    above = {name for each in absent for name in parents(MailboxName(each))} if recursive else set()
    return sorted({*absent, *above} - known)


async def list_subscribed(session: ImapSession, command: Lsub) -> Answer:
    r"""List subscribed mailboxes; a name above one, when ``%`` stops there, is shown as \Noselect (§6.3.9)."""
    if command.pattern == "":
        session.write(responses.delimiter(b"LSUB"))
        return replies.DONE
    matches = _matcher(command.reference, (command.pattern,))
    folders = [folder for folder, _ in await session.mailbox.all_folders(lambda _folder: False)]
    subscribed = [folder for folder in folders if folder.subscribed]
    absent = await session.mailbox.absent_subscriptions()
    names, above = {*absent, *(folder.name for folder in subscribed)}, _names_above(folders)
    for folder in subscribed:
        if matches(folder.name):
            session.write(responses.listing(b"LSUB", _attributes(folder, above), folder.name))
    for name in absent:
        if matches(name):
            session.write(responses.listing(b"LSUB", [], name))
    if command.pattern.endswith("%"):
        for name in sorted(_parents_of(names)):
            if name not in names and matches(name):
                session.write(responses.listing(b"LSUB", [b"\\Noselect"], name))
    return replies.DONE


async def list_for_outlook(session: ImapSession, command: Xlist) -> Answer:
    r"""List as LIST does, with \Inbox besides."""
    matches = _matcher(command.reference, (command.pattern,))
    folders = [folder for folder, _ in await session.mailbox.all_folders(lambda _folder: False)]
    above = _names_above(folders)
    for folder in folders:
        if matches(folder.name):
            inbox = [b"\\Inbox"] if folder.special_use is SpecialUse.INBOX else []
            session.write(responses.listing(b"XLIST", [*_attributes(folder, above), *inbox], folder.name))
    return replies.DONE


def _matcher(reference: str, patterns: Iterable[str]) -> Callable[[str], bool]:
    compiled = [ListPattern(reference, pattern) for pattern in patterns]
    return lambda name: any(pattern.matches(name) for pattern in compiled)


def _names_above(folders: Iterable[Folder]) -> frozenset[str]:
    return _parents_of(folder.name for folder in folders)


def _parents_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(above for name in names for above in parents(MailboxName(name)))


def _is_selected(command: List, folder: Folder) -> bool:
    if Selection.SUBSCRIBED in command.selection and not folder.subscribed:
        return False
    return Selection.SPECIAL_USE not in command.selection or folder.special_use in _USES


def _below(name: str, folders: Iterable[Folder], absent: Iterable[str]) -> bool:
    below = name + DELIMITER
    subscribed = chain((each.name for each in folders if each.subscribed), absent)
    return any(each.startswith(below) for each in subscribed)


def _line(command: List, folder: Folder, above: frozenset[str], *, childinfo: bool) -> bytes:
    attributes = _attributes(folder, above)
    asked = Selection.SUBSCRIBED in command.selection or ListReturn.SUBSCRIBED in command.returns
    if asked and folder.subscribed:
        attributes.append(b"\\Subscribed")
    return responses.listing(b"LIST", attributes, folder.name, extended=_CHILDINFO if childinfo else b"")


def _attributes(folder: Folder, above: frozenset[str]) -> list[bytes]:
    attributes = [b"\\HasChildren" if folder.name in above else b"\\HasNoChildren"]
    if folder.special_use in _USES:
        attributes.append(_USES[folder.special_use])
    return attributes


async def _status(session: ImapSession, command: List, folder: Folder, status: FolderStatus) -> bytes:
    return responses.status(folder.name, await _figures(session, command.status, folder, status))


async def status(session: ImapSession, command: Status) -> Answer:
    """Give figures of a mailbox."""
    _check_items(command.items)
    folder, counts = await session.mailbox.status(command.mailbox)
    session.write(responses.status(folder.name, await _figures(session, command.items, folder, counts)))
    return replies.DONE


def _check_items(items: Sequence[StatusItem]) -> None:
    """Refuse figures that belong to extensions that are not offered."""
    if {StatusItem.HIGHESTMODSEQ, StatusItem.MAILBOXID} & set(items):
        raise CommandRefused("unknown status item")


async def _figures(
    session: ImapSession, items: Sequence[StatusItem], folder: Folder, counts: FolderStatus
) -> dict[StatusItem, int | bytes]:
    """Give the figures asked for."""
    known: dict[StatusItem, int | bytes] = {
        StatusItem.MESSAGES: counts.messages,
        StatusItem.RECENT: await session.mailbox.count_recent(folder) if StatusItem.RECENT in items else 0,
        StatusItem.UIDNEXT: folder.uid_next,
        StatusItem.UIDVALIDITY: folder.uid_validity,
        StatusItem.UNSEEN: counts.unseen,
        StatusItem.SIZE: counts.size,
        StatusItem.APPENDLIMIT: session.settings.max_message_bytes,
    }
    return {item: known[item] for item in items}


HANDLERS: Handlers = {List: list_mailboxes, Lsub: list_subscribed, Xlist: list_for_outlook, Status: status}

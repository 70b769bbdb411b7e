"""CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 3501 §6.3.3 to §6.3.7)."""

from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.wire.commands.folders import Create, Delete, Rename, Subscribe, Unsubscribe
from gateway.imap.wire.mailbox_name import INBOX, is_creatable


async def create(session: ImapSession, command: Create) -> Answer:
    """Make a mailbox and those above it."""
    if command.mailbox == INBOX:
        return replies.EXISTS
    if not is_creatable(command.mailbox):
        return replies.CANNOT
    await session.mailbox.folders.create(command.mailbox)
    return replies.DONE


async def delete(session: ImapSession, command: Delete) -> Answer:
    """Delete a mailbox; when it is the selected one, none is selected afterwards."""
    gone = await session.mailbox.folders.delete(command.mailbox)
    if session.view is not None and session.view.folder == gone:
        await session.unselect()
    return replies.DONE


async def rename(session: ImapSession, command: Rename) -> Answer:
    """Rename a mailbox with its inferiors; INBOX stays, and is emptied into the new one."""
    if command.new_name == INBOX:
        return replies.EXISTS
    if not is_creatable(command.new_name):
        return replies.CANNOT
    await session.mailbox.folders.rename(command.mailbox, command.new_name)
    session.expect_news()
    return replies.DONE


async def subscribe(session: ImapSession, command: Subscribe) -> Answer:
    """Add a mailbox to the subscribed ones."""
    await session.mailbox.folders.subscribe(command.mailbox, True)
    return replies.DONE


async def unsubscribe(session: ImapSession, command: Unsubscribe) -> Answer:
    """Take a mailbox from the subscribed ones."""
    await session.mailbox.folders.subscribe(command.mailbox, False)
    return replies.DONE


HANDLERS: Handlers = {Create: create, Delete: delete, Rename: rename, Subscribe: subscribe, Unsubscribe: unsubscribe}

"""SELECT, EXAMINE, CHECK, CLOSE and UNSELECT (RFC 3501 §6.3.1, §6.3.2, §6.4.1, §6.4.2; RFC 3691)."""


from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.wire import codes, responses
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.select import Check, Close, Select, Unselect


async def select(session: ImapSession, command: Select) -> Answer:
    """Open a mailbox; whatever the outcome, the one selected before is closed, without EXPUNGE."""
    if command.condstore:
        return replies.NO_CONDSTORE
    if session.view is not None:
        await session.leave()
        session.write(responses.untagged(Condition.OK, "previous mailbox closed", ResponseCode.CLOSED))
    opened = await session.mailbox.open(command.mailbox)
    view = session.enter(opened, read_only=command.read_only)
    out = [view.flags(), responses.exists(len(view.uids)), view.recent()]
    if opened.first_unseen is not None:
        number = view.number_of(opened.first_unseen)
        out.append(responses.untagged(Condition.OK, "first unseen", codes.unseen(number)))
    out += [
        responses.untagged(Condition.OK, "UIDs valid", codes.uid_validity(opened.folder.uid_validity)),
        responses.untagged(Condition.OK, "next UID", codes.uid_next(opened.folder.uid_next)),
    ]
    session.write(b"".join(out))
    return replies.done(ResponseCode.READ_ONLY if command.read_only else ResponseCode.READ_WRITE)


async def close(session: ImapSession, _command: Close) -> Answer:
    """Expunge silently and leave; a mailbox opened with EXAMINE is left as it is, and that is OK too."""
    view = session.selected
    if not view.read_only:
        await session.mailbox.messages.expunge(view.folder)
    await session.leave()
    return replies.DONE


async def unselect(session: ImapSession, _command: Unselect) -> Answer:
    """Leave without expunging."""
    await session.leave()
    return replies.DONE


async def check(session: ImapSession, _command: Check) -> Answer:
    """Tell what is new, as NOOP does: everything acknowledged is on disk already."""
    session.expect_news()
    return replies.DONE


HANDLERS: Handlers = {Select: select, Check: check, Close: close, Unselect: unselect}

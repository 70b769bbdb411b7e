"""APPEND (RFC 3501 §6.3.11) with APPENDUID (RFC 4315 §3): acknowledged when it is on disk."""

from gateway.domain.errors import NotFound
from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.verbs.store import check_keywords
from gateway.imap.wire.codes import append_uid
from gateway.imap.wire.commands.append import Append


async def admit(session: ImapSession, command: Append) -> Answer:
    """Judge an APPEND before its message travels: no mailbox, no continuation."""
    check_keywords(frozenset(command.flags))
    try:
        await session.mailbox.status(command.mailbox)
    except NotFound:
        return replies.TRY_CREATE
    return replies.DONE


async def append(session: ImapSession, command: Append) -> Answer:
    """Store the message; to the mailbox that is selected it is news as well."""
    try:
        done = await session.mailbox.messages.append(
            command.mailbox, command.message, check_keywords(frozenset(command.flags)), command.internal_date
        )
    except NotFound:
        return replies.TRY_CREATE
    session.expect_news()
    return replies.done(append_uid(done.validity, done.uid))


HANDLERS: Handlers = {Append: append}

"""COPY and MOVE (RFC 3501 §6.4.7, RFC 6851), with COPYUID (RFC 4315 §3)."""

from gateway.domain.errors import NotFound
from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.wire.codes import Condition, copy_uid
from gateway.imap.wire.commands.copy import Copy, Move
from gateway.imap.wire.responses import untagged
from gateway.services.mailbox.changes import Copied, MessagesGone, Span


async def copy(session: ImapSession, command: Copy) -> Answer:
    """Copy all messages named, or none."""
    found = _found(session, command)
    if isinstance(found, Answer):
        return found
    spans, expected = found
    if not spans:
        return replies.DONE
    try:
        copied = await session.mailbox.messages.copy(
            session.selected.folder, spans, command.mailbox, expected=expected
        )
    except MessagesGone:
        session.expect_news()
        raise
    except NotFound:
        return replies.TRY_CREATE
    return replies.done(_code(copied)) if copied.pairs else replies.DONE


async def move(session: ImapSession, command: Move) -> Answer:
    """Move messages; COPYUID comes first, then they are told as expunged (RFC 6851 §4.3)."""
    if session.selected.read_only:
        return replies.READ_ONLY
    found = _found(session, command)
    if isinstance(found, Answer):
        return found
    spans, expected = found
    if not spans:
        return replies.DONE
    session.expect_news()
    try:
        moved = await session.mailbox.messages.move(session.selected.folder, spans, command.mailbox, expected=expected)
    except MessagesGone:
        raise
    except NotFound:
        return replies.TRY_CREATE
    if moved.pairs:
        session.write(untagged(Condition.OK, "moved", _code(moved)))
    return replies.DONE


def _found(session: ImapSession, command: Copy | Move) -> tuple[list[Span], int | None] | Answer:
    """Give the spans named, and how many messages there must be: UIDs may name none (RFC 3501 §6.4.8)."""
    view = session.selected
    if not (command.uid or command.numbers.fits(len(view.uids))):
        return replies.NO_MESSAGE
    places = command.numbers.uid_positions(view.uids) if command.uid else command.numbers.positions(len(view.uids))
    chunks = list(view.chunks(places, len(view.uids) or 1))
    spans = [span for chunk in chunks for span in chunk.spans]
    return spans, None if command.uid else sum(chunk.count for chunk in chunks)


def _code(copied: Copied) -> bytes:
    return copy_uid(copied.validity, [uid for uid, _ in copied.pairs], [uid for _, uid in copied.pairs])


HANDLERS: Handlers = {Copy: copy, Move: move}

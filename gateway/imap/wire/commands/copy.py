"""COPY and MOVE (RFC 3501 §6.4.7, RFC 6851)."""

from dataclasses import dataclass, field

from gateway.imap.wire.cursor import CommandCursor
from gateway.imap.wire.mailbox_name import MailboxName
from gateway.imap.wire.sequence import SequenceSet
from gateway.imap.wire.syntax import SELECTED, Command, Syntax


@dataclass(frozen=True, slots=True)
class Copy(Command):
    """COPY and UID COPY (RFC 3501 §6.4.7)."""

    numbers: SequenceSet
    mailbox: MailboxName = field(repr=False)
    uid: bool = False


@dataclass(frozen=True, slots=True)
class Move(Command):
    """MOVE and UID MOVE (RFC 6851)."""

    numbers: SequenceSet
    mailbox: MailboxName = field(repr=False)
    uid: bool = False


def _copy(cursor: CommandCursor, build: type[Copy] | type[Move], *, uid: bool) -> Command:
    cursor.space()
    numbers = cursor.sequence_set()
    cursor.space()
    return build(numbers, cursor.mailbox(), uid)


SYNTAX = (
    Syntax(b"COPY", Copy, SELECTED, lambda cursor: _copy(cursor, Copy, uid=False)),
    Syntax(b"UID COPY", Copy, SELECTED, lambda cursor: _copy(cursor, Copy, uid=True)),
    Syntax(b"MOVE", Move, SELECTED, lambda cursor: _copy(cursor, Move, uid=False)),
    Syntax(b"UID MOVE", Move, SELECTED, lambda cursor: _copy(cursor, Move, uid=True)),
)

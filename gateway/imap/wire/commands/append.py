"""APPEND (RFC 3501 §6.3.11)."""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.domain.errors import MalformedContent
from gateway.imap.wire.cursor import CommandCursor
from gateway.imap.wire.dates import parse_date_time
from gateway.imap.wire.mailbox_name import MailboxName
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.syntax import SIGNED_IN, Command, Syntax


@dataclass(frozen=True, slots=True)
class Append(Command):
    """APPEND (RFC 3501 §6.3.11); an absent date means now."""

    mailbox: MailboxName = field(repr=False)
    message: bytes = field(repr=False)
    flags: tuple[str, ...] = ()
    internal_date: datetime | None = None


def _append(cursor: CommandCursor) -> Command:
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()
    flags: tuple[str, ...] = ()
    if cursor.at(b"("):
        flags = tuple(dict.fromkeys(cursor.listed(cursor.flag, minimum=0)))
        cursor.space()
    internal_date = None
    if cursor.at(b'"'):
        internal_date = _date_time(cursor)
        cursor.space()
    return Append(mailbox, cursor.literal(), flags, internal_date)


def _date_time(cursor: CommandCursor) -> datetime:
    try:
        return parse_date_time(cursor.string())
    except CommandRefused:
        raise
    except MalformedContent as error:
        raise CommandRefused("invalid date-time") from error


SYNTAX = (
    Syntax(b"APPEND", Append, SIGNED_IN, _append),
)

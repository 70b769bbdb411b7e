"""SELECT and EXAMINE, and what ends them: CHECK, CLOSE, UNSELECT."""

from dataclasses import dataclass, field

from gateway.imap.wire.cursor import CommandCursor
from gateway.imap.wire.mailbox_name import MailboxName
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.syntax import SELECTED, SIGNED_IN, Command, State, StateRule, Syntax


@dataclass(frozen=True, slots=True)
class Select(Command):
    """SELECT, or EXAMINE when `read_only` (RFC 3501 §6.3.1, §6.3.2)."""

    mailbox: MailboxName = field(repr=False)
    read_only: bool = False
    condstore: bool = False


@dataclass(frozen=True, slots=True)
class Check(Command):
    """CHECK (RFC 3501 §6.4.1)."""


@dataclass(frozen=True, slots=True)
class Close(Command):
    """CLOSE (RFC 3501 §6.4.2): silent EXPUNGE unless read-only, then no mailbox is selected."""


@dataclass(frozen=True, slots=True)
class Unselect(Command):
    """UNSELECT (RFC 3691): no EXPUNGE."""


def _select(cursor: CommandCursor, *, read_only: bool) -> Command:
    cursor.space()
    mailbox = cursor.mailbox()
    condstore = cursor.accept(b" ")
    if condstore and cursor.listed(cursor.word) != [b"CONDSTORE"]:
        raise CommandRefused("unknown parameter")
    return Select(mailbox, read_only, condstore)


_SELECTS = StateRule(SIGNED_IN.legal, after_ok=State.SELECTED, after_no=State.AUTHENTICATED)  # RFC 3501 §6.3.1
_LEAVES = StateRule(SELECTED.legal, after_ok=State.AUTHENTICATED)

SYNTAX = (
    Syntax(b"SELECT", Select, _SELECTS, lambda cursor: _select(cursor, read_only=False)),
    Syntax(b"EXAMINE", Select, _SELECTS, lambda cursor: _select(cursor, read_only=True)),
    Syntax(b"CHECK", Check, SELECTED),
    Syntax(b"CLOSE", Close, _LEAVES),
    Syntax(b"UNSELECT", Unselect, _LEAVES),
)

"""LIST, LSUB, XLIST and STATUS (RFC 3501 §6.3.8 to §6.3.10, RFC 5258, RFC 5819, RFC 6154)."""

from dataclasses import dataclass, field
from enum import Enum

from gateway.domain.errors import InvalidValue
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.cursor import ASTRING, LIST_ATOM, CommandCursor
from gateway.imap.wire.mailbox_name import MAX_PATTERN, MailboxName, parse_pattern
from gateway.imap.wire.refusal import CommandRefused, beyond
from gateway.imap.wire.syntax import SIGNED_IN, Command, Syntax

MAX_PATTERNS = 50


class StatusItem(Enum):
    """Name a figure of STATUS (RFC 3501 §6.3.10, RFC 7162, RFC 8438, RFC 8474, RFC 7889)."""

    MESSAGES = b"MESSAGES"
    RECENT = b"RECENT"
    UIDNEXT = b"UIDNEXT"
    UIDVALIDITY = b"UIDVALIDITY"
    UNSEEN = b"UNSEEN"
    HIGHESTMODSEQ = b"HIGHESTMODSEQ"
    SIZE = b"SIZE"
    MAILBOXID = b"MAILBOXID"
    APPENDLIMIT = b"APPENDLIMIT"


class Selection(Enum):
    """Restrict LIST (RFC 5258 §3.1, RFC 6154 §4)."""

    SUBSCRIBED = b"SUBSCRIBED"
    REMOTE = b"REMOTE"
    RECURSIVEMATCH = b"RECURSIVEMATCH"
    SPECIAL_USE = b"SPECIAL-USE"


class ListReturn(Enum):
    """Ask LIST to tell more (RFC 5258 §3.2, RFC 6154 §4, RFC 5819)."""

    SUBSCRIBED = b"SUBSCRIBED"
    CHILDREN = b"CHILDREN"
    SPECIAL_USE = b"SPECIAL-USE"
    STATUS = b"STATUS"


@dataclass(frozen=True, slots=True, kw_only=True)
class List(Command):
    """LIST, plain or extended (RFC 3501 §6.3.8, RFC 5258).

    Attributes:
        reference: decoded text that goes before each pattern.
        patterns: decoded patterns; exactly one unless extended.
        status: the figures asked for by ``RETURN (STATUS (…))``.
        extended: whether any extended form was used, even an empty one.
    """

    reference: str = field(repr=False)
    patterns: tuple[str, ...] = field(repr=False)
    selection: frozenset[Selection] = frozenset()
    returns: frozenset[ListReturn] = frozenset()
    status: tuple[StatusItem, ...] = ()
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Lsub(Command):
    """LSUB (RFC 3501 §6.3.9)."""

    reference: str = field(repr=False)
    pattern: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Xlist(Command):
    """XLIST: the forerunner of SPECIAL-USE that Outlook still tries."""

    reference: str = field(repr=False)
    pattern: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Status(Command):
    """STATUS (RFC 3501 §6.3.10)."""

    mailbox: MailboxName = field(repr=False)
    items: tuple[StatusItem, ...]


def _list(cursor: CommandCursor) -> List:
    """Read LIST in its plain and extended forms."""
    cursor.space()
    extended = False
    selection: frozenset[Selection] = frozenset()
    if cursor.at(b"("):
        extended = True
        selection = frozenset(cursor.listed(lambda: _selection(cursor), minimum=0))
        if Selection.RECURSIVEMATCH in selection and not selection - {Selection.RECURSIVEMATCH, Selection.REMOTE}:
            raise CommandRefused("RECURSIVEMATCH needs a selection to recurse")  # RFC 5258 §3.1
        cursor.space()
    reference = _reference(cursor)
    cursor.space()
    if cursor.at(b"("):
        extended = True
        patterns = tuple(cursor.listed(lambda: _pattern(cursor)))
    else:
        patterns = (_pattern(cursor),)
    if len(patterns) > MAX_PATTERNS:
        raise CommandRefused(beyond(MAX_PATTERNS, "patterns of one LIST", "motifs dans un LIST"))
    if not cursor.accept(b" "):
        return List(reference=reference, patterns=patterns, selection=selection, extended=extended)
    returns, status = _returns(cursor)
    return List(
        reference=reference, patterns=patterns, selection=selection, returns=returns, status=status, extended=True
    )


def _lsub(cursor: CommandCursor) -> Lsub:
    """Read LSUB."""
    return Lsub(*_reference_and_pattern(cursor))


def _xlist(cursor: CommandCursor) -> Xlist:
    """Read XLIST."""
    return Xlist(*_reference_and_pattern(cursor))


def _status(cursor: CommandCursor) -> Status:
    """Read STATUS; repeated figures are kept once."""
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()
    return Status(mailbox, _status_items(cursor))


def _reference_and_pattern(cursor: CommandCursor) -> tuple[str, str]:
    cursor.space()
    reference = _reference(cursor)
    cursor.space()
    return reference, _pattern(cursor)


def _reference(cursor: CommandCursor) -> str:
    return _decoded(cursor, cursor.astring(ASTRING))


def _pattern(cursor: CommandCursor) -> str:
    return _decoded(cursor, cursor.astring(LIST_ATOM))


def _decoded(cursor: CommandCursor, raw: bytes) -> str:
    try:
        return parse_pattern(raw, utf8=cursor.utf8)
    except InvalidValue as error:
        text = beyond(MAX_PATTERN, "octets of a pattern", "octets dans un motif")
        raise CommandRefused(text, Condition.NO, ResponseCode.LIMIT) from error


def _selection(cursor: CommandCursor) -> Selection:
    try:
        return Selection(cursor.word())
    except ValueError as error:
        raise CommandRefused("unknown selection option") from error


def _returns(cursor: CommandCursor) -> tuple[frozenset[ListReturn], tuple[StatusItem, ...]]:
    if cursor.word() != b"RETURN":
        raise CommandRefused("expected RETURN")
    cursor.space()
    status: tuple[StatusItem, ...] = ()

    def option() -> ListReturn:
        nonlocal status
        try:
            chosen = ListReturn(cursor.word())
        except ValueError as error:
            raise CommandRefused("unknown return option") from error
        if chosen is ListReturn.STATUS:
            cursor.space()
            status = _status_items(cursor)
        return chosen

    return frozenset(cursor.listed(option, minimum=0)), status


def _status_items(cursor: CommandCursor) -> tuple[StatusItem, ...]:
    return tuple(dict.fromkeys(cursor.listed(lambda: _status_item(cursor))))


def _status_item(cursor: CommandCursor) -> StatusItem:
    try:
        return StatusItem(cursor.word())
    except ValueError as error:
        raise CommandRefused("unknown status item") from error


SYNTAX = (
    Syntax(b"LIST", List, SIGNED_IN, _list),
    Syntax(b"LSUB", Lsub, SIGNED_IN, _lsub),
    Syntax(b"XLIST", Xlist, SIGNED_IN, _xlist),
    Syntax(b"STATUS", Status, SIGNED_IN, _status),
)

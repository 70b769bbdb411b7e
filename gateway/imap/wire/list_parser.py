"""Read the arguments of LIST, LSUB, XLIST and STATUS (RFC 3501 §6.3.8 to §6.3.10, RFC 5258, RFC 5819, RFC 6154)."""

from gateway.domain.errors import InvalidValue
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands import List, ListReturn, Lsub, Selection, Status, StatusItem, Xlist
from gateway.imap.wire.cursor import ASTRING, LIST_ATOM, CommandCursor
from gateway.imap.wire.events import CommandRefused
from gateway.imap.wire.mailbox_name import parse_pattern

MAX_PATTERNS = 50


def parse_list(cursor: CommandCursor) -> List:
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
        raise CommandRefused("too many patterns")
    if not cursor.accept(b" "):
        return List(reference, patterns, selection, extended=extended)
    returns, status = _returns(cursor)
    return List(reference, patterns, selection, returns, status, extended=True)


def parse_lsub(cursor: CommandCursor) -> Lsub:
    """Read LSUB."""
    return Lsub(*_reference_and_pattern(cursor))


def parse_xlist(cursor: CommandCursor) -> Xlist:
    """Read XLIST."""
    return Xlist(*_reference_and_pattern(cursor))


def parse_status(cursor: CommandCursor) -> Status:
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
        raise CommandRefused("list pattern too long", Condition.NO, ResponseCode.LIMIT) from error


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

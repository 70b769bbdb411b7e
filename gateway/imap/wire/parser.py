"""From a framed command to a `Request`: one table of verbs, one short function for each shape of arguments."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.domain.errors import MalformedContent
from gateway.imap.wire.commands import (
    Append,
    Authenticate,
    Capability,
    Check,
    Close,
    Command,
    Copy,
    Create,
    Delete,
    Enable,
    Expunge,
    Id,
    Idle,
    Login,
    Logout,
    Move,
    Namespace,
    Noop,
    Rename,
    Select,
    StartTls,
    StoreFlags,
    StoreMode,
    Subscribe,
    Unselect,
    Unsubscribe,
)
from gateway.imap.wire.cursor import MAX_MODSEQ, CommandCursor
from gateway.imap.wire.dates import parse_date_time
from gateway.imap.wire.events import CommandRefused, Request
from gateway.imap.wire.fetch_parser import parse_fetch
from gateway.imap.wire.list_parser import parse_list, parse_lsub, parse_status, parse_xlist
from gateway.imap.wire.search_parser import parse_search

MAX_ID_FIELDS = 30  # RFC 2971 §3.3

_TAG = re.compile(rb'[^\x00-\x20(){%*"\\+\x7f-\xff]{1,100}(?= |\Z)')
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_INITIAL = re.compile(rb"[A-Za-z0-9+/=]+")
_STORE_ITEM = re.compile(rb"([+-]?)FLAGS(\.SILENT)?", re.IGNORECASE)

_NO_ARGUMENT: dict[bytes, Command] = {
    b"CAPABILITY": Capability(), b"NOOP": Noop(), b"LOGOUT": Logout(), b"STARTTLS": StartTls(),
    b"NAMESPACE": Namespace(), b"CHECK": Check(), b"CLOSE": Close(), b"UNSELECT": Unselect(),
    b"EXPUNGE": Expunge(), b"IDLE": Idle(),
}


def tag_of(line: bytes) -> bytes | None:
    """Give the tag at the head of a line, or ``None`` if it has none that could be repeated."""
    found = _TAG.match(line)
    return found[0] if found else None


def parse_command(lines: Sequence[bytes], literals: Sequence[bytes], *, utf8: bool = False) -> Request:
    """Give the meaning of a framed command: lines without CRLF, and the literals that stand between them.

    Raises:
        CommandRefused: with the answer to give.
    """
    tag = tag_of(lines[0])
    if tag is None:
        raise CommandRefused("expected a tag")
    cursor = CommandCursor(lines, literals, utf8=utf8)
    cursor.position = len(tag)
    cursor.space()
    name = cursor.word()
    if name == b"UID":
        cursor.space()
        verb = cursor.word()
        name, read = b"UID " + verb, _UID_VERBS.get(verb)
    else:
        read = _VERBS.get(name)
    if name in _NO_ARGUMENT:
        command = _NO_ARGUMENT[name]
    elif read:
        command = read(cursor)
    else:
        raise CommandRefused("unknown command")
    cursor.end()
    return Request(tag, name, command)


def decode_base64(text: bytes) -> bytes:
    """Read base64 strictly (RFC 4648 §3.5 but for the pad bits).

    Raises:
        CommandRefused: for anything else.
    """
    try:
        if _BASE64.fullmatch(text):
            return b64decode(text)
    except binascii.Error:
        pass
    raise CommandRefused("invalid base64")


def _authenticate(cursor: CommandCursor) -> Command:
    cursor.space()
    mechanism = cursor.word().decode("ascii")
    if not cursor.accept(b" "):
        return Authenticate(mechanism)
    initial = cursor.take(_INITIAL, "an initial response")
    return Authenticate(mechanism, b"" if initial == b"=" else decode_base64(initial))  # RFC 4959 §3


def _login(cursor: CommandCursor) -> Command:
    cursor.space()
    name = cursor.text_astring()
    cursor.space()
    return Login(name, cursor.text_astring())


def _id(cursor: CommandCursor) -> Command:
    cursor.space()
    if not cursor.at(b"("):
        if cursor.word() != b"NIL":
            raise CommandRefused("expected a list or NIL")
        return Id()

    def pair() -> tuple[str, str | None]:
        key = cursor.string().decode("utf-8", "replace")
        cursor.space()
        return key, cursor.nstring()

    fields = tuple(cursor.listed(pair, minimum=0))
    if len(fields) > MAX_ID_FIELDS:
        raise CommandRefused("too many fields")
    return Id(fields)


def _enable(cursor: CommandCursor) -> Command:
    names = []
    while cursor.accept(b" "):
        names.append(cursor.word())
    if not names:
        raise CommandRefused("expected a capability")
    return Enable(tuple(names))


def _select(cursor: CommandCursor, *, read_only: bool) -> Command:
    cursor.space()
    mailbox = cursor.mailbox()
    condstore = cursor.accept(b" ")
    if condstore and cursor.listed(cursor.word) != [b"CONDSTORE"]:
        raise CommandRefused("unknown parameter")
    return Select(mailbox, read_only, condstore)


def _with_mailbox(build: Callable[..., Command], *, to_create: bool = False) -> Callable[[CommandCursor], Command]:
    def read(cursor: CommandCursor) -> Command:
        cursor.space()
        return build(cursor.mailbox(to_create=to_create))
    return read


def _rename(cursor: CommandCursor) -> Command:
    cursor.space()
    mailbox = cursor.mailbox()
    cursor.space()
    return Rename(mailbox, cursor.mailbox(to_create=True))


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


def _store(cursor: CommandCursor, *, uid: bool) -> Command:
    cursor.space()
    numbers = cursor.sequence_set()
    cursor.space()
    unchanged_since = None
    if cursor.accept(b"("):
        if cursor.word() != b"UNCHANGEDSINCE":
            raise CommandRefused("unknown store modifier")
        cursor.space()
        unchanged_since = cursor.number(MAX_MODSEQ)
        cursor.expect(b") ")
    found = _STORE_ITEM.match(cursor.text, cursor.position)
    if not found:
        raise CommandRefused("expected FLAGS")
    cursor.position = found.end()
    cursor.space()
    flags = cursor.listed(cursor.flag, minimum=0) if cursor.at(b"(") else _bare_flags(cursor)
    return StoreFlags(numbers, StoreMode(found[1]), tuple(dict.fromkeys(flags)), bool(found[2]), uid, unchanged_since)


def _bare_flags(cursor: CommandCursor) -> list[str]:
    flags = [cursor.flag()]
    while cursor.accept(b" "):
        flags.append(cursor.flag())
    return flags


def _copy(cursor: CommandCursor, build: type[Copy] | type[Move], *, uid: bool) -> Command:
    cursor.space()
    numbers = cursor.sequence_set()
    cursor.space()
    return build(numbers, cursor.mailbox(), uid)


def _uid_expunge(cursor: CommandCursor) -> Command:
    cursor.space()
    return Expunge(cursor.sequence_set())


_VERBS: dict[bytes, Callable[[CommandCursor], Command]] = {
    b"ID": _id,
    b"AUTHENTICATE": _authenticate,
    b"LOGIN": _login,
    b"ENABLE": _enable,
    b"SELECT": lambda cursor: _select(cursor, read_only=False),
    b"EXAMINE": lambda cursor: _select(cursor, read_only=True),
    b"CREATE": _with_mailbox(Create, to_create=True),
    b"DELETE": _with_mailbox(Delete),
    b"RENAME": _rename,
    b"SUBSCRIBE": _with_mailbox(Subscribe),
    b"UNSUBSCRIBE": _with_mailbox(Unsubscribe),
    b"LIST": parse_list,
    b"LSUB": parse_lsub,
    b"XLIST": parse_xlist,
    b"STATUS": parse_status,
    b"APPEND": _append,
    b"SEARCH": lambda cursor: parse_search(cursor, uid=False),
    b"FETCH": lambda cursor: parse_fetch(cursor, uid=False),
    b"STORE": lambda cursor: _store(cursor, uid=False),
    b"COPY": lambda cursor: _copy(cursor, Copy, uid=False),
    b"MOVE": lambda cursor: _copy(cursor, Move, uid=False),
}

_UID_VERBS: dict[bytes, Callable[[CommandCursor], Command]] = {
    b"SEARCH": lambda cursor: parse_search(cursor, uid=True),
    b"FETCH": lambda cursor: parse_fetch(cursor, uid=True),
    b"STORE": lambda cursor: _store(cursor, uid=True),
    b"COPY": lambda cursor: _copy(cursor, Copy, uid=True),
    b"MOVE": lambda cursor: _copy(cursor, Move, uid=True),
    b"EXPUNGE": _uid_expunge,
}

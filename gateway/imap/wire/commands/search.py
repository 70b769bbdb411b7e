"""SEARCH: what it asks for, read into the tree of `search` (RFC 3501 §6.4.4, RFC 4731, RFC 7162)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gateway.domain.errors import MalformedContent
from gateway.domain.mime import codec_of
from gateway.imap.wire.codes import BADCHARSET, Condition
from gateway.imap.wire.cursor import ATOM, MAX_MODSEQ, CommandCursor
from gateway.imap.wire.dates import parse_date
from gateway.imap.wire.refusal import CommandRefused, beyond
from gateway.imap.wire.search import (
    And,
    BodyContains,
    ChangedSince,
    Everything,
    HasFlag,
    HeaderContains,
    InMessages,
    InUids,
    Not,
    Or,
    ReceivedDay,
    Return,
    SearchKey,
    SentDay,
    SizeAbove,
    SizeBelow,
    TextContains,
    When,
)
from gateway.imap.wire.syntax import SELECTED, Command, Syntax

MAX_DEPTH = 50  # parentheses, NOT and left-hand OR together; chains of OR do not nest
MAX_KEYS = 1_000

_SEEN, _RECENT = HasFlag("\\Seen"), HasFlag("\\Recent")

_CONSTANT: dict[bytes, SearchKey] = {
    b"ALL": Everything(),
    b"ANSWERED": HasFlag("\\Answered"), b"UNANSWERED": Not(HasFlag("\\Answered")),
    b"DELETED": HasFlag("\\Deleted"), b"UNDELETED": Not(HasFlag("\\Deleted")),
    b"DRAFT": HasFlag("\\Draft"), b"UNDRAFT": Not(HasFlag("\\Draft")),
    b"FLAGGED": HasFlag("\\Flagged"), b"UNFLAGGED": Not(HasFlag("\\Flagged")),
    b"SEEN": _SEEN, b"UNSEEN": Not(_SEEN),
    b"RECENT": _RECENT, b"OLD": Not(_RECENT), b"NEW": And((_RECENT, Not(_SEEN))),
}
_FIELDS = frozenset((b"BCC", b"CC", b"FROM", b"SUBJECT", b"TO"))
_RECEIVED = {b"BEFORE": When.BEFORE, b"ON": When.ON, b"SINCE": When.SINCE}
_SENT = {b"SENTBEFORE": When.BEFORE, b"SENTON": When.ON, b"SENTSINCE": When.SINCE}


@dataclass(frozen=True, slots=True)
class Search(Command):
    """SEARCH and UID SEARCH (RFC 3501 §6.4.4).

    Attributes:
        returns: what an extended SEARCH asks for; ``None`` for the plain one. ``RETURN ()`` means ALL.
    """

    key: SearchKey
    uid: bool = False
    returns: frozenset[Return] | None = None


def _search(cursor: CommandCursor, *, uid: bool) -> Search:
    """Read everything after the verb."""
    returns = None
    cursor.space()
    if _keyword_here(cursor) == b"RETURN":
        cursor.word()
        cursor.space()
        returns = frozenset(cursor.listed(lambda: _return(cursor), minimum=0)) or frozenset((Return.ALL,))
        cursor.space()
    codec = "utf-8"
    if _keyword_here(cursor) == b"CHARSET":
        cursor.word()
        cursor.space()
        codec = _charset(cursor)
        cursor.space()
    return Search(_Keys(cursor, codec).conjunction(0), uid=uid, returns=returns)


def _return(cursor: CommandCursor) -> Return:
    try:
        return Return(cursor.word())
    except ValueError as error:
        raise CommandRefused("unknown search return option") from error


def _keyword_here(cursor: CommandCursor) -> bytes:
    found = ATOM.match(cursor.text, cursor.position)
    return found[0].upper() if found else b""


def _charset(cursor: CommandCursor) -> str:
    """Read a charset under any of its names and give the codec that reads it."""
    if cursor.utf8:
        raise CommandRefused("no CHARSET under UTF8=ACCEPT")  # RFC 6855 §3
    codec = codec_of(cursor.astring().decode("latin-1"))
    if codec is None:
        raise CommandRefused("charset not supported", Condition.NO, BADCHARSET)
    return codec


class _Keys:
    """Read keys recursively, counting them and how deep they go."""

    def __init__(self, cursor: CommandCursor, codec: str) -> None:
        self._cursor = cursor
        self._codec = codec
        self._count = 0

    def conjunction(self, depth: int) -> SearchKey:
        keys = [self.key(depth)]
        while self._cursor.at(b" ") and self._cursor.text[self._cursor.position:].strip(b" "):
            self._cursor.space()
            keys.append(self.key(depth))
        return keys[0] if len(keys) == 1 else And(tuple(keys))

    def key(self, depth: int) -> SearchKey:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_KEYS:
            raise CommandRefused(
                beyond(MAX_KEYS, f"search keys, or {MAX_DEPTH} levels", f"critères, ou {MAX_DEPTH} niveaux")
            )
        cursor = self._cursor
        if cursor.accept(b"("):
            inner = self.conjunction(depth + 1)
            cursor.expect(b")")
            return inner
        if cursor.text[cursor.position:cursor.position + 1].isdigit() or cursor.at(b"*"):
            return InMessages(cursor.sequence_set())
        return self._named(cursor.word(), depth)

    def _named(self, name: bytes, depth: int) -> SearchKey:
        if name in _CONSTANT:
            return _CONSTANT[name]
        if name == b"NOT":
            self._cursor.space()
            return Not(self.key(depth + 1))
        if name == b"OR":
            return self._any(depth)
        if name in _FIELDS:
            return HeaderContains(name.decode(), self._text())
        if name in _RECEIVED:
            return ReceivedDay(_RECEIVED[name], self._day())
        if name in _SENT:
            return SentDay(_SENT[name], self._day())
        if name not in _WITH_ARGUMENT:
            raise CommandRefused("unknown search key")
        self._cursor.space()
        return _WITH_ARGUMENT[name](self)

    def _any(self, depth: int) -> SearchKey:
        """Read both sides of OR; while the right one is an OR again, go on in the same node."""
        cursor, keys = self._cursor, []
        while True:
            cursor.space()
            keys.append(self.key(depth + 1))
            cursor.space()
            if _keyword_here(cursor) != b"OR":
                return Or((*keys, self.key(depth + 1)))
            cursor.word()

    def _text(self) -> str:
        self._cursor.space()
        return self.decoded()

    def decoded(self) -> str:
        try:
            return self._cursor.astring().decode(self._codec)
        except UnicodeError as error:
            raise CommandRefused("text is not of its charset, UTF-8 where none is named") from error

    def _day(self) -> date:
        self._cursor.space()
        octets = self._cursor.string() if self._cursor.at(b'"') else self._cursor.atom()
        try:
            return parse_date(octets)
        except MalformedContent as error:
            raise CommandRefused("invalid date") from error

    def header(self) -> SearchKey:
        name = self._cursor.astring()
        if not name.isascii():
            raise CommandRefused("invalid header field name")
        return HeaderContains(name.decode("ascii").upper(), self._text())

    def keyword(self) -> SearchKey:
        return HasFlag(self._cursor.atom().decode("ascii"))

    def modseq(self) -> SearchKey:
        """Read the value; the entry name and type before it change nothing (RFC 7162 §3.1.5)."""
        if self._cursor.at(b'"'):
            self._cursor.string()
            self._cursor.space()
            if self._cursor.word() not in {b"PRIV", b"SHARED", b"ALL"}:
                raise CommandRefused("unknown entry type")
            self._cursor.space()
        return ChangedSince(self._cursor.number(MAX_MODSEQ))

    @property
    def cursor(self) -> CommandCursor:
        return self._cursor


_WITH_ARGUMENT: dict[bytes, Callable[[_Keys], SearchKey]] = {
    b"BODY": lambda keys: BodyContains(keys.decoded()),
    b"TEXT": lambda keys: TextContains(keys.decoded()),
    b"HEADER": _Keys.header,
    b"KEYWORD": _Keys.keyword,
    b"UNKEYWORD": lambda keys: Not(keys.keyword()),
    b"LARGER": lambda keys: SizeAbove(keys.cursor.number()),
    b"SMALLER": lambda keys: SizeBelow(keys.cursor.number()),
    b"UID": lambda keys: InUids(keys.cursor.sequence_set()),
    b"MODSEQ": _Keys.modseq,
}


SYNTAX = (
    Syntax(b"SEARCH", Search, SELECTED, lambda cursor: _search(cursor, uid=False)),
    Syntax(b"UID SEARCH", Search, SELECTED, lambda cursor: _search(cursor, uid=True)),
)

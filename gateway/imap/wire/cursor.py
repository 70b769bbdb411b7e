"""The tokens of the IMAP grammar (RFC 3501 §9), read one after the other from a framed command.

A framed command is lines with literals between them: a literal's octets are never searched for tokens, so
nothing inside one can become syntax. All reading is strict, by one regular expression a token.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from gateway.domain.errors import InvalidValue, MalformedContent
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.mailbox_name import DELIMITER, MailboxName, parse_mailbox
from gateway.imap.wire.refusal import CommandRefused, beyond
from gateway.imap.wire.sequence import MAX_NUMBER, SequenceSet

T = TypeVar("T")

ATOM = re.compile(rb'[^\x00-\x20(){%*"\\\]\x7f-\xff]+')
ASTRING = re.compile(rb'[^\x00-\x20(){%*"\\\x7f-\xff]+')
LIST_ATOM = re.compile(rb'[^\x00-\x20(){"\\\x7f-\xff]+')
FLAG = re.compile(rb'\\?[^\x00-\x20(){%*"\\\]\x7f-\xff]+')
SET = re.compile(rb"[\d:,*]+")
NUMBER = re.compile(rb"\d{1,20}")
QUOTED = re.compile(rb'"([^"\\\r\n\x00]*(?:\\["\\][^"\\\r\n\x00]*)*)"')
LITERAL = re.compile(rb"\{\d+\+?\}\Z")
ESCAPE = re.compile(rb"\\(.)")

MAX_LISTED = 1_000  # members of one parenthesised list
MAX_MODSEQ = (1 << 63) - 1  # RFC 7162 §3.1

_SYSTEM_FLAGS = {f.lower(): f for f in ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")}


class CommandCursor:
    """Walk over one framed command; each method reads one token or raises `CommandRefused`."""

    __slots__ = ("_lines", "_literals", "_next", "position", "text", "utf8")

    def __init__(self, lines: Sequence[bytes], literals: Sequence[bytes], *, utf8: bool = False) -> None:
        """Begin at the first octet of the first line; there is one literal fewer than lines."""
        self._lines = lines
        self._literals = literals
        self._next = 0
        self.text = lines[0]
        self.position = 0
        self.utf8 = utf8

    def at(self, octets: bytes) -> bool:
        """Say whether these octets come next."""
        return self.text.startswith(octets, self.position)

    def accept(self, octets: bytes) -> bool:
        """Step over these octets if they come next, and say whether they did."""
        if not self.at(octets):
            return False
        self.position += len(octets)
        return True

    def expect(self, octets: bytes) -> None:
        """Step over these octets, which must come next."""
        if not self.accept(octets):
            raise CommandRefused("unexpected character or end of command")

    def space(self) -> None:
        """Step over the one space that the grammar asks for."""
        self.expect(b" ")

    def end(self) -> None:
        """Check that nothing follows but spaces, which some clients leave behind."""
        if self.text[self.position:].strip(b" ") or self._next != len(self._literals):
            raise CommandRefused("too many arguments")

    def take(self, pattern: re.Pattern[bytes], what: str) -> bytes:
        """Read what the pattern matches here."""
        found = pattern.match(self.text, self.position)
        if not found:
            raise CommandRefused(f"expected {what}")
        self.position = found.end()
        return found[0]

    def atom(self) -> bytes:
        """Read an atom as it is."""
        return self.take(ATOM, "an atom")

    def word(self) -> bytes:
        """Read an atom that is a keyword, in capitals."""
        return self.take(ATOM, "a keyword").upper()

    def number(self, maximum: int = MAX_NUMBER, minimum: int = 0) -> int:
        """Read a number within bounds."""
        value = int(self.take(NUMBER, "a number"))
        if not minimum <= value <= maximum:
            raise CommandRefused("number out of bounds")
        return value

    def sequence_set(self) -> SequenceSet:
        """Read a sequence-set."""
        try:
            return SequenceSet.parse(self.take(SET, "a sequence set"))
        except CommandRefused:
            raise
        except MalformedContent as error:
            raise CommandRefused("invalid sequence set") from error

    def literal(self) -> bytes:
        """Read a literal: the line ends at its announcement, and goes on after its octets."""
        if not LITERAL.match(self.text, self.position) or self._next == len(self._literals):
            raise CommandRefused("expected a literal")
        data = self._literals[self._next]
        self._next += 1
        self.text = self._lines[self._next]
        self.position = 0
        if 0 in data:
            raise CommandRefused("NUL octet in a literal")
        return data

    def string(self) -> bytes:
        """Read a quoted string or a literal; 8-bit text is taken in both, as most clients send it (RFC 6855 §3)."""
        if not self.at(b'"'):
            return self.literal()
        found = QUOTED.match(self.text, self.position)
        if not found:
            raise CommandRefused("invalid quoted string")
        self.position = found.end()
        return ESCAPE.sub(rb"\1", found[1]) if b"\\" in found[1] else found[1]

    def astring(self, plain: re.Pattern[bytes] = ASTRING) -> bytes:
        """Read an atom (`plain` says of which characters), a quoted string or a literal."""
        return self.string() if self.at(b'"') or self.at(b"{") else self.take(plain, "a string")

    def text_astring(self) -> str:
        """Read an astring that is text: UTF-8, of which ASCII is part."""
        return utf8_text(self.astring())

    def nstring(self) -> bytes | None:
        """Read a string or NIL."""
        if self.text[self.position:self.position + 3].upper() == b"NIL":
            self.position += 3
            return None
        return self.string()

    def mailbox(self, *, to_create: bool = False) -> MailboxName:
        """Read a mailbox name; one that no mailbox can have is NO, not BAD, for the client did nothing wrong."""
        raw = self.astring()
        if to_create and raw.endswith(DELIMITER.encode()):  # RFC 3501 §6.3.3: "will create names under this"
            raw = raw[:-1]
        try:
            return parse_mailbox(raw, utf8=self.utf8)
        except InvalidValue as error:
            raise CommandRefused("not a possible mailbox name", Condition.NO, ResponseCode.CANNOT) from error

    def flag(self) -> str:
        r"""Read a flag a client may set: a system flag but ``\Recent``, or a keyword."""
        raw = self.take(FLAG, "a flag").decode("ascii")
        if not raw.startswith("\\"):
            return raw
        if raw.lower() not in _SYSTEM_FLAGS:
            raise CommandRefused("no such system flag")
        return _SYSTEM_FLAGS[raw.lower()]

    def listed(self, read: Callable[[], T], *, minimum: int = 1) -> list[T]:
        """Read a parenthesised list of at least `minimum` members."""
        self.expect(b"(")
        members: list[T] = []
        while not self.at(b")"):
            if members:
                self.space()
            if len(members) == MAX_LISTED:
                raise CommandRefused(beyond(MAX_LISTED, "members of a list", "membres dans une liste"))
            members.append(read())
        self.expect(b")")
        if len(members) < minimum:
            raise CommandRefused("list too short")
        return members


def utf8_text(data: bytes) -> str:
    """Read text that must be UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandRefused("text is not UTF-8") from error

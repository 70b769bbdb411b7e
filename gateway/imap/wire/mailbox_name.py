"""Mailbox names: the client's octets to text and back, INBOX, and the wildcards of LIST.

Inside Pli a name is text in NFC with "/" between levels. On the wire it is modified UTF-7 (RFC 3501 §5.1.3), or
plain UTF-8 once the client enabled UTF8=ACCEPT (RFC 6855 §3), where "&" means itself. Whether a name exists is
not known here.
"""

import re
import unicodedata
from base64 import b64decode, b64encode
from typing import NewType

from gateway.domain.errors import InvalidValue

MailboxName = NewType("MailboxName", str)

DELIMITER = "/"
INBOX = MailboxName("INBOX")
MAX_PATTERN = 1_000

_SHIFTED_OUT = re.compile(r"&|[^\x20-\x7e]+")
_SHIFTED_IN = re.compile(r"&([A-Za-z0-9+,]*)-")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def parse_mailbox(raw: bytes, *, utf8: bool = False) -> MailboxName:
    """Read a name as the wire has it: any case of INBOX is INBOX, text is brought to NFC.

    Raises:
        InvalidValue: for octets that no conforming client sends: a raw "&", a superfluous shift, 8-bit
            octets without UTF8=ACCEPT, invalid UTF-8, control characters, nothing at all.
    """
    try:
        text = raw.decode("utf-8") if utf8 else _from_utf7(raw.decode("ascii"))
    except UnicodeError as error:
        raise InvalidValue("mailbox name is not in the encoding of this session") from error
    if not utf8 and encode_utf7(text) != raw:  # one canonical spelling only: no aliases of a mailbox
        raise InvalidValue("mailbox name is not canonical modified UTF-7")
    return _named(text)


def parse_pattern(raw: bytes, *, utf8: bool = False) -> str:
    """Read a LIST reference or pattern; what cannot be decoded stands for itself and so matches literally.

    Raises:
        InvalidValue: for a pattern above `MAX_PATTERN` octets.
    """
    if len(raw) > MAX_PATTERN:
        raise InvalidValue("list pattern too long")
    try:
        text = raw.decode("utf-8") if utf8 else _from_utf7(raw.decode("ascii"))
    except UnicodeError:
        text = raw.decode("latin-1")
    return unicodedata.normalize("NFC", text)


def encode_mailbox(name: str, *, utf8: bool = False) -> bytes:
    """Give the octets of a name for the wire, unquoted."""
    return name.encode() if utf8 else encode_utf7(name)


def encode_utf7(text: str) -> bytes:
    """Write text in modified UTF-7 (RFC 3501 §5.1.3)."""
    return _SHIFTED_OUT.sub(_shift, text).encode("ascii")


def is_creatable(name: MailboxName) -> bool:
    """Say whether CREATE and RENAME may make this name: no wildcard, no empty level, not INBOX."""
    return name != INBOX and not set(name) & {"*", "%"} and all(name.split(DELIMITER))


def parents(name: MailboxName) -> list[MailboxName]:
    """Give the names above this one, outermost first."""
    levels = name.split(DELIMITER)
    return [MailboxName(DELIMITER.join(levels[:depth])) for depth in range(1, len(levels))]


def _named(text: str) -> MailboxName:
    text = unicodedata.normalize("NFC", text)
    if not text or _CONTROL.search(text):
        raise InvalidValue("mailbox name is empty or has control characters")
    first, delimiter, rest = text.partition(DELIMITER)
    if first.isascii() and first.upper() == INBOX:
        return MailboxName(INBOX + delimiter + rest)
    return MailboxName(text)


def _shift(found: re.Match[str]) -> str:
    run = found[0]
    if run == "&":
        return "&-"
    return "&" + b64encode(run.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"


def _unshift(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    try:
        return b64decode(found[1].replace(",", "/") + "===").decode("utf-16-be")
    except ValueError:  # the raw text stays, and the canonical comparison refuses it
        return found[0]


def _from_utf7(text: str) -> str:
    return _SHIFTED_IN.sub(_unshift, text)


class ListPattern:
    """A LIST pattern that decides in one pass over the name, whatever its wildcards.

    The literals of the pattern are the bits of an integer (Shift-And); a wildcard is a bit that may stay where
    it is: for any character (``*``) or any but the delimiter (``%``). There is nothing to backtrack.
    """

    __slots__ = ("_accept", "_any", "_level", "_literals")

    def __init__(self, reference: str, pattern: str) -> None:
        """Combine reference and pattern (RFC 3501 §6.3.8) as plain concatenation, and compile them."""
        whole = reference + pattern
        if whole[:6].upper() == f"{INBOX}{DELIMITER}":
            whole = INBOX + whole[5:]
        self._literals: dict[str, int] = {}
        self._any = self._level = 0
        bit = 1
        for character in whole:
            if character == "*":
                self._any |= bit
            elif character == "%":
                self._level |= bit
            else:
                self._literals[character] = self._literals.get(character, 0) | bit
                bit <<= 1
        self._accept = bit

    def matches(self, name: str) -> bool:
        """Say whether the whole name matches; INBOX does so in any case of letters."""
        return self._run(name, self._literals) or (name == INBOX and self._run(name, self._upper()))

    def _upper(self) -> dict[str, int]:
        folded: dict[str, int] = {}
        for character, bits in self._literals.items():
            folded[character.upper()] = folded.get(character.upper(), 0) | bits
        return folded

    def _run(self, name: str, literals: dict[str, int]) -> bool:
        alive = 1
        for character in name:
            stay = self._any if character == DELIMITER else self._any | self._level
            alive = ((alive & literals.get(character, 0)) << 1) | (alive & stay)
            if not alive:
                return False
        return bool(alive & self._accept)

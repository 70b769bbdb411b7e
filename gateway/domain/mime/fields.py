"""Header fields, written so that no value can end one and begin another (RFC 5322 §2.2, RFC 2047, RFC 2231).

Text is made one line before it is folded; names, addresses and identifiers that do not fit their grammar
are refused with `InvalidValue`.
"""

import re
import string
from collections.abc import Iterable

from gateway.domain.errors import InvalidValue
from gateway.domain.mime.addresses import parse_addresses
from gateway.domain.mime.charset import one_line
from gateway.domain.mime.mailboxes import Mailbox
from gateway.domain.mime.words import encode_words

_NAME = re.compile(r"[!-9;-~]{1,70}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_TOKEN = re.compile(r"[!#$%&'*+.0-9A-Za-z^_`{|}~-]+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")

_LINE = 76
_MAX_TOKEN = 600
_UNQUOTED = frozenset(string.ascii_letters + string.digits + "!#$&+-.^_`{|}~")
"""Characters of an extended parameter that stand for themselves (RFC 5987 §3.2.1, attr-char)."""


def is_message_id(text: str) -> bool:
    """Say whether an identifier that was received can be written again: others are read, not passed on."""
    return _MESSAGE_ID.fullmatch(text) is not None


def text_field(name: str, text: str) -> bytes:
    """Write an unstructured field such as Subject, folded, encoded where it is not plain ASCII."""
    text = one_line(text)
    tokens = text.split(" ")
    force = any(len(token) > _MAX_TOKEN for token in tokens)
    words = encode_words(text, first_line=_LINE - len(name) - 2, force=force)
    return _field(name, tokens if words == [text] else words)


def address_field(name: str, mailboxes: Iterable[Mailbox]) -> bytes:
    """Write an address field such as To."""
    items = [_mailbox_words(mailbox) for mailbox in mailboxes]
    if not items:
        raise InvalidValue("an address field needs an address")
    for item in items[:-1]:
        item[-1] += ","
    return _field(name, [word for item in items for word in item])


def id_field(name: str, identifiers: Iterable[str]) -> bytes:
    """Write a field of message identifiers, angle brackets included."""
    words = list(identifiers)
    if not words or not all(_MESSAGE_ID.fullmatch(word) for word in words):
        raise InvalidValue("not a message identifier")
    return _field(name, words)


def token_field(name: str, value: str, parameters: Iterable[tuple[str, str]] = ()) -> bytes:
    """Write a structured field: a value and its parameters, extended where they are not ASCII (RFC 2231)."""
    if not value.isascii():
        raise InvalidValue("not a structured value")
    words = [one_line(value)]
    for key, text in parameters:
        words[-1] += ";"
        words += _parameter(key, one_line(text))
    return _field(name, words)


def word_parameter(text: str) -> str:
    """Encode a parameter the way older readers expect it, as encoded words, where it is not ASCII."""
    return " ".join(encode_words(text))


def _field(name: str, words: list[str]) -> bytes:
    if not _NAME.fullmatch(name):
        raise InvalidValue("not a field name")
    lines, line = [], f"{name}:"
    for word in words:
        # A line is broken only before something: a folded line of blanks would be obsolete syntax.
        if word and len(line) + 1 + len(word) > _LINE and line.strip() and line != f"{name}:":
            lines.append(line)
            line = ""
        line += " " + word
    lines.append(line)
    return "\r\n".join(lines).encode("ascii") + b"\r\n"


def _mailbox_words(mailbox: Mailbox) -> list[str]:
    address = mailbox.address
    parsed = parse_addresses(address.encode("latin-1", "replace"))
    read = parsed[0] if len(parsed) == 1 else None
    # Blanks and comments are read over: what is written must be what was given.
    if not (
        address.isascii()
        and isinstance(read, Mailbox)
        and (read.valid, read.local, read.domain) == (True, mailbox.local, mailbox.domain)
    ):
        raise InvalidValue("not a mail address")
    name = one_line(mailbox.name)
    if not name:
        return [address]
    words = encode_words(name, force=len(name) > 200)
    if words == [name]:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        words = name.split() if _ATOMS.fullmatch(name) else f'"{quoted}"'.split(" ")
    return [*words, f"<{address}>"]


def _parameter(key: str, text: str) -> list[str]:
    if text.isascii() and len(text) <= _MAX_TOKEN:
        if _TOKEN.fullmatch(text):
            return [f"{key}={text}"]
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return [f'{key}="{escaped}"']
    pieces: list[str] = [""]
    for character in text:
        encoded = character if character in _UNQUOTED else _quoted(character)
        if len(pieces[-1]) + len(encoded) > 60:
            pieces.append("")
        pieces[-1] += encoded
    if len(pieces) == 1:
        return [f"{key}*=utf-8''{pieces[0]}"]
    pieces[0] = "utf-8''" + pieces[0]
    return [
        f"{key}*{number}*={piece}{';' if number < len(pieces) - 1 else ''}" for number, piece in enumerate(pieces)
    ]


def _quoted(character: str) -> str:
    return "".join(map("%{:02X}".format, character.encode("utf-8", "replace")))

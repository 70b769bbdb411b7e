"""From a framed command to a `Request`: one look-up in a table of verbs, which `commands` fills."""

import re
from collections.abc import Callable, Sequence

from gateway.imap.wire.commands import (
    append,
    capability,
    copy,
    fetch,
    folders,
    idle,
    list_mailboxes,
    search,
    select,
    sign_in,
    store,
)
from gateway.imap.wire.cursor import CommandCursor
from gateway.imap.wire.events import Request
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.syntax import Command, Syntax

VERBS: tuple[Syntax, ...] = tuple(
    verb
    for module in (capability, sign_in, select, folders, list_mailboxes, append, store, search, fetch, copy, idle)
    for verb in module.SYNTAX
)
"""Every verb that is understood; a new module of commands is added here."""

_TAG = re.compile(rb'[^\x00-\x20(){%*"\\+\x7f-\xff]{1,100}(?= |\Z)')
_WITHOUT_ARGUMENT: dict[bytes, Command] = {verb.name: verb.command() for verb in VERBS if verb.read is None}
_READERS: dict[bytes, Callable[[CommandCursor], Command]] = {verb.name: verb.read for verb in VERBS if verb.read}


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
        name = b"UID " + cursor.word()
    command = _WITHOUT_ARGUMENT.get(name)
    if command is None:
        read = _READERS.get(name)
        if read is None:
            raise CommandRefused("unknown command")
        command = read(cursor)
    cursor.end()
    return Request(tag, name, command)

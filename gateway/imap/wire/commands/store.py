"""STORE and EXPUNGE (RFC 3501 §6.4.3, §6.4.6, RFC 4315)."""

import re
from dataclasses import dataclass
from enum import Enum

from gateway.imap.wire.cursor import MAX_MODSEQ, CommandCursor
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.sequence import SequenceSet
from gateway.imap.wire.syntax import SELECTED, Command, Syntax

_STORE_ITEM = re.compile(rb"([+-]?)FLAGS(\.SILENT)?", re.IGNORECASE)


class StoreMode(Enum):
    """Say what STORE does with the flags it names."""

    REPLACE = b""
    ADD = b"+"
    REMOVE = b"-"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFlags(Command):
    """STORE and UID STORE (RFC 3501 §6.4.6)."""

    numbers: SequenceSet
    mode: StoreMode
    flags: tuple[str, ...]
    silent: bool = False
    uid: bool = False
    unchanged_since: int | None = None


@dataclass(frozen=True, slots=True)
class Expunge(Command):
    """EXPUNGE, or UID EXPUNGE when `uids` restricts it (RFC 3501 §6.4.3, RFC 4315 §2.1)."""

    uids: SequenceSet | None = None


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
    return StoreFlags(
        numbers=numbers,
        mode=StoreMode(found[1]),
        flags=tuple(dict.fromkeys(flags)),
        silent=bool(found[2]),
        uid=uid,
        unchanged_since=unchanged_since,
    )


def _bare_flags(cursor: CommandCursor) -> list[str]:
    flags = [cursor.flag()]
    while cursor.accept(b" "):
        flags.append(cursor.flag())
    return flags


def _uid_expunge(cursor: CommandCursor) -> Command:
    cursor.space()
    return Expunge(cursor.sequence_set())


SYNTAX = (
    Syntax(b"STORE", StoreFlags, SELECTED, lambda cursor: _store(cursor, uid=False)),
    Syntax(b"UID STORE", StoreFlags, SELECTED, lambda cursor: _store(cursor, uid=True)),
    Syntax(b"EXPUNGE", Expunge, SELECTED),
    Syntax(b"UID EXPUNGE", Expunge, SELECTED, _uid_expunge),
)

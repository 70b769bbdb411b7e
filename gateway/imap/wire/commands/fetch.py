"""FETCH: what it asks for, read into the items of `fetch` (RFC 3501 §6.4.5 and §9, RFC 7162 §3.1.4)."""

import re
from dataclasses import dataclass

from gateway.imap.wire.cursor import MAX_MODSEQ, NUMBER, CommandCursor
from gateway.imap.wire.fetch import (
    ALL,
    FAST,
    FULL,
    RFC822,
    RFC822_HEADER,
    RFC822_TEXT,
    Attribute,
    BodySection,
    FetchItem,
    Partial,
    Section,
    SectionText,
)
from gateway.imap.wire.refusal import CommandRefused, beyond
from gateway.imap.wire.sequence import MAX_NUMBER, SequenceSet
from gateway.imap.wire.syntax import SELECTED, Command, Syntax

MAX_ITEMS = 100  # each may cost the size of the message
MAX_PATH = 50

_NAME = re.compile(rb"[A-Za-z0-9.]+")
_FIELD_NAME = re.compile(rb"[ -~]{1,200}")  # one that no field can have (RFC 5322 §3.6.8) names none
_MACROS: dict[bytes, tuple[FetchItem, ...]] = {b"ALL": ALL, b"FAST": FAST, b"FULL": FULL}
_RFC822 = {b"RFC822": RFC822, b"RFC822.HEADER": RFC822_HEADER, b"RFC822.TEXT": RFC822_TEXT}
_ATTRIBUTES = {attribute.value: attribute for attribute in Attribute}
_PARTS = {part.value: part for part in SectionText if part.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch(Command):
    """FETCH and UID FETCH (RFC 3501 §6.4.5); items are without repetition, UID is among them for UID FETCH."""

    numbers: SequenceSet
    items: tuple[FetchItem, ...]
    uid: bool = False
    changed_since: int | None = None
    vanished: bool = False


def _fetch(cursor: CommandCursor, *, uid: bool) -> Fetch:
    """Read everything after the verb; repeated items are kept once, UID is added for UID FETCH."""
    cursor.space()
    numbers = cursor.sequence_set()
    cursor.space()
    items = cursor.listed(lambda: _item(cursor)) if cursor.at(b"(") else _macro_or_item(cursor)
    changed_since, vanished = _modifiers(cursor) if cursor.accept(b" (") else (None, False)
    if vanished and (not uid or changed_since is None):  # RFC 7162 §3.2.6
        raise CommandRefused("VANISHED needs UID FETCH with CHANGEDSINCE")
    if uid:
        items.insert(0, Attribute.UID)
    if changed_since is not None:  # RFC 7162 §3.1.4.1: implies MODSEQ
        items.append(Attribute.MODSEQ)
    unique = tuple(dict.fromkeys(items))
    if len(unique) > MAX_ITEMS:
        raise CommandRefused(beyond(MAX_ITEMS, "items of one FETCH", "éléments dans un FETCH"))
    return Fetch(numbers=numbers, items=unique, uid=uid, changed_since=changed_since, vanished=vanished)


def _macro_or_item(cursor: CommandCursor) -> list[FetchItem]:
    found = _NAME.match(cursor.text, cursor.position)
    macro = _MACROS.get(found[0].upper()) if found else None
    if found is None or macro is None:
        return [_item(cursor)]
    cursor.position = found.end()
    return list(macro)


def _item(cursor: CommandCursor) -> FetchItem:
    name = cursor.take(_NAME, "a fetch item").upper()
    if name in {b"BODY", b"BODY.PEEK"} and cursor.accept(b"["):
        section = _section(cursor)
        cursor.expect(b"]")
        return BodySection(section, name == b"BODY.PEEK", _partial(cursor))
    if name in _ATTRIBUTES:
        return _ATTRIBUTES[name]
    if name in _RFC822:
        return _RFC822[name]
    raise CommandRefused("unknown fetch item")


def _section(cursor: CommandCursor) -> Section:
    path: list[int] = []
    while NUMBER.match(cursor.text, cursor.position):
        path.append(cursor.number(minimum=1))
        if len(path) > MAX_PATH:
            raise CommandRefused(beyond(MAX_PATH, "levels of a section", "niveaux dans une section"))
        if not cursor.accept(b"."):
            return Section(tuple(path))
    if not path and cursor.at(b"]"):
        return Section()
    part = _PARTS.get(cursor.take(_NAME, "a section").upper())
    if part is None or (part is SectionText.MIME and not path):
        raise CommandRefused("unknown section")
    if part in {SectionText.FIELDS, SectionText.FIELDS_NOT}:
        cursor.space()
        return Section(tuple(path), part, tuple(cursor.listed(lambda: _field_name(cursor))))
    return Section(tuple(path), part)


def _field_name(cursor: CommandCursor) -> str:
    name = cursor.astring()
    if not _FIELD_NAME.fullmatch(name):
        raise CommandRefused("invalid header field name")
    return name.decode("ascii")


def _partial(cursor: CommandCursor) -> Partial | None:
    if not cursor.accept(b"<"):
        return None
    start = cursor.number()
    cursor.expect(b".")
    count = cursor.number(MAX_NUMBER, minimum=1)
    cursor.expect(b">")
    return Partial(start, count)


def _modifiers(cursor: CommandCursor) -> tuple[int | None, bool]:
    """Read what stands in the parentheses after the items; zero is accepted, for iOS sends it."""
    changed_since, vanished = None, False
    while True:
        name = cursor.word()
        if name == b"CHANGEDSINCE" and changed_since is None:
            cursor.space()
            changed_since = cursor.number(MAX_MODSEQ)
        elif name == b"VANISHED" and not vanished:
            vanished = True
        else:
            raise CommandRefused("unknown fetch modifier")
        if cursor.accept(b")"):
            return changed_since, vanished
        cursor.space()


SYNTAX = (
    Syntax(b"FETCH", Fetch, SELECTED, lambda cursor: _fetch(cursor, uid=False)),
    Syntax(b"UID FETCH", Fetch, SELECTED, lambda cursor: _fetch(cursor, uid=True)),
)

"""FETCH of sections that need the octets of the message (RFC 3501 §6.4.5).

Where a section lies is in the stored layout; nothing is parsed. Small messages are put together in a worker
thread, many at a time; of a large one no more than a piece is in memory while the client reads it.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import structlog

from gateway.domain.errors import NotFound, PliError, SealBroken
from gateway.domain.mailbox import BlobKey
from gateway.domain.mime import Layout, section_range, select_header_fields
from gateway.imap.session.session import ImapSession
from gateway.imap.session_ended import SessionEnded
from gateway.imap.wire.fetch import Attribute, BodySection, FetchItem, SectionText
from gateway.imap.wire.strings import literal, literal_head
from gateway.ports.blobs import Blobs
from gateway.services.mailbox.message_rows import Row

_log = structlog.get_logger("pli.imap")

AT_ONCE = 512 * 1024
"""Octets put together before they are written, and of one piece of a large message."""


@dataclass(frozen=True, slots=True)
class StoredStretch:
    """A stretch of a stored message, not read yet."""

    key: BlobKey
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyBatch:
    """What was put together.

    Attributes:
        octets: whole answers.
        large: one more answer, in pieces to be written in order.
        hold: keeps what `large` reads from being removed, though it be expunged; to be closed after it.
        used: rows gone through.
        written: answers among them; the octets of the others are gone.
    """

    octets: bytes
    large: list[bytes | StoredStretch]
    hold: ExitStack
    used: int
    written: int


async def write_rows(
    session: ImapSession,
    rows: Sequence[Row],
    items_of: Callable[[Row], Sequence[FetchItem]],
    value_of: Callable[[FetchItem], Callable[[Row], int | bytes]],
) -> int:
    """Write an answer for each row and count them."""
    view, at, written = session.selected, 0, 0

    def answer(blobs: Blobs, row: Row) -> list[bytes | StoredStretch]:
        return _pieces(blobs, view.number_of(row.entry.uid), row, items_of(row), value_of)

    while at < len(rows):
        batch = await session.mailbox.off_loop(lambda blobs, at=at: _batch(blobs, rows[at:], answer))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        with batch.hold:
            session.write(batch.octets)
            await session.channel.drain()
            await _write_large(session, batch.large)
        at += batch.used
        written += batch.written
    return written


async def _write_large(session: ImapSession, pieces: Sequence[bytes | StoredStretch]) -> None:
    for piece in pieces:
        if isinstance(piece, bytes):
            session.write(piece)
            continue
        for start in range(piece.start, piece.end, AT_ONCE):
            end = min(start + AT_ONCE, piece.end)
            session.write(await _read(session, piece.key, start, end))
            await session.channel.drain()


async def _read(session: ImapSession, key: BlobKey, start: int, end: int) -> bytes:
    try:
        return await session.mailbox.off_loop(lambda blobs: blobs.read(key, start, end))
    except PliError as error:
        # The literal is announced: what follows could only be taken for its octets.
        session.channel.abort()
        raise SessionEnded(f"message cut short {error.code}") from error


def _batch(blobs: Blobs, rows: Sequence[Row], answer: Callable[[Blobs, Row], list[bytes | StoredStretch]]) -> BodyBatch:
    out: list[bytes] = []
    size = used = written = 0
    for row in rows:
        used += 1
        try:
            pieces = answer(blobs, row)
            weight = sum(len(p) if isinstance(p, bytes) else p.end - p.start for p in pieces)
            if weight > AT_ONCE:
                hold = _held(blobs, pieces)
                return BodyBatch(octets=b"".join(out), large=pieces, hold=hold, used=used, written=written + 1)
            out += [p if isinstance(p, bytes) else blobs.read(p.key, p.start, p.end) for p in pieces]
        except (NotFound, SealBroken) as error:
            # Expunged since the rows were read; or lost or damaged, and then nobody else would tell. The others go on.
            _log.warning("imap.octets_gone", message=f"{row.entry.mid:x}", code=error.code)
            continue
        written += 1
        size += weight
        if size >= AT_ONCE:
            break
    return BodyBatch(octets=b"".join(out), large=[], hold=ExitStack(), used=used, written=written)


def _held(blobs: Blobs, pieces: Sequence[bytes | StoredStretch]) -> ExitStack:
    """Hold a large message, and open an octet: one that is gone must be found out before its literal is announced."""
    with ExitStack() as stack:
        first = next((piece for piece in pieces if not isinstance(piece, bytes)), None)
        if first is not None:  # many headers are large too
            stack.enter_context(blobs.held(first.key))
            blobs.read(first.key, first.start, first.start + 1)
        return stack.pop_all()


def _pieces(
    blobs: Blobs,
    number: int,
    row: Row,
    items: Sequence[FetchItem],
    value_of: Callable[[FetchItem], Callable[[Row], int | bytes]],
) -> list[bytes | StoredStretch]:
    """Give the answer of one message as octets and stretches of it."""
    pieces: list[bytes | StoredStretch] = [b"* %d FETCH (" % number]
    for place, item in enumerate(items):
        lead = b" " if place else b""
        if isinstance(item, Attribute):
            value = value_of(item)(row)
            pieces.append(b"%b%b %b" % (lead, item.value, b"%d" % value if isinstance(value, int) else value))
            continue
        pieces.append(b"%b%b " % (lead, item.label))
        if not item.section.path and item.section.part in {
            SectionText.HEADER,
            SectionText.FIELDS,
            SectionText.FIELDS_NOT,
        }:
            header = value_of(item)(row)
            pieces.append(header if isinstance(header, bytes) else b"NIL")
        else:
            pieces += _section(blobs, row, item)
    pieces.append(b")\r\n")
    return pieces


def _section(blobs: Blobs, row: Row, item: BodySection) -> list[bytes | StoredStretch]:
    """Give a section as a literal, empty where the message has no such part, as everybody else does."""
    found, key = _range(row, item), row.blob
    if found is None or key is None:
        return [literal(b"")]
    start, end = found
    partial = item.partial
    if item.section.fields:
        names = [name.encode("ascii") for name in item.section.fields]
        invert = item.section.part is SectionText.FIELDS_NOT
        chosen = select_header_fields(blobs.read(key, start, end), names, invert=invert)
        return [literal(chosen if partial is None else chosen[partial.start : partial.start + partial.count])]
    if partial is not None:
        start = min(start + partial.start, end)
        end = min(start + partial.count, end)
    return [literal_head(end - start), StoredStretch(key, start, end)] if end > start else [literal(b"")]


def _range(row: Row, item: BodySection) -> tuple[int, int] | None:
    section = item.section
    if not section.path:
        return len(row.header_block or b"") if section.part is SectionText.TEXT else 0, row.entry.size
    part = SectionText.HEADER if section.fields else section.part
    words = [*map(str, section.path), *([part.value.decode("ascii")] if part is not SectionText.WHOLE else [])]
    return section_range(Layout.from_bytes(row.layout), ".".join(words))

"""FETCH of UID, FLAGS, ENVELOPE and BODYSTRUCTURE alone: what mail clients ask of whole mailboxes.

Lines are read and written by column, with nothing made for each message: a mailbox of ten thousand is listed in a third
of the time that rows take.
"""

from collections.abc import Sequence
from itertools import chain

from gateway.domain.header_page import SPAN
from gateway.domain.listed_lines import ListedLines
from gateway.imap.session.session import ImapSession
from gateway.imap.session.view import Chunk, View
from gateway.imap.verbs.fetch_body import AT_ONCE
from gateway.imap.wire.fetch import Attribute, FetchItem
from gateway.imap.wire.responses import fetch_template
from gateway.services.mailbox.line_pages import LISTED_FROM

_LISTED = frozenset({Attribute.UID, Attribute.FLAGS, Attribute.ENVELOPE, Attribute.BODYSTRUCTURE})
_WIRES = frozenset({Attribute.ENVELOPE, Attribute.BODYSTRUCTURE})
_BESIDE = 64
"""Octets of an answer beside what is listed, about."""


def is_listed(items: Sequence[FetchItem]) -> bool:
    """Say whether a FETCH of these items is carried out here."""
    return _LISTED.issuperset(items)


class LineList:
    """One FETCH of such items."""

    def __init__(self, session: ImapSession, view: View, items: Sequence[FetchItem]) -> None:
        self._session = session
        self._view = view
        self._items = items
        self._unpaged: set[int] = set()

    async def write(self, chunk: Chunk) -> int:
        """Write the answers of a chunk and count them; what is much is put together piece by piece."""
        session, view, items = self._session, self._view, self._items

        def take(found: list[ListedLines]) -> tuple[list[ListedLines], list[list[ListedLines]], bytes]:
            first, *rest = _batches(found)
            return found, rest, _rendered(view, items, first)

        wires = not _WIRES.isdisjoint(items)
        found, rest, octets = await session.mailbox.lines(view.folder, chunk.spans, take, wires=wires)
        self._unpaged.update(*(lines.unpaged for lines in found))
        session.write(view.learnt(chain.from_iterable(lines.flags for lines in found)) + octets)
        for batch in rest:
            await session.channel.drain()
            session.write(await session.mailbox.off_loop(lambda _, batch=batch: _rendered(view, items, batch)))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        return sum(len(lines.uids) for lines in found)

    async def keep(self) -> None:
        """Have the lines of a long list put together, for the next; not where messages are still to come."""
        if len(self._view.uids) >= LISTED_FROM:
            self._unpaged.discard(self._view.uids[-1] // SPAN)
            await self._session.mailbox.line_pages.make(self._view.folder, self._unpaged)


def _batches(found: Sequence[ListedLines]) -> list[list[ListedLines]]:
    """Cut what was read into what is written at once."""
    batches: list[list[ListedLines]] = [[]]
    room = AT_ONCE
    for lines in found:
        pieces = _weight(lines) // AT_ONCE + 1
        step = len(lines.uids) // pieces + 1
        for start in range(0, len(lines.uids), step):
            piece = lines.between(start, start + step)
            weight = _weight(piece)
            if batches[-1] and weight > room:
                batches.append([])
                room = AT_ONCE
            batches[-1].append(piece)
            room -= weight
    return batches


def _weight(lines: ListedLines) -> int:
    return sum(map(len, lines.envelopes)) + sum(map(len, lines.bodystructures)) + _BESIDE * len(lines.uids)


def _rendered(view: View, items: Sequence[FetchItem], batch: Sequence[ListedLines]) -> bytes:
    template, out = fetch_template(items), []
    for lines in batch:
        columns: dict[FetchItem, Sequence[int | bytes]] = {
            Attribute.UID: lines.uids,
            Attribute.FLAGS: view.rendered_all(lines),
            Attribute.ENVELOPE: lines.envelopes,
            Attribute.BODYSTRUCTURE: lines.bodystructures,
        }
        values = zip(view.numbers_of_all(lines.uids), *(columns[item] for item in items), strict=True)
        # One template for all of them, filled at once.
        out.append(template * len(lines.uids) % tuple(chain.from_iterable(values)))
    return b"".join(out)

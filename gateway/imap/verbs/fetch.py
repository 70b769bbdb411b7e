r"""FETCH from the index: flags, dates, sizes, ENVELOPE, BODYSTRUCTURE and header fields (RFC 3501 §6.4.5).

A command is compiled once into a template and one small function an item; a chunk of messages is then read and
rendered in a thread, some octets at a time, and written while the next waits for the client to keep up. Sections
that need the octets of the message are in `fetch_body`. Memory holds one chunk, whatever the size of the mailbox.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gateway.domain.mime import select_header_fields
from gateway.imap import replies
from gateway.imap.replies import Answer
from gateway.imap.session.session import ImapSession
from gateway.imap.session.talk import Handlers
from gateway.imap.session.view import Chunk, View
from gateway.imap.verbs import fetch_body
from gateway.imap.verbs.fetch_lines import LineList, is_listed
from gateway.imap.verbs.tracing import traced
from gateway.imap.wire.commands.fetch import Fetch
from gateway.imap.wire.dates import internal_date
from gateway.imap.wire.fetch import Attribute, BodySection, FetchItem, Partial, SectionText
from gateway.imap.wire.responses import fetch_template
from gateway.imap.wire.strings import literal
from gateway.services.mailbox.message_rows import Row, Want

Value: TypeAlias = Callable[[Row], int | bytes]
_CHUNK = 500
_CHUNK_OF_HEADERS = 100
_CHUNK_OF_BODIES = 50
_MAX_ITEMS = 32
"""Items of one command: a header may be asked for in any number of ways, each as long as itself."""


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """A FETCH as it is carried out.

    Attributes:
        items: what each answer holds, in order.
        want: what must be read for it.
        marks_seen: whether it sets the flag of messages that are read.
        chunk: messages of one read.
    """

    items: tuple[FetchItem, ...]
    want: Want
    marks_seen: bool
    chunk: int

    @property
    def reads(self) -> bool:
        """Say whether messages are read, one by one; anything less lists them."""
        return self.marks_seen or Want.BLOB in self.want


@dataclass(frozen=True, slots=True)
class AnswerBatch:
    """Whole answers, how many they are, the flags in them, and the messages that are still to be answered for."""

    octets: bytes
    count: int
    flags: set[str]
    rest: list[Row]


def plan_of(items: Sequence[FetchItem]) -> FetchPlan:
    """Say what a FETCH of these items needs."""
    want = Want.NOTHING
    for item in items:
        want |= _want(item)
    chunk = _CHUNK
    if want & (Want.HEADERS | Want.SUMMARY):
        # The more sections are drawn from a header, the fewer headers are held while the client reads.
        chunk = _CHUNK_OF_HEADERS // max(1, sum(isinstance(item, BodySection) for item in items)) or 1
    if Want.BLOB in want:
        chunk = _CHUNK_OF_BODIES
    marks = any(isinstance(item, BodySection) and not item.peek for item in items)
    return FetchPlan(tuple(items), want, marks, chunk)


async def fetch(session: ImapSession, command: Fetch) -> Answer:
    """Answer for each message that is there; OK says when numbers named some that are gone (RFC 2180 §4.1.3)."""
    if command.changed_since is not None or command.vanished or Attribute.MODSEQ in command.items:
        return replies.NO_CONDSTORE
    if len(command.items) > _MAX_ITEMS:
        return replies.limit(_MAX_ITEMS, "items of one FETCH", "éléments dans un FETCH")
    view, plan = session.selected, plan_of(command.items)
    if not (command.uid or command.numbers.fits(len(view.uids))):
        return replies.NO_MESSAGE
    places = command.numbers.uid_positions(view.uids) if command.uid else command.numbers.positions(len(view.uids))
    gone = lost = 0
    if places and plan.want and not plan.reads:
        await traced(session, session.mailbox.looked_at("messages.listed", view.folder))
    listing = LineList(session, view, plan.items) if is_listed(plan.items) else None
    for chunk in view.chunks(places, plan.chunk):
        missing = chunk.count - await (listing.write(chunk) if listing else _fetch_chunk(session, view, plan, chunk))
        if missing:
            session.expect_news()
            vanished = min(missing, chunk.count - await _count(session, view, chunk))
            gone, lost = gone + vanished, lost + missing - vanished
        await session.channel.drain()
    if listing:
        await listing.keep()
    if lost:
        return replies.LOST
    return replies.WITHOUT_THE_GONE if gone and not command.uid else replies.DONE


async def _count(session: ImapSession, view: View, chunk: Chunk) -> int:
    """Count the messages of a chunk that are still there."""
    return await session.mailbox.rows(view.folder, chunk.spans, Want.NOTHING, lambda rows: sum(1 for _ in rows))


async def _fetch_chunk(session: ImapSession, view: View, plan: FetchPlan, chunk: Chunk) -> int:
    """Write the answers of a chunk and count them."""
    seen = await _read(session, view, plan, chunk) if plan.reads else frozenset()
    if Want.BLOB in plan.want:
        rows = await session.mailbox.rows(view.folder, chunk.spans, plan.want, list)
        session.write(view.learnt({row.entry.flags for row in rows}))
        return await fetch_body.write_rows(session, rows, lambda row: _items(plan, row, seen), _values(view))

    def render(rows: Iterator[Row]) -> AnswerBatch:
        return _rendered(view, plan, rows, seen)

    batch = await session.mailbox.rows(view.folder, chunk.spans, plan.want, render)
    session.write(view.learnt(batch.flags) + batch.octets)
    count = batch.count
    while batch.rest:
        await session.channel.drain()
        batch = await session.mailbox.off_loop(lambda _, rest=batch.rest: render(iter(rest)))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        session.write(view.learnt(batch.flags) + batch.octets)
        count += batch.count
    return count


async def _read(session: ImapSession, view: View, plan: FetchPlan, chunk: Chunk) -> frozenset[int]:
    r"""Trace what is read and set \Seen, in one transaction; give the UIDs that \Seen was new to."""
    mark = plan.marks_seen and not view.read_only
    reading = session.mailbox.messages.read(view.folder, chunk.spans, mark=mark)
    opened = await session.flagged(traced(session, reading))
    return opened.seen if opened else frozenset()


def _items(plan: FetchPlan, row: Row, seen: frozenset[int]) -> tuple[FetchItem, ...]:
    """Add FLAGS to the answer of a message whose flags this FETCH has changed (RFC 3501 §6.4.5)."""
    if row.entry.uid in seen and Attribute.FLAGS not in plan.items:
        return (*plan.items, Attribute.FLAGS)
    return plan.items


def _rendered(view: View, plan: FetchPlan, rows: Iterator[Row], seen: frozenset[int]) -> AnswerBatch:
    value_of = _values(view)
    template, values = fetch_template(plan.items), [value_of(item) for item in plan.items]
    with_flags = (*plan.items, Attribute.FLAGS)
    number_of, out, size, flags = view.numbering(), [], 0, set()
    for row in rows:
        uid = row.entry.uid
        flags.add(row.entry.flags)
        if uid in seen and Attribute.FLAGS not in plan.items:
            answer = fetch_template(with_flags) % (number_of(uid), *(value_of(item)(row) for item in with_flags))
        else:
            answer = template % (number_of(uid), *[value(row) for value in values])
        out.append(answer)
        size += len(answer)
        if size >= fetch_body.AT_ONCE:
            break
    return AnswerBatch(b"".join(out), len(out), flags, list(rows))


def _values(view: View) -> Callable[[FetchItem], Value]:
    """Give, for each item that the index answers, the function that draws it from a row."""
    rendered = view.rendered
    attributes: dict[Attribute, Value] = {
        Attribute.UID: lambda row: row.entry.uid,
        Attribute.FLAGS: lambda row: rendered(row.entry.uid, row.entry.flags),
        Attribute.INTERNALDATE: lambda row: internal_date(row.entry.internal_date),
        Attribute.RFC822_SIZE: lambda row: row.entry.size,
        Attribute.ENVELOPE: lambda row: row.envelope,
        Attribute.BODYSTRUCTURE: lambda row: row.bodystructure,
        Attribute.BODY: lambda row: row.body,
    }

    def value_of(item: FetchItem) -> Value:
        return attributes[item] if isinstance(item, Attribute) else _header(item)

    return value_of


def _header(item: BodySection) -> Value:
    """Draw a section from the stored header block."""
    section, partial = item.section, item.partial
    if section.part is SectionText.HEADER:
        return lambda row: literal(cut(row.header_block or b"", partial))
    names = [name.encode("ascii") for name in section.fields]
    invert = section.part is SectionText.FIELDS_NOT
    return lambda row: literal(cut(select_header_fields(row.header_block or b"", names, invert=invert), partial))


def cut(octets: bytes, partial: Partial | None) -> bytes:
    """Give the part asked for; beyond the end there is nothing."""
    return octets if partial is None else octets[partial.start : partial.start + partial.count]


def _want(item: FetchItem) -> Want:
    match item:
        case Attribute.ENVELOPE | Attribute.BODYSTRUCTURE:
            return Want.WIRE
        case Attribute.BODY:
            return Want.SUMMARY
        case Attribute():
            return Want.NOTHING
    in_header = not item.section.path and item.section.part in {
        SectionText.HEADER,
        SectionText.FIELDS,
        SectionText.FIELDS_NOT,
    }
    return Want.HEADERS if in_header else Want.BLOB


HANDLERS: Handlers = {Fetch: fetch}

"""A patient reads the documents of their dossier: list, read with results, open a file (journey d).

Listing, reading and opening write their line of the trace in the transaction that finds what is shown; the results of
a document, which may be thousands, are read after it, where they hold up nobody's mail.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from gateway.domain.access import Actor
from gateway.domain.card import Card
from gateway.domain.document import DocumentCategory, LabResult
from gateway.domain.dossier import READABLE, FiledDocument
from gateway.domain.errors import MalformedContent, NotFound, SealBroken
from gateway.domain.mailbox import BlobKey, ContentState, ThreadId
from gateway.domain.readable import ReadableText, readable_from_json
from gateway.domain.stand_ins import DAMAGED_TEXT
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import traces_refusals
from gateway.services.record.long_reads import LongReads
from gateway.services.record.permitted import permitted_document, permitted_documents
from gateway.services.stored_octets import OpenedFile, stored, taken_aside

_log = structlog.get_logger("pli.dossier")
PAGE = 30


@dataclass(frozen=True, slots=True, repr=False)
class DocumentPage:
    """One page of documents, newest first, and how many each category holds in the whole space."""

    documents: tuple[FiledDocument, ...]
    has_more: bool
    counts: Mapping[DocumentCategory, int]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class OpenDocument:
    """A document as a person reads it.

    Attributes:
        card: of the message that brought it; None when there is none, or not any more.
        thread: conversation of that message.
        replaces: number of the document that this one replaces.
        correction: number of the document that replaces this one; None also when it may not be read yet.
        contested: documents that others sent about the same document, in its place or corrected by it (A20).
        text: what the document says in words, if any was read from it.
        lacks_results: the results do not open; the rest of the document does.
    """

    document: FiledDocument
    results: tuple[LabResult, ...]
    card: Card | None = None
    thread: ThreadId | None = None
    replaces: int | None = None
    contested: tuple[int, ...] = ()
    correction: int | None = None
    text: ReadableText | None = None
    lacks_results: bool = False


class DocumentAccess:
    """Reads the documents of one space at a time."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock) -> None:
        self._store = store
        self._long = LongReads(store)
        self._blobs = blobs
        self._clock = clock

    @traces_refusals
    async def listed(
        self, actor: Actor, category: DocumentCategory | None, page: int, size: int = PAGE
    ) -> DocumentPage:
        """List one page of documents, counted from 1, of one category or of all."""
        now, end, vault = self._clock.now(), page * size, actor.vault

        def look(tx: Tx) -> DocumentPage:
            found = permitted_documents(tx, actor, now, category.value if category else None, end + 1)
            counted = tx.documents.counts(vault, actor.audience)
            counts = Counter[DocumentCategory]()
            for name, count in counted.items():
                counts[DocumentCategory.stored(name)] += count
            shown = tuple(found[end - size : end])
            objects = tuple(f"document:{document.id:x}" for document in shown)
            tx.audit.append(vault, actor.event(now, "documents.listed", objects=objects))
            return DocumentPage(shown, len(found) > end, counts)

        return await self._store.write(look)

    @traces_refusals
    async def newest(self, actor: Actor, count: int) -> tuple[FiledDocument, ...]:
        """List the newest documents, without counting the others."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[FiledDocument, ...]:
            found = permitted_documents(tx, actor, now, limit=count)
            objects = tuple(f"document:{document.id:x}" for document in found)
            tx.audit.append(actor.vault, actor.event(now, "documents.listed", objects=objects))
            return tuple(found)

        return await self._store.write(look)

    @traces_refusals
    async def read(self, actor: Actor, number: int) -> OpenDocument:
        """Read a document; the same transaction marks it seen and writes the trace.

        Raises `NotFound`, or `SealBroken` when its record is damaged.
        """
        now, vault = self._clock.now(), actor.vault

        def read(tx: Tx) -> tuple[OpenDocument, BlobKey | None]:
            document = permitted_document(tx, actor, number, now)
            if not document.seen:
                tx.documents.mark_seen(vault, number)
                tx.changed(vault)
            tx.audit.append(vault, actor.event(now, "document.read", objects=(f"document:{number:x}",)))
            card, thread = _brought_by(tx, actor, document)
            related = tx.documents.related(vault, actor.audience, document)
            opened = OpenDocument(
                document=document,
                results=(),
                card=card,
                thread=thread,
                replaces=next(iter(related.replaced), None),
                contested=related.contested,
                correction=_correction(tx, actor, document),
            )
            words = document.file(READABLE)
            return opened, tx.blobs.open(vault, words.blob) if words else None

        opened, key = await self._store.write(read)
        if count := opened.document.result_count:
            results = await self._long.read(count, lambda tx: _results(tx, actor, number))
            opened = replace(opened, results=results or (), lacks_results=results is None)
        return opened if key is None else replace(opened, text=await self._words(number, key))

    @traces_refusals
    async def read_text(self, actor: Actor, number: int) -> tuple[FiledDocument, ReadableText]:
        """Give what a document says in words; the transaction that finds it writes the trace. Raises `NotFound`."""
        document, key = await self._found_file(actor, number, READABLE)
        return document, await self._words(number, key)

    @traces_refusals
    async def open_file(self, actor: Actor, number: int, which: str) -> tuple[FiledDocument, OpenedFile]:
        """Open a file of a document; the transaction that finds it writes the trace. Raises `NotFound`.

        Args:
            actor: who opens it, and in which space.
            number: of the document.
            which: key of the file.
        """
        if which == READABLE:
            raise NotFound("what is read of a document is no file of it")
        document, key = await self._found_file(actor, number, which)
        file = next(file for file in document.files if file.which == which)
        pieces = taken_aside(stored(self._blobs, key), self._store)
        return document, OpenedFile(which, file.media_type, key.size, pieces)

    async def _found_file(self, actor: Actor, number: int, which: str) -> tuple[FiledDocument, BlobKey]:
        now, vault = self._clock.now(), actor.vault

        def find(tx: Tx) -> tuple[FiledDocument, BlobKey]:
            document = permitted_document(tx, actor, number, now)
            file = document.file(which)
            if file is None:
                raise NotFound("this document has no such file")
            detail = f"{actor.face} file {which}"
            event = actor.event(now, "document.opened", objects=(f"document:{number:x}",), detail=detail)
            tx.audit.append(vault, event)
            return document, tx.blobs.open(vault, file.blob)

        return await self._store.write(find)

    async def _words(self, number: int, key: BlobKey) -> ReadableText:
        """Read the words of a document; damaged ones cost their own place on the page."""
        try:
            return await self._store.aside(lambda: readable_from_json(self._blobs.read(key)))
        except (NotFound, SealBroken, MalformedContent) as error:
            _log.error("document.damaged", document=f"{number:x}", code=error.code)
            return DAMAGED_TEXT


def _results(tx: Tx, actor: Actor, number: int) -> tuple[LabResult, ...] | None:
    """Give the results of a document; None when they are damaged: files and words are shown all the same."""
    try:
        return tuple(tx.documents.results(actor.vault, actor.audience, number))
    except SealBroken:
        return None


def _brought_by(tx: Tx, actor: Actor, document: FiledDocument) -> tuple[Card | None, ThreadId | None]:
    if document.mid is None:
        return None, None
    try:
        content = tx.mail.content(actor.vault, document.mid)
    except (NotFound, SealBroken):
        return None, None
    if content.state is not ContentState.VISIBLE:
        return None, None
    return Card.from_json(content.summary.card), content.thread


def _correction(tx: Tx, actor: Actor, document: FiledDocument) -> int | None:
    if document.replaced_by is None:
        return None
    try:
        return tx.documents.get(actor.vault, actor.audience, document.replaced_by).id
    except (NotFound, SealBroken):
        return None

"""A patient reads the documents of their dossier: list, read with results, open a file (journey d).

Listing, reading and opening write their line of the trace in the transaction that finds what is shown; the results of
a document, which may be thousands, are read after it, where they hold up nobody's mail.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.card import Card
from gateway.domain.document import LabResult
from gateway.domain.document_lists import DocumentFilter, DocumentFolder, DocumentPlace
from gateway.domain.dossier import READABLE, FiledDocument
from gateway.domain.errors import MalformedContent, NotFound, SealBroken
from gateway.domain.mailbox import BlobKey, ContentState, ThreadId
from gateway.domain.readable import ReadableText, readable_from_json
from gateway.domain.rights_requests import RightsRequest
from gateway.domain.stand_ins import DAMAGED_TEXT
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.annotations import annotations_of
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.permitted import (
    permitted_document,
    permitted_documents,
    permitted_related,
    permitted_results,
)
from gateway.services.record.document_page import (
    ALL,
    PAGE,
    DocumentPage,
    WantedPage,
    document_page,
    in_own_order,
    own_folders,
)
from gateway.services.record.document_words import DocumentWords
from gateway.services.record.long_reads import LongReads
from gateway.services.stored_octets import OpenedFile, stored, taken_aside

_log = structlog.get_logger("pli.dossier")


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
        folders: those that the patient made.
        annotations: corrections that its patient asked for, with what was answered, the newest first (E52).
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
    folders: tuple[DocumentFolder, ...] = ()
    annotations: tuple[RightsRequest, ...] = ()


class DocumentAccess:
    """Reads the documents of one space at a time."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock, words: DocumentWords | None = None) -> None:
        """Take what it works on; without `words` what nobody has read yet is not found by its words."""
        self._store = store
        self._words_of = words
        self._long = LongReads(store)
        self._searching = asyncio.Lock()
        self._blobs = blobs
        self._clock = clock

    @traces_refusals
    async def listed(
        self,
        actor: Actor,
        wanted: DocumentFilter = ALL,
        beside: DocumentPlace | None = None,
        size: int = PAGE,
        *,
        back: bool = False,
    ) -> DocumentPage:
        """List one page of documents: those after a place, or those right before it if `back`.

        What is shown has its line in the trace before; it is read apart, so that nobody's mail waits for a search.
        """
        now, vault = self._clock.now(), actor.vault

        def look(tx: Tx) -> DocumentPage:
            allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now)
            return document_page(tx, actor, now, WantedPage(wanted, beside, size, back))

        unread = 0
        if self._words_of is not None and (wanted.is_read or wanted.by_day or wanted.since or wanted.until):
            await self._store.read(lambda tx: allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now))
            unread = await self._words_of.catch_up(actor, now)
        page = replace(await self._looked(wanted, look), unread=unread)
        if self._words_of is not None and not beside:
            self._words_of.ask(vault)
        shown = dict.fromkeys(document.id for document in (*page.pinned, *page.documents))
        event = actor.event(now, "documents.listed", objects=tuple(f"document:{number:x}" for number in shown))
        await self._store.write(lambda tx: tx.audit.append(vault, event))
        return page

    async def _looked(self, wanted: DocumentFilter, look: Callable[[Tx], DocumentPage]) -> DocumentPage:
        """Look for words one search at a time: a store has few readers, and others need one meanwhile."""
        if not wanted.is_read:
            return await self._store.read(look)
        async with self._searching:
            return await self._store.read(look)

    @traces_refusals
    async def newest(self, actor: Actor, count: int) -> tuple[FiledDocument, ...]:
        """List the newest documents, without counting the others."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[FiledDocument, ...]:
            found = in_own_order(tx, actor, permitted_documents(tx, actor, now, limit=count))
            objects = tuple(f"document:{document.id:x}" for document in found)
            tx.audit.append(actor.vault, actor.event(now, "documents.listed", objects=objects))
            return found

        return await self._store.write(look)

    @traces_refusals
    async def read(self, actor: Actor, number: int) -> OpenDocument:
        """Read a document; the same transaction marks it seen and writes the trace.

        Raises `NotFound`, or `SealBroken` when its record is damaged.
        """
        now, vault = self._clock.now(), actor.vault

        def read(tx: Tx) -> tuple[OpenDocument, BlobKey | None]:
            (document,) = in_own_order(tx, actor, [permitted_document(tx, actor, number, now)])
            if not document.seen and not actor.is_visitor:
                tx.documents.mark_seen(vault, number)
                tx.changed(vault)
            tx.audit.append(vault, actor.event(now, "document.read", objects=(f"document:{number:x}",)))
            card, thread = _brought_by(tx, actor, document)
            related = permitted_related(tx, actor, now, document)
            opened = OpenDocument(
                document=document,
                folders=own_folders(tx, actor),
                results=(),
                card=card,
                thread=thread,
                replaces=next(iter(related.replaced), None),
                contested=related.contested,
                correction=_correction(tx, actor, document, now),
                annotations=annotations_of(tx, actor, number),
            )
            words = document.file(READABLE)
            return opened, tx.blobs.open(vault, words.blob) if words else None

        opened, key = await self._store.write(read)
        if count := opened.document.result_count:
            results = await self._long.read(count, lambda tx: _results(tx, actor, number, now))
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


def _results(tx: Tx, actor: Actor, number: int, at: datetime) -> tuple[LabResult, ...] | None:
    """Give the results of a document; None when they are damaged: files and words are shown all the same."""
    try:
        return tuple(permitted_results(tx, actor, at, number))
    except SealBroken:
        return None


def _brought_by(tx: Tx, actor: Actor, document: FiledDocument) -> tuple[Card | None, ThreadId | None]:
    # Messages are between the patient and who wrote them: nobody else is shown that there was one.
    if document.mid is None or actor.is_visitor or document.mid in tx.mail.withheld(actor.vault, actor.audience):
        return None, None
    try:
        content = tx.mail.content(actor.vault, document.mid)
    except (NotFound, SealBroken):
        return None, None
    if content.state is not ContentState.VISIBLE:
        return None, None
    return Card.from_json(content.summary.card), content.thread


def _correction(tx: Tx, actor: Actor, document: FiledDocument, at: datetime) -> int | None:
    if document.replaced_by is None:
        return None
    try:
        return permitted_document(tx, actor, document.replaced_by, at).id
    except (NotFound, SealBroken):
        return None

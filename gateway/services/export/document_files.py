"""Documents in an archive: original files, our readable page, what programs need to put them back, FHIR."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.document import LabResult
from gateway.domain.document_json import sparse_entry
from gateway.domain.dossier import ORIGINAL, PRESENTATION, READABLE, DocumentFile, FiledDocument
from gateway.domain.errors import MalformedContent, NotFound, SealBroken
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import BlobKey
from gateway.domain.readable import readable_from_json
from gateway.domain.readable_html import ShownFile, html_page
from gateway.domain.result_json import results_to_json
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.export.archive_files import ArchiveFile, ExportSource, extension_of, plain_name, whole
from gateway.services.stored_octets import stored, taken_aside

FORM = 1
"""Of the files `pli.json`; raised when an earlier version could not read them."""
SHEET = "pli.json"
_TITLES = {ORIGINAL: "Fichier d’origine", PRESENTATION: "Version à lire (PDF)", READABLE: "Version à lire"}


@dataclass(frozen=True, slots=True, repr=False)
class _Found:
    document: FiledDocument
    results: list[LabResult]
    keys: list[BlobKey]


async def document_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give every document that its patient may read, the newest first."""
    for number in await _numbers(source):
        found = await _found(source, number)
        if found is None:
            continue
        document, names = found.document, paths_of(found.document)
        folder = folder_of(document)
        title = f"{title_of(document)} – {day_in_words(local_day(document.dated))}"
        for file, key in zip(document.files, found.keys, strict=True):
            pieces = (
                _page(source, found, key)
                if file.which == READABLE
                else taken_aside(stored(source.blobs, key), source.store)
            )
            yield ArchiveFile(name=names[file.which], pieces=pieces, title=_file_title(file), group=title)
            if file.which == READABLE:
                octets = taken_aside(stored(source.blobs, key), source.store)
                yield ArchiveFile(name=f"{folder}/{READABLE}.json", pieces=octets, group=title)
        sheet = await source.store.aside(partial(sheet_of, document, found.results))
        yield ArchiveFile(name=f"{folder}/{SHEET}", pieces=whole(sheet))


async def bundle_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give documents and results as one FHIR bundle, for programs."""
    yield ArchiveFile(
        name="fhir/bundle.json", pieces=_bundle(source), title="Documents et résultats pour un logiciel (FHIR R4)"
    )


async def _bundle(source: ExportSource) -> AsyncIterator[bytes]:
    yield b'{"resourceType":"Bundle","type":"collection","entry":['
    is_first = True
    for number in await _numbers(source):
        if (found := await _found(source, number)) is None:
            continue
        written = await source.store.aside(partial(_entries, source, found))
        yield written if is_first else b",\n" + written
        is_first = False
    yield b"]}"


def _entries(source: ExportSource, found: _Found) -> bytes:
    paths = paths_of(found.document)
    return b",\n".join(source.resources.entries(found.document, found.results, source.patient, paths))


def sheet_of(document: FiledDocument, results: list[LabResult]) -> bytes:
    """Write what is known of a document, for `pli patients restore`."""
    said = {
        "form": FORM,
        "id": f"{document.id:x}",
        "message": "" if document.mid is None else f"{document.mid:x}",
        "filed_at": document.filed_at,
        "dated": document.dated,
        "sha256": document.sha256.hex(),
        "sender": document.sender,
        "sender_name": document.sender_name,
        "issuer": document.issuer,
        "identity_verified": document.identity_verified,
        "is_own": document.is_own,
        "seen": document.seen,
        "hidden_from": int(document.hidden_from),
        "files": [
            {"which": one.which, "type": one.media_type, "size": one.size, "name": _kept_name(document, one)}
            for one in document.files
        ],
        "entry": sparse_entry(document.entry),
        "results": orjson.Fragment(results_to_json(results)),
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)


def folder_of(document: FiledDocument) -> str:
    """Give the folder of a document: its day, what it is, and its number."""
    day = local_day(document.dated)
    return f"documents/{day.isoformat()}_{plain_name(title_of(document), 'document')}_{document.id:x}"


def title_of(document: FiledDocument) -> str:
    """Say what a document is."""
    entry = document.entry
    return entry.title or entry.type_label or entry.category.label


def paths_of(document: FiledDocument) -> dict[str, str]:
    """Give where the files of a document lie, by key."""
    folder = folder_of(document)
    return {file.which: f"{folder}/{_name(file)}" for file in document.files}


def _name(file: DocumentFile) -> str:
    return "lecture.html" if file.which == READABLE else f"{plain_name(file.which)}.{extension_of(file.media_type)}"


def _kept_name(document: FiledDocument, file: DocumentFile) -> str:
    return f"{folder_of(document)}/{READABLE}.json" if file.which == READABLE else paths_of(document)[file.which]


def _file_title(file: DocumentFile) -> str:
    return _TITLES.get(file.which) or ("Fichier joint" if file.is_joined else "Fichier du document")


async def _numbers(source: ExportSource) -> list[int]:
    def look(tx: Tx) -> list[int]:
        allow(tx, source.actor, Action.EXPORT, SpacePart.DOCUMENTS, source.at)
        return tx.documents.numbers(source.actor.vault, source.actor.audience)

    return await source.store.read(look)


async def _found(source: ExportSource, number: int) -> _Found | None:
    """Read one document; None for what is gone, or does not open, which is noted."""
    actor = source.actor

    def look(tx: Tx) -> _Found:
        document = tx.documents.get(actor.vault, actor.audience, number)
        allow(tx, actor, Action.EXPORT, SpacePart.DOCUMENTS, source.at, document)
        results = tx.documents.results(actor.vault, actor.audience, number) if document.result_count else []
        return _Found(document, results, [tx.blobs.open(actor.vault, file.blob) for file in document.files])

    try:
        return await source.store.read(look)
    except NotFound:
        return None
    except SealBroken:
        note = f"Document {number:x} : sa fiche ne s’ouvre pas"
        if note not in source.damaged:
            source.damaged.append(note)
        return None


async def _page(source: ExportSource, found: _Found, key: BlobKey) -> AsyncIterator[bytes]:
    shown = {
        file.which: ShownFile(_name(file), file.media_type.startswith("image/"), _file_title(file))
        for file in found.document.files
        if file.which != READABLE and not file.is_joined
    }

    def write() -> bytes:
        try:
            text = readable_from_json(source.blobs.read(key))
        except MalformedContent:
            return b""
        return html_page(title_of(found.document), text, shown).encode()

    yield await source.store.aside(write)

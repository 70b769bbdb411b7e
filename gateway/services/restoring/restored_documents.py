"""Documents of an archive: their files, what is known of them and their results, as they were filed.

What no operator vouches for is filed as its patient's own: it replaces no professional's document and is replaced by
none, its results are in no curve, and it says that its identity was not verified. One that bears a program is left out,
as it is when a patient adds it (E96).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import msgspec

from gateway.domain.access import Audience
from gateway.domain.document_json import entry_of
from gateway.domain.dossier import IMPORTED, JOINED, ORIGINAL, PRESENTATION, READABLE, DocumentFile, FiledDocument
from gateway.domain.errors import LimitExceeded, MalformedContent, NotFound, SealBroken
from gateway.domain.mailbox import BlobKey, MessageId
from gateway.domain.result_json import results_from_json
from gateway.domain.written_results import NO_RESULTS, WrittenResults, written_results
from gateway.ports.store import Priority, Tx
from gateway.services.export.document_files import FORM, SHEET
from gateway.services.filing.added_files import AddFault, NamedFile, fault_in, kind_of_file
from gateway.services.restoring.archive_opening import MAX_FILE
from gateway.services.restoring.restored_content import Instant, Restoring, decoded_sheet, number_of, unverified_title

KIND = "documents"
FileOctets: TypeAlias = tuple[str, str, bytes]
"""A file of a document: its key, its media type, its octets."""
_ALL = Audience.PATIENT | Audience.REPRESENTATIVES | Audience.PROFESSIONALS
_HARM = frozenset({AddFault.PROGRAM, AddFault.PDF_SCRIPT, AddFault.PDF_UNSEEN, AddFault.PICTURE_TOO_LARGE})
"""What speaks against a file that nobody vouches for."""
_MOST = 2_000
"""Files of one document."""
_WHICH = re.compile(rf"{ORIGINAL}|{PRESENTATION}|{READABLE}|(?:media-|{JOINED})[1-9][0-9]{{0,4}}")
"""Keys that files of a document have. Each names a file of the next archive: two of one name would end its making."""


class _File(msgspec.Struct, frozen=True):
    which: str
    type: str
    name: str


class _Sheet(msgspec.Struct, frozen=True):
    form: int
    id: str
    filed_at: Instant
    dated: Instant
    sha256: str
    sender: str
    issuer: str
    identity_verified: bool
    is_own: bool
    seen: bool
    hidden_from: int
    files: list[_File]
    entry: dict[str, Any]  # Any: of several types, checked by `entry_of`
    results: msgspec.Raw
    message: str = ""
    sender_name: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class _Read:
    document: FiledDocument
    results: WrittenResults
    files: tuple[_File, ...]


async def check_documents(into: Restoring) -> None:
    """Read every sheet and take nothing. Raises `MalformedContent`, `LimitExceeded`."""
    for name in into.sheets("documents/", SHEET):
        await into.store.aside(partial(_read, into, name))


async def restore_documents(into: Restoring) -> None:
    """File every document that is not there, the oldest first."""
    for name in into.sheets("documents/", SHEET):
        await _restore(into, name)


async def _restore(into: Restoring, name: str) -> None:
    read = await into.store.aside(lambda: _read(into, name))
    there = [file for file in read.files if file.name in into.archive]
    into.lacking["files"] += len(read.files) - len(there)
    octets = ((one.which, one.type, into.archive.read(one.name, MAX_FILE)) for one in there)
    await file_document(into, read.document, read.results, octets)


async def file_document(
    into: Restoring, document: FiledDocument, results: WrittenResults, octets: Iterator[FileOctets], kind: str = KIND
) -> None:
    """File a document in one transaction, unless it is there; its `octets` are read one file at a time.

    One of which nobody vouches and that bears a program is left out. What is its patient's own takes of their room.

    Raises:
        LimitExceeded: there is no room for what nobody vouches for.
    """
    if await into.store.read(lambda tx: _is_there(tx, into, document.id)):
        into.count(kind, is_new=False)
        return
    files = await into.store.aside(lambda: _all_stored(into, octets))
    if files is None:
        into.refused[kind] += 1
        return
    whole = replace(document, files=tuple(file for file, _ in files))

    def file(tx: Tx) -> bool:
        into.require_open(tx)
        if _is_there(tx, into, document.id) or not tx.documents.add(into.vault, whole, results):
            return False
        tx.blobs.attach(into.vault, *(key for _, key in files))
        if whole.is_own:
            _take_room(tx, into, sum(file.size for file in whole.files))
        event = into.actor.event(into.at, "document.restored", objects=(f"document:{document.id:x}",))
        tx.audit.append(into.vault, event)
        tx.changed(into.vault)
        return True

    into.count(kind, is_new=await into.store.write(file, priority=Priority.BULK))


def _take_room(tx: Tx, into: Restoring, size: int) -> None:
    space = tx.spaces.space(into.vault)
    taken = space.added_bytes + size
    if not into.is_trusted and taken > into.max_added_bytes:
        raise LimitExceeded("the space is full: raise spaces.max_added_bytes, and run the same command again")
    tx.spaces.save(replace(space, added_bytes=taken))


def _all_stored(into: Restoring, octets: Iterator[FileOctets]) -> list[tuple[DocumentFile, BlobKey]] | None:
    """Store files; None when one does harm. What was stored before it is nobody's, and swept."""
    stored = []
    for which, media_type, data in octets:
        file = NamedFile("", data)
        if not into.is_trusted and fault_in(file, kind_of_file(file)) in _HARM:
            return None
        stored.append(_stored(into, which, media_type, data))
    return stored


def _stored(into: Restoring, which: str, media_type: str, data: bytes) -> tuple[DocumentFile, BlobKey]:
    key = into.blobs.put(data)
    return DocumentFile(which, media_type, key.ref, key.size), key


def _is_there(tx: Tx, into: Restoring, number: int) -> bool:
    try:
        tx.documents.get(into.vault, Audience.NOBODY, number)
    except NotFound:
        return False
    except SealBroken:
        return True
    return True


def _read(into: Restoring, name: str) -> _Read:
    data = into.archive.read(name)
    sheet = decoded_sheet(data, _Sheet, "what is known of a document")
    if sheet.form > FORM:
        raise MalformedContent("a later version of Pli made this archive: update this one first (docs/operations.md)")
    keys = {one.which for one in sheet.files}
    if len(sheet.files) > _MOST or len(keys) < len(sheet.files) or not all(map(_WHICH.fullmatch, keys)):
        raise MalformedContent("a document of the archive has files that no document has: it is none that Pli made")
    entry, results = entry_of(sheet.entry), written_results(results_from_json(bytes(sheet.results)))
    document = FiledDocument(
        id=into.number("document", number_of(sheet.id), data),
        mid=MessageId(number_of(sheet.message)) if sheet.message else None,
        filed_at=sheet.filed_at,
        dated=sheet.dated,
        entry=entry,
        sha256=_digest(sheet.sha256),
        sender=sheet.sender,
        issuer=sheet.issuer,
        sender_name=sheet.sender_name,
        identity_verified=sheet.identity_verified,
        result_count=results.count,
        has_alert=results.has_critical,
        files=(),
        seen=sheet.seen,
        hidden_from=Audience(sheet.hidden_from & _ALL),
        glance=results.glance,
        is_own=sheet.is_own,
    )
    if not into.is_trusted:
        return _Read(_unverified(into, document, data), NO_RESULTS, tuple(sheet.files))
    return _Read(document, results, tuple(sheet.files))


def _unverified(into: Restoring, document: FiledDocument, sheet: bytes) -> FiledDocument:
    title = document.entry.title or document.entry.type_label or document.entry.category.label
    entry = replace(
        document.entry,
        unique_id=f"{IMPORTED}{hashlib.sha256(sheet).hexdigest()}",
        set_id="",
        version=None,
        replaces=(),
        title=unverified_title(title),
    )
    return replace(
        document,
        mid=None,
        filed_at=into.at,
        dated=into.at,
        entry=entry,
        sender="",
        sender_name="",
        issuer="",
        identity_verified=False,
        is_own=True,
        result_count=0,
        has_alert=False,
        glance=NO_RESULTS.glance,
        hidden_from=Audience.PROFESSIONALS,
    )


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise MalformedContent("a document of the archive has no SHA-256: it is none that Pli made")
    return digest

"""A document of a file that says nothing of its patient (A12: « identité non vérifiée »)."""

import hashlib
import posixpath

from dossier_bridge.nesting import FoundFile
from gateway.domain.document import DocumentEntry, DocumentNote, ReadDocument


def content_identifier(data: bytes) -> str:
    """Give the identifier of a document that bears none: the checksum of its bytes."""
    return f"urn:sha256:{hashlib.sha256(data).hexdigest()}"


def bare_document(
    file: FoundFile, media_type: str, type_label: str, notes: tuple[DocumentNote, ...] = ()
) -> ReadDocument:
    """Make a document of a file as it is, titled by its name."""
    identifier = content_identifier(file.data)
    title = posixpath.splitext(posixpath.basename(file.name))[0].strip()
    return ReadDocument(
        entry=DocumentEntry(
            unique_id=identifier,
            type_label=type_label,
            title=title or "Document sans titre",
            notes=(DocumentNote.IDENTITY_UNVERIFIED, *notes),
        ),
        section=file.section,
        uri=file.uri,
        media_type=media_type,
        sha256=identifier.rpartition(":")[2],
        original=file.data,
    )

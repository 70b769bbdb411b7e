"""PDFs that came beside a document which is in the dossier already: each is filed for itself, unless it is there (A19).

A doctor forwards a laboratory's result with a letter: the result is filed once, and the letter must not be lost with
its second coming.
"""

from collections.abc import Iterator
from dataclasses import replace

from dossier_bridge.bare_document import bare_document
from dossier_bridge.nesting import FoundFile
from gateway.domain.document import ReadDocument
from gateway.domain.dossier import JOINED, ORIGINAL, PRESENTATION, DocumentFile, FiledDocument
from gateway.domain.glance import NO_GLANCE
from gateway.domain.mailbox import BlobKey
from gateway.domain.mime import Kind
from gateway.services.random_numbers import random_number


def files_beside(
    read: ReadDocument, filed: FiledDocument, keys: tuple[BlobKey, ...], known: FiledDocument | None
) -> Iterator[tuple[ReadDocument, FiledDocument, BlobKey]]:
    """Give what came with a document and is not with `known`, as it was filed before, each as a document of its own.

    A file of equal type and size is taken for the same: the dossier keeps no checksum of what stands beside.
    """
    there = {(file.media_type, file.size) for file in known.files} if known else set()
    for file, key in zip(filed.files, keys, strict=True):
        if (file.which == PRESENTATION or file.is_joined) and (file.media_type, file.size) not in there:
            alone = _alone(read, file)
            row = replace(
                filed,
                id=random_number(),
                entry=alone.entry,
                sha256=bytes.fromhex(alone.sha256),
                identity_verified=False,
                result_count=0,
                has_alert=False,
                glance=NO_GLANCE,
                files=(DocumentFile(ORIGINAL, file.media_type, key.ref, key.size),),
            )
            yield alone, row, key


def _alone(read: ReadDocument, file: DocumentFile) -> ReadDocument:
    """Make the document of one file, as if it had come alone."""
    if file.is_joined:
        media = read.joined[int(file.which.removeprefix(JOINED)) - 1]
        name, data = media.id, media.data
    else:
        name, data = f"{read.entry.title}.pdf", read.presentation or b""
    found = FoundFile(section=read.section, kind=Kind.PDF, name=name, data=data)
    return bare_document(found, file.media_type, "Document PDF")

"""What a subject gives to an archive: files, a piece at a time; and what it makes them of."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from unicodedata import combining, normalize

from gateway.domain.access import Actor
from gateway.domain.document import LabResult
from gateway.domain.dossier import FiledDocument
from gateway.domain.identity import PatientIdentity
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LONGEST = 48
_EXTENSIONS = {
    "application/pdf": "pdf", "text/xml": "xml", "application/xml": "xml", "text/html": "html", "text/plain": "txt",
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/tiff": "tif",
    "application/dicom": "dcm", "text/rtf": "rtf", "application/rtf": "rtf", "application/hl7-v3+xml": "xml",
    "application/json": "json", "text/csv": "csv", "text/calendar": "ics", "message/rfc822": "eml",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArchiveFile:
    """One file of an archive.

    Attributes:
        name: path in the archive, with forward slashes.
        title: how the index calls it; empty for what only programs read.
        group: under which heading of the index it stands, such as a document; it names what is damaged.
        page: path of the page, packed just before, that says the same to people; the index names both in one line.
    """

    name: str
    pieces: AsyncIterator[bytes]
    title: str = ""
    group: str = ""
    page: str = ""


class Resources(Protocol):
    """Writes documents and results as FHIR resources."""

    def entries(
        self, document: FiledDocument, results: list[LabResult], patient: PatientIdentity, paths: dict[str, str]
    ) -> Iterator[bytes]:
        """Give the entries of a bundle for one document; `paths` say where its files lie in the archive, by key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExportSource:
    """What the files of a space are made of.

    Attributes:
        actor: in whose name the space is read: what is withheld from its holder is in no archive.
        damaged: what did not open, in words for its holder; whoever finds one adds it, and goes on.
    """

    store: Store
    blobs: Blobs
    clock: Clock
    actor: Actor
    patient: PatientIdentity
    at: datetime
    resources: Resources
    damaged: list[str] = field(default_factory=list)


Files = Callable[[ExportSource], AsyncIterator[ArchiveFile]]
"""Gives the files of a subject, in order."""


async def whole(data: bytes) -> AsyncIterator[bytes]:
    """Give octets that are there as one piece."""
    yield data


def plain_name(text: str, otherwise: str = "sans-titre") -> str:
    """Make a part of a path of any text: small letters, figures and hyphens, so that every system takes it."""
    letters = "".join(c for c in normalize("NFKD", text[:200].casefold()) if not combining(c))
    return _NOT_PLAIN.sub("-", letters).strip("-")[:_LONGEST].strip("-") or otherwise


def extension_of(media_type: str) -> str:
    """Give how the name of a file of this type ends."""
    return _EXTENSIONS.get(media_type.partition(";")[0].strip().lower(), "bin")

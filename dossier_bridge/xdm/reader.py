"""IHE_XDM.zip to the documents it carries, each checked against its metadata (STD §4.6).

Only files that METADATA.XML describes become documents; style sheets, indexes and read-me files beside them are
looked through, since whoever opens the archive would see them. What documents say is read elsewhere (`cda`, `pdf`).
"""

import hashlib
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.nesting import Nesting
from dossier_bridge.xdm.ebrim import MetadataEntry, read_metadata
from dossier_bridge.zip.archive import Archive, ArchiveLimits
from dossier_bridge.zip.reader import spent

_METADATA = "metadata.xml"


@dataclass(frozen=True, slots=True)
class XdmLimits:
    """Bounds on a submission: its archive, its documents and their metadata."""

    archive: ArchiveLimits = field(default_factory=ArchiveLimits)
    max_documents: int = 50
    max_metadata_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class XdmDocument:
    """A document of a submission: its path in the archive, its octets and what the metadata say of it."""

    uri: str
    data: bytes = field(repr=False)
    metadata: MetadataEntry


@dataclass(frozen=True, slots=True)
class XdmSubmission:
    """The documents of one archive, all of one patient; `patient_ids` holds at most one pair."""

    documents: tuple[XdmDocument, ...]
    patient_ids: frozenset[tuple[str, str]]


def read_xdm(data: bytes, nesting: Nesting, limits: XdmLimits | None = None) -> XdmSubmission:
    """Read an archive of one or several subsets; raise `DocumentFault` when anything in it is not right."""
    limits = limits or XdmLimits()
    archive = spent(data, limits.archive, nesting.budget)
    indexes = [name for name in archive.names() if posixpath.basename(name).lower() == _METADATA]
    if not indexes:
        raise fault(FaultReason.XDM_METADATA)
    documents: list[XdmDocument] = []
    patients: frozenset[tuple[str, str]] = frozenset()
    for index in indexes:
        metadata = read_metadata(archive.open(index), limits.max_metadata_bytes)
        patients |= metadata.patient_ids
        if len(documents) + len(metadata.entries) > limits.max_documents:
            raise fault(FaultReason.TOO_MANY)
        for entry in metadata.entries:
            # A file that is described twice is two documents here: both descriptions name a patient.
            documents.append(_document(archive, posixpath.dirname(index), entry))
    if len(patients) > 1:
        raise fault(FaultReason.TWO_PATIENTS)
    _check_stowaways(archive, {*indexes, *(document.uri for document in documents)}, nesting)
    return XdmSubmission(tuple(documents), patients)


def _check_stowaways(archive: Archive, described: set[str], nesting: Nesting) -> None:
    """Refuse clinical documents that the metadata do not describe: whoever opens the archive would see them."""
    for name in archive.names():
        if name not in described:
            nesting.is_taken(name, archive.open(name), FaultReason.XDM_METADATA)


def _paths(folder: str, uri: str) -> Iterator[str]:
    """Give the paths that a URI may mean, likeliest first: beside the metadata, from the root, percent-encoded."""
    for text in dict.fromkeys((uri, unquote(uri))):
        written = text.replace("\\", "/")
        for path in (posixpath.join(folder, written.lstrip("/")), written.lstrip("/")):
            yield (whole := posixpath.normpath(path))
            # Archivers that mark no UTF-8 have their names read in the code page of old.
            yield whole.encode("utf-8", "surrogateescape").decode("cp437")


def _document(archive: Archive, folder: str, entry: MetadataEntry) -> XdmDocument:
    uri = next(filter(None, map(archive.find, _paths(folder, entry.uri))), None) if entry.uri else None
    if uri is None:
        raise fault(FaultReason.XDM_MISSING_FILE)
    content = archive.open(uri)
    if entry.size is not None and entry.size != len(content):
        raise fault(FaultReason.XDM_SIZE)
    # SHA-1 is what the profile prescribes: it finds damage, and is not relied on against forgery.
    if entry.hash and entry.hash != hashlib.sha1(content, usedforsecurity=False).hexdigest():
        raise fault(FaultReason.XDM_HASH)
    return XdmDocument(uri, content, entry)

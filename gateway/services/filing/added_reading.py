"""What somebody adds to a dossier as a file: judged by its octets, read, and of the right patient (F51, F100)."""

import hashlib
from dataclasses import dataclass
from datetime import date

from dossier_bridge.request import AttachedFile, ReadRequest
from gateway.domain.document import DocumentCategory, ReadDocument
from gateway.domain.errors import LimitExceeded, ReaderBusy, ReaderFailed
from gateway.domain.identity import IdentityMatch, PatientIdentity
from gateway.domain.local_days import local_day
from gateway.domain.medical_picture import DICOM
from gateway.domain.mime import Kind
from gateway.ports.clock import Clock
from gateway.ports.readers import Readers
from gateway.ports.store import Store
from gateway.services.filing.added_files import READ_ASIDE, AddFault, NamedFile, bare_file, fault_in, kind_of_file
from gateway.services.filing.verdict_causes import identity_verdict


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewDocument:
    """A document to add: its file, and what whoever adds it says of it; `day` None when they say none."""

    file: NamedFile
    title: str
    category: DocumentCategory
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A document is in the dossier; `was_there` says that the same file had been added before.

    `is_withheld` says that its author presents it first: its patient does not read it yet (A27).
    """

    number: int
    was_there: bool = False
    is_withheld: bool = False


class AddedReading:
    """Reads files that are added."""

    def __init__(self, store: Store, readers: Readers | None, clock: Clock, accepted_oids: frozenset[str]) -> None:
        """Take what it works on; without `readers`, what must be read first cannot be added now."""
        self._store = store
        self._readers = readers
        self._clock = clock
        self._accepted_oids = accepted_oids

    async def read(self, file: NamedFile, identity: PatientIdentity, account: str) -> ReadDocument | AddFault:
        """Read a file for the dossier of somebody, on behalf of an account, or say why it is not added."""
        kind, fault = await self._store.aside(lambda: _looked_at(file))
        if fault is not None:
            return fault
        if kind not in READ_ASIDE:
            today = local_day(self._clock.now())
            return await self._store.aside(lambda: bare_file(file, kind, today))
        if self._readers is None:
            return AddFault.ARCHIVE if kind is Kind.ZIP else AddFault.BUSY
        attached = AttachedFile(section="1", kind=kind, filename=file.name, data=file.data)
        try:
            outcome = await self._readers.read(ReadRequest((attached,)), account)
        except (ReaderFailed, LimitExceeded):
            return AddFault.UNREADABLE
        except ReaderBusy:
            return AddFault.BUSY
        found = {(document.media_type, document.joined) for document in outcome.documents}
        if kind is Kind.ZIP and found != {(DICOM, ())}:
            return AddFault.ARCHIVE
        if outcome.failures or len(outcome.documents) != 1:
            return AddFault.UNREADABLE
        match, _ = identity_verdict(outcome.documents, identity, self._accepted_oids)
        return outcome.documents[0] if match is IdentityMatch.SAME else AddFault.OTHER_PERSON


def _looked_at(file: NamedFile) -> tuple[Kind, AddFault | None]:
    kind = kind_of_file(file)
    return kind, fault_in(file, kind)


def checksum_of(read: ReadDocument) -> str:
    """Give a checksum of a document's file, with every picture of one examination: a larger set is another document."""
    checksum = read.sha256 or hashlib.sha256(read.original).hexdigest()
    if not read.media:
        return checksum
    each = b"".join(hashlib.sha256(media.data).digest() for media in read.media)
    return hashlib.sha256(checksum.encode() + each).hexdigest()

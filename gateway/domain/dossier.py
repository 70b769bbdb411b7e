"""A document as it stands in a patient's dossier: what was read of it, where its octets are, how it came."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory, DocumentEntry
from gateway.domain.document_lists import NO_CHOICE, DocumentChoice
from gateway.domain.glance import NO_GLANCE, Glance
from gateway.domain.mailbox import BlobRef, MessageId

ORIGINAL, PRESENTATION, READABLE = "original", "pdf", "text"
"""Keys of a document's own octets, of what a person opens, and of its words as they were read from it once; further
files are ``media-1``, ``media-2``… and ``joined-1``…"""
JOINED = "joined-"
"""How the keys of files begin that came beside a document and are not shown to be of its patient (features A19)."""
IMPORTED = "urn:pli:imported:"
"""How identifiers begin of documents that came with an archive for which no operator vouches (E83)."""


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """One file of a document."""

    which: str
    media_type: str
    blob: BlobRef
    size: int

    @property
    def is_joined(self) -> bool:
        """Say whether it only came beside the document: nothing shows that it is of the same patient (A19)."""
        return self.which.startswith(JOINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledDocument:
    """One filed document.

    Attributes:
        id: random 62-bit number, shown as hexadecimal in pages and addresses.
        mid: the message it came with.
        dated: its place in lists: when it came, so that what is new stands first, however old the act.
        entry: what the readers found in it.
        sha256: of the original octets; together with the unique id it tells a duplicate.
        sender: address of whoever sent it; `sender_name` names them where no message does, empty when not known.
        issuer: the organisation that sent it and may replace it, empty when that is its sender alone (features A20).
        identity_verified: False for a bare PDF or image (A12: « identité non vérifiée »).
        replaced_by: the document that replaces it, if any; it may be withheld.
        hidden_from: readers from whom it is withheld.
        is_damaged: its record does not open; then `entry` stands in for it, and it has no files.
        glance: what a list says of its results.
        is_own: its patient added it; nobody else vouches for it (F51).
        choice: what its patient calls it and where they keep it, where that was asked for.
    """

    id: int
    mid: MessageId | None
    filed_at: datetime
    dated: datetime
    entry: DocumentEntry
    sha256: bytes
    sender: str
    identity_verified: bool
    result_count: int
    has_alert: bool
    files: tuple[DocumentFile, ...]
    seen: bool = False
    replaced_by: int | None = None
    hidden_from: Audience = Audience.NOBODY
    is_damaged: bool = False
    issuer: str = ""
    glance: Glance = NO_GLANCE
    is_own: bool = False
    choice: DocumentChoice = NO_CHOICE
    sender_name: str = ""

    @property
    def owner(self) -> str:
        """Say who may replace it: an organisation, or the one mailbox that sent it (features A20)."""
        return self.issuer or self.sender

    @property
    def is_imported(self) -> bool:
        """Say whether it came with an archive for which no operator vouches: whose it is, nobody knows (E83)."""
        return self.entry.unique_id.startswith(IMPORTED)

    def file(self, which: str) -> DocumentFile | None:
        """Find one of its files."""
        return next((file for file in self.files if file.which == which), None)


@dataclass(frozen=True, slots=True)
class DocumentOutline:
    """What a document is judged by without being opened: its number, its kind, and from whom it is withheld."""

    number: int
    category: DocumentCategory
    hidden_from: Audience


@dataclass(frozen=True, slots=True)
class RelatedDocuments:
    """What a document replaces, and what others than its issuer sent about the same document: numbers."""

    replaced: tuple[int, ...] = ()
    contested: tuple[int, ...] = ()

"""A clinical document as its reader found it: header, patient as claimed, results and attached media.

Format-neutral: CDA, XDM metadata and bare files all end here (STD §4). Holds no rule about who may see
a document and does not compare identities (`gateway.domain.identity`).
"""

from dataclasses import dataclass, field
from enum import Enum

from gateway.domain.brought import NOTHING_BROUGHT, Brought
from gateway.domain.identity import ClaimedIdentity
from gateway.domain.lab_result import (
    EarlierValue,
    LabResult,
    ReferenceRange,
    Remark,
    ResultValue,
    ValueKind,
)
from gateway.domain.timestamp import Timestamp
from gateway.domain.written_results import NO_RESULTS, WrittenResults

__all__ = [
    "NOBODY",
    "DocumentCategory",
    "DocumentEntry",
    "DocumentNote",
    "EarlierValue",
    "LabResult",
    "Media",
    "Participant",
    "ReadDocument",
    "ReferenceRange",
    "Remark",
    "ResultValue",
    "ValueKind",
]

NOBODY = ClaimedIdentity(identifiers=(), birth_name=None, given_names=(), sex=None, birth_date=None)
"""The patient of a document that names none, such as a bare PDF."""


class DocumentCategory(Enum):
    """The folders a patient knows (STD §4.9); `label` is what the interface says."""

    SYNTHESIS = "synthese"
    PRESCRIPTIONS = "ordonnances"
    IMAGING = "imagerie"
    BIOLOGY = "biologie"
    REPORTS = "comptes-rendus"
    SCREENING = "depistage"
    CERTIFICATES = "certificats"
    ADMINISTRATIVE = "pieces-administratives"
    DIRECTIVES = "directives-anticipees"
    VACCINATION = "vaccination"
    WISHES = "volontes"
    REIMBURSEMENTS = "remboursements"
    OTHER = "autres"

    @property
    def label(self) -> str:
        """Give the folder's French name."""
        return _CATEGORY_LABELS[self]

    @classmethod
    def stored(cls, value: str) -> "DocumentCategory":
        """Read a category that was stored; one that a later version added is `OTHER`."""
        return _CATEGORIES.get(value, cls.OTHER)


_CATEGORY_LABELS = {
    DocumentCategory.SYNTHESIS: "Synthèse",
    DocumentCategory.PRESCRIPTIONS: "Ordonnances et soins",
    DocumentCategory.IMAGING: "Imagerie",
    DocumentCategory.BIOLOGY: "Biologie",
    DocumentCategory.REPORTS: "Comptes rendus",
    DocumentCategory.SCREENING: "Dépistage",
    DocumentCategory.CERTIFICATES: "Certificats",
    DocumentCategory.ADMINISTRATIVE: "Pièces administratives",
    DocumentCategory.DIRECTIVES: "Directives anticipées",
    DocumentCategory.VACCINATION: "Vaccination",
    DocumentCategory.WISHES: "Volontés",
    DocumentCategory.REIMBURSEMENTS: "Remboursements",
    DocumentCategory.OTHER: "Autres",
}


_CATEGORIES = {category.value: category for category in DocumentCategory}


class DocumentNote(Enum):
    """What a reader noticed that does not stop filing; told to the patient or the operator, never hidden."""

    IDENTITY_UNVERIFIED = "identity_unverified"
    PDF_SCRIPT = "pdf_script"
    PDF_OPEN_ACTION = "pdf_open_action"
    PDF_EMBEDDED_FILE = "pdf_embedded_file"
    PDF_ENCRYPTED = "pdf_encrypted"
    NO_RESULTS_READ = "no_results_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A professional, an organisation or a device that a document names; identifiers: ``(root, extension)``."""

    name: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    profession: str = ""
    organisation: str = ""
    organisation_identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """What a document says of itself: the header, without results or bytes.

    `unique_id` and `set_id` are ``root`` or ``root^extension`` (IHE ITI TF-3 §4.2.3.2.26). `replaces`
    lists the documents that this one replaces; an empty `replaces` with a known `set_id` and a higher
    `version` means the same. `effective_time` is when the document was made, `act_start` and `act_end` when the
    act was that it tells of.
    """

    unique_id: str
    type_code: str = ""
    type_code_system: str = ""
    type_label: str = ""
    title: str = ""
    effective_time: Timestamp | None = None
    act_start: Timestamp | None = None
    act_end: Timestamp | None = None
    language: str = ""
    set_id: str = ""
    version: int | None = None
    replaces: tuple[str, ...] = ()
    confidentiality: tuple[str, ...] = ()
    format_code: str = ""
    class_code: str = ""
    authors: tuple[Participant, ...] = ()
    legal_authenticator: Participant | None = None
    custodian: Participant | None = None
    prescriber: Participant | None = None
    patient: ClaimedIdentity = NOBODY
    category: DocumentCategory = DocumentCategory.OTHER
    notes: tuple[DocumentNote, ...] = ()

    @property
    def author(self) -> Participant | None:
        """Give the first author that is a person, else the first author."""
        return next((a for a in self.authors if a.profession), None) or next(iter(self.authors), None)

    @property
    def place(self) -> str:
        """Name the laboratory or practice that it is from, or nothing."""
        places = (self.author, self.custodian)
        return next((place.organisation for place in places if place and place.organisation), "")


@dataclass(frozen=True, slots=True)
class Media:
    """A file a document holds besides its presentation: a curve, an image, a second PDF."""

    id: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """A document and its bytes, as a reader hands them over to filing.

    `section` is the message part it came from, `uri` its path inside that part when the part is an
    archive. `original` is the document itself; `presentation` what a person opens, when that is another
    file (the PDF of a CDA). `sha256` is the lower-case hexadecimal digest of `original`. `readable` is what
    it says in words, as `gateway.domain.readable` writes it; empty when it has none that are read. `joined` are PDFs
    that came beside it and are not shown to be its copy: they stand by it, unverified (features A19). `brought` is what
    it proposes for the profile, and the acts of care that it tells of.
    """

    entry: DocumentEntry
    section: str
    uri: str
    media_type: str
    sha256: str
    original: bytes = field(repr=False)
    results: WrittenResults = NO_RESULTS
    presentation: bytes | None = field(default=None, repr=False)
    presentation_media_type: str = ""
    media: tuple[Media, ...] = ()
    readable: bytes = field(default=b"", repr=False)
    joined: tuple[Media, ...] = ()
    brought: Brought = NOTHING_BROUGHT

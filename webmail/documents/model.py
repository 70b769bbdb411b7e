"""Documents of a space, and the results of laboratories."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gateway.domain.document import DocumentCategory
from gateway.domain.readable import WORDLESS, ReadableText
from webmail.correspondent import Correspondent
from webmail.identifiers import ConversationId, DocumentId
from webmail.paged_lists import Page
from webmail.wording import Moment


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class DocumentSummary:
    """A line of the list of documents.

    Attributes:
        author: who wrote it, as the document says; the sender may be another.
        dated: date of the document itself, not of its arrival, as precisely as it says; None when it does not.
        acted: beginning and end of the act that it tells of, when it says them.
        identity_verified: false for a bare file, filed as « identité non vérifiée » (A12).
        has_alert: at least one result is critical (AA, HH, LL; STD §4.3).
    """

    id: DocumentId
    title: str
    category: DocumentCategory
    dated: Moment | None
    received_at: datetime
    acted: tuple[Moment | None, Moment | None] = (None, None)
    author: str = ""
    is_new: bool = False
    identity_verified: bool = True
    results: int = 0
    has_alert: bool = False
    is_replaced: bool = False


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Result:
    """One result of a laboratory report (STD §4.2), values as the document gives them.

    Attributes:
        loinc: LOINC code, or the local code when there is none, or empty.
        value: ``5.8``, ``<1.0``, ``Négatif``; a decimal point, never a comma.
        low, high: the laboratory's own reference range; either may be missing.
        reference: the range in words, when it is not made of numbers.
        interpretation: HL7 code (N, H, L, HH, LL, A, AA, S, I, R), or empty.
        other_unit: the same value in a second unit, ready to read: « 5.5 mmol/L ».
        at: when the sample was taken, when the document says it.
    """

    label: str
    value: str
    loinc: str = ""
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    reference: str = ""
    interpretation: str = ""
    other_unit: str = ""
    method: str = ""
    comment: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ResultGroup:
    """A chapter of results: « Hématologie »; the title may be empty."""

    title: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, repr=False)
class OpenableFile:
    """A file of a document: `which` is its key in addresses (``pdf``, ``original``, ``image-1``)."""

    which: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Document:
    """A document with its results and files.

    Attributes:
        type_label: « Compte rendu d’examens biologiques ».
        sender: who sent it, from the directory; `None` when the patient added it.
        conversation: the conversation that brought it, when it still exists.
        replaced_by: the document that corrects this one, when it may be opened.
        text: what it says in words, empty when nothing was read.
        lacks_results: its results are damaged and not shown.
    """

    summary: DocumentSummary
    type_label: str
    sender: Correspondent | None = None
    conversation: ConversationId | None = None
    results: tuple[ResultGroup, ...] = ()
    files: tuple[OpenableFile, ...] = ()
    replaced_by: DocumentId | None = None
    replaces: DocumentId | None = None
    text: ReadableText = WORDLESS
    lacks_results: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class DocumentList:
    """One page of documents, and how many each category holds in the whole space."""

    page: Page[DocumentSummary]
    counts: Mapping[DocumentCategory, int]

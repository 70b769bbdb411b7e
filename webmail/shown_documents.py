"""Documents of a space, and the results of laboratories."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from gateway.domain.document import DocumentCategory, Remark
from gateway.domain.glance import NO_GLANCE, Glance
from gateway.domain.readable import WORDLESS, ReadableText
from gateway.domain.rights_requests import RightsRequest
from gateway.domain.withholdings import DoubtState
from webmail.correspondent import Correspondent
from webmail.identifiers import ConversationId, DocumentId
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
        glance: which examinations it is of, and which of them call for a look.
        is_own: the patient added it.
        is_imported: it came with an archive for which no operator vouches.
        is_hidden: professionals do not see it, but who sent it (F54).
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
    glance: Glance = NO_GLANCE
    is_own: bool = False
    is_imported: bool = False
    is_hidden: bool = False
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Result:
    """One result of a laboratory report (STD §4.2), values as the document gives them.

    Attributes:
        loinc: LOINC code, or the local code when there is none, or empty.
        value: ``5.8``, ``<1.0``, ``Négatif``; a decimal point, never a comma.
        shown: the same as people read it, or why it is not there: « 5,8 », « Absent », « Annulé ».
        aside: a value that was sent and does not stand.
        state: how far the result is, empty when it is final.
        low, high: the laboratory's own reference range; either may be missing. `low_excluded`, `high_excluded`: a
            value that equals the bound is outside.
        reference: the range in words, when it is not made of numbers.
        interpretation: the HL7 code that matters most (N, H, HH, …), or empty; `signal` says all of them.
        other_unit: the same value in a second unit with its range, ready to read: « 5,5 mmol/L ».
        about: body site and material, as far as the name does not say them.
        remarks: what the laboratory says of this result and those before it.
        part: the heading that it stands under in its chapter: sub-chapter, group, germ.
        sampled: what was sampled and when, where that changes.
        stands: the value is one: neither denied nor called off, awaited or missing.
        is_heading: it names a germ, and `part` says it already.
        at: when the sample was taken, when the document says it.
        examination: reference of the page that shows all results of this examination, empty where there is none.
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
    shown: str = ""
    aside: str = ""
    state: str = ""
    low_excluded: bool = False
    high_excluded: bool = False
    signal: str = ""
    about: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    part: str = ""
    sampled: str = ""
    is_heading: bool = False
    stands: bool = True
    at: datetime | None = None
    examination: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ResultGroup:
    """A chapter of results: « Hématologie »; the title may be empty."""

    title: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class OpenableFile:
    """A file of a document: `which` is its key in addresses (``pdf``, ``original``, ``image-1``).

    `is_joined` says that it came beside the document, and that nothing shows it to be of the same patient.
    `is_technical` says that a person needs it no more: it is shown in place, or written for software.
    """

    which: str
    name: str
    media_type: str
    size: int
    is_joined: bool = False
    is_technical: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class FolderLink:
    """A folder that the patient made."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Document:
    """A document with its results and files.

    Attributes:
        type_label: « Compte rendu d’examens biologiques »; empty when the title says it.
        sender: who sent it, from the directory; `None` when the patient added it.
        conversation: the conversation that brought it, when it still exists.
        measures: numbers that are no laboratory's results: weight, number of a dose.
        remarks: what the laboratory says of the whole report.
        replaced_by: the document that corrects this one, when it may be opened.
        contested: other senders' documents in the place of this one; both stand.
        annotations: corrections that were asked for, and what was answered; the document stands beside them.
        text: what it says in words, empty when nothing was read.
        lacks_results: its results are damaged and not shown.
        written: title and date as the author wrote them, where the patient gave it their own.
        folder: that in which it is; `folders` are all.
        revision: how often the patient changed its title or date; a form carries it.
    """

    summary: DocumentSummary
    type_label: str
    sender: Correspondent | None = None
    conversation: ConversationId | None = None
    results: tuple[ResultGroup, ...] = ()
    measures: tuple[ResultGroup, ...] = ()
    remarks: tuple[Remark, ...] = ()
    files: tuple[OpenableFile, ...] = ()
    replaced_by: DocumentId | None = None
    replaces: DocumentId | None = None
    contested: tuple[DocumentId, ...] = ()
    annotations: tuple[RightsRequest, ...] = ()
    text: ReadableText = WORDLESS
    lacks_results: bool = False
    written: tuple[str, Moment | None] | None = None
    own_day: date | None = None
    folder: str = ""
    folders: tuple[FolderLink, ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class DoubtedDocument:
    """A document of which its patient said that it is not theirs, and how that stands; never what it is called.

    Attributes:
        place: who it is from.
        reason: what the operator said of it.
    """

    id: DocumentId
    state: DoubtState
    said_at: datetime
    received_at: datetime
    ended_at: datetime | None
    place: str
    category: DocumentCategory
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddedDocument:
    """What was added is in the space; `was_there` says that the same file had been added before.

    `is_withheld` says that its author presents it first to its patient.
    """

    id: DocumentId
    was_there: bool = False
    is_withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSearch:
    """Which documents are looked for, as the address of the list says it; `key` leads to a page of it."""

    category: DocumentCategory | None = None
    words: str = ""
    sender: str = ""
    since: date | None = None
    until: date | None = None
    folder: str = ""
    outside: bool = False
    by_day: bool = False
    oldest_first: bool = False
    key: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class DocumentList:
    """One page of documents, and how many each category holds in the whole space.

    Attributes:
        newer, older: keys of the pages beside this one; empty where there are none.
        pinned: what the patient pinned, on the first page of the list of all.
        unread: documents whose words are not yet known, when words were looked for.
    """

    items: tuple[DocumentSummary, ...]
    counts: Mapping[DocumentCategory, int]
    newer: str = ""
    older: str = ""
    pinned: tuple[DocumentSummary, ...] = ()
    folders: tuple[FolderLink, ...] = ()
    unread: int = 0

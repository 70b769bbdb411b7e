"""What a file that a patient adds is, by its octets, and why some are refused (F51, E96). Pure.

A name or a claimed type makes nothing of it. What a program would run is refused, and what nobody could open.
"""

from codecs import getincrementaldecoder
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from dossier_bridge.bare_document import bare_document
from dossier_bridge.nesting import FoundFile
from dossier_bridge.pdf.reader import MEDIA_TYPE as PDF_TYPE
from dossier_bridge.pdf.reader import is_cut, pdf_facts
from gateway.domain.document import DocumentNote, ReadDocument
from gateway.domain.mime import Kind
from gateway.domain.mime.recognition import kind_of
from gateway.domain.mime.transfer import EncodedBody
from gateway.domain.mime.zip_programs import suffix_of
from gateway.domain.picture_size import MAX_PIXELS, picture_size, picture_type
from gateway.domain.readable import CLOSING, Opening, ReadableText, TextTag, kept_words
from gateway.services.filing.calendar_words import calendar_words

READ_ASIDE = frozenset({Kind.CDA, Kind.DICOM, Kind.ZIP})
"""Kinds that a reader process opens, which says whose they are; an archive may hold the pictures of one examination."""
_TEXTS = frozenset({"txt", "text", "csv", "md"})
"""What texts have no mark of their own are called; octets that no text has are found all the same."""
_SHOWN, _MOST_LINES = 64 * 1024, 2_000


class AddFault(Enum):
    """Why a file is not added."""

    EMPTY = "empty"
    PROGRAM = "program"
    ARCHIVE = "archive"
    UNKNOWN = "unknown"
    PDF_SCRIPT = "pdf-script"
    CUT = "cut"
    PICTURE_TOO_LARGE = "picture-too-large"
    OTHER_PERSON = "other-person"
    UNREADABLE = "unreadable"
    BUSY = "busy"
    FULL = "full"
    PDF_UNSEEN = "pdf-unseen"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as a browser hands it over; its name says nothing of what it is."""

    name: str
    data: bytes


def kind_of_file(file: NamedFile) -> Kind:
    """Say what a file is, by its octets, and by its name only where it runs by its name, or is said to be text."""
    body = EncodedBody(file.data, 0, len(file.data), "binary")
    media_type = "text/plain" if suffix_of(file.name) in _TEXTS else "application/octet-stream"
    return kind_of(body, media_type, file.name or None, is_attached=True)


def fault_in(file: NamedFile, kind: Kind) -> AddFault | None:
    """Say why a file of this kind is refused before anybody reads it; None when nothing speaks against it."""
    if not file.data:
        return AddFault.EMPTY
    if kind is Kind.PDF:
        return _fault_in_pdf(file.data)
    if kind is Kind.IMAGE:
        return _fault_in_picture(file.data)
    if kind in READ_ASIDE or kind in (Kind.TEXT, Kind.CALENDAR):
        return None
    if kind is Kind.PROGRAM:
        return AddFault.PROGRAM
    return AddFault.ARCHIVE if kind in (Kind.XDM, Kind.GZIP, Kind.LOCKED) else AddFault.UNKNOWN


def bare_file(file: NamedFile, kind: Kind, today: date) -> ReadDocument:
    """Make the document of a file that says of nobody in a way that could be checked: PDF, picture, text, calendar."""
    media_type, label = {
        Kind.PDF: (PDF_TYPE, "Document PDF"),
        Kind.IMAGE: (picture_type(file.data) or "", "Image"),
        Kind.CALENDAR: ("text/calendar", "Rendez-vous"),
    }.get(kind, ("text/plain", "Texte"))
    bare = bare_document(FoundFile(section="1", kind=kind, name=file.name, data=file.data), media_type, label)
    if not media_type.startswith("text/"):
        return bare
    told = calendar_words(file.data, today) if kind is Kind.CALENDAR else None
    return replace(bare, readable=kept_words(told) if told else _words_of(file.data))


def _words_of(data: bytes) -> bytes:
    """Give the lines of a text as a page shows them, as far as one is long."""
    try:
        # A letter that is cut in two at the end is left out: the text is UTF-8 all the same.
        text = getincrementaldecoder("utf-8-sig")().decode(data[:_SHOWN], final=len(data) <= _SHOWN)
    except UnicodeDecodeError:
        text = data[:_SHOWN].decode("cp1252", "replace")
    lines = text.splitlines()[:_MOST_LINES]
    paragraphs = [token for line in lines if line.strip() for token in (Opening(TextTag.PARAGRAPH), line, CLOSING)]
    is_cut = len(data) > _SHOWN or len(lines) == _MOST_LINES
    return kept_words(ReadableText(tuple(paragraphs), is_cut))


def _fault_in_pdf(data: bytes) -> AddFault | None:
    if is_cut(data):
        return AddFault.CUT
    facts = pdf_facts(data)
    if DocumentNote.PDF_SCRIPT in facts.notes or facts.launches:
        return AddFault.PDF_SCRIPT
    # What is encrypted cannot be looked into by anybody; the page says so where it is opened.
    return AddFault.PDF_UNSEEN if facts.is_unseen and DocumentNote.PDF_ENCRYPTED not in facts.notes else None


def _fault_in_picture(data: bytes) -> AddFault | None:
    if picture_type(data) is None:
        return AddFault.UNKNOWN
    size = picture_size(data)
    is_png = data.startswith(b"\x89PNG")
    if size is None or (is_png and b"IEND" not in data):
        return AddFault.CUT
    return AddFault.PICTURE_TOO_LARGE if size[0] * size[1] > MAX_PIXELS else None

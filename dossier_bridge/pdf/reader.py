"""A PDF recognised by its bytes, what in it deserves a note, and whether its end is there. Opens nothing.

The search is on raw bytes, so names inside compressed object streams are not seen: a note is a hint for
the interface (which never runs a PDF's scripts anyway), not a verdict.
"""

import re
from dataclasses import dataclass

from dossier_bridge.bare_document import bare_document
from dossier_bridge.nesting import FoundFile
from gateway.domain.document import DocumentNote, ReadDocument

MEDIA_TYPE = "application/pdf"
_MARK_WITHIN = 1024
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_NOTES = (
    (re.compile(rb"/JavaScript|/JS[\s(<\[/]"), DocumentNote.PDF_SCRIPT),
    (re.compile(rb"/OpenAction|/Launch|/AA[\s<]"), DocumentNote.PDF_OPEN_ACTION),
    (re.compile(rb"/EmbeddedFile"), DocumentNote.PDF_EMBEDDED_FILE),
    (re.compile(rb"/Encrypt[\s<]"), DocumentNote.PDF_ENCRYPTED),
)


_END_WITHIN = 4096
_END = re.compile(rb"startxref\s{1,9}(\d{1,15})\s")
_PADDING = b"\0 \t\r\n\x1a"


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What a byte scan tells: pages when they are written in clear (else None), and notes."""

    pages: int | None
    notes: tuple[DocumentNote, ...]


def is_pdf(data: bytes) -> bool:
    """Say whether readers would open `data` as PDF: the mark within the first 1024 octets (ISO 32000-1 H.3)."""
    return data.startswith(b"%PDF-") or data.find(b"%PDF-", 0, _MARK_WITHIN) >= 0


def is_cut(data: bytes) -> bool:
    """Say whether the end of a PDF is missing, or leads out of it: nobody could open it (ISO 32000-1 §7.5.5, H.3.4).

    Viewers look for the end in the last kilobyte; blanks and four times as much are forgiven here.
    """
    end = data.rstrip(_PADDING)[-_END_WITHIN:] + b"\n"
    places = _END.findall(end)
    return int(places[-1]) >= len(data) if places else b"%%EOF" not in end


def pdf_facts(data: bytes) -> PdfFacts:
    """Scan a PDF for its page count and for what deserves a note."""
    notes = tuple(note for pattern, note in _NOTES if pattern.search(data))
    return PdfFacts(pages=len(_PAGE.findall(data)) or None, notes=notes)


def pdf_document(file: FoundFile) -> ReadDocument:
    """Make the document of a PDF that no other document of the message claims."""
    return bare_document(file, MEDIA_TYPE, "Document PDF", pdf_facts(file.data).notes)

"""A PDF recognised by its bytes, what in it deserves a note, and whether its end is there. Opens nothing.

Names are looked for with their escapes undone, and inside object streams (`hidden_names`). A note is a hint for the
interface, which never runs a PDF's scripts anyway; for what patients add it is a verdict.
"""

import re
from dataclasses import dataclass

from dossier_bridge.bare_document import bare_document
from dossier_bridge.nesting import FoundFile
from dossier_bridge.pdf.hidden_names import names_undone, object_streams
from gateway.domain.document import DocumentNote, ReadDocument

MEDIA_TYPE = "application/pdf"
_MARK_WITHIN = 1024
_NOTES = (
    (re.compile(rb"/JavaScript|/JS[\s(<\[/]|/XFA[\s(<\[/]"), DocumentNote.PDF_SCRIPT),
    (re.compile(rb"/OpenAction|/Launch|/AA[\s<]"), DocumentNote.PDF_OPEN_ACTION),
    (re.compile(rb"/EmbeddedFile"), DocumentNote.PDF_EMBEDDED_FILE),
    (re.compile(rb"/Encrypt[\s<]"), DocumentNote.PDF_ENCRYPTED),
)
_NOTED = re.compile(b"|".join(pattern.pattern for pattern, _ in _NOTES))
"""Any of these: most files bear none, and are walked once."""
_LAUNCH = re.compile(rb"/Launch(?![A-Za-z0-9])")
_END_WITHIN = 4096
_END = re.compile(rb"startxref\s{1,9}(\d{1,15})\s")
_PADDING = b"\0 \t\r\n\x1a"


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What a byte scan tells.

    Attributes:
        launches: it would start a program.
        is_unseen: objects lie in streams that were not looked into; so they do in every encrypted file.
    """

    notes: tuple[DocumentNote, ...]
    launches: bool = False
    is_unseen: bool = False


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
    """Scan a PDF for what deserves a note."""
    hidden = object_streams(data)
    texts = [text for text in (names_undone(data), *hidden.texts) if _NOTED.search(text)]
    notes = tuple(note for pattern, note in _NOTES if any(map(pattern.search, texts)))
    return PdfFacts(notes, any(map(_LAUNCH.search, texts)), hidden.is_unseen)


def pdf_document(file: FoundFile) -> ReadDocument:
    """Make the document of a PDF that no other document of the message claims."""
    return bare_document(file, MEDIA_TYPE, "Document PDF", pdf_facts(file.data).notes)

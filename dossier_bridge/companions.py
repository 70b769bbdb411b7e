"""Which PDF beside a document is that document's own copy (STD §1.5), so that nothing is filed twice.

A PDF belongs to a document when its bytes are in it; when its name bears the patient's name; or when the
message holds one of each and the document has no copy. Beside a document that embeds its copy, a PDF must
bear the whole name that the standard gives it: a letter sent along is filed, not taken for a copy. The
embedded copy is preferred: it came under the identity that was checked.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dossier_bridge.request import AttachedFile
from gateway.domain.document import ReadDocument
from gateway.domain.identity import folded_name

_PDF = "application/pdf"
_STANDARD_NAME = re.compile(r"\d{6,8}_[^_]+_.+")


@dataclass(frozen=True, slots=True)
class Pairing:
    """Documents with their copies, the sections used as copies, and the PDFs that belong to none."""

    documents: tuple[ReadDocument, ...]
    companions: tuple[str, ...]
    alone: tuple[AttachedFile, ...]


def pair_companions(documents: Sequence[ReadDocument], pdfs: Sequence[AttachedFile]) -> Pairing:
    """Give each PDF to the document it copies, if any; a document keeps at most one copy from beside it."""
    paired = list(documents)
    embedded = {digest for document in documents for digest in _digests(document)}
    unpaired = [index for index, document in enumerate(documents) if document.media_type != _PDF]
    companions: list[str] = []
    alone: list[AttachedFile] = []
    for pdf in pdfs:
        if hashlib.sha256(pdf.data).digest() in embedded:
            companions.append(pdf.section)
            continue
        index = _match(pdf, documents, unpaired, only_one=len(pdfs) == 1)
        if index is None:
            alone.append(pdf)
            continue
        unpaired.remove(index)
        companions.append(pdf.section)
        if paired[index].presentation is None:
            paired[index] = replace(paired[index], presentation=pdf.data, presentation_media_type=_PDF)
    return Pairing(tuple(paired), tuple(companions), tuple(alone))


def _digests(document: ReadDocument) -> list[bytes]:
    files = [document.original, document.presentation, *(media.data for media in document.media)]
    return [hashlib.sha256(data).digest() for data in files if data is not None and data.startswith(b"%PDF-")]


def _match(
    pdf: AttachedFile, documents: Sequence[ReadDocument], unpaired: list[int], only_one: bool
) -> int | None:
    is_standard = _STANDARD_NAME.match(pdf.filename) is not None
    open_to = [index for index in unpaired if is_standard or documents[index].presentation is None]
    named = [index for index in open_to if _bears_name(pdf.filename, documents[index])]
    dated = [index for index in named if _bears_date(pdf.filename, documents[index])]
    if named:
        return (dated or named)[0]
    bare = [index for index in open_to if documents[index].presentation is None]
    return bare[0] if only_one and bare and len(unpaired) == 1 else None


def _bears_name(filename: str, document: ReadDocument) -> bool:
    words = f" {folded_name(filename)} "
    names = (document.entry.patient.birth_name, document.entry.patient.used_name)
    return any(f" {folded_name(name)} " in words for name in names if name and folded_name(name))


def _bears_date(filename: str, document: ReadDocument) -> bool:
    day = document.entry.effective_time.day if document.entry.effective_time else None
    digits = "".join(c for c in filename if c.isdigit())
    return day is not None and any(day.strftime(form) in digits for form in ("%Y%m%d", "%d%m%Y"))

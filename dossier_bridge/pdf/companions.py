"""Which PDF beside a document is that document's own copy (STD §1.5), so that nothing is filed twice.

A copy is shown as part of a document whose patient was checked; a PDF is therefore one only when something
says so. Its bytes are in a document of the message; or its name has the whole form of the standard,
``<date>_<type>_<NOM>_<prénom>[_<dossier>].pdf``, with the name of that document's patient, and says of one
document alone that it is meant. Any other PDF is filed as « identité non vérifiée » (A12). A document that
embeds its copy keeps it: it came under the identity that was checked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dossier_bridge.nesting import FoundFile
from dossier_bridge.pdf.reader import MEDIA_TYPE
from gateway.domain.document import ReadDocument
from gateway.domain.identity import ClaimedIdentity, folded_name, same_first_given_name

_STANDARD_NAME = re.compile(r"(\d{6}|\d{8})_[^_]+_([^_].*)\.pdf", re.IGNORECASE)
_MAX_WORDS = 12


@dataclass(frozen=True, slots=True)
class Pairing:
    """Documents with their copies, the sections used as copies, and the PDFs that belong to none."""

    documents: tuple[ReadDocument, ...]
    companions: tuple[str, ...]
    alone: tuple[FoundFile, ...]


def pair_companions(documents: Sequence[ReadDocument], pdfs: Sequence[FoundFile]) -> Pairing:
    """Give each PDF to the document it copies, if any; a document keeps at most one copy from beside it."""
    paired = list(documents)
    embedded = {data for document in documents for data in _pdfs(document)}
    paired_with: set[int] = set()
    companions: list[str] = []
    alone: list[FoundFile] = []
    for pdf in pdfs:
        if pdf.data in embedded:
            companions.append(pdf.section)
            continue
        index = _match(pdf, documents)
        if index is None or index in paired_with:
            alone.append(pdf)
            continue
        paired_with.add(index)
        companions.append(pdf.section)
        if paired[index].presentation is None:
            paired[index] = replace(paired[index], presentation=pdf.data, presentation_media_type=MEDIA_TYPE)
    return Pairing(tuple(paired), tuple(companions), tuple(alone))


def _pdfs(document: ReadDocument) -> list[bytes]:
    files = [document.original, document.presentation, *(media.data for media in document.media)]
    return [data for data in files if data is not None and data.startswith(b"%PDF-")]


def _match(pdf: FoundFile, documents: Sequence[ReadDocument]) -> int | None:
    """Find the one document that the PDF's name means; None when it means none, or might mean several."""
    name = _STANDARD_NAME.fullmatch(pdf.name.strip())
    if name is None:
        return None
    named = [
        index
        for index, document in enumerate(documents)
        if document.media_type != MEDIA_TYPE and _names(name[2], document.entry.patient)
    ]
    # A document that embeds its copy awaits no other.
    waiting = [index for index in named if documents[index].presentation is None] or named
    meant = [index for index in waiting if _bears_date(name[1], documents[index])] or waiting
    return meant[0] if len(meant) == 1 else None


def _names(text: str, patient: ClaimedIdentity) -> bool:
    """Say whether ``<NOM>_<prénom>[_<dossier>]`` is this patient; a name may itself be written with « _ »."""
    words = text.split("_")
    names = {folded_name(name) for name in (patient.birth_name, patient.used_name) if name} - {""}
    if len(words) > _MAX_WORDS or not patient.given_names:
        return False
    return any(
        folded_name(" ".join(words[:first])) in names
        and same_first_given_name((" ".join(words[first:last]),), patient.given_names)
        and _is_file_number(words[last:])
        for last in range(2, len(words) + 1)
        for first in range(1, last)
    )


def _is_file_number(words: list[str]) -> bool:
    # Without a digit it might be more of a given name, and so somebody else: Jean is not Jean-Pierre.
    return not words or any(c.isdigit() for c in "".join(words))


def _bears_date(digits: str, document: ReadDocument) -> bool:
    day = document.entry.effective_time.day if document.entry.effective_time else None
    return day is not None and digits in {day.strftime(form) for form in ("%Y%m%d", "%d%m%Y", "%y%m%d", "%d%m%y")}

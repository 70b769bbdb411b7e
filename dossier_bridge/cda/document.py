"""A CDA document as it is filed: what it says, the files it holds, and that none of them hides another document."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from dossier_bridge.cda.reader import read_cda
from dossier_bridge.faults import FaultReason
from dossier_bridge.nesting import FoundFile, Nesting
from dossier_bridge.pdf.reader import MEDIA_TYPE as PDF
from dossier_bridge.pdf.reader import pdf_facts
from gateway.domain.document import ReadDocument
from gateway.domain.readable import kept_words
from gateway.domain.written_results import written_results


def cda_documents(file: FoundFile, nesting: Nesting) -> Sequence[ReadDocument]:
    """Read the one document of a CDA file; raise `DocumentFault` when it cannot be read."""
    read = read_cda(file.data, nesting.budget)
    presentation, entry = read.presentation, read.entry
    for media in (*((presentation,) if presentation else ()), *read.media):
        nesting.refuse_documents("", media.data, FaultReason.WRAPPED_IN_SUBMISSION)
    if presentation and presentation.media_type == PDF:
        entry = replace(entry, notes=(*entry.notes, *pdf_facts(presentation.data).notes))
    document = ReadDocument(
        entry=entry,
        results=written_results(read.results),
        section=file.section,
        uri=file.uri,
        media_type="text/xml",
        sha256=hashlib.sha256(file.data).hexdigest(),
        original=file.data,
        presentation=presentation.data if presentation else None,
        presentation_media_type=presentation.media_type if presentation else "",
        media=read.media,
        readable=kept_words(read.text),
        brought=read.brought,
    )
    return [document]

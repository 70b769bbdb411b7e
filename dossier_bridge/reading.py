"""All that a message's attachments hold, read in one call: the job of a worker process.

A fault in one part never hides another part. Nothing is decided here: whether the documents may be filed
is for identity and policy to say (A12).
"""

from collections.abc import Iterable
from dataclasses import replace

from dossier_bridge.dicom.studies import joined_studies
from dossier_bridge.faults import DocumentFault, FaultReason
from dossier_bridge.formats import FORMATS
from dossier_bridge.nesting import Bare, FoundFile, Nesting
from dossier_bridge.pdf.companions import Pairing, pair_companions
from dossier_bridge.pdf.reader import MEDIA_TYPE, is_cut, pdf_document
from dossier_bridge.request import AttachedFile, ReadFailure, ReadOutcome, ReadRequest
from gateway.domain.document import NOBODY, Media, ReadDocument
from gateway.domain.mime.kinds import Kind


def read_attachments(request: ReadRequest) -> ReadOutcome:
    """Read every attachment that may be clinical; one that cannot be read becomes a failure, not an error."""
    documents: list[ReadDocument] = []
    failures: list[ReadFailure] = []
    pdfs: list[FoundFile] = []
    nesting = Nesting(FORMATS)
    for file in map(_file, request.attachments):
        try:
            documents += nesting.read(file)
        except DocumentFault as error:
            failures.append(ReadFailure(file.section, "", error.reason, nesting.bears_documents))
        else:
            failures += [ReadFailure(file.section, one.uri, one.reason) for one in nesting.passed_over]
    for bare in nesting.bare:
        match FORMATS[bare.kind]:
            case Bare() if bare.kind is Kind.PDF and is_cut(bare.data):
                failures.append(ReadFailure(bare.section, "", FaultReason.PDF_CUT))
            case Bare() if bare.kind is Kind.PDF:
                pdfs.append(bare)  # it may be the copy of a document
            case Bare(make):
                documents.append(make(bare))
    pairing = pair_companions(joined_studies(_once_each(documents)), pdfs)
    return ReadOutcome(_once_each(_with_pdfs(pairing)), tuple(failures), pairing.companions)


def _with_pdfs(pairing: Pairing) -> list[ReadDocument]:
    """Give each PDF that is nobody's copy a place: by the one document that names its patient, or of its own (A19)."""
    checked = [at for at, document in enumerate(pairing.documents) if document.entry.patient != NOBODY]
    if len(checked) != 1:
        return [*pairing.documents, *map(pdf_document, pairing.alone)]
    documents = list(pairing.documents)
    joined = tuple(Media(pdf.name, MEDIA_TYPE, pdf.data) for pdf in pairing.alone)
    documents[checked[0]] = replace(documents[checked[0]], joined=joined)
    return documents


def _file(attached: AttachedFile) -> FoundFile:
    return FoundFile(section=attached.section, kind=attached.kind, name=attached.filename, data=attached.data)


def _once_each(documents: Iterable[ReadDocument]) -> tuple[ReadDocument, ...]:
    """Drop a document that came before, byte for byte or in all it says, of the same patient.

    One that only bears another's number stays, and so do the same bytes said to be of somebody else: whoever is
    named is compared (A12). A file that names nobody is dropped beside the same file that names somebody. What one
    of several asks to be kept from its patient is asked of all (STD §4.5).
    """
    documents = tuple(documents)
    if len(documents) < 2:
        return documents
    asked: dict[str, dict[str, None]] = {}
    for document in documents:
        asked.setdefault(document.sha256, {}).update(dict.fromkeys(document.entry.confidentiality))
    documents = tuple(
        replace(document, entry=replace(document.entry, confidentiality=tuple(asked[document.sha256])))
        for document in documents
    )
    named = {document.sha256 for document in documents if document.entry.patient != NOBODY}
    seen: set[object] = set()
    kept = []
    for document in documents:
        patient = document.entry.patient
        said = (document.entry, document.results, document.presentation, document.readable)
        same = {(document.sha256, patient), said}
        if seen.isdisjoint(same) and not (patient == NOBODY and document.sha256 in named):
            kept.append(document)
        seen |= same
    return tuple(kept)

"""All that a message's attachments hold, read in one call: the job of a worker process.

A fault in one part never hides another part. Nothing is decided here: whether the documents may be filed
is for identity and policy to say (A12).
"""

import hashlib
import posixpath
from collections.abc import Iterable
from dataclasses import replace

from dossier_bridge.archives.wrappings import Budget, Inner, clinical_within, kind_within
from dossier_bridge.cda.reader import looks_like_cda, read_cda
from dossier_bridge.document_types import category_of, label_of
from dossier_bridge.faults import DocumentFault, FaultReason, fault
from dossier_bridge.pdf.companions import pair_companions
from dossier_bridge.pdf.reader import is_pdf, pdf_facts
from dossier_bridge.request import AttachedFile, ReadFailure, ReadOutcome, ReadRequest
from dossier_bridge.xdm.reader import XdmDocument, read_xdm
from gateway.domain.document import NOBODY, DocumentEntry, DocumentNote, ReadDocument
from gateway.domain.identity import ClaimedIdentity, folded_name
from gateway.domain.mime.kinds import Kind

_PDF, _CDA = "application/pdf", "text/xml"
_IMAGES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/hl7-v3+xml"})


def read_attachments(request: ReadRequest) -> ReadOutcome:
    """Read every attachment that may be clinical; one that cannot be read becomes a failure, not an error."""
    documents: list[ReadDocument] = []
    failures: list[ReadFailure] = []
    budget = Budget()
    for attached in request.attachments:
        try:
            documents.extend(_documents_of(attached, budget))
        except DocumentFault as error:
            failures.append(ReadFailure(attached.section, "", error.reason))
    beside = [attached for attached in request.attachments if attached.kind is Kind.PDF]
    pairing = pair_companions(_once_each(documents), beside)
    alone = (_bare(pdf, _PDF) for pdf in pairing.alone)
    return ReadOutcome(_once_each([*pairing.documents, *alone]), tuple(failures), pairing.companions)


def _documents_of(attached: AttachedFile, budget: Budget) -> list[ReadDocument]:
    if attached.kind is Kind.IMAGE:
        return [_bare(attached, _image_type(attached.data))]
    if not attached.kind.is_held:
        return []
    found = clinical_within(attached.kind, attached.filename, attached.data, budget)
    return [document for inner in found for document in _clinical(attached, inner, budget)]


def _clinical(attached: AttachedFile, inner: Inner, budget: Budget) -> list[ReadDocument]:
    if inner.kind is Kind.XDM:
        submission = read_xdm(inner.data, budget=budget)
        patients = submission.patient_ids
        return [
            _of_patients(_submitted(attached.section, found, budget), patients) for found in submission.documents
        ]
    if inner.kind is Kind.CDA:
        return [_cda(attached.section, inner.path.removeprefix(attached.filename).lstrip("/"), inner.data, budget)]
    # What cannot be read yet cannot be checked either: it must be refused, not passed over.
    raise fault(FaultReason.FORMAT_UNSUPPORTED)


def _image_type(data: bytes) -> str:
    return next((kind for mark, kind in _IMAGES if data.startswith(mark)), "application/octet-stream")


def _cda(section: str, uri: str, data: bytes, budget: Budget) -> ReadDocument:
    read = read_cda(data)
    for media in (*((read.presentation,) if read.presentation else ()), *read.media):
        _check_inside("", media.data, budget)
    presentation = read.presentation
    entry = read.entry
    if presentation and presentation.media_type == _PDF:
        entry = replace(entry, notes=(*entry.notes, *pdf_facts(presentation.data).notes))
    return ReadDocument(
        entry=entry,
        results=read.results,
        section=section,
        uri=uri,
        media_type=_CDA,
        sha256=hashlib.sha256(data).hexdigest(),
        original=data,
        presentation=presentation.data if presentation else None,
        presentation_media_type=presentation.media_type if presentation else "",
        media=read.media,
    )


def _check_inside(name: str, data: bytes, budget: Budget) -> None:
    """Refuse a file of a document or submission that is, or holds, a clinical document of its own."""
    kind = kind_within(name, data)
    if kind.is_held and next(clinical_within(kind, name, data, budget), None) is not None:
        raise fault(FaultReason.WRAPPED_IN_SUBMISSION)


def _submitted(section: str, document: XdmDocument, budget: Budget) -> ReadDocument:
    """Read a document of a submission together with its metadata."""
    metadata = document.metadata
    if looks_like_cda(document.data):
        read = _cda(section, document.uri, document.data, budget)
        return replace(read, entry=_completed(read.entry, document))
    if metadata.media_type in _XML_TYPES:
        raise fault(FaultReason.NOT_A_CDA)
    _check_inside(document.uri, document.data, budget)
    entry = DocumentEntry(
        unique_id=metadata.unique_id or _hash_identifier(document.data),
        type_code=metadata.type_code,
        type_code_system=metadata.type_code_system,
        type_label=label_of(metadata.type_code, metadata.type_label),
        title=metadata.title,
        effective_time=metadata.creation_time,
        language=metadata.language,
        authors=metadata.authors,
        legal_authenticator=metadata.legal_authenticator,
        patient=metadata.patient,
        category=category_of(metadata.type_code),
        notes=pdf_facts(document.data).notes if is_pdf(document.data) else (),
    )
    return ReadDocument(
        entry=_completed(entry, document),
        results=(),
        section=section,
        uri=document.uri,
        media_type=_PDF if is_pdf(document.data) else metadata.media_type or "application/octet-stream",
        sha256=hashlib.sha256(document.data).hexdigest(),
        original=document.data,
    )


def _of_patients(document: ReadDocument, patients: frozenset[tuple[str, str]]) -> ReadDocument:
    """Add the patient of the submission set: it is compared like the document's own (A12)."""
    patient = document.entry.patient
    identifiers = tuple(dict.fromkeys((*patient.identifiers, *sorted(patients))))
    return replace(document, entry=replace(document.entry, patient=replace(patient, identifiers=identifiers)))


def _conflict(one: ClaimedIdentity, other: ClaimedIdentity) -> bool:
    """Say whether two descriptions of a patient cannot be of one person; what either leaves out agrees."""
    names = {folded_name(name) for name in (one.birth_name, one.used_name) if name}
    return (
        bool(one.sex and other.sex and one.sex is not other.sex)
        or bool(one.birth_date and other.birth_date and not one.birth_date.agrees_with(other.birth_date))
        or bool(names and other.birth_name and folded_name(other.birth_name) not in names)
    )


def _completed(entry: DocumentEntry, document: XdmDocument) -> DocumentEntry:
    """Add what only metadata say: every identifier and every mark of confidentiality counts (STD §4.5)."""
    metadata = document.metadata
    if _conflict(entry.patient, metadata.patient):
        raise fault(FaultReason.PATIENT_CONFLICT)
    own = (*((metadata.patient_id,) if metadata.patient_id else ()), *metadata.patient.identifiers)
    identifiers = tuple(dict.fromkeys((*entry.patient.identifiers, *own)))
    return replace(
        entry,
        title=entry.title or metadata.title,
        replaces=entry.replaces or metadata.replaces,
        confidentiality=tuple(dict.fromkeys((*entry.confidentiality, *metadata.confidentiality))),
        format_code=metadata.format_code,
        class_code=metadata.class_code,
        patient=replace(entry.patient, identifiers=identifiers),
    )


def _bare(attached: AttachedFile, media_type: str) -> ReadDocument:
    """Make a document of a file that says nothing of its patient (A12: « identité non vérifiée »)."""
    notes = pdf_facts(attached.data).notes if media_type == _PDF else ()
    title = posixpath.splitext(posixpath.basename(attached.filename))[0].strip()
    return ReadDocument(
        entry=DocumentEntry(
            unique_id=_hash_identifier(attached.data),
            type_label="Document PDF" if media_type == _PDF else "Image",
            title=title or "Document sans titre",
            notes=(DocumentNote.IDENTITY_UNVERIFIED, *notes),
        ),
        results=(),
        section=attached.section,
        uri="",
        media_type=media_type,
        sha256=hashlib.sha256(attached.data).hexdigest(),
        original=attached.data,
    )


def _hash_identifier(data: bytes) -> str:
    return f"urn:sha256:{hashlib.sha256(data).hexdigest()}"


def _once_each(documents: Iterable[ReadDocument]) -> tuple[ReadDocument, ...]:
    """Drop a document that came before, byte for byte or in all it says, of the same patient.

    One that only bears another's number stays, and so do the same octets said to be of somebody else: whoever is
    named is compared (A12). A file that names nobody is dropped beside the same file that names somebody.
    """
    documents = tuple(documents)
    if len(documents) < 2:
        return documents
    named = {document.sha256 for document in documents if document.entry.patient != NOBODY}
    seen: set[object] = set()
    kept = []
    for document in documents:
        patient = document.entry.patient
        same = {(document.sha256, patient), (document.entry, document.results, document.presentation)}
        if seen.isdisjoint(same) and not (patient == NOBODY and document.sha256 in named):
            kept.append(document)
        seen |= same
    return tuple(kept)

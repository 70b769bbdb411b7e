"""The documents of a submission as they are filed: each read by its own format, and completed by its metadata."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from dossier_bridge.bare_document import content_identifier
from dossier_bridge.document_types import category_of, label_of
from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.file_words import words_of
from dossier_bridge.nesting import FoundFile, Nesting, Reads, Unread, kind_within
from dossier_bridge.pdf.reader import MEDIA_TYPE as PDF
from dossier_bridge.pdf.reader import is_cut, is_pdf, pdf_facts
from dossier_bridge.xdm.ebrim import MetadataEntry
from dossier_bridge.xdm.reader import XdmDocument, read_xdm
from gateway.domain.document import DocumentCategory, DocumentEntry, ReadDocument
from gateway.domain.identity import ClaimedIdentity, folded_name, names_an_ins, same_first_given_name
from gateway.domain.mime.kinds import Kind
from gateway.domain.readable import kept_words

_XML_TYPES = frozenset({"text/xml", "application/xml", "application/hl7-v3+xml"})


def xdm_documents(file: FoundFile, nesting: Nesting) -> Sequence[ReadDocument]:
    """Read every document of a submission together with its metadata; raise `DocumentFault` for the whole."""
    submission = read_xdm(file.data, nesting)
    documents = [
        document
        for submitted in submission.documents
        for document in _submitted(file.section, submitted, submission.patient_ids, nesting)
    ]
    if not documents:
        # Its metadata name a patient whom no document of it lets compare.
        raise fault(nesting.passed_over[0].reason if nesting.passed_over else FaultReason.XDM_METADATA)
    return documents


def _submitted(
    section: str, submitted: XdmDocument, patients: frozenset[tuple[str, str]], nesting: Nesting
) -> list[ReadDocument]:
    data, kind = submitted.data, kind_within(submitted.uri, submitted.data)
    reads = nesting.formats[kind]
    if isinstance(reads, Reads) and kind is not Kind.XDM:
        file = FoundFile(section=section, kind=kind, name=submitted.uri, uri=submitted.uri, data=data)
        found: Sequence[ReadDocument] = reads.read(file, nesting)
    elif isinstance(reads, Unread):
        nesting.pass_over(submitted.uri, reads.reason)
        return []
    elif submitted.metadata.media_type in _XML_TYPES:
        raise fault(FaultReason.NOT_A_CDA)
    else:
        if not nesting.is_taken(submitted.uri, data, FaultReason.WRAPPED_IN_SUBMISSION):
            return []
        found = [_described(section, submitted)]
    if kind is Kind.DICOM:
        found = [_of_the_metadata(document, submitted) for document in found]
    metadata = submitted.metadata
    # The patient of the submission set is compared like the document's own (A12).
    named = ((metadata.patient_id,) if metadata.patient_id else (), metadata.patient.identifiers, sorted(patients))
    # Only what cannot name a patient itself, a PDF or a picture, takes its patient from the metadata (903).
    may_gain = not isinstance(reads, Reads) or kind is Kind.DICOM
    return [
        replace(document, entry=_completed(document.entry, submitted, tuple(chain(*named)), may_gain))
        for document in found
    ]


def _of_the_metadata(document: ReadDocument, submitted: XdmDocument) -> ReadDocument:
    """Give a DICOM file, which seldom bears an INS, the patient of its metadata, unless it says another."""
    entry, described = document.entry, submitted.metadata.patient
    if names_an_ins(entry.patient) or not names_an_ins(described):
        return document
    if _conflict(entry.patient, described):
        raise fault(FaultReason.PATIENT_CONFLICT)
    return replace(document, entry=replace(entry, patient=described, notes=()))


def _described(section: str, submitted: XdmDocument) -> ReadDocument:
    """Make the document of a file that says nothing itself of what its metadata say."""
    metadata, data = submitted.metadata, submitted.data
    if is_pdf(data) and is_cut(data):
        raise fault(FaultReason.PDF_CUT)
    return ReadDocument(
        entry=DocumentEntry(
            unique_id=metadata.unique_id or content_identifier(data),
            type_code=metadata.type_code,
            type_code_system=metadata.type_code_system,
            type_label=label_of(metadata.type_code, metadata.type_label),
            title=metadata.title,
            effective_time=metadata.creation_time,
            act_start=metadata.act_start,
            act_end=metadata.act_end,
            language=metadata.language,
            authors=metadata.authors,
            legal_authenticator=metadata.legal_authenticator,
            patient=metadata.patient,
            category=category_of(metadata.type_code, metadata.class_code, metadata.type_label),
            notes=pdf_facts(data).notes if is_pdf(data) else (),
        ),
        section=section,
        uri=submitted.uri,
        media_type=PDF if is_pdf(data) else metadata.media_type or "application/octet-stream",
        sha256=hashlib.sha256(data).hexdigest(),
        original=data,
        readable=kept_words(words_of(metadata.media_type, data)),
    )


def _completed(
    entry: DocumentEntry, submitted: XdmDocument, named: Iterable[tuple[str, str]], may_gain: bool
) -> DocumentEntry:
    """Add what only metadata say: every identifier and every mark of confidentiality counts (STD §4.5)."""
    metadata = submitted.metadata
    if _conflict(entry.patient, metadata.patient):
        raise fault(FaultReason.PATIENT_CONFLICT)
    patient = entry.patient
    if may_gain or names_an_ins(patient):
        patient = replace(patient, identifiers=tuple(dict.fromkeys((*patient.identifiers, *named))))
    return replace(
        entry,
        title=entry.title or metadata.title,
        replaces=entry.replaces or metadata.replaces,
        confidentiality=tuple(dict.fromkeys((*entry.confidentiality, *metadata.confidentiality))),
        format_code=metadata.format_code,
        class_code=metadata.class_code,
        category=_category(entry, metadata),
        patient=patient,
    )


def _category(entry: DocumentEntry, metadata: MetadataEntry) -> DocumentCategory:
    """Give the folder by what the document says of itself, else by what its metadata say."""
    if entry.category is not DocumentCategory.OTHER:
        return entry.category
    type_code, label = entry.type_code or metadata.type_code, entry.type_label or metadata.type_label
    return category_of(type_code, metadata.class_code, label)


def _conflict(one: ClaimedIdentity, other: ClaimedIdentity) -> bool:
    """Say whether two descriptions of a patient cannot be of one person; what either leaves out agrees."""
    names = {folded_name(name) for name in (one.birth_name, one.used_name) if name}
    return (
        bool(one.sex and other.sex and one.sex is not other.sex)
        or bool(one.birth_date and other.birth_date and not one.birth_date.agrees_with(other.birth_date))
        or bool(names and other.birth_name and folded_name(other.birth_name) not in names)
        or bool(
            one.given_names and other.given_names and not same_first_given_name(one.given_names, other.given_names)
        )
    )

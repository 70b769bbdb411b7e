"""What is sealed of a document, to and from the values of the domain."""

from gateway.domain.document import DocumentEntry, LabResult
from gateway.domain.document_json import entry_from_json, entry_to_json
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import MalformedContent, SealBroken
from gateway.domain.result_json import results_from_json
from gateway.store.seal.records import DocumentRecord, FileRecord, ResultsRecord


def results_of(record: ResultsRecord) -> list[LabResult]:
    """Read the results of a document. Raises `SealBroken` when they are not as they are written."""
    try:
        return list(results_from_json(record.results))
    except MalformedContent as error:
        raise SealBroken("results are not as results are written") from error


def entry_of(record: DocumentRecord) -> DocumentEntry:
    """Read the header of a document. Raises `SealBroken` when it is not as headers are written."""
    try:
        return entry_from_json(record.entry)
    except MalformedContent as error:
        raise SealBroken("a header is not as headers are written") from error


def record_of(document: FiledDocument) -> DocumentRecord:
    """Give what is sealed of a document, its results apart."""
    glance = document.glance
    return DocumentRecord(
        sha256=document.sha256,
        sender=document.sender,
        issuer=document.issuer,
        entry=entry_to_json(document.entry),
        identity_verified=document.identity_verified,
        result_count=document.result_count,
        has_alert=document.has_alert,
        files=tuple(
            FileRecord(which=file.which, media_type=file.media_type, blob=file.blob.id, size=file.size)
            for file in document.files
        ),
        examinations=glance.examinations,
        outside=glance.outside,
        outside_count=glance.outside_count,
        flagged=glance.flagged,
        flagged_count=glance.flagged_count,
        is_own=document.is_own,
        sender_name=document.sender_name,
    )

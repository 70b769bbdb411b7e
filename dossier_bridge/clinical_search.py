"""Refuse bytes of no known form in which something clinical shows, or which hide what they hold."""

import re

from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.zip.archive import end_of_directory
from gateway.domain.mime import marks

_MAIL_FIELD = re.compile(rb"^MIME-Version[ \t]*:", re.IGNORECASE | re.MULTILINE)
_MAIL_HEAD_BYTES = 16 * 1024
_OUTLOOK_STREAM = "__substg1.0_".encode("utf-16-le")
_ENVELOPED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"  # the OID of CMS enveloped data (RFC 5652 §6.1)


def refuse_clinical(data: bytes) -> None:
    """Raise `DocumentFault` for a message, an archive that unpacks itself, an envelope or a document in the midst."""
    if data.startswith(marks.COMPOUND) and _OUTLOOK_STREAM in data:
        raise fault(FaultReason.NESTED_MESSAGE)
    if _MAIL_FIELD.search(marks.narrowed(data[:_MAIL_HEAD_BYTES])):
        raise fault(FaultReason.NESTED_MESSAGE)
    if _ENVELOPED in data[:64]:
        raise fault(FaultReason.ENCRYPTED)
    # A zip stands at the end of something else, as in archives that unpack themselves.
    if end_of_directory(data) is not None:
        raise fault(FaultReason.ARCHIVE_FORMAT)
    if marks.has_clinical_marks(data) or (b"\0" in data and marks.has_clinical_marks(marks.without_nul(data))):
        raise fault(FaultReason.HIDDEN_DOCUMENT)

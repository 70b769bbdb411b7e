"""The one table of what is done with a file of each kind: who reads it, opens it, or why it is refused.

How a kind is told from a file's first bytes and labels stands in `gateway/domain/mime/kinds.py`, with which
this table is held to agree: what is held there is read, opened or refused here, and nothing else is.
"""

from collections.abc import Mapping

from dossier_bridge.base64_text.reader import base64_files
from dossier_bridge.cda.document import cda_documents
from dossier_bridge.dicom.reader import dicom_documents
from dossier_bridge.faults import FaultReason
from dossier_bridge.gzip.reader import gzip_file
from dossier_bridge.nesting import Bare, Format, Opens, Ordinary, Reads, RefusedFormat, Unread
from dossier_bridge.outlook.reader import outlook_files
from dossier_bridge.pdf.reader import pdf_document
from dossier_bridge.picture.reader import picture_document
from dossier_bridge.unknown.reader import unknown_files
from dossier_bridge.xdm.documents import xdm_documents
from dossier_bridge.zip.reader import zip_files
from gateway.domain.mime.kinds import Kind

FORMATS: Mapping[Kind, Format] = {
    Kind.XDM: Reads(xdm_documents),
    Kind.CDA: Reads(cda_documents),
    Kind.DICOM: Reads(dicom_documents),
    Kind.HL7V2: Unread(FaultReason.FORMAT_UNSUPPORTED),
    Kind.HPRIM: Unread(FaultReason.FORMAT_UNSUPPORTED),
    Kind.FHIR: Unread(FaultReason.FORMAT_UNSUPPORTED),
    Kind.ZIP: Opens(zip_files),
    Kind.GZIP: Opens(gzip_file),
    Kind.BASE64: Opens(base64_files),
    Kind.WINMAIL: Opens(outlook_files),
    Kind.OTHER: Opens(unknown_files),
    Kind.OPAQUE: RefusedFormat(FaultReason.NESTED_MESSAGE),
    Kind.LOCKED: RefusedFormat(FaultReason.ARCHIVE_FORMAT),
    Kind.PROGRAM: RefusedFormat(FaultReason.PROGRAM),
    Kind.SIGNED: RefusedFormat(FaultReason.SIGNED),
    Kind.ENCRYPTED: RefusedFormat(FaultReason.ENCRYPTED),
    Kind.PDF: Bare(pdf_document),
    Kind.IMAGE: Bare(picture_document),
    Kind.TEXT: Ordinary(),
    Kind.CALENDAR: Ordinary(),
    Kind.REPORT: Ordinary(),
    Kind.MESSAGE: Ordinary(),
}

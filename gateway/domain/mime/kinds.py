"""What a part really is, told from its first bytes and only then from what the sender called it.

Nothing is opened: a zip's directory is looked at, its members are not. The readers of the dossier bridge
decide what a document says; here is decided only which of them to ask.
"""

import re
from enum import Enum

from gateway.domain.mime.transfer import EncodedBody

_SNIFF_BYTES = 1024
_DEEP_BYTES = 64 * 1024


class Kind(Enum):
    """What a leaf of the message holds."""

    TEXT = "text"
    XDM = "xdm"
    CDA = "cda"
    HL7V2 = "hl7v2"
    HPRIM = "hprim"
    FHIR = "fhir"
    PDF = "pdf"
    DICOM = "dicom"
    IMAGE = "image"
    CALENDAR = "calendar"
    WINMAIL = "winmail"
    REPORT = "report"
    MESSAGE = "message"
    OPAQUE = "opaque"
    OTHER = "other"

    @property
    def is_clinical(self) -> bool:
        """Say whether it is structured clinical data, held until its identity verdict (A12)."""
        return self in _CLINICAL


_CLINICAL = frozenset({Kind.XDM, Kind.CDA, Kind.HL7V2, Kind.HPRIM, Kind.FHIR, Kind.OPAQUE})

_XDM_NAME = re.compile(r"ihe[_-]?xdm.*\.zip", re.IGNORECASE)
_XDM_ENTRY = re.compile(rb"IHE_XDM[/\\]|INDEX\.HTM", re.IGNORECASE)
_ZIP_ENTRY = re.compile(rb"PK\x01\x02")
_CDA_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?ClinicalDocument[\s>/]")
_FHIR_JSON = re.compile(rb'"resourceType"\s{0,100}:\s{0,100}"[A-Z][A-Za-z]{2,60}"')
_FHIR_XML = re.compile(rb"""<[A-Z][A-Za-z]{2,60}\s[^<>]{0,2000}?xmlns\s?=\s?["']http://hl7\.org/fhir["']""")
_PROLOGUE = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE.*\Z", re.DOTALL)
_ELEMENT = re.compile(rb"<[A-Za-z_]")
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TEXT_STARTS = (
    (re.compile(rb"%PDF-"), Kind.PDF),
    (re.compile(rb"(?:MSH|FHS|BHS)\|"), Kind.HL7V2),
    (re.compile(rb"H\|[^A-Za-z0-9\s]{1,5}\|"), Kind.HPRIM),
    (re.compile(rb"BEGIN:VCALENDAR\b"), Kind.CALENDAR),
)
_LEADING = b"\x0b\r\n \t"  # MLLP frames open with VT
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP  ")
_TNEF = b"\x78\x9f\x3e\x22"

_BY_TYPE = {
    "application/pdf": Kind.PDF, "application/dicom": Kind.DICOM, "image/dicom": Kind.DICOM,
    "application/fhir+json": Kind.FHIR, "application/fhir+xml": Kind.FHIR, "text/calendar": Kind.CALENDAR,
    "application/ics": Kind.CALENDAR, "application/ms-tnef": Kind.WINMAIL, "application/vnd.ms-tnef": Kind.WINMAIL,
    "application/hl7-v2": Kind.HL7V2, "application/edi-hl7": Kind.HL7V2, "application/edi-hl7v2": Kind.HL7V2,
    "x-application/hl7-v2+er7": Kind.HL7V2, "application/x-hprim": Kind.HPRIM, "application/hprim": Kind.HPRIM,
    "message/disposition-notification": Kind.REPORT, "message/delivery-status": Kind.REPORT,
    "message/rfc822": Kind.MESSAGE, "message/global": Kind.MESSAGE,
}  # fmt: skip
_BY_SUFFIX = {
    "pdf": Kind.PDF, "dcm": Kind.DICOM, "ics": Kind.CALENDAR, "hl7": Kind.HL7V2, "hpr": Kind.HPRIM,
    "hprim": Kind.HPRIM, "hprm": Kind.HPRIM, "eml": Kind.MESSAGE,
}  # fmt: skip


def kind_of(body: EncodedBody, media_type: str, filename: str | None) -> Kind:
    """Classify one leaf from its body, declared type and safe file name."""
    kind = _by_content(body, filename) or _by_label(media_type, filename)
    # A message that was not looked into (encoded, or sent as a file) may bear anybody's documents.
    return Kind.OPAQUE if kind is Kind.MESSAGE else kind


def _by_content(body: EncodedBody, filename: str | None) -> Kind | None:
    head = body.head(_SNIFF_BYTES)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.XDM if _is_xdm(body, head, filename) else None
    if head.startswith(_TNEF):
        return Kind.WINMAIL
    if head.startswith(_IMAGES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return Kind.IMAGE
    if head[128:132] == b"DICM":
        return Kind.DICOM
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        # UTF-16 markup: with every NUL gone, ASCII is left.
        return _markup_kind(body.head(2 * _DEEP_BYTES).replace(b"\0", b"")[2:])
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(_LEADING)
    if not start and len(head) >= _SNIFF_BYTES:
        start = body.head(_DEEP_BYTES).lstrip(_LEADING)
    if start.startswith(b"<"):
        return _deep_markup_kind(body, start)
    if start.startswith(b"{"):
        return Kind.FHIR if _FHIR_JSON.search(body.head(_DEEP_BYTES)) else None
    return next((kind for pattern, kind in _TEXT_STARTS if pattern.match(start)), None)


def _by_label(media_type: str, filename: str | None) -> Kind:
    name = (filename or "").lower()
    if _XDM_NAME.fullmatch(name):
        return Kind.XDM  # a broken archive under that name is the reader's to refuse
    if name == "winmail.dat":
        return Kind.WINMAIL
    kind = _BY_TYPE.get(media_type) or _BY_SUFFIX.get(name.rpartition(".")[2] if "." in name else "")
    if kind:
        return kind
    if media_type.startswith("image/") and "svg" not in media_type:
        return Kind.IMAGE  # SVG is a program, not a picture
    return Kind.TEXT if media_type.startswith("text/") else Kind.OTHER


def _is_xdm(body: EncodedBody, head: bytes, filename: str | None) -> bool:
    if filename and _XDM_NAME.fullmatch(filename):
        return True
    # The first member's name stands at byte 30; all names stand in the directory at the end.
    if _XDM_ENTRY.match(head, 30):
        return True
    tail = body.tail(_DEEP_BYTES)
    return any(_XDM_ENTRY.match(tail, entry.start() + 46) for entry in _ZIP_ENTRY.finditer(tail))


def _deep_markup_kind(body: EncodedBody, start: bytes) -> Kind | None:
    head = body.head(_DEEP_BYTES)
    kind = None if _HTML.match(start) else _markup_kind(head)
    if kind is None and len(head) >= _DEEP_BYTES // 2 and b"ClinicalDocument" in body.whole():
        return Kind.CDA  # behind a long style sheet, as « auto-présentable » documents are (STD §4.1)
    return kind


def _markup_kind(head: bytes) -> Kind | None:
    if _CDA_ROOT.search(head):
        return Kind.CDA
    if _FHIR_XML.search(head):
        return Kind.FHIR
    # A root pushed out of sight by a long prologue is not taken on trust: held, and the reader's to judge (A12).
    hidden = len(head) >= _DEEP_BYTES // 2 and not _ELEMENT.search(_PROLOGUE.sub(b"", head))
    return Kind.CDA if hidden else None

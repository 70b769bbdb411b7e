"""What a part really is, told from its first bytes and only then from what the sender called it.

Nothing is opened: a zip's directory is looked at, its members are not. The readers of the dossier bridge
decide what a document says; here is decided only which of them to ask, and what must stay invisible until
they have answered: whatever is clinical, and whatever might hold something clinical (A12; docs/mime.md).
"""

import re
from enum import Enum

from gateway.domain.mime import marks
from gateway.domain.mime.marks import DEEP_BYTES, SNIFF_BYTES
from gateway.domain.mime.transfer import EncodedBody


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
    """A message that was not looked into."""
    ARCHIVE = "archive"
    """A zip, gzip or base64 text: the reader opens it. Office documents are among them."""
    LOCKED = "locked"
    """An archive of a format that is not opened here."""
    ENCRYPTED = "encrypted"
    OTHER = "other"
    """Nothing that is known: the reader looks through it."""

    @property
    def is_held(self) -> bool:
        """Say whether it stays invisible until a reader has looked and its patient, if any, was compared (A12)."""
        return self not in _SHOWN


_SHOWN = frozenset(
    {Kind.TEXT, Kind.PDF, Kind.DICOM, Kind.IMAGE, Kind.CALENDAR, Kind.REPORT, Kind.MESSAGE}
)

_SEEN_BY_CONTENT = frozenset({Kind.PDF, Kind.IMAGE, Kind.DICOM})
_MAY_QUOTE = frozenset({Kind.TEXT, Kind.CALENDAR, Kind.DICOM})
"""What is searched to its end for clinical documents, the text of letters excepted."""
_TEXTS = frozenset({Kind.TEXT, Kind.CALENDAR})

_XDM_NAME = re.compile(r"ihe[_-]?xdm.*\.zip", re.IGNORECASE)
_XDM_ENTRY = re.compile(rb"IHE_XDM[/\\]|INDEX\.HTM", re.IGNORECASE)
_ZIP_ENTRY = re.compile(rb"PK\x01\x02")
_FHIR_XML = re.compile(
    rb"""<(?:[^\s<>/"'=:]{1,40}:)?[A-Z][A-Za-z]{2,60}\s[^<>]{0,2000}?xmlns(?::[^\s<>/"'=:]{1,40})?\s?=\s?"""
    rb"""["']http://hl7\.org/fhir["']"""
)
# HL7 v3 that is no CDA, HL7 v2 and HPRIM written in XML; a style sheet binds these names to a prefix.
_HL7_V3 = re.compile(rb"""\sxmlns\s{0,9}=\s{0,9}["']urn:hl7-org:v3["']""")
_XML_NAMES = ((b"urn:hl7-org:v2xml", Kind.HL7V2), (b"http://www.hprim.org/hprim", Kind.HPRIM))
_PROLOGUE = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE.*\Z", re.DOTALL)
_ELEMENT = re.compile(rb"<[A-Za-z_]")
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# Groups are named by kinds.
_STARTS = re.compile(
    rb"(?P<pdf>%PDF-)|(?P<hl7v2>(?:MSH|FHS|BHS)\|)|(?P<hprim>H\|[^A-Za-z0-9\s]{1,5}\|)|(?P<calendar>BEGIN:VCALENDAR\b)"
    rb"|(?P<encrypted>-----BEGIN (?:PGP MESSAGE|PKCS7|CMS)-----)"
    rb"|(?P<archive>" + marks.BASE64_TEXT + rb")"
    rb"|(?P<locked>begin(?:-base64)? [0-7]{3,4} |N3q8ryccA|UmFyIRoH)"
    rb"|(?P<cda>\+ADw|\x4c\x6f\xa7\x94)"  # UTF-7 and EBCDIC, for the reader to refuse
)

_BY_TYPE = {
    "application/pdf": Kind.PDF, "application/dicom": Kind.DICOM, "image/dicom": Kind.DICOM,
    "application/fhir+json": Kind.FHIR, "application/fhir+xml": Kind.FHIR, "text/calendar": Kind.CALENDAR,
    "application/ics": Kind.CALENDAR, "application/ms-tnef": Kind.WINMAIL, "application/vnd.ms-tnef": Kind.WINMAIL,
    "application/hl7-v2": Kind.HL7V2, "application/edi-hl7": Kind.HL7V2, "application/edi-hl7v2": Kind.HL7V2,
    "x-application/hl7-v2+er7": Kind.HL7V2, "application/x-hprim": Kind.HPRIM, "application/hprim": Kind.HPRIM,
    "message/disposition-notification": Kind.REPORT, "message/delivery-status": Kind.REPORT,
    "message/rfc822": Kind.MESSAGE, "message/global": Kind.MESSAGE, "message/partial": Kind.MESSAGE,
    "application/vnd.ms-outlook": Kind.MESSAGE, "application/mbox": Kind.MESSAGE,
    "application/zip": Kind.ARCHIVE, "application/x-zip-compressed": Kind.ARCHIVE,
    "application/gzip": Kind.ARCHIVE, "application/x-gzip": Kind.ARCHIVE,
    "application/x-7z-compressed": Kind.LOCKED, "application/vnd.rar": Kind.LOCKED,
    "application/x-rar-compressed": Kind.LOCKED, "application/x-tar": Kind.LOCKED, "application/x-xz": Kind.LOCKED,
    "application/x-bzip2": Kind.LOCKED, "application/zstd": Kind.LOCKED,
    "application/pkcs7-mime": Kind.ENCRYPTED, "application/x-pkcs7-mime": Kind.ENCRYPTED,
    "application/pgp-encrypted": Kind.ENCRYPTED,
}  # fmt: skip
_BY_SUFFIX = {
    "pdf": Kind.PDF, "dcm": Kind.DICOM, "ics": Kind.CALENDAR, "hl7": Kind.HL7V2, "hpr": Kind.HPRIM,
    "hprim": Kind.HPRIM, "hprm": Kind.HPRIM, "eml": Kind.MESSAGE, "msg": Kind.MESSAGE, "mbox": Kind.MESSAGE,
    "zip": Kind.ARCHIVE, "gz": Kind.ARCHIVE, "p7m": Kind.ENCRYPTED, "pgp": Kind.ENCRYPTED, "gpg": Kind.ENCRYPTED,
    **dict.fromkeys(
        ("7z", "rar", "tar", "tgz", "tbz", "tbz2", "txz", "bz2", "xz", "zst", "lzh", "lha", "arj", "ace", "cab", "iso"),
        Kind.LOCKED,
    ),
}  # fmt: skip


def kind_of(body: EncodedBody, media_type: str, filename: str | None) -> Kind:
    """Classify one leaf from its body, declared type and safe file name."""
    head = body.head(SNIFF_BYTES)
    kind = _by_content(body, head, filename) or _by_label(head, media_type, filename)
    if kind in _MAY_QUOTE and (filename or kind is not Kind.TEXT) and marks.has_clinical_marks(body.whole()):
        return Kind.OTHER
    # A message that was not looked into (encoded, or sent as a file) may bear anybody's documents.
    return Kind.OPAQUE if kind is Kind.MESSAGE else kind


def _by_content(body: EncodedBody, head: bytes, filename: str | None) -> Kind | None:
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head.startswith(marks.ZIP):
        return Kind.XDM if _is_xdm(body, head, filename) else Kind.ARCHIVE
    if head.startswith(marks.TNEF):
        return Kind.WINMAIL
    if marks.is_image(head):
        return Kind.IMAGE
    if head[128:132] == b"DICM":
        return Kind.DICOM
    start = marks.text_start(marks.narrowed(head))
    if not start and len(head) >= SNIFF_BYTES:
        start = marks.text_start(marks.narrowed(body.head(DEEP_BYTES)))
        if not start:
            return Kind.OTHER  # nothing but blanks as far as was looked: the reader's to look further
    found = _STARTS.match(start)
    if found:
        return Kind(found.lastgroup)
    if start.startswith(b"<"):
        return _markup_kind(body, start)
    if start.startswith((b"{", b"[")):
        return Kind.FHIR if marks.has_fhir_json(marks.narrowed(body.whole())) else None
    return _by_marks(body, head)


def _by_marks(body: EncodedBody, head: bytes) -> Kind | None:
    """Tell what may begin with anything."""
    if head.startswith(marks.GZIP):
        return Kind.ARCHIVE
    if marks.is_locked(head):
        return Kind.LOCKED
    if marks.has_cda_root(head):
        return Kind.OTHER  # in the midst of something else: the reader's to look through
    is_hprim = marks.has_hprim_line(head) or (len(head) >= SNIFF_BYTES and marks.has_hprim_line(body.tail(SNIFF_BYTES)))
    return Kind.HPRIM if is_hprim else None


def _by_label(head: bytes, media_type: str, filename: str | None) -> Kind:
    kind = _label(media_type, filename)
    # What is shown at once is not believed on its label alone.
    if kind in _SEEN_BY_CONTENT:
        return Kind.PDF if b"%PDF-" in head else Kind.OTHER
    # Only of files: the text of a letter may be in UTF-16.
    is_binary = filename and kind in _TEXTS and marks.has_controls(head)
    return Kind.OTHER if is_binary else kind


def _label(media_type: str, filename: str | None) -> Kind:
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
    tail = body.tail(DEEP_BYTES)
    return any(_XDM_ENTRY.match(tail, entry.start() + 46) for entry in _ZIP_ENTRY.finditer(tail))


def _markup_kind(body: EncodedBody, start: bytes) -> Kind | None:
    found = body.head(DEEP_BYTES)
    head, is_cut = marks.narrowed(found), len(found) >= DEEP_BYTES
    if marks.has_cda_root(head):
        return Kind.CDA
    kind = None if _HTML.match(start) else _xml_kind(head)
    if kind is None and is_cut and marks.has_cda_root(marks.narrowed(body.whole())):
        return Kind.CDA  # behind a long style sheet, as « auto-présentable » documents are (STD §4.1)
    # A root pushed out of sight by a long prologue is not taken on trust: held, and the reader's to judge (A12).
    hidden = kind is None and is_cut and not _ELEMENT.search(_PROLOGUE.sub(b"", head))
    return Kind.OTHER if hidden else kind


def _xml_kind(head: bytes) -> Kind | None:
    if _FHIR_XML.search(head):
        return Kind.FHIR
    named = next((kind for name, kind in _XML_NAMES if name in head), None)
    return named or (Kind.CDA if _HL7_V3.search(head) else None)

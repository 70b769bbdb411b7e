"""The kinds of files, a row each: how one is known, and whether it waits for a reader.

A row is all that a simple format needs here. What must be searched for, or told apart further in, is in `marks` and
`recognition`; what is done with a kind is in the table of `dossier_bridge/formats.py` (A12; docs/mime.md).
"""

from dataclasses import dataclass
from enum import Enum

from gateway.domain.mime import marks


class Kind(Enum):
    """What a leaf of the message holds; the value is stored."""

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
    ZIP = "zip"
    """Office documents are among them."""
    GZIP = "gzip"
    BASE64 = "base64"
    """A file that is written as base64 text."""
    WINMAIL = "winmail"
    REPORT = "report"
    MESSAGE = "message"
    OPAQUE = "opaque"
    """A message that was not looked into."""
    LOCKED = "locked"
    """An archive of a format that is not opened here."""
    ENCRYPTED = "encrypted"
    SIGNED = "signed"
    """A message that its signature encloses (S/MIME), readable by who opens it and not looked into here."""
    PROGRAM = "program"
    """What runs when it is opened: executables, scripts, documents with macros."""
    OTHER = "other"
    """Nothing that is known: the reader looks through it."""

    # Members are one each: hashed as such, without asking for their names.
    __hash__ = object.__hash__

    @property
    def is_held(self) -> bool:
        """Say whether it stays invisible until a reader has looked and its patient, if any, was compared (A12)."""
        return SIGNS[self].is_held

    @property
    def extension(self) -> str | None:
        """Give the suffix of a made-up file name, or None where the media type tells more."""
        return SIGNS[self].extension


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """How a kind is known, and what follows.

    Attributes:
        magic: the first bytes of binary forms.
        start: a pattern of how its text begins, behind byte order marks and blanks.
        xml: a namespace, or the beginning of one, that XML of this kind names.
        media_types: believed where the content tells nothing.
        suffixes: of file names, believed after the media type.
        extension: of a made-up file name.
        is_held: whether it waits for a reader.
        may_quote: whether all of it is searched for clinical documents, the text of letters excepted.
        is_text: whether bytes that no text has make it another kind.
        by_content: whether its labels alone are not believed.
    """

    magic: tuple[bytes, ...] = ()
    start: bytes = b""
    xml: bytes = b""
    media_types: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    extension: str | None = None
    is_held: bool = True
    may_quote: bool = False
    is_text: bool = False
    by_content: bool = False


_LOCKED_SUFFIXES = (
    "7z", "rar", "tar", "tgz", "tbz", "tbz2", "txz", "bz2", "xz", "zst", "lzh", "lha", "arj", "ace", "cab", "iso",
)  # fmt: skip
_LOCKED_TYPES = (
    "application/x-7z-compressed", "application/vnd.rar", "application/x-rar-compressed", "application/x-tar",
    "application/x-xz", "application/x-bzip2", "application/zstd",
)  # fmt: skip

_PROGRAM_SUFFIXES = (
    "exe", "dll", "scr", "pif", "cpl", "msi", "msp", "lnk", "reg", "chm", "hta", "jar", "apk", "gadget", "js", "jse",
    "vbs", "vbe", "wsf", "wsh", "bat", "cmd", "ps1", "psm1", "sh", "docm", "dotm", "xlsm", "xltm", "xlam", "pptm",
    "potm", "ppam", "ppsm",
)  # fmt: skip

SIGNS: dict[Kind, Signs] = {
    Kind.PROGRAM: Signs(magic=marks.PROGRAMS, suffixes=_PROGRAM_SUFFIXES),
    Kind.PDF: Signs(
        magic=(b"%PDF-",),
        start=rb"%PDF-",
        media_types=("application/pdf",),
        suffixes=("pdf",),
        extension="pdf",
        is_held=False,
        by_content=True,
    ),
    Kind.ZIP: Signs(
        magic=marks.ZIP,
        media_types=("application/zip", "application/x-zip-compressed"),
        suffixes=("zip",),
        extension="zip",
    ),
    Kind.WINMAIL: Signs(
        magic=(marks.TNEF,), media_types=("application/ms-tnef", "application/vnd.ms-tnef"), extension="dat"
    ),
    Kind.IMAGE: Signs(magic=marks.IMAGES, is_held=False, by_content=True),
    Kind.DICOM: Signs(
        media_types=("application/dicom", "image/dicom"),
        suffixes=("dcm",),
        extension="dcm",
        may_quote=True,
        by_content=True,
    ),
    Kind.GZIP: Signs(
        magic=(marks.GZIP,), media_types=("application/gzip", "application/x-gzip"), suffixes=("gz",), extension="gz"
    ),
    Kind.HL7V2: Signs(
        start=rb"(?:MSH|FHS|BHS)\|",
        xml=b"urn:hl7-org:v2xml",
        media_types=(
            "application/hl7-v2", "application/edi-hl7", "application/edi-hl7v2", "x-application/hl7-v2+er7",
        ),
        suffixes=("hl7",),
        extension="hl7",
    ),
    Kind.HPRIM: Signs(
        start=rb"H\|[^A-Za-z0-9\s]{1,5}\|",
        xml=b"http://www.hprim.org/hprim",
        media_types=("application/x-hprim", "application/hprim"),
        suffixes=("hpr", "hprim", "hprm"),
        extension="hpr",
    ),
    Kind.CALENDAR: Signs(
        start=rb"BEGIN:VCALENDAR\b",
        media_types=("text/calendar", "application/ics"),
        suffixes=("ics",),
        extension="ics",
        is_held=False,
        may_quote=True,
        is_text=True,
    ),
    Kind.ENCRYPTED: Signs(
        start=rb"-----BEGIN (?:PGP MESSAGE|PKCS7|CMS)-----",
        media_types=("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"),
        suffixes=("p7m", "pgp", "gpg"),
    ),
    Kind.SIGNED: Signs(),
    Kind.BASE64: Signs(start=marks.BASE64_TEXT),
    Kind.LOCKED: Signs(
        start=rb"begin(?:-base64)? [0-7]{3,4} |N3q8ryccA|UmFyIRoH", media_types=_LOCKED_TYPES, suffixes=_LOCKED_SUFFIXES
    ),
    Kind.CDA: Signs(start=rb"\+ADw|\x4c\x6f\xa7\x94", extension="xml"),  # UTF-7 and EBCDIC, for the reader to refuse
    Kind.FHIR: Signs(media_types=("application/fhir+json", "application/fhir+xml"), extension="json"),
    Kind.XDM: Signs(extension="zip"),
    Kind.TEXT: Signs(extension="txt", is_held=False, may_quote=True, is_text=True),
    Kind.REPORT: Signs(
        media_types=("message/disposition-notification", "message/delivery-status"), extension="txt", is_held=False
    ),
    Kind.MESSAGE: Signs(
        media_types=(
            "message/rfc822", "message/global", "message/partial", "application/vnd.ms-outlook", "application/mbox",
        ),
        suffixes=("eml", "msg", "mbox"),
        extension="eml",
        is_held=False,
    ),
    Kind.OPAQUE: Signs(extension="eml"),
    Kind.OTHER: Signs(),
}  # fmt: skip
"""Content before labels; among contents, the first row that fits."""

"""Octets by which files are known: pure look-ups on the beginning or on all of a file, bounded on any input.

Says what a file looks like; what kind that makes it is told in `kinds` and `recognition`.
"""

import base64
import re

SNIFF_BYTES = 1024
DEEP_BYTES = 64 * 1024

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00")
GZIP = b"\x1f\x8b"
TNEF = b"\x78\x9f\x3e\x22"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first octets of a compound file: Word, Excel and PowerPoint before 2007, and Outlook's ``.msg``."""

PROGRAMS = (
    b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
    b"L\0\0\0\x01\x14\x02\0", b"ITSF\x03\0\0\0", b"dex\n03",
    rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
)  # fmt: skip
"""How executables of Unix, macOS, Java and Android begin, links and help files of Windows, and EICAR's test file."""
_WINDOWS, _SCRIPT = b"MZ", b"#!"
_SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_DOS_STUB = b"This program cannot be run in DOS mode"
_INSTALLER = b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"  # the class of a Windows Installer package

# Long enough that no text begins with one by chance: what is locked is refused.
_LOCKED = re.compile(
    rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\xfd7zXZ\0|BZh[1-9]1AY&SY|\x28\xb5\x2f\xfd|\x1f[\x9d\xa0]|MSCF\0{4}|LZIP[\0\1]"
    rb"|\x60\xea..[\0-\x22]|..-l[hz][0-7ds]-|.{7}\*\*ACE\*\*|.{257}ustar",
    re.DOTALL,
)
IMAGES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+",
    b"\0\0\0\x0cjP  ",
)  # fmt: skip
_IMAGE_FORMS = re.compile(
    rb"....ftyp(?:heic|heix|hevc|mif1|msf1|avif|avis)|RIFF....WEBP|BM.{4}\0{4}..\0\0[\x0c\x28\x6c\x7c]\0\0\0", re.DOTALL
)
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")

_ROOT = b"ClinicalDocument"
# A qualified root may be written with a long prefix, in letters of any script.
_OPENED = re.compile(rb"<(?:[^\s<>/\"'=:]{1,199}:)?\Z")
_PREFIX_BYTES = 201
_LOOK_ALIKES = 1000
_HPRIM_LINE = re.compile(rb"\*{4}(?:LAB|FIN|FINFICHIER)\*{4}")
_FHIR_JSON = re.compile(rb'"resourceType"\s{0,100}:\s{0,100}"[A-Z][A-Za-z]{2,60}"')
_FHIR_NAMESPACE = re.compile(rb"""xmlns(?::[^\s<>/"'=:]{1,40})?\s?=\s?["']http://hl7\.org/fhir["']""")
_HL7V2_HEAD = b"MSH|^~\\&"
BASE64_TEXT = (
    rb"(?:P[A-P]|ew|ey|77u/|//48|/v8A|TVNI|UEsD|H4sI|eJ8\+)[A-Za-z0-9+/=\r\n]{56}"
    rb"|(?!(?P<c>[^A])(?P=c){9})[A-Za-z0-9+/][A-Za-z0-9+/\r\n]{59}"
)
"""How a base64 text begins: as markup, JSON, « MSH », zip, gzip or TNEF do once encoded, or with a whole line.

A line of one letter is none, unless of « A »: that is how text in UTF-32, or in UTF-16 twice, begins.
"""
_FRAMES = b"\xff\xfe\xef\xbb\xbf\xc2\xc3\x82\x83\xaf\xbe\x0b\x0c\r\n \t"
"""Byte order marks, also encoded again, blanks, and the VT that opens an MLLP frame: what may stand before text."""


def _in_base64(mark: bytes) -> tuple[bytes, ...]:
    """Give the three ways in which octets inside a base64 text are written."""
    written = []
    for before in range(3):
        text = base64.b64encode(bytes(before) + mark)
        last = (before + len(mark)) * 8 // 6
        written.append(text[-(-before * 8 // 6) : last])
    return tuple(written)


_ROOT_IN_BASE64 = _in_base64(_ROOT)


def is_locked(head: bytes) -> bool:
    """Say whether a file begins as an archive of a format that is not opened here: 7z, RAR, tar, xz and their like."""
    return _LOCKED.match(head) is not None


def is_program(head: bytes) -> bool:
    """Say whether a file begins as an executable of Windows or DOS, or as a script: letters may begin so, files not."""
    return (head.startswith(_WINDOWS) and has_controls(head[:64])) or head.startswith(_SCRIPT)


def begins_as_program(head: bytes) -> bool:
    """Say whether a file begins as an executable, a script or a link of any system."""
    return head.startswith(PROGRAMS) or is_program(head)


def has_macros(data: bytes) -> bool:
    """Say whether a compound file holds macros of Office, a program, or is an installer of Windows."""
    return _MACROS in data or _DOS_STUB in data or _INSTALLER in data


def is_signed(head: bytes) -> bool:
    """Say whether CMS begins as signed data, which nobody needs a key to read (RFC 5652 §5.1)."""
    return _SIGNED_DATA in head[:64]


def is_image(head: bytes) -> bool:
    """Say whether a file begins as a picture that browsers or image viewers show."""
    return head.startswith(IMAGES) or _IMAGE_FORMS.match(head) is not None


def has_controls(data: bytes) -> bool:
    """Say whether octets that no text in an 8-bit character set has stand in `data`."""
    return _CONTROLS.search(data) is not None


def narrowed(data: bytes) -> bytes:
    """Take the NUL out of text in UTF-16 or UTF-32, told by its mark or its first letters: ASCII is left."""
    if b"\0" in data[:4] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return without_nul(data)
    return data


def without_nul(data: bytes) -> bytes:
    """Take every NUL out; many times faster than replacing them where there are many."""
    return data.translate(None, b"\0")


def text_start(data: bytes) -> bytes:
    """Give what follows byte order marks and blanks."""
    return data.lstrip(_FRAMES)


def has_cda_root(data: bytes) -> bool:
    """Say whether an element `ClinicalDocument` opens anywhere; too many look-alikes count as one."""
    at = data.find(_ROOT)
    for _ in range(_LOOK_ALIKES):
        if at < 0:
            return False
        follows = data[at + len(_ROOT) : at + len(_ROOT) + 1]
        if (not follows or follows in b" \t\r\n>/") and _OPENED.search(data, max(0, at - _PREFIX_BYTES), at):
            return True
        at = data.find(_ROOT, at + len(_ROOT))
    return at >= 0


def has_encoded_cda(data: bytes) -> bool:
    """Say whether a base64 text in `data` holds the name of a CDA root, however its lines are cut or folded."""
    joined = data.translate(None, b"\r\n\t ")
    return any(mark in joined for mark in _ROOT_IN_BASE64)


def has_hprim_line(data: bytes) -> bool:
    """Say whether a line that only HPRIM Médecin files have stands in `data`."""
    return b"****" in data and any(
        found.start() == 0 or data[found.start() - 1] in b"\r\n" for found in _HPRIM_LINE.finditer(data)
    )


def has_fhir_json(data: bytes) -> bool:
    """Say whether a FHIR resource in JSON stands in `data`."""
    # Plain searches first: they are many times faster than patterns, and what is looked through may be large.
    return b'"resourceType"' in data and _FHIR_JSON.search(data) is not None


def has_clinical_marks(data: bytes) -> bool:
    """Say whether anything in `data`, of whatever form, seems to be a clinical document: CDA, FHIR, HL7 v2, HPRIM."""
    return (
        has_cda_root(data)
        or has_encoded_cda(data)
        or has_fhir_json(data)
        or (b"hl7.org/fhir" in data and _FHIR_NAMESPACE.search(data) is not None)
        or _HL7V2_HEAD in data
        or has_hprim_line(data)
    )

"""What a part really is, told from its first bytes and only then from what the sender called it.

Nothing is opened: a zip's directory is looked at, its members are not. The readers of the dossier bridge
decide what a document says; here is decided only which of them to ask, and what must stay invisible until
they have answered: whatever is clinical, and whatever might hold something clinical (A12; docs/mime.md).
"""

import re

from gateway.domain.mime import marks
from gateway.domain.mime.kinds import SIGNS, Kind
from gateway.domain.mime.marks import DEEP_BYTES, SNIFF_BYTES
from gateway.domain.mime.transfer import EncodedBody, decode_base64
from gateway.domain.mime.zip_programs import bears_program, gzip_bears_program, names_program, suffix_of

_XDM_NAME = re.compile(r"ihe[_-]?xdm.*\.zip", re.IGNORECASE)
_XDM_ENTRY = re.compile(rb"IHE_XDM[/\\]|INDEX\.HTM", re.IGNORECASE)
_ZIP_ENTRY = re.compile(rb"PK\x01\x02")
_FHIR_XML = re.compile(
    rb"""<(?:[^\s<>/"'=:]{1,40}:)?[A-Z][A-Za-z]{2,60}\s[^<>]{0,2000}?xmlns(?::[^\s<>/"'=:]{1,40})?\s?=\s?"""
    rb"""["']http://hl7\.org/fhir["']"""
)
# HL7 v3 that is no CDA, HL7 v2 and HPRIM written in XML; a style sheet binds these names to a prefix.
_HL7_V3 = re.compile(rb"""\sxmlns\s{0,9}=\s{0,9}["']urn:hl7-org:v3["']""")
_PROLOGUE = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE.*\Z", re.DOTALL)
_ELEMENT = re.compile(rb"<[A-Za-z_]")
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_MAGIC = tuple((magic, kind) for kind, signs in SIGNS.items() for magic in signs.magic)
_MAGIC_BYTES = tuple(magic for magic, _ in _MAGIC)
# Groups are named by kinds.
_STARTS = re.compile(
    b"|".join(b"(?P<%s>%s)" % (kind.value.encode(), signs.start) for kind, signs in SIGNS.items() if signs.start)
)
_XML_NAMES = tuple((signs.xml, kind) for kind, signs in SIGNS.items() if signs.xml)
_BY_TYPE = {media_type: kind for kind, signs in SIGNS.items() for media_type in signs.media_types}
_PROGRAM_SUFFIXES = frozenset(SIGNS[Kind.PROGRAM].suffixes)
_BY_SUFFIX = {suffix: kind for kind, signs in SIGNS.items() for suffix in signs.suffixes}


def kind_of(body: EncodedBody, media_type: str, filename: str | None, *, is_attached: bool = False) -> Kind:
    """Classify one leaf from its body, declared type and safe file name; `is_attached` where it asks to be a file."""
    head = body.head(SNIFF_BYTES)
    if _is_program(body, head, filename, is_file=filename is not None or not media_type.startswith("text/")):
        return Kind.PROGRAM
    kind = _by_content(body, head, filename) or _by_label(head, media_type, filename)
    if kind is Kind.BASE64 and filename is None and media_type.startswith("text/") and not _is_file_in_base64(body):
        return Kind.TEXT
    is_searched = SIGNS[kind].may_quote and (filename or is_attached or kind is not Kind.TEXT)
    if is_searched and marks.has_clinical_marks(body.whole()):
        return Kind.OTHER
    if marks.is_signed(head) and _label(media_type, filename) is Kind.ENCRYPTED:
        return Kind.SIGNED
    # A message that was not looked into (encoded, or sent as a file) may bear anybody's documents.
    return Kind.OPAQUE if kind is Kind.MESSAGE else kind


def _is_program(body: EncodedBody, head: bytes, filename: str | None, *, is_file: bool) -> bool:
    """Say whether a part runs when it is opened: by its bytes, or by its name where a kind has no mark (E96)."""
    if filename and suffix_of(filename) in _PROGRAM_SUFFIXES:
        return True
    if head.startswith(marks.COMPOUND):
        return marks.has_macros(body.whole())
    if head.startswith(marks.TNEF):
        return marks.has_macros(body.whole())
    if head.startswith(marks.GZIP):
        return gzip_bears_program(body.whole())
    return is_file and marks.is_program(head)


def _is_file_in_base64(body: EncodedBody) -> bool:
    """Say whether letters of base64 hold a file: long words, tokens and sequences of genes are text."""
    data = decode_base64(marks.text_start(marks.narrowed(body.whole())))
    inner = EncodedBody(data, 0, len(data), "binary")
    return _by_content(inner, inner.head(SNIFF_BYTES), None) is not None or marks.has_clinical_marks(data)


def _by_content(body: EncodedBody, head: bytes, filename: str | None) -> Kind | None:
    if head.startswith(_MAGIC_BYTES):
        kind = next(kind for magic, kind in _MAGIC if head.startswith(magic))
        return _archive_kind(body, head, filename) if kind is Kind.ZIP else kind
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
    if marks.is_locked(head):
        return Kind.LOCKED
    if marks.has_cda_root(head):
        return Kind.OTHER  # in the midst of something else: the reader's to look through
    is_hprim = marks.has_hprim_line(head) or (len(head) >= SNIFF_BYTES and marks.has_hprim_line(body.tail(SNIFF_BYTES)))
    return Kind.HPRIM if is_hprim else None


def _by_label(head: bytes, media_type: str, filename: str | None) -> Kind:
    kind = _label(media_type, filename)
    # What is shown at once is not believed on its label alone.
    if SIGNS[kind].by_content:
        return Kind.PDF if b"%PDF-" in head else Kind.OTHER
    # Only of files: the text of a letter may be in UTF-16.
    is_binary = filename and SIGNS[kind].is_text and marks.has_controls(head)
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


def _archive_kind(body: EncodedBody, head: bytes, filename: str | None) -> Kind:
    # The first member's name stands at byte 30; all names stand in the directory at the end.
    if (filename and _XDM_NAME.fullmatch(filename)) or _XDM_ENTRY.match(head, 30):
        return Kind.XDM
    tail = body.tail(DEEP_BYTES)
    places = [entry.start() for entry in _ZIP_ENTRY.finditer(tail)]
    if any(_XDM_ENTRY.match(tail, at + 46) for at in places):
        return Kind.XDM
    names = (tail[at + 46 : at + 46 + int.from_bytes(tail[at + 28 : at + 30], "little")] for at in places)
    return Kind.PROGRAM if any(map(names_program, names)) or bears_program(body.whole()) else Kind.ZIP


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

"""What lies inside a file that may hold others: zips (Office documents too), gzip, base64 texts, `winmail.dat`.

Everything is opened in memory, level by level, under one budget for the whole message, so that a bomb costs no more
for being nested. What is clinical comes out as if it had been attached itself; what is harmless gives nothing;
what cannot be looked into is a fault (A12; the table is in docs/mime.md). What documents say is read elsewhere.
"""

import codecs
import posixpath
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from dossier_bridge.faults import FaultReason, fault
from dossier_bridge.zip.archive import Archive, ArchiveLimits
from gateway.domain.mime import marks
from gateway.domain.mime.kinds import Kind, kind_of
from gateway.domain.mime.transfer import EncodedBody, decode_base64

_MAX_DEPTH = 4
_MAX_FILE_BYTES = 64 * 1024 * 1024
_MAX_MEMBERS = 100
"""Members of one gzip file; each costs a copy of all that follows."""
_ANY_RATIO = 2_000
"""Deflate makes at most 1,032 octets of one: the budget bounds these archives, pictures of one colour pass."""

_REFUSED = {
    Kind.OPAQUE: FaultReason.NESTED_MESSAGE,
    Kind.LOCKED: FaultReason.ARCHIVE_FORMAT,
    Kind.ENCRYPTED: FaultReason.ENCRYPTED,
}
_CLINICAL = frozenset({Kind.XDM, Kind.CDA, Kind.HL7V2, Kind.HPRIM, Kind.FHIR})
_WRAPPINGS = frozenset({Kind.ARCHIVE, Kind.WINMAIL, Kind.OTHER})

_REGISTRY = b"ebxml-regrep"
_BASE64_TEXT = re.compile(marks.BASE64_TEXT)
_BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n \t"
_RECODED_HEAD_BYTES = 1024
_CODECS = ("utf-8", "utf-32", "utf-32-be", "utf-32-le", "utf-16", "utf-16-be", "utf-16-le")
"""Stricter ones first; those with a mark before those without."""
_MAIL_FIELD = re.compile(rb"^MIME-Version[ \t]*:", re.IGNORECASE | re.MULTILINE)
_MAIL_HEAD_BYTES = 16 * 1024
_OUTLOOK_STREAM = "__substg1.0_".encode("utf-16-le")
_ENVELOPED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"  # the OID of CMS enveloped data (RFC 5652 §6.1)
_ZIP_END, _ZIP_END_BYTES = b"PK\x05\x06", 22
_ATTRIBUTE = struct.Struct("<BLL")
_TNEF_HEADER_BYTES, _TNEF_LEVELS = 6, (1, 2)
_ATTACHED_DATA, _ATTACHED_PROPERTIES = 0x0006800F, 0x00069005


class Budget:
    """What the wrappings of one message may still cost: files and octets once opened.

    It is spent before anything is opened, and stays spent when that fails: a message may hold hundreds of bombs.
    """

    def __init__(self, files: int = 2_000, octets: int = 128 * 1024 * 1024) -> None:
        self.files = files
        self.octets = octets

    def spend(self, octets: int) -> None:
        """Count one file; raise `DocumentLimit` when there were too many, or too many octets."""
        self.files -= 1
        self.octets -= octets
        if self.files < 0:
            raise fault(FaultReason.TOO_MANY)
        if self.octets < 0:
            raise fault(FaultReason.TOO_LARGE)

    @property
    def room(self) -> int:
        """Give how many octets one file may have."""
        return max(min(self.octets, _MAX_FILE_BYTES), 0)

    def archive(self, data: bytes) -> Archive:
        """Read the directory of a zip and spend what its files weigh once opened."""
        archive = Archive(data, ArchiveLimits(max(self.files, 0), self.room, max(self.octets, 0), _ANY_RATIO))
        for size in archive.sizes():
            self.spend(size)
        return archive


@dataclass(frozen=True, slots=True)
class Inner:
    """A clinical file found inside another: what it is, the names on the way to it, its octets."""

    kind: Kind
    path: str
    data: bytes = field(repr=False)


def kind_within(name: str, data: bytes) -> Kind:
    """Classify a file that came without a media type."""
    return kind_of(EncodedBody(data, 0, len(data), "binary"), "application/octet-stream", posixpath.basename(name))


def clinical_within(kind: Kind, path: str, data: bytes, budget: Budget, depth: int = 0) -> Iterator[Inner]:
    """Give every clinical file that a file is or holds.

    Raises `DocumentFault` when something in it cannot be looked into, is too deep, too large or too many.
    """
    if kind in _REFUSED:
        raise fault(_REFUSED[kind])
    if kind in _CLINICAL:
        yield Inner(kind, path, data)
    if kind not in _WRAPPINGS:
        return
    if depth >= _MAX_DEPTH and kind is not Kind.OTHER:
        raise fault(FaultReason.TOO_DEEP)
    if data.startswith(marks.ZIP):
        archive = budget.archive(data)
        if _is_submission(archive):
            yield Inner(Kind.XDM, path, data)
            return
        files = _members(archive)
    else:
        files = _held_in(kind, path, data, budget)
    for name, content in files:
        below = f"{path}/{name}" if name else path
        yield from clinical_within(kind_within(name, content), below, content, budget, depth + 1)


def _is_submission(archive: Archive) -> bool:
    """Say whether a zip is a submission, wherever its folder lies: its metadata may ask for what a file does not."""
    return any(
        posixpath.basename(name).lower() == "metadata.xml" and _REGISTRY in marks.narrowed(archive.open(name))
        for name in archive.names()
    )


def _members(archive: Archive) -> Iterator[tuple[str, bytes]]:
    for name in archive.names():
        yield name, archive.open(name)


def _held_in(kind: Kind, path: str, data: bytes, budget: Budget) -> Iterator[tuple[str, bytes]]:
    if data.startswith(marks.GZIP):
        yield posixpath.splitext(posixpath.basename(path))[0], _gunzipped(data, budget)
    elif data.startswith(marks.TNEF):
        for content in _outlook_files(data):
            budget.spend(len(content))
            yield "", content
    elif _BASE64_TEXT.match(text := marks.text_start(marks.narrowed(data))):
        if text.translate(None, _BASE64_LETTERS):
            _look_through(data)
        budget.spend(len(text))
        yield "", decode_base64(text)
        # Nothing is read behind padding: what stands there is looked at as a file of its own.
        yield "", text.partition(b"=")[2].lstrip(b"=\r\n")
    elif kind is Kind.ARCHIVE:
        raise fault(FaultReason.ZIP_MALFORMED)
    else:
        _look_through(data)
        if (plain := _recoded(data)) is not None:
            budget.spend(len(plain))
            yield "", plain


def _recoded(data: bytes) -> bytes | None:
    """Undo one change of encoding of what is no text: bytes written as if each were a character."""
    head = data[:_RECODED_HEAD_BYTES]
    shown = marks.text_start(marks.narrowed(head))
    if shown.isascii() and not marks.has_controls(shown):
        return None
    for codec in _CODECS:
        try:
            _decoded_beginning(head, codec).encode("latin-1")
            plain = data.decode(codec).lstrip("\ufeff").encode("latin-1")
        except UnicodeError:
            continue
        return None if plain == data else plain
    return None


def _decoded_beginning(head: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)().decode(head).lstrip("\ufeff")


def _gunzipped(data: bytes, budget: Budget) -> bytes:
    """Undo gzip, all its members one after another (RFC 1952 §2.2)."""
    opened, room, members = bytearray(), budget.room, 0
    while data:
        engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        before, members = len(opened), members + 1
        if members > _MAX_MEMBERS:
            raise fault(FaultReason.TOO_MANY)
        try:
            # One octet more than there is room for shows that there is more; a bound of 0 would be none.
            opened += engine.decompress(data, room - before + 1)
        except zlib.error as error:
            budget.spend(room - before)
            raise fault(FaultReason.GZIP_DAMAGED) from error
        budget.spend(len(opened) - before)
        if len(opened) > room:
            raise fault(FaultReason.TOO_LARGE)
        if not engine.eof:
            raise fault(FaultReason.GZIP_DAMAGED)
        data = engine.unused_data.lstrip(b"\0")
    return bytes(opened)


def _outlook_files(data: bytes) -> Iterator[bytes]:
    """Give the files of a TNEF stream, and the streams of messages inside it (MS-OXTNEF §2.1.3)."""
    at = _TNEF_HEADER_BYTES
    while at + _ATTRIBUTE.size <= len(data):
        level, identifier, length = _ATTRIBUTE.unpack_from(data, at)
        end = at + _ATTRIBUTE.size + length
        if level not in _TNEF_LEVELS or end > len(data):
            break
        content = data[at + _ATTRIBUTE.size : end]
        if identifier == _ATTACHED_DATA:
            yield content
        elif identifier == _ATTACHED_PROPERTIES and marks.TNEF in content:
            yield content[content.index(marks.TNEF) :]
        at = end + 2
    rest = data[at:]
    if marks.ZIP[0] in rest or marks.GZIP + b"\x08" in rest:
        raise fault(FaultReason.HIDDEN_DOCUMENT)
    yield rest


def _look_through(data: bytes) -> None:
    """Refuse a file of no known form in which something clinical shows, or which hides what it holds."""
    if data.startswith(marks.COMPOUND) and _OUTLOOK_STREAM in data:
        raise fault(FaultReason.NESTED_MESSAGE)
    if _MAIL_FIELD.search(marks.narrowed(data[:_MAIL_HEAD_BYTES])):
        raise fault(FaultReason.NESTED_MESSAGE)
    if _ENVELOPED in data[:64]:
        raise fault(FaultReason.ENCRYPTED)
    if _ends_as_zip(data):
        raise fault(FaultReason.ARCHIVE_FORMAT)
    if marks.has_clinical_marks(data) or (b"\0" in data and marks.has_clinical_marks(marks.without_nul(data))):
        raise fault(FaultReason.HIDDEN_DOCUMENT)


def _ends_as_zip(data: bytes) -> bool:
    """Say whether a zip stands at the end of something else, as in archives that unpack themselves."""
    at = data.rfind(_ZIP_END, max(0, len(data) - _ZIP_END_BYTES - 0xFFFF))
    if at < 0 or at + _ZIP_END_BYTES > len(data):
        return False
    return at + _ZIP_END_BYTES + int.from_bytes(data[at + 20 : at + 22], "little") == len(data)

"""Hostile and damaged IHE_XDM.zip files and XML documents, each made from a good one that would have been filed."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from stat import S_IFLNK

from dossier_bridge.faults import FaultReason
from dossier_bridge.synthetic import Submitted, SyntheticReport, laboratory_report, xdm_metadata, zipped
from dossier_bridge.synthetic.archive import FOLDER

METADATA = FOLDER + "METADATA.XML"
DOCUMENT = FOLDER + "DOC0001.XML"
Attack = Callable[[SyntheticReport], bytes]


def files_of(report: SyntheticReport, document: bytes | None = None) -> dict[str, bytes]:
    """Give the files of a good archive, for a test to spoil; `document` stands in for the report."""
    data = document if document is not None else laboratory_report(report)
    submitted = Submitted(name="DOC0001.XML", data=data, unique_id=report.unique_id)
    return {METADATA: xdm_metadata([submitted], report.patient), DOCUMENT: data}


def archive_with(report: SyntheticReport, document: bytes) -> bytes:
    """Write an archive, its hash and size right, around any document."""
    return zipped(files_of(report, document))


# ---------------------------------------------------------------- archives


def _beside(name: str, data: bytes = b"x", mode: int = 0) -> Attack:
    """Write a good archive with one more file, its name and Unix mode as given."""

    def attack(report: SyntheticReport) -> bytes:
        buffer = io.BytesIO(zipped(files_of(report)))
        info = zipfile.ZipInfo("placeholder")
        info.create_system, info.external_attr = 3, mode << 16
        info.filename = name  # after the constructor, which would mend it
        with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a duplicate name
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()

    return attack


def _overlap(report: SyntheticReport) -> bytes:
    """Describe the first file twice: both lines of the directory lead to the same octets."""
    data = zipped(files_of(report))
    end = data.rfind(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HLL", data, end + 10)
    length = 46 + len(METADATA)
    lines = data[start:end] + data[start : start + length]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count + 1, count + 1, size + length, start, 0)
    return data[:start] + lines + tail


def _encrypted(report: SyntheticReport) -> bytes:
    data = bytearray(zipped(files_of(report)))
    start = struct.unpack_from("<L", data, data.rfind(b"PK\x05\x06") + 16)[0]
    data[start + 8] |= 1
    return bytes(data)


def _changed(name: str, change: Callable[[bytes], bytes]) -> Attack:
    """Change a file of a good archive without telling the metadata."""

    def attack(report: SyntheticReport) -> bytes:
        files = files_of(report)
        return zipped({**files, name: change(files[name])})

    return attack


def _damaged(report: SyntheticReport) -> bytes:
    data = bytearray(zipped(files_of(report)))
    local = data.rfind(DOCUMENT.encode(), 0, data.find(b"PK\x01\x02"))
    data[local + len(DOCUMENT) + 40] ^= 0xFF
    return bytes(data)


HOSTILE_ARCHIVES: dict[str, tuple[FaultReason, Attack]] = {
    "bomb": (FaultReason.ZIP_RATIO, _beside(FOLDER + "BOMBE.XML", bytes(40_000_000))),
    "overlap": (FaultReason.ZIP_OVERLAP, _overlap),
    "traversal": (FaultReason.ZIP_PATH, _beside("../../../../tmp/pli-evasion")),
    "traversal with backslashes": (FaultReason.ZIP_PATH, _beside("IHE_XDM\\..\\..\\pli-evasion")),
    "absolute path": (FaultReason.ZIP_PATH, _beside("/tmp/pli-evasion")),
    "drive": (FaultReason.ZIP_PATH, _beside("C:\\pli-evasion")),
    "NUL in a name": (FaultReason.ZIP_PATH, _beside("IHE_XDM/a\0.xml")),
    "symbolic link": (FaultReason.ZIP_LINK, _beside("IHE_XDM/lien", b"/etc/passwd", S_IFLNK | 0o777)),
    "duplicate name": (FaultReason.ZIP_DUPLICATE, _beside(DOCUMENT)),
    "duplicate name in another case": (FaultReason.ZIP_DUPLICATE, _beside(DOCUMENT.lower())),
    "encrypted": (FaultReason.ZIP_ENCRYPTED, _encrypted),
    "damaged": (FaultReason.ZIP_CHECKSUM, _damaged),
    "too many files": (
        FaultReason.TOO_MANY,
        lambda report: zipped(files_of(report) | {f"IHE_XDM/{n}": b"" for n in range(600)}),
    ),
    "cut short": (FaultReason.ZIP_MALFORMED, lambda report: zipped(files_of(report))[:-200]),
    "no archive at all": (FaultReason.ZIP_MALFORMED, lambda _: b"Bonjour"),
    "no metadata": (FaultReason.XDM_METADATA, lambda report: zipped({DOCUMENT: files_of(report)[DOCUMENT]})),
    "missing document": (FaultReason.XDM_MISSING_FILE, lambda report: zipped({METADATA: files_of(report)[METADATA]})),
    # One digit for another: the size stays, the hash does not.
    "hash mismatch": (FaultReason.XDM_HASH, _changed(DOCUMENT, lambda data: data.replace(b"2024.01", b"2024.02"))),
    "size mismatch": (FaultReason.XDM_SIZE, _changed(DOCUMENT, lambda data: data + b"\n")),
    "metadata with a DOCTYPE": (
        FaultReason.XML_DOCTYPE,
        _changed(METADATA, lambda data: data.replace(b"?>\n", b"?>\n<!DOCTYPE x>\n", 1)),
    ),
}
"""Name of the attack → what the sender is told, and how the archive is made."""


# ---------------------------------------------------------------- XML

_LAUGHS = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))


def _after_prolog(inserted: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"?>\n", b"?>\n" + inserted, 1)


def _in_title(inserted: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"<title>", b"<title>" + inserted, 1)


def _entity(data: bytes) -> bytes:
    declared = _after_prolog(b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>')(data)
    return _in_title(b"&secret;")(declared)


def _laughs(data: bytes) -> bytes:
    declared = _after_prolog(b'<!DOCTYPE x [<!ENTITY l0 "lol">' + _LAUGHS + b"]>")(data)
    return _in_title(b"&l9;")(declared)


HOSTILE_XML: dict[str, tuple[FaultReason, Callable[[bytes], bytes]]] = {
    "entity of a file": (FaultReason.XML_DOCTYPE, _entity),
    "entities that grow": (FaultReason.XML_DOCTYPE, _laughs),
    "DOCTYPE behind a comment": (FaultReason.XML_DOCTYPE, _after_prolog(b"<!-- x --><!DOCTYPE ClinicalDocument>")),
    "entity without DOCTYPE": (FaultReason.XML_MALFORMED, _in_title(b"&secret;")),
    "inclusion": (
        FaultReason.XML_INCLUDE,
        _in_title(b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'),
    ),
    "DOCTYPE hidden by an encoding": (
        FaultReason.XML_ENCODING,
        lambda data: data.replace(b'encoding="UTF-8"', b'encoding="UTF-7"'),
    ),
    "nested too deep": (FaultReason.TOO_DEEP, _in_title(b"<a>" * 5_000 + b"</a>" * 5_000)),
    "unfinished": (FaultReason.XML_MALFORMED, lambda data: data[:-20]),
}
"""Name of the attack → what the sender is told, and what is done to a good document."""

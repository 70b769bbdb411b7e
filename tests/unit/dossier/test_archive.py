"""Every attack on a zip archive is refused before anything is opened (assurance, vector « Zip »)."""

import io
import stat
import struct
import warnings
import zipfile
import zlib

import pytest

from dossier_bridge.faults import DocumentFault, DocumentLimit, FaultReason
from dossier_bridge.synthetic import zipped
from dossier_bridge.zip.archive import Archive, ArchiveLimits

PLAIN = {"IHE_XDM/A.XML": b"<a/>", "B.TXT": b"b" * 300}


def fault_of(data: bytes, limits: ArchiveLimits | None = None) -> FaultReason:
    with pytest.raises(DocumentFault) as caught:
        open_all(data, limits or ArchiveLimits())
    return caught.value.reason


def open_all(data: bytes, limits: ArchiveLimits) -> None:
    archive = Archive(data, limits)
    for name in archive.names():
        archive.open(name)


def named(name: str, mode: int = 0) -> bytes:
    """Write an archive of one file, its name and Unix mode as given."""
    buffer = io.BytesIO()
    info = zipfile.ZipInfo("placeholder")
    info.create_system, info.external_attr, info.filename = 3, mode << 16, name
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, b"x")
    return buffer.getvalue()


def directory(data: bytes) -> int:
    """Find where the directory starts."""
    return int(struct.unpack_from("<L", data, data.rfind(b"PK\x05\x06") + 16)[0])


def patched(data: bytes, at: int, form: str, value: int) -> bytes:
    written = bytearray(data)
    struct.pack_into(form, written, at, value)
    return bytes(written)


def overlapped() -> bytes:
    """Write an archive whose second directory line points at the content of the first file again."""
    content, raw = b"A" * 1_000, zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = raw.compress(content) + raw.flush()
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(content), len(packed), 1_000, 1, 0)
    written, lines = local + b"a" + packed, b""
    for name in (b"a", b"a"):
        sizes = (zlib.crc32(content), len(packed), len(content))
        lines += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, *sizes, 1, 0, 0, 0, 0, 0, 0) + name
    return written + lines + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(lines), len(written), 0)


def test_plain_archive_is_opened_without_regard_to_case() -> None:
    archive = Archive(zipped(PLAIN), ArchiveLimits())
    assert archive.names() == list(PLAIN)
    assert archive.find("ihe_xdm/a.xml") == "IHE_XDM/A.XML"
    assert archive.open("ihe_xdm/a.xml") == b"<a/>"
    assert archive.find("C.TXT") is None


def test_stored_entry_is_opened() -> None:
    assert Archive(named("a.txt"), ArchiveLimits()).open("a.txt") == b"x"


def test_folders_are_not_files() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.mkdir("IHE_XDM")
        archive.writestr("IHE_XDM/a.txt", b"x")
    assert Archive(buffer.getvalue(), ArchiveLimits()).names() == ["IHE_XDM/a.txt"]


def test_backslashes_of_windows_senders_are_slashes() -> None:
    assert Archive(named("IHE_XDM\\SUBSET01\\METADATA.XML"), ArchiveLimits()).names() == [
        "IHE_XDM/SUBSET01/METADATA.XML"
    ]


def test_overlapping_entries_are_refused() -> None:
    assert fault_of(overlapped()) is FaultReason.ZIP_OVERLAP


def test_entry_reaching_into_the_directory_is_refused() -> None:
    data = named("a.txt")
    start = directory(data)
    longer = patched(patched(data, start + 20, "<L", 60), start + 24, "<L", 60)
    assert fault_of(longer) is FaultReason.ZIP_OVERLAP


def test_abnormal_ratio_is_refused() -> None:
    bomb = zipped({"a": b"\0" * 10_000_000})
    with pytest.raises(DocumentLimit) as caught:
        Archive(bomb, ArchiveLimits())
    assert caught.value.reason is FaultReason.ZIP_RATIO


def test_size_that_lies_about_the_content_opens_no_more_than_it_says() -> None:
    data = zipped({"a": b"\0" * 60_000})
    assert fault_of(patched(data, directory(data) + 24, "<L", 10)) is FaultReason.ZIP_CHECKSUM


@pytest.mark.parametrize(
    "name",
    ["../a", "IHE_XDM/../../a", "..\\a", "/etc/passwd", "\\\\server\\a", "C:\\a", "C:/a", "./a", "a\x1fb", "a\nb"],
)
def test_paths_that_lead_elsewhere_are_refused(name: str) -> None:
    assert fault_of(named(name)) is FaultReason.ZIP_PATH


def test_null_in_a_name_is_refused() -> None:
    assert fault_of(named("aXb").replace(b"aXb", b"a\0b")) is FaultReason.ZIP_PATH


def test_name_that_is_not_utf8_where_it_says_so_is_refused() -> None:
    data = named("é").replace("é".encode(), b"\xff\xfe")
    assert fault_of(data) is FaultReason.ZIP_PATH


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int) -> None:
    assert fault_of(named("a", kind | 0o777)) is FaultReason.ZIP_LINK


@pytest.mark.parametrize("second", ["a.xml", "A.XML"])
def test_two_files_of_one_name_are_refused(second: str) -> None:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("a.xml", b"1")
        archive.writestr(second, b"2")
    assert fault_of(buffer.getvalue()) is FaultReason.ZIP_DUPLICATE


@pytest.mark.parametrize("bit", [0x0001, 0x0040, 0x2000])
def test_encrypted_entries_are_refused(bit: int) -> None:
    data = named("a")
    assert fault_of(patched(data, directory(data) + 8, "<H", bit)) is FaultReason.ZIP_ENCRYPTED


@pytest.mark.parametrize("method", [9, 12, 14, 93, 99])
def test_other_methods_are_refused(method: int) -> None:
    data = named("a")
    assert fault_of(patched(data, directory(data) + 10, "<H", method)) is FaultReason.ZIP_METHOD


def test_local_header_that_says_otherwise_is_refused() -> None:
    data = zipped({"name": b"x"})
    assert fault_of(data.replace(b"name", b"evil", 1)) is FaultReason.ZIP_MALFORMED
    assert fault_of(patched(data, 8, "<H", 0)) is FaultReason.ZIP_MALFORMED


def test_damaged_content_is_refused() -> None:
    data = bytearray(named("a"))
    data[directory(bytes(data)) - 1] ^= 1
    assert fault_of(bytes(data)) is FaultReason.ZIP_CHECKSUM


def test_content_that_does_not_inflate_is_refused() -> None:
    data = bytearray(zipped({"a": b"abcdefgh" * 100}))
    start = 30 + 1
    data[start] = 0xFF
    assert fault_of(bytes(data)) is FaultReason.ZIP_CHECKSUM


def test_octets_hidden_behind_a_deflate_stream_are_refused() -> None:
    content = b"abcdefgh" * 100
    engine = zlib.compressobj(wbits=-15)
    packed = engine.compress(content) + engine.flush() + b"<ClinicalDocument/>"
    sums = struct.pack("<LLL", zlib.crc32(content), len(packed), len(content))
    local = struct.pack("<4sHHHL", b"PK\x03\x04", 20, 0, 8, 0) + sums + struct.pack("<HH", 1, 0) + b"a" + packed
    line = struct.pack("<4sHHHHL", b"PK\x01\x02", 20, 20, 0, 8, 0) + sums
    line += struct.pack("<HHHHHLL", 1, 0, 0, 0, 0, 0, 0) + b"a"
    data = local + line + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, len(line), len(local), 0)
    assert fault_of(data) is FaultReason.ZIP_CHECKSUM


def test_stored_entry_whose_sizes_differ_is_refused() -> None:
    data = named("a")
    assert fault_of(patched(data, directory(data) + 24, "<L", 2)) is FaultReason.ZIP_MALFORMED


def test_places_outside_the_archive_are_refused() -> None:
    data = named("a")
    start = directory(data)
    assert fault_of(patched(data, start + 42, "<L", len(data))) is FaultReason.ZIP_MALFORMED
    assert fault_of(patched(data, start + 28, "<H", 9_999)) is FaultReason.ZIP_MALFORMED


def test_zip64_marks_are_refused() -> None:
    data = zipped(PLAIN)
    end = data.rfind(b"PK\x05\x06")
    assert fault_of(patched(data, end + 16, "<L", 0xFFFFFFFF)) is FaultReason.ZIP_MALFORMED
    assert fault_of(patched(data, directory(data) + 24, "<L", 0xFFFFFFFF)) is FaultReason.TOO_LARGE


@pytest.mark.parametrize(
    "data", [b"", b"PK\x05\x06", b"not a zip", zipped(PLAIN)[:-1], zipped(PLAIN) + b"x", b"x" + zipped(PLAIN)]
)
def test_other_bytes_and_cut_archives_are_refused(data: bytes) -> None:
    assert fault_of(data) is FaultReason.ZIP_MALFORMED


def test_count_that_does_not_fit_the_directory_is_refused() -> None:
    data = zipped(PLAIN)
    end = data.rfind(b"PK\x05\x06")
    for count in (1, 3):
        counted = patched(patched(data, end + 8, "<H", count), end + 10, "<H", count)
        assert fault_of(counted) is FaultReason.ZIP_MALFORMED


def test_number_of_entries_has_a_limit() -> None:
    assert fault_of(zipped({str(n): b"" for n in range(11)}), ArchiveLimits(max_entries=10)) is FaultReason.TOO_MANY


def test_sizes_have_limits_one_by_one_and_together() -> None:
    data = zipped({str(n): b"x" * 100 for n in range(3)})
    assert fault_of(data, ArchiveLimits(max_entry_bytes=99)) is FaultReason.TOO_LARGE
    assert fault_of(data, ArchiveLimits(max_total_bytes=299)) is FaultReason.TOO_LARGE


def test_archive_comment_is_allowed() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"x")
        archive.comment = b"bonjour"
    assert Archive(buffer.getvalue(), ArchiveLimits()).names() == ["a"]


@pytest.mark.parametrize("padding", [b"\0" * 511, b"\r\n", b"  \n", b"\0" * 100_000])
@pytest.mark.parametrize("comment", [b"", b"fait par un logiciel\0\0"])
def test_padding_after_the_end_is_no_damage(padding: bytes, comment: bytes) -> None:
    data = zipped(PLAIN)
    data = data[:-2] + struct.pack("<H", len(comment)) + comment
    assert Archive(data + padding, ArchiveLimits()).open("IHE_XDM/A.XML") == b"<a/>"


@pytest.mark.parametrize("more", [b"x", b"\0\0x", b"\r\n--fin", b"PK\x03\x04"])
def test_anything_else_after_the_end_is_refused(more: bytes) -> None:
    assert fault_of(zipped(PLAIN) + more) is FaultReason.ZIP_MALFORMED


def test_comment_cut_short_is_refused() -> None:
    data = zipped(PLAIN)
    assert fault_of(data[:-2] + struct.pack("<H", 9) + b"court") is FaultReason.ZIP_MALFORMED

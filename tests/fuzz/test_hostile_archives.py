"""Archives that somebody made to do harm: each is refused with a code, and nothing of it is unpacked."""

import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import LimitExceeded, MalformedContent
from gateway.services.restoring.archive_opening import OpenedArchive
from gateway.services.restoring.archive_trust import ArchiveTrust, signed_by


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in files:
            made.writestr(name, data)
    return out.getvalue()


PLAIN = zipped(("manifest.json", b"{}"), ("profil/espace.json", b"{}"), ("a.txt", b"words " * 400))


def _link() -> bytes:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return zipped((info, b"/etc/passwd"))


def _nul() -> bytes:
    return zipped(("aXb.txt", b"")).replace(b"aXb.txt", b"a\0b.txt")


def _password() -> bytes:
    raw = bytearray(PLAIN)
    for at in (0, raw.find(b"PK\x01\x02") + 2):
        raw[at + 6] |= 1
    return bytes(raw)


def _shorter_than_it_says() -> bytes:
    """Claim of the last file that it has fewer octets, in both places."""
    return PLAIN.replace(struct.pack("<L", 2400), struct.pack("<L", 1200))


def _longer_than_it_says() -> bytes:
    return PLAIN.replace(struct.pack("<L", 2400), struct.pack("<L", 4800))


def _many() -> bytes:
    raw = bytearray(PLAIN)
    end = raw.rfind(b"PK\x05\x06")
    raw[end + 12 : end + 16] = struct.pack("<L", 0xFFFFFFF0)
    return bytes(raw)


def _bomb() -> bytes:
    """Hold ten files that overlap, as bombs do: each claims the same octets, which open to a thousand times as many."""
    raw = zipped(("big", bytes(20 << 20)))
    at, end = raw.find(b"PK\x01\x02"), raw.rfind(b"PK\x05\x06")
    one = raw[at:end]
    listed = b"".join(one.replace(b"big", b"%03d" % number) for number in range(10))
    counts = struct.pack("<HHL", 10, 10, len(listed))
    return raw[:at] + listed + raw[end : end + 8] + counts + raw[end + 16 :]


def _end_elsewhere() -> bytes:
    """Lead us to a harmless end (APPNOTE §4.3.15), and the library, which looks right before, to another."""
    at, end = PLAIN.find(b"PK\x01\x02"), PLAIN.rfind(b"PK\x05\x06")

    def long_end(count: int, length: int) -> bytes:
        return b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, length, at)

    listed = PLAIN[at:end]
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    return PLAIN[:end] + long_end(3, len(listed)) + long_end(1 << 40, 1 << 40) + locator + PLAIN[end:]


HOSTILE: dict[str, tuple[Callable[[], bytes], type[MalformedContent]]] = {
    "nothing": (lambda: b"", MalformedContent),
    "no archive": (lambda: b"%PDF-1.7 " * 100, MalformedContent),
    "bomb": (_bomb, LimitExceeded),
    "list of gigabytes": (_many, LimitExceeded),
    "list elsewhere": (_end_elsewhere, MalformedContent),
    "leads out": (lambda: zipped(("../../etc/passwd", b"x")), MalformedContent),
    "absolute": (lambda: zipped(("/etc/passwd", b"x")), MalformedContent),
    "drive": (lambda: zipped(("C:/windows", b"x")), MalformedContent),
    "backslash": (lambda: zipped(("a\\..\\b", b"x")), MalformedContent),
    "empty part": (lambda: zipped(("a//b", b"x")), MalformedContent),
    "control": (lambda: zipped(("a\nb", b"x")), MalformedContent),
    "zero octet": (_nul, MalformedContent),
    "long name": (lambda: zipped(("a" * 500, b"x")), MalformedContent),
    "one name in two cases": (lambda: zipped(("a", b"x"), ("A", b"y")), MalformedContent),
    "link": (_link, MalformedContent),
    "password": (_password, MalformedContent),
    "rare method": (lambda: zipped(("a", b"x"), method=zipfile.ZIP_BZIP2), MalformedContent),
    "fewer octets than it says": (_longer_than_it_says, MalformedContent),
    "more octets than it says": (_shorter_than_it_says, MalformedContent),
}


def opened(archive: bytes) -> ArchiveTrust:
    return signed_by(OpenedArchive(io.BytesIO(archive)), ()).trust


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_is_refused_with_its_code(name: str) -> None:
    make, error = HOSTILE[name]
    with pytest.raises(error) as refused:
        opened(make())
    assert refused.type is error


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(MalformedContent, match="two files of one name"):
        opened(zipped(("a", b"x"), ("a", b"y")))


def test_plain_archive_is_opened_and_is_nobodys_word() -> None:
    assert opened(PLAIN) is ArchiveTrust.UNSIGNED


@given(st.binary(max_size=600))
def test_any_octets_are_an_archive_or_refused(data: bytes) -> None:
    with suppress(MalformedContent):
        opened(data)


@given(st.integers(0, len(PLAIN) - 1), st.binary(min_size=1, max_size=8))
def test_any_damage_is_refused_or_harmless(at: int, octets: bytes) -> None:
    with suppress(MalformedContent):
        assert opened(PLAIN[:at] + octets + PLAIN[at + len(octets) :]) is not ArchiveTrust.OPERATOR

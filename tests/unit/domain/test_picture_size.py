"""The size of a picture is read in its header, and nothing of it is decoded."""

import struct

import pytest

from gateway.domain.picture_size import picture_size, picture_type
from tests.builders.pictures import a_gif, a_jpeg, a_png


def _webp(form: bytes, rest: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 100) + b"WEBP" + form + struct.pack("<I", 90) + rest + bytes(40)


@pytest.mark.parametrize(
    ("data", "media_type", "size"),
    [
        (a_png(40_000, 40_000), "image/png", (40_000, 40_000)),
        (a_jpeg(4032, 3024), "image/jpeg", (4032, 3024)),
        (a_gif(10, 20), "image/gif", (10, 20)),
        (_webp(b"VP8X", bytes(4) + b"\xbb\x02\0" + b"\x2b\x01\0"), "image/webp", (700, 300)),
        (_webp(b"VP8L", b"\x2f" + (799 | 599 << 14).to_bytes(4, "little")), "image/webp", (800, 600)),
        (_webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 64, 32)), "image/webp", (64, 32)),
    ],
)
def test_size_is_read_in_the_header(data: bytes, media_type: str, size: tuple[int, int]) -> None:
    assert (picture_type(data), picture_size(data)) == (media_type, size)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"text", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + bytes(30), b"\xff\xd8\xff", b"GIF89a",
        a_jpeg(0, 20), a_jpeg(10, 20)[:30], b"\xff\xd8\xff\xe0\x00\x10" + bytes(80),
        _webp(b"VP8 ", bytes(20)), _webp(b"OTHR", b""), b"RIFF1234WEBPVP8X", b"\xff\xd8\xff" + b"\xe0\0\0" * 3000,
        b"\xff\xd8" + b"\xff\xe0\0\x02" * 2_001,
    ],
)  # fmt: skip
def test_header_without_a_size_gives_none(data: bytes) -> None:
    assert picture_size(data) is None


def test_fill_octets_before_a_marker_are_passed_over() -> None:
    whole = a_jpeg(12, 34)
    assert picture_size(whole[:2] + b"\xff\xff" + whole[2:]) == (12, 34)

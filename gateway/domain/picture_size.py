"""How large a picture says it is, read in its header alone: nothing is decoded, so that nothing can swell.

For the formats that browsers show: PNG, JPEG, GIF and WebP.
"""

MAX_PIXELS = 200_000_000
"""The largest cameras of telephones make two hundred million points; more is nobody's photograph of a paper."""
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_SEGMENTS = 2_000
_NO_SIZE = frozenset({0xC4, 0xC8, 0xCC})
"""Markers among those of frames that begin none: tables and arithmetic conditioning."""


def picture_type(data: bytes) -> str | None:
    """Give the media type of a picture that browsers show, by its first octets; None for anything else."""
    if data.startswith(_PNG):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else None


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Give width and height in points; None when the header does not say them, as that of a damaged picture."""
    kind = picture_type(data)
    if kind == "image/png":
        return _both(data[16:24], "big") if data[12:16] == b"IHDR" else None
    if kind == "image/gif":
        return _both(data[6:10], "little")
    if kind == "image/webp":
        return _webp(data)
    return _jpeg(data) if kind else None


def _both(octets: bytes, order: str) -> tuple[int, int] | None:
    half = len(octets) // 2
    width, height = (
        int.from_bytes(part, "big" if order == "big" else "little") for part in (octets[:half], octets[half:])
    )
    return (width, height) if half in (2, 4) and width and height else None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        # A marker may be preceded by any number of fill octets (ITU T.81 §B.1.1.2).
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if len(data) < at + 9 or data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = (int.from_bytes(data[place : place + 2], "big") for place in (at + 5, at + 7))
            return (width, height) if width and height else None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    form = data[12:16]
    if len(data) < 30:
        return None
    if form == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if form == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[place : place + 2], "little") & 0x3FFF for place in (26, 28))
        return (width, height) if width and height else None
    return None

"""Pictures whose header says any size; nothing follows that could be shown."""

import struct
import zlib


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def a_png(width: int = 1, height: int = 1) -> bytes:
    """Make a PNG of one grey, whole when it is one point."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0\x80")) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def a_jpeg(width: int, height: int) -> bytes:
    """Make the beginning of a JPEG, its tables before its frame."""
    tables = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\xff\xc4\x00\x04\0\0"
    return b"\xff\xd8" + tables + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(12) + b"\xff\xd9"


def a_gif(width: int, height: int) -> bytes:
    """Make the beginning of a GIF."""
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(10)

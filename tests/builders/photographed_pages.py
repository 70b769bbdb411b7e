"""A photo of a paper for tests: a sheet that lies askew on a dark table, a lamp on one side, a code to read on it."""

import struct
import zlib

# Any: arrays of numpy.
from typing import Any

import numpy
import segno

CORNERS = ((0.17, 0.10), (0.88, 0.18), (0.82, 0.93), (0.08, 0.84))
"""Where the corners of the sheet are, in parts of the photo, from the top left one clockwise."""
WIDTH, HEIGHT = 720, 960
_TABLE, _SHEET, _INK = 0.22, 0.95, 0.30


def a_sheet(words: str) -> Any:
    """Print lines and a QR code that says `words`, as parts of white: 1,000 rows of 707 points."""
    sheet = numpy.full((1000, 707), _SHEET)
    for row in range(60, 560, 40):
        for column in range(60, 640, 34):
            sheet[row : row + 9, column : column + 24] = _INK
    code = numpy.array([list(line) for line in segno.make(words, error="m", micro=False).matrix], dtype=float)
    square = numpy.kron(code, numpy.ones((11, 11)))
    sheet[620 : 620 + len(square), 380 : 380 + len(square)] = numpy.where(square > 0, _INK, _SHEET)
    return sheet


def a_photo(words: str = "ordonnance") -> bytes:
    """Photograph the sheet as a PNG of three colours; its dark side is as dark as the ink on its bright side."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    to_sheet = numpy.linalg.inv(_map_to(CORNERS))
    u, v, depth = (line[0] * (x + 0.5) / WIDTH + line[1] * (y + 0.5) / HEIGHT + line[2] for line in to_sheet)
    u, v = u / depth, v / depth
    sheet, inside = a_sheet(words), (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
    printed = sheet[numpy.clip(v * 1000, 0, 999).astype(int), numpy.clip(u * 707, 0, 706).astype(int)]
    light = numpy.clip(1.0 - 0.75 * x / WIDTH, 0, 1)
    grain = numpy.random.default_rng(9).normal(0, 2.5, (HEIGHT, WIDTH))
    grey = numpy.where(inside, printed, _TABLE) * light * 255 + grain
    return _png(numpy.clip(grey[..., None] * numpy.array([1.0, 0.97, 0.88]), 0, 255).astype("u1"))


def _map_to(corners: Any) -> Any:
    """Give the projective map of the unit square onto four corners, as three rows of three."""
    rows, values = [], []
    for (u, v), (x, y) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        values += [x, y]
    return numpy.append(numpy.linalg.solve(numpy.array(rows, dtype=float), numpy.array(values)), 1).reshape(3, 3)


def _png(points: Any) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + row.tobytes() for row in points)
    header = struct.pack(">IIBBBBB", points.shape[1], points.shape[0], 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")

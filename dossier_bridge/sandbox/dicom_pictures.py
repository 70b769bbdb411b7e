"""Pictures of DICOM files described and drawn: the job of a process without rights; loaded there only.

What is drawn is either the stored values, packed, for the page's own script, or a PNG that any browser shows.
"""

import gzip
import struct
import zlib

# Any: arrays of numpy, which do not leave this package.
from typing import Any

import numpy

from dossier_bridge.dicom.picture import picture_of, pixel_data_set
from dossier_bridge.faults import DocumentFault
from dossier_bridge.sandbox.dicom_points import points_of
from dossier_bridge.sandbox.picture_frames import PictureJobs
from gateway.domain.medical_picture import Drawing, MedicalPicture, Obstacle, Shown, VoiWindow

_LONGEST = {Shown.PICTURE: 1_024, Shown.SMALL: 160}
_KINDS = {"u1": 0, "u2": 1, "i2": 2}
_SPREAD = (0.5, 99.5)
"""Per cent of the values between which a picture is shown that names no window."""


def described(files: list[tuple[bytes, bool]]) -> tuple[MedicalPicture | None, ...]:
    """Describe files, each given from its start; None for one that must be given whole."""
    return tuple(picture_of(data, whole=whole) for data, whole in files)


def drawn(drawing: Drawing) -> tuple[Obstacle, bytes]:
    """Draw one picture, or say why not."""
    picture = picture_of(drawing.data)
    if picture is None or picture.obstacle is not Obstacle.NONE:
        return (picture.obstacle if picture else Obstacle.DAMAGED), b""
    try:
        points = points_of(pixel_data_set(drawing.data), picture, drawing.number)
    except (DocumentFault, RuntimeError, ValueError):
        return Obstacle.DAMAGED, b""
    if drawing.shown is Shown.VALUES:
        return Obstacle.NONE, _values(points)
    return Obstacle.NONE, _png(_shown(_smaller(points, _LONGEST[drawing.shown]), picture, drawing.window))


def _values(points: Any) -> bytes:
    """Write rows, columns, samples and their kind as four little-endian numbers, then the values; all of it gzip."""
    kind = _KINDS[points.dtype.kind + str(points.dtype.itemsize)]
    samples = points.shape[2] if points.ndim == 3 else 1
    head = struct.pack("<4I", *points.shape[:2], samples, kind)
    plain = head + numpy.ascontiguousarray(points, points.dtype.newbyteorder("<")).tobytes()
    return gzip.compress(plain, 1, mtime=0)


def _smaller(points: Any, longest: int) -> Any:
    """Give a picture of at most `longest` points a side, each the mean of those in its place."""
    step = -(-max(points.shape[:2]) // longest)
    rows, columns = (size // step * step for size in points.shape[:2])
    if step == 1 or not rows or not columns:
        return points[::step, ::step]
    cells = points[:rows, :columns].reshape(rows // step, step, columns // step, step, *points.shape[2:])
    return cells.mean(axis=(1, 3), dtype="f4")


def _shown(points: Any, picture: MedicalPicture, window: VoiWindow | None) -> Any:
    """Give what is seen of the values, from 0 to 255 (PS3.3 §C.11.2.1.2.1)."""
    if points.ndim == 3:
        return points.round().clip(0, 255).astype("u1")
    values = points.astype("f4") * numpy.float32(picture.slope) + numpy.float32(picture.intercept)
    window = window or next(iter(picture.windows), None) or _whole_range(values)
    share = (values - numpy.float32(window.center - 0.5)) / numpy.float32(max(window.width - 1, 1)) + 0.5
    gray = (share.clip(0, 1) * 255).round().astype("u1")
    return 255 - gray if picture.is_inverted else gray


def _whole_range(values: Any) -> VoiWindow:
    low, high = (float(edge) for edge in numpy.percentile(values[::2, ::2], _SPREAD))
    return VoiWindow((low + high) / 2, max(high - low, 1.0))


def _png(points: Any) -> bytes:
    """Write points of 8 bits as a PNG (ISO/IEC 15948)."""
    rows, columns = points.shape[:2]
    color = 2 if points.ndim == 3 else 0
    lines = numpy.zeros((rows, columns * (3 if color else 1) + 1), "u1")
    lines[:, 1:] = points.reshape(rows, -1)
    chunks = (
        (b"IHDR", struct.pack(">2I5B", columns, rows, 8, color, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines.tobytes(), 4)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def jobs() -> PictureJobs:
    """Give both jobs of the process."""
    return described, drawn

"""The points of one picture of a DICOM file as an array, decoded by imagecodecs; loaded in a process without rights.

Decoders are those of libjpeg-turbo, CharLS, OpenJPEG and OpenJPH: none is under the GPL.
"""


# Any: neither library is typed for what is asked of it here; arrays do not leave this package.
from typing import Any

import numpy
from imagecodecs import _htj2k, _imcd, _jpeg2k, _jpeg8, _jpegls

from dossier_bridge.dicom.elements import UNDEFINED, DataSet
from dossier_bridge.dicom.frames import coded_frame, native_frame
from dossier_bridge.dicom.picture import PALETTE, palette_of, shape_of
from dossier_bridge.faults import FaultReason, fault
from gateway.domain.medical_picture import MedicalPicture

_JPEG = frozenset(f"1.2.840.10008.1.2.4.{code}" for code in (50, 51, 57, 70))
_JPEG_LS = frozenset(f"1.2.840.10008.1.2.4.{code}" for code in (80, 81))
_HTJ2K = frozenset(f"1.2.840.10008.1.2.4.{code}" for code in (201, 202, 203))
_RLE = "1.2.840.10008.1.2.5"
_RLE_HEAD = 64


def points_of(said: DataSet, picture: MedicalPicture, number: int) -> Any:
    """Give the stored values of picture `number`, from 0: rows and columns, and three colours where there are some.

    Raises `DocumentFault`, `RuntimeError` or `ValueError` for what does not decode, or to another size.
    """
    samples, bits, is_signed = shape_of(said)
    assert said.pixels is not None  # noqa: S101 - whoever asks has read that there are pixels
    if said.pixels.length != UNDEFINED:
        points = _native(native_frame(said, number, picture.frame_bytes), said, picture)
    else:
        points = _decoded(coded_frame(said, number, picture.frames), said, picture)
    if points.shape[:2] != (picture.rows, picture.columns) or points.size != picture.rows * picture.columns * samples:
        raise fault(FaultReason.DICOM_MALFORMED)
    form = said.text(0x00280004)
    if form == PALETTE:
        return _colored(points, said)
    if samples == 3:
        if points.dtype.itemsize > 1:
            points = points >> max(said.short(0x00280101, 16) - 8, 0)
        points = points.astype("u1")
        return _rgb(points) if form == "YBR_FULL" and _stays_ybr(said) else points
    return points if bits == 1 else _signed(points, said, is_signed=bool(is_signed))


def _native(frame: bytes, said: DataSet, picture: MedicalPicture) -> Any:
    samples, bits, _ = shape_of(said)
    if bits == 1:
        points = numpy.unpackbits(numpy.frombuffer(frame, "u1"), bitorder="little")
        points = numpy.resize(points, picture.rows * picture.columns)
    else:
        points = numpy.frombuffer(frame, f"{said.order}u{bits // 8}")
    return _arranged(points, samples, picture, is_planar=bool(said.short(0x00280006)))


def _arranged(points: Any, samples: int, picture: MedicalPicture, *, is_planar: bool) -> Any:
    if samples == 1:
        return points.reshape(picture.rows, picture.columns)
    if is_planar:
        return points.reshape(samples, picture.rows, picture.columns).transpose(1, 2, 0)
    return points.reshape(picture.rows, picture.columns, samples)


def _decoded(frame: bytes, said: DataSet, picture: MedicalPicture) -> Any:
    samples, bits, _ = shape_of(said)
    if said.syntax in _JPEG:
        # Without a mark of its own a decoder takes three colours for luminance and chrominance.
        is_rgb = said.text(0x00280004) == "RGB" and b"Adobe" not in frame[:4096] and b"JFIF" not in frame[:32]
        return _jpeg8.jpeg8_decode(frame, colorspace="RGB" if is_rgb else None)
    if said.syntax in _JPEG_LS:
        return _jpegls.jpegls_decode(frame)
    if said.syntax in _HTJ2K:
        return _htj2k.htj2k_decode(frame)
    if said.syntax == _RLE:
        return _from_runs(frame, samples, bits, picture)
    return _jpeg2k.jpeg2k_decode(frame)


def _from_runs(frame: bytes, samples: int, bits: int, picture: MedicalPicture) -> Any:
    """Decode runs of octets, one segment for each octet of each sample, the highest first (PS3.5 §G)."""
    count, size = samples * bits // 8, picture.rows * picture.columns
    head = numpy.frombuffer(frame[:_RLE_HEAD], "<u4")
    if len(head) < 16 or head[0] != count:
        raise fault(FaultReason.DICOM_MALFORMED)
    ends = [*map(int, head[2 : count + 1]), len(frame)]
    planes = []
    for start, end in zip(map(int, head[1 : count + 1]), ends, strict=True):
        plane = numpy.frombuffer(_imcd.packbits_decode(frame[start:end], out=size), "u1")
        planes.append(plane.reshape(picture.rows, picture.columns))
    each = bits // 8
    if each == 2:
        planes = [high.astype("u2") << 8 | low for high, low in zip(planes[::2], planes[1::2], strict=True)]
    return planes[0] if samples == 1 else numpy.dstack(planes)


def _signed(points: Any, said: DataSet, *, is_signed: bool) -> Any:
    """Take the bits that are stored (PS3.5 §8.1.1): what lies beside them is none of the picture."""
    width = points.dtype.itemsize * 8
    stored = min(max(said.short(0x00280101, width), 1), width)
    is_native = said.pixels is not None and said.pixels.length != UNDEFINED
    shift = max(said.short(0x00280102, stored - 1) + 1 - stored, 0) if is_native else 0
    native = points.dtype.newbyteorder("=")
    if points.dtype.kind == "i":
        return points.astype(native)
    points = points.astype(native) >> shift & (2**stored - 1)
    if not is_signed:
        return points.astype(native)
    half = 1 << stored - 1
    return ((points.astype("i4") ^ half) - half).astype("i2")


def _colored(points: Any, said: DataSet) -> Any:
    (count, first), tables, bits = palette_of(said)
    count = count or 65_536
    colors = []
    for table in tables:
        is_wide = bits == 16 and len(table) >= 2 * count
        values = numpy.frombuffer(table, f"{said.order}u2" if is_wide else "u1")[:count]
        if not len(values):
            raise fault(FaultReason.DICOM_MALFORMED)
        values = (values >> 8 if is_wide else values).astype("u1")
        colors.append(values[(points.astype("i4") - first).clip(0, len(values) - 1)])
    return numpy.dstack(colors)


def _stays_ybr(said: DataSet) -> bool:
    return said.pixels is None or said.pixels.length != UNDEFINED or said.syntax == _RLE


def _rgb(points: Any) -> Any:
    """Turn luminance and chrominance into colours (PS3.3 §C.7.6.3.1.2)."""
    y, b, r = (points[..., at].astype("f4") for at in range(3))
    b, r = b - 128, r - 128
    colors = (y + 1.402 * r, y - 0.344136 * b - 0.714136 * r, y + 1.772 * b)
    return numpy.dstack(colors).round().clip(0, 255).astype("u1")

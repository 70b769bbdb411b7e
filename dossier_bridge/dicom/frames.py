"""The octets of one picture of a DICOM file, as they are coded (PS3.5 §8, §A.4); nothing is decoded here."""

import struct
from collections.abc import Iterator

from dossier_bridge.dicom.elements import ITEM, SEQUENCE_END, DataSet
from dossier_bridge.faults import FaultReason, fault

_MOST_FRAGMENTS = 200_000
_STARTS = (b"\xff\xd8", b"\xff\x4f")
"""How a coded picture begins: JPEG and JPEG-LS, JPEG 2000."""
_Span = tuple[int, int]


def native_frame(said: DataSet, number: int, frame_bytes: int) -> bytes:
    """Give picture `number`, from 0, of pixels that stand as they are; raise `DocumentFault` beyond their end."""
    assert said.pixels is not None  # noqa: S101 - whoever asks has read that there are pixels
    start = said.pixels.start + number * frame_bytes
    frame = said.data[start : start + frame_bytes]
    if len(frame) < frame_bytes or not frame_bytes:
        raise fault(FaultReason.DICOM_MALFORMED)
    return frame


def coded_frame(said: DataSet, number: int, frames: int) -> bytes:
    """Give picture `number`, from 0, of encapsulated pixels; raise `DocumentFault` when it is not there."""
    assert said.pixels is not None  # noqa: S101 - as above
    fragments = list(_fragments(said.data, said.pixels.start))
    table, spans = fragments[:1], fragments[1:]
    if not spans:
        raise fault(FaultReason.DICOM_MALFORMED)
    begins = _begins(said.data, table[0], spans, frames)
    if number >= len(begins):
        raise fault(FaultReason.DICOM_MALFORMED)
    after = begins[number + 1] if number + 1 < len(begins) else len(spans)
    return b"".join(said.data[start:end] for start, end in spans[begins[number] : after])


def _begins(data: bytes, table: _Span, spans: list[_Span], frames: int) -> list[int]:
    """Say with which fragment each picture begins: one has all, or each has one, or a table or their marks say it."""
    if frames == 1:
        return [0]
    if len(spans) == frames:
        return list(range(frames))
    count = (table[1] - table[0]) // 4
    offsets = struct.unpack_from(f"<{count}I", data, table[0])
    places = {start - spans[0][0]: at for at, (start, _) in enumerate(spans)}
    if len(offsets) == frames and all(offset in places for offset in offsets):
        return [places[offset] for offset in offsets]
    return [at for at, (start, _) in enumerate(spans) if data[start : start + 2] in _STARTS]


def _fragments(data: bytes, at: int) -> Iterator[_Span]:
    """Give where fragments start and end, the table of offsets first; one that runs out of the file is cut there."""
    for _ in range(_MOST_FRAGMENTS):
        if at + 8 > len(data):
            return
        group, element, length = struct.unpack_from("<HHI", data, at)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            return
        if tag != ITEM or at + 8 + length > len(data):
            raise fault(FaultReason.DICOM_MALFORMED)
        yield at + 8, at + 8 + length
        at += 8 + length
    raise fault(FaultReason.DICOM_MALFORMED)

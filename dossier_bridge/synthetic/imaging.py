"""Invented pictures of a scanner as DICOM files (PS3.10, explicit little-endian): an abdomen that is nobody's.

Organs are ellipsoids with the densities of the textbooks, in Hounsfield units. It shows what a viewer is for, and
would fool no radiologist.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

# Any: arrays of numpy, which do not leave this module.
from typing import Any

import numpy

_CT, _EXPLICIT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1"
_OFFSET = 1024
_SIDE, _FIELD = 256, 360.0
"""Points of a side, and millimetres of it."""
_LONG = frozenset({"OB", "OW", "UN", "SQ", "UT"})
_Organ = tuple[tuple[float, float, float], tuple[float, float, float], float]
_ORGANS: tuple[_Organ, ...] = (
    # Middle and half axes in millimetres: from the right to the left, from front to back, upwards; density.
    ((-62, -12, 20), (72, 62, 95), 62),  # liver
    ((-34, -48, 0), (16, 20, 26), 12),  # gall bladder
    ((74, -38, 40), (46, 34, 55), 30),  # stomach
    ((80, -52, 46), (30, 16, 36), -880),  # its air
    ((98, 34, 35), (26, 38, 48), 55),  # spleen
    ((-62, 48, -30), (26, 22, 52), 35),  # right kidney
    ((66, 50, -15), (26, 22, 54), 35),  # left kidney
    ((-56, 48, -30), (10, 9, 24), -70),  # fat of its sinus
    ((60, 50, -15), (10, 9, 24), -70),
    ((10, -4, -10), (44, 12, 14), 45),  # pancreas
    ((12, 30, 0), (11, 11, 400), 190),  # aorta
    ((-16, 30, 0), (13, 10, 400), 120),  # vena cava
    ((-10, -58, -70), (80, 26, 40), 25),  # bowel
    ((-50, -62, -64), (18, 14, 30), -750),
    ((20, -66, -78), (26, 12, 26), -700),
    ((74, -50, -72), (16, 18, 30), -650),
    ((-24, 78, 0), (22, 16, 400), 58),  # muscles beside the spine
    ((24, 78, 0), (22, 16, 400), 58),
    ((0, 62, 0), (24, 20, 400), 260),  # body of the vertebrae
    ((0, 62, 0), (21, 17, 400), 180),
    ((0, 84, 0), (10, 9, 400), 30),  # their canal
    ((0, 104, 0), (5, 12, 400), 420),  # their spine
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticScan:
    """Whose pictures they are to be, and how many slices of which distance in millimetres."""

    name: str
    number: str
    issuer_oid: str
    born: str
    sex: str
    day: date
    place: str = "Imagerie du Parc"
    slices: int = 24
    apart: float = 7.5


def synthetic_scan(scan: SyntheticScan) -> Iterator[tuple[str, bytes]]:
    """Write one file for each slice, from below: its name and its octets."""
    root = f"2.25.{int.from_bytes(scan.name.encode()[:6], 'big')}{scan.day:%Y%m%d}"
    for number in range(1, scan.slices + 1):
        height = (number - (scan.slices + 1) / 2) * scan.apart
        points = (slice_at(height, number) + _OFFSET).clip(0, 4095).astype("<u2")
        yield f"IM{number:04}.dcm", _file(scan, root, number, height, points.tobytes())


def slice_at(height: float, seed: int = 0) -> Any:
    """Give the densities of one slice of the body, `height` millimetres above its middle."""
    body = numpy.full((_SIDE, _SIDE), -1000.0, "f4")
    swell = 3.5 * math.sin(height / 40)
    skin, muscle, fat = (158 + swell, 114 + swell, -105.0), (138 + swell, 97 + swell, 52.0), (126.0, 86.0, -95.0)
    for wide, deep, density in (skin, muscle, fat):
        _lay(body, (0, 0), (wide, deep), density, soft=1.5)
    for middle, half, density in _ORGANS:
        rest = 1 - ((height - middle[2]) / half[2]) ** 2
        if rest > 0:
            _lay(body, middle[:2], (half[0] * rest**0.5, half[1] * rest**0.5), density)
    for side in (-1, 1):
        for count in range(5):
            turn = 0.15 + 0.27 * count + height % 36 / 36 * 0.27
            rib = side * 132 * math.cos(turn - 0.35), 94 * math.sin(turn - 0.35) + 2
            _lay(body, rib, (7, 4), 520)
    noise = numpy.random.default_rng(seed).normal(0, 7, body.shape).astype("f4")
    return body + (noise + numpy.roll(noise, 1, 0) + numpy.roll(noise, 1, 1)) / 1.7


def _lay(
    body: Any, middle: tuple[float, float], half: tuple[float, float], density: float, soft: float = 0.9
) -> None:
    """Put an ellipse of one density over what is there, its edge `soft` millimetres wide."""
    (left, right), (top, bottom) = (
        (max(_point(at - far - 2), 0), _point(at + far + 2) + 2) for at, far in zip(middle, half, strict=True)
    )
    cells = body[top:bottom, left:right]
    y, x = (
        ((numpy.arange(size, dtype="f4") + first + 0.5) / _SIDE * _FIELD - _FIELD / 2 - at) / far
        for size, first, at, far in zip(cells.shape, (top, left), middle[::-1], half[::-1], strict=True)
    )
    share = ((1 - numpy.hypot(x[None, :], y[:, None])) * min(half) / soft + 0.5).clip(0, 1)
    cells += share * (density - cells)


def _point(at: float) -> int:
    return int((at + _FIELD / 2) / _FIELD * _SIDE)


def _file(scan: SyntheticScan, root: str, number: int, height: float, points: bytes) -> bytes:
    spacing = f"{_FIELD / _SIDE:.6f}"
    uid = f"{root}.1.{number}"
    issuer = _item(_element(0x00400032, "UT", scan.issuer_oid) + _element(0x00400033, "CS", "ISO"))
    data = (
        (0x00080005, "CS", "ISO_IR 192"), (0x00080016, "UI", _CT), (0x00080018, "UI", uid),
        (0x00080020, "DA", f"{scan.day:%Y%m%d}"), (0x00080030, "TM", "101500"), (0x00080060, "CS", "CT"),
        (0x00080080, "LO", scan.place), (0x00081030, "LO", "Scanner de l’abdomen"),
        (0x0008103E, "LO", "Abdomen, coupes axiales"),
        (0x00100010, "PN", scan.name), (0x00100020, "LO", scan.number), (0x00100024, "SQ", issuer),
        (0x00100030, "DA", scan.born), (0x00100040, "CS", scan.sex),
        (0x00180050, "DS", f"{scan.apart}"), (0x0020000D, "UI", root), (0x0020000E, "UI", f"{root}.1"),
        (0x00200011, "IS", "1"), (0x00200013, "IS", f"{number}"), (0x00200032, "DS", f"-180\\-180\\{height}"),
        (0x00200037, "DS", "1\\0\\0\\0\\1\\0"), (0x00280002, "US", 1), (0x00280004, "CS", "MONOCHROME2"),
        (0x00280010, "US", _SIDE), (0x00280011, "US", _SIDE), (0x00280030, "DS", f"{spacing}\\{spacing}"),
        (0x00280100, "US", 16), (0x00280101, "US", 12), (0x00280102, "US", 11), (0x00280103, "US", 0),
        (0x00281050, "DS", "50"), (0x00281051, "DS", "400"), (0x00281052, "DS", f"-{_OFFSET}"),
        (0x00281053, "DS", "1"), (0x7FE00010, "OW", points),
    )  # fmt: skip
    meta = b"".join(
        _element(tag, kind, value)
        for tag, kind, value in ((0x00020002, "UI", _CT), (0x00020003, "UI", uid), (0x00020010, "UI", _EXPLICIT))
    )
    head = bytes(128) + b"DICM" + _element(0x00020000, "UL", struct.pack("<I", len(meta))) + meta
    return head + b"".join(_element(tag, kind, value) for tag, kind, value in data)


def _item(data: bytes) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(data)) + data


def _element(tag: int, kind: str, value: str | int | bytes) -> bytes:
    """Write one element (PS3.5 §7.1.2), its value padded to an even length."""
    octets = struct.pack("<H", value) if isinstance(value, int) else value
    octets = octets.encode() if isinstance(octets, str) else octets
    octets += (b"\0" if kind in ("UI", "OB", "OW", "SQ") else b" ") * (len(octets) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + kind.encode()
    return head + (struct.pack("<HI", 0, len(octets)) if kind in _LONG else struct.pack("<H", len(octets))) + octets

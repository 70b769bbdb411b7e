"""What a DICOM file says of its pictures (PS3.3 §C.7.6.3, §C.7.6.16): size, form, scale, place; no pixel is read."""

import math
import struct
from collections.abc import Sequence

from dossier_bridge.dicom.elements import BIG_ENDIAN, DEFLATED, IMPLICIT, UNDEFINED, DataSet, data_set
from dossier_bridge.faults import DocumentFault
from gateway.domain.medical_picture import MAX_FRAMES, MAX_POINTS, MedicalPicture, Obstacle, Patient, Scale, VoiWindow

_EXPLICIT = "1.2.840.10008.1.2.1"
NATIVE = frozenset({IMPLICIT, _EXPLICIT, BIG_ENDIAN, "1.2.840.10008.1.2.1.99", ""})
"""Transfer syntaxes whose pixels stand as they are."""
CODINGS = frozenset(
    f"1.2.840.10008.1.2.{code}"
    for code in ("4.50", "4.51", "4.57", "4.70", "4.80", "4.81", "4.90", "4.91", "4.201", "4.202", "4.203", "5")
)
"""Transfer syntaxes of encapsulated pixels that are decoded: JPEG, JPEG-LS, JPEG 2000, HTJ2K, RLE."""
_GRAY, _COLORS = ("MONOCHROME1", "MONOCHROME2"), ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
PALETTE = "PALETTE COLOR"
_LAST = 0x7FE00010
_MOST_ELEMENTS = 400_000
MOST_INFLATED = 160 * 1024 * 1024
_SPACING, _CENTER, _WIDTH, _INTERCEPT, _SLOPE, _NAMES = (
    0x00280030, 0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00281055,
)  # fmt: skip
_GROUPS = (_SPACING, _CENTER, _WIDTH, _INTERCEPT, _SLOPE, _NAMES)
_NESTED = {0x52009229: _GROUPS, 0x52009230: _GROUPS}
"""Functional groups that say it of all frames, or of the first (PS3.3 §C.7.6.16.2)."""
_DETECTED = frozenset({"CR", "DX", "MG", "RF", "XA", "IO", "PX"})
"""Modalities that project: the scale of the detector is not that of the body."""
_CALIBRATED = 0x00280A02


def picture_of(data: bytes, *, whole: bool = True) -> MedicalPicture | None:
    """Describe the pictures of a file; None when `data` is not the whole of it and does not reach so far.

    What is damaged or cannot be shown is told by its obstacle.
    """
    try:
        said = pixel_data_set(data)
    except DocumentFault:
        return MedicalPicture(obstacle=Obstacle.DAMAGED) if whole else None
    if said.pixels is None and not whole:
        return None
    return _described(said)


def pixel_data_set(data: bytes) -> DataSet:
    """Read every element before the pixels; raise `DocumentFault`."""
    return data_set(data, _LAST, _NESTED, _MOST_ELEMENTS, MOST_INFLATED)


def shape_of(said: DataSet) -> tuple[int, int, int]:
    """Give samples of a point, bits of a sample that are kept, and whether they are signed, as 1."""
    return said.short(0x00280002, 1), said.short(0x00280100), said.short(0x00280103)


def _described(said: DataSet) -> MedicalPicture:
    rows, columns = said.short(0x00280010), said.short(0x00280011)
    frames = _whole(said.text(0x00280008)) or 1
    samples, bits, _ = shape_of(said)
    is_packed = said.syntax in DEFLATED or (said.pixels is not None and said.pixels.length == UNDEFINED)
    form, modality = said.text(0x00280004), said.text(0x00080060)[:16]
    spacing, scale = _scale(said, modality)
    return MedicalPicture(
        modality=modality,
        study_title=said.text(0x00081030),
        series=said.text(0x0020000E),
        series_title=said.text(0x0008103E),
        series_number=_whole(said.text(0x00200011)),
        number=_whole(said.text(0x00200013)),
        position=_position(said),
        rows=rows,
        columns=columns,
        frames=max(frames, 1),
        spacing=spacing,
        scale=scale,
        slope=_number(said.text(_SLOPE)) or 1.0,
        intercept=_number(said.text(_INTERCEPT)) or 0.0,
        unit="UH" if modality == "CT" else "",
        windows=_windows(said),
        is_color=form not in _GRAY,
        is_inverted=form == "MONOCHROME1",
        is_packed=is_packed,
        start=said.pixels.start if said.pixels else 0,
        frame_bytes=min(rows * columns * samples * bits // 8, 2**32),
        patient=_patient(said),
        obstacle=_obstacle(said, form, rows * columns, frames),
    )


def _obstacle(said: DataSet, form: str, points: int, frames: int) -> Obstacle:
    samples, bits, _ = shape_of(said)
    if said.pixels is None or not points:
        return Obstacle.NO_PICTURE
    if points > MAX_POINTS or not 0 < frames <= MAX_FRAMES:
        return Obstacle.TOO_LARGE
    is_encapsulated = said.pixels.length == UNDEFINED
    if said.syntax not in (CODINGS if is_encapsulated else NATIVE):
        return Obstacle.CODING
    if form == "YBR_FULL_422" and not is_encapsulated:
        return Obstacle.SHAPE
    is_known = (samples == 1 and form in (*_GRAY, PALETTE)) or (samples == 3 and form in _COLORS)
    if not is_known or (bits not in (8, 16) and not (bits == 1 and samples == 1 and not is_encapsulated)):
        return Obstacle.SHAPE
    return Obstacle.NONE


def _scale(said: DataSet, modality: str) -> tuple[tuple[float, float] | None, Scale]:
    at_patient, at_detector = _pair(said.text(_SPACING)), _pair(said.text(0x00181164))
    if at_patient and not (modality in _DETECTED and not said.text(_CALIBRATED)):
        return at_patient, Scale.PATIENT
    found = at_patient or at_detector
    return found, Scale.DETECTOR if found else Scale.UNKNOWN


def _pair(text: str) -> tuple[float, float] | None:
    values = _numbers(text)
    return (values[0], values[1]) if len(values) == 2 and all(0 < value < 1_000 for value in values) else None


def _position(said: DataSet) -> float | None:
    """Give the place of a slice along the normal of its plane (PS3.3 §C.7.6.2.1.1)."""
    place, axes = _numbers(said.text(0x00200032)), _numbers(said.text(0x00200037))
    if len(place) != 3 or len(axes) != 6:
        return None
    (a, b, c), (d, e, f) = axes[:3], axes[3:]
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    return round(sum(one * other for one, other in zip(place, normal, strict=True)), 4)


def _windows(said: DataSet) -> tuple[VoiWindow, ...]:
    centers, widths = _numbers(said.text(_CENTER)), _numbers(said.text(_WIDTH))
    names = [name.strip()[:40] for name in said.text(_NAMES).split("\\")]
    names += [""] * len(centers)
    pairs = zip(centers, widths, names, strict=False)
    return tuple(VoiWindow(center, width, name) for center, width, name in pairs if width > 0)[:4]


def _patient(said: DataSet) -> Patient:
    return Patient(
        name=" ".join(said.text(0x00100010).partition("=")[0].replace("^", " ").split()),
        number=said.text(0x00100020),
        born=said.text(0x00100030),
        sex=said.text(0x00100040),
        place=said.text(0x00080080),
        taken=said.text(0x00080020),
    )


def _whole(text: str) -> int:
    number = _number(text)
    return int(number) if number is not None and abs(number) < 2**31 else 0


def _number(text: str) -> float | None:
    return next(iter(_numbers(text)), None)


def _numbers(text: str) -> Sequence[float]:
    """Read numbers written in decimal (PS3.5 §6.2, DS and IS); nothing of what is none, or not finite."""
    try:
        values = [float(part) for part in text[:400].split("\\")] if text else []
    except ValueError:
        return ()
    return values if all(map(math.isfinite, values)) and all(abs(value) < 1e12 for value in values) else ()


def palette_of(said: DataSet) -> tuple[Sequence[int], tuple[bytes, bytes, bytes], int]:
    """Give descriptor and tables of a palette (PS3.3 §C.7.6.3.1.5), and the bits of its entries."""
    tables = tuple(said.values.get(tag, b"") for tag in (0x00281201, 0x00281202, 0x00281203))
    descriptor = said.values.get(0x00281101, b"")
    first = struct.unpack(f"{said.order}3H", descriptor[:6]) if len(descriptor) >= 6 else (0, 0, 0)
    return first[:2], (tables[0], tables[1], tables[2]), first[2]

"""What a DICOM file says of its pictures (PS3.3 §C.7.6.3), as far as they are shown: no pixel, no decision.

Read in a process without rights (`dossier_bridge.dicom.picture`), passed on as JSON, checked on arrival.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated

import msgspec

DICOM = "application/dicom"
MAX_POINTS = 4096 * 4096
"""Points of a picture that is shown: the largest mammographies. A larger one is downloaded."""
MAX_FRAMES = 10_000
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**32)]
_Text = Annotated[str, msgspec.Meta(max_length=4096)]


class Obstacle(Enum):
    """Why the pictures of a file are not shown."""

    NONE = ""
    NO_PICTURE = "no-picture"
    TOO_LARGE = "too-large"
    CODING = "coding"
    SHAPE = "shape"
    DAMAGED = "damaged"


class Scale(Enum):
    """Of what the distance between two points is known."""

    UNKNOWN = ""
    PATIENT = "patient"
    DETECTOR = "detector"


class VoiWindow(msgspec.Struct, frozen=True):
    """Values that are shown between black and white (PS3.3 §C.11.2): the middle, the width, what it is called."""

    center: float
    width: float
    name: _Text = ""


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """Whose pictures the file says they are, as it writes it."""

    name: _Text = ""
    number: _Text = ""
    born: _Text = ""
    sex: _Text = ""
    place: _Text = ""
    taken: _Text = ""


class MedicalPicture(msgspec.Struct, frozen=True, kw_only=True):
    """One file's pictures, all of one size.

    Attributes:
        series: identifier of the series; `series_number` and `number` say where in the study and in the series.
        position: millimetres along the normal of the pictures, None where it is unknown.
        spacing: millimetres from row to row, and from column to column; `scale` says of what.
        slope, intercept: make of a stored value one in `unit` (PS3.3 §C.11.1).
        is_inverted: small values are white (MONOCHROME1).
        is_packed: the file is needed as a whole to draw one of its pictures.
        start: octet of the file at which the pixels begin; `frame_bytes` are those of one picture, if it is not packed.
        obstacle: why they cannot be shown; what else is said may then be missing.
    """

    modality: _Text = ""
    study_title: _Text = ""
    series: _Text = ""
    series_title: _Text = ""
    series_number: int = 0
    number: int = 0
    position: float | None = None
    rows: _Count = 0
    columns: _Count = 0
    frames: _Count = 0
    spacing: tuple[float, float] | None = None
    scale: Scale = Scale.UNKNOWN
    slope: float = 1.0
    intercept: float = 0.0
    unit: _Text = ""
    windows: Annotated[tuple[VoiWindow, ...], msgspec.Meta(max_length=8)] = ()
    is_color: bool = False
    is_inverted: bool = False
    is_packed: bool = False
    start: _Count = 0
    frame_bytes: _Count = 0
    patient: Patient = Patient()
    obstacle: Obstacle = Obstacle.NONE


class Shown(Enum):
    """What is made of a picture: its values for a program, or a picture that a browser shows."""

    VALUES = "values"
    PICTURE = "picture"
    SMALL = "small"


Described = tuple[MedicalPicture | None, ...]
"""Files in their order; None for one that must be given whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture that is to be drawn.

    Attributes:
        data: the whole file; or all before its pixels, and one picture of them.
        number: of the picture in `data`, from 0.
        window: between which values it is shown; None for the file's own.
    """

    data: bytes = field(repr=False)
    number: int
    shown: Shown
    window: VoiWindow | None = None

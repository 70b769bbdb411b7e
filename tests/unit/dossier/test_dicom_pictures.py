"""Pictures of DICOM files: every coding gives the values that were coded, what cannot be shown says why (F58)."""

import gzip
import struct
from collections.abc import Callable
from typing import Any

import numpy
import pytest

from dossier_bridge.dicom.picture import picture_of
from dossier_bridge.sandbox.dicom_pictures import drawn
from gateway.domain.medical_picture import Drawing, MedicalPicture, Obstacle, Scale, Shown, VoiWindow
from tests.builders.dicom_pictures import (
    HTJ2K,
    JPEG,
    JPEG_12,
    JPEG_2000,
    JPEG_LOSSLESS,
    JPEG_LS,
    MPEG,
    RLE,
    a_picture,
    a_slope,
)
from tests.builders.growth import grows_too_fast

EXPLICIT, IMPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
GRAY = a_slope()
SIGNED = (GRAY.astype("i2") - 1000).astype("i2")
BYTES = (GRAY >> 4).astype("u1")
COLORS = numpy.dstack([BYTES, BYTES // 2, 255 - BYTES])


def values(data: bytes, number: int = 0) -> Any:
    obstacle, packed = drawn(Drawing(data=data, number=number, shown=Shown.VALUES))
    assert obstacle is Obstacle.NONE
    plain = gzip.decompress(packed)
    rows, columns, samples, kind = struct.unpack("<4I", plain[:16])
    points = numpy.frombuffer(plain[16:], ("u1", "<u2", "<i2")[kind])
    return points.reshape((rows, columns) if samples == 1 else (rows, columns, samples))


def described(data: bytes) -> MedicalPicture:
    found = picture_of(data)
    assert found is not None
    return found


def refusal(data: bytes) -> Obstacle:
    obstacle, picture = drawn(Drawing(data=data, number=0, shown=Shown.PICTURE))
    assert picture == b""
    return obstacle


@pytest.mark.parametrize(
    "syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED, JPEG_LOSSLESS, JPEG_2000, HTJ2K, JPEG_LS, RLE]
)
@pytest.mark.parametrize("frame", [GRAY, SIGNED, BYTES, COLORS], ids=["unsigned", "signed", "octets", "colours"])
def test_values_are_those_that_were_written(syntax: str, frame: Any) -> None:
    turned = numpy.ascontiguousarray(frame[::-1])
    data = a_picture([frame, turned], syntax)
    assert (values(data) == frame).all()
    assert (values(data, 1) == turned).all()


@pytest.mark.parametrize(("syntax", "frame"), [(JPEG, BYTES), (JPEG_12, GRAY)])
def test_values_of_a_lossy_coding_are_near(syntax: str, frame: Any) -> None:
    assert abs(values(a_picture([frame], syntax)).astype(int) - frame).max() <= 2


def test_colours_of_jpeg_are_colours() -> None:
    found = values(a_picture([COLORS], JPEG, PhotometricInterpretation="YBR_FULL_422"))
    assert abs(found.astype(int) - COLORS).max() < 12


def test_bits_beside_the_value_are_none_of_it() -> None:
    data = a_picture([GRAY | 0xF000], BitsStored=12, HighBit=11)
    assert (values(data) == GRAY).all()


def test_palette_gives_colours() -> None:
    table = numpy.arange(256, dtype="<u2") << 8
    said: dict[str, Any] = {
        f"{color}PaletteColorLookupTable{what}": value
        for color in ("Red", "Green", "Blue")
        for what, value in (("Descriptor", [256, 0, 16]), ("Data", table.tobytes()))
    }
    assert (values(a_picture([BYTES], PhotometricInterpretation="PALETTE COLOR", **said))[..., 0] == BYTES).all()


def test_planes_of_colours_are_joined() -> None:
    planes = numpy.ascontiguousarray(COLORS.transpose(2, 0, 1))
    data = a_picture([COLORS], PlanarConfiguration=1, PixelData=planes.tobytes())
    assert (values(data) == COLORS).all()


def test_description_says_scale_window_and_place() -> None:
    found = described(
        a_picture(
            [GRAY], PixelSpacing=[0.5, 0.7], WindowCenter=["40", "-600"], WindowWidth=["400", "1500"],
            WindowCenterWidthExplanation=["MOU", "POUMON"], RescaleSlope="1", RescaleIntercept="-1024",
            ImagePositionPatient=[1, 2, 30], ImageOrientationPatient=[1, 0, 0, 0, 1, 0], SeriesNumber="4",
        )
    )  # fmt: skip
    assert (found.spacing, found.scale, found.intercept, found.unit) == ((0.5, 0.7), Scale.PATIENT, -1024, "UH")
    assert found.windows == (VoiWindow(40, 400, "MOU"), VoiWindow(-600, 1500, "POUMON"))
    assert (found.position, found.series_number, found.patient.name) == (30.0, 4, "MODELE ALIX")


@pytest.mark.parametrize(
    ("said", "scale"),
    [
        ({}, Scale.UNKNOWN),
        ({"PixelSpacing": [0, 1]}, Scale.UNKNOWN),
        ({"Modality": "DX", "ImagerPixelSpacing": [0.1, 0.1]}, Scale.DETECTOR),
        ({"Modality": "DX", "PixelSpacing": [0.1, 0.1]}, Scale.DETECTOR),
        ({"Modality": "DX", "PixelSpacing": [0.1, 0.1], "PixelSpacingCalibrationType": "FIDUCIAL"}, Scale.PATIENT),
    ],
)
def test_scale_is_that_of_the_body_only_where_the_file_says_so(said: dict[str, Any], scale: Scale) -> None:
    assert described(a_picture([GRAY], **said)).scale is scale


@pytest.mark.parametrize(
    ("data", "obstacle"),
    [
        (a_picture([GRAY], MPEG), Obstacle.CODING),
        (a_picture([GRAY], Rows=40_000, Columns=40_000), Obstacle.TOO_LARGE),
        (a_picture([GRAY], NumberOfFrames="10001"), Obstacle.TOO_LARGE),
        (a_picture([GRAY], Rows=0), Obstacle.NO_PICTURE),
        (a_picture([GRAY], SamplesPerPixel=4), Obstacle.SHAPE),
        (a_picture([GRAY], BitsAllocated=64), Obstacle.SHAPE),
        (a_picture([GRAY], Rows=49), Obstacle.DAMAGED),
        (a_picture([GRAY], JPEG_2000, Rows=47), Obstacle.DAMAGED),
        (a_picture([GRAY], JPEG_LOSSLESS)[:-2000], Obstacle.DAMAGED),
        (a_picture([GRAY])[:300], Obstacle.DAMAGED),
        (b"", Obstacle.DAMAGED),
    ],
)
def test_what_cannot_be_shown_says_why(data: bytes, obstacle: Obstacle) -> None:
    assert refusal(data) is obstacle


def test_picture_for_every_browser_is_a_png_in_its_window() -> None:
    data = a_picture([a_slope(300, 2_400)], RescaleIntercept="-1000", RescaleSlope="1")
    pictures = [
        drawn(Drawing(data=data, number=0, shown=shown, window=VoiWindow(0, 200)))[1]
        for shown in (Shown.PICTURE, Shown.SMALL)
    ]
    assert [struct.unpack(">2I", picture[16:24]) for picture in pictures] == [(800, 100), (160, 20)]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


def test_start_of_a_file_is_enough_to_describe_it() -> None:
    data = a_picture([GRAY, GRAY], PixelSpacing=[0.5, 0.5])
    whole = described(data)
    assert picture_of(data[: whole.start + 10], whole=False) == whole
    assert picture_of(data[: whole.start - 20], whole=False) is None


def _fragments(count: int) -> bytes:
    return a_picture([BYTES], RLE)[:-8].replace(b"\xfe\xff\xdd\xe0", b"") + b"\xfe\xff\x00\xe0\2\0\0\0ab" * count


def _groups(count: int) -> bytes:
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff\x28\0\x50\x10DS\2\x001 \xfe\xff\x0d\xe0\0\0\0\0"
    data = a_picture([BYTES])
    at = data.index(b"\xe0\x7f\x10\x00")
    return data[:at] + b"\0\x52\x30\x92SQ\0\0\xff\xff\xff\xff" + item * count + b"\xfe\xff\xdd\xe0\0\0\0\0" + data[at:]


@pytest.mark.parametrize("made", [_fragments, _groups])
def test_work_grows_with_the_number_of_pieces_and_no_faster(made: Callable[[int], bytes]) -> None:
    def work(size: int) -> object:
        return drawn(Drawing(data=made(size // 20), number=0, shown=Shown.SMALL))

    assert not grows_too_fast(work)

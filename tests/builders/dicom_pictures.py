"""DICOM files with pictures for tests, in every coding that is drawn: pydicom writes them, imagecodecs codes points."""

import io
import struct
from collections.abc import Callable, Sequence

# Any: arrays of numpy, and attributes that a test names.
from typing import Any

import imagecodecs
import numpy
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

JPEG, JPEG_12, JPEG_LOSSLESS = (f"1.2.840.10008.1.2.4.{code}" for code in (50, 51, 70))
JPEG_LS, JPEG_2000, HTJ2K = (f"1.2.840.10008.1.2.4.{code}" for code in (80, 90, 201))
RLE, MPEG = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.102"


def a_slope(rows: int = 48, columns: int = 64, top: int = 4_000) -> Any:
    """Make a picture that is darkest at its first point and brightest at its last."""
    return numpy.linspace(0, top, rows * columns).reshape(rows, columns).astype("u2")


def a_picture(frames: Sequence[Any], syntax: str = ExplicitVRLittleEndian, **said: Any) -> bytes:
    """Write a file with pictures of one size; `said` names further attributes, or others than the usual."""
    data, first = Dataset(), frames[0]
    bits = first.dtype.itemsize * 8
    data.SpecificCharacterSet, data.SOPClassUID = "ISO_IR 192", "1.2.840.10008.5.1.4.1.1.2"
    data.SOPInstanceUID = generate_uid(entropy_srcs=[first.tobytes().hex()[:64], str(sorted(said.items()))])
    data.StudyDate, data.StudyDescription, data.Modality = "20261102", "Scanner de l’abdomen", "CT"
    data.PatientName, data.PatientBirthDate, data.PatientSex = "MODELE^ALIX", "19790328", "F"
    data.SamplesPerPixel = 3 if first.ndim == 3 else 1
    data.PhotometricInterpretation = "RGB" if first.ndim == 3 else "MONOCHROME2"
    data.Rows, data.Columns = first.shape[:2]
    data.NumberOfFrames = str(len(frames))
    data.BitsAllocated, data.BitsStored, data.HighBit = bits, bits, bits - 1
    data.PixelRepresentation = int(first.dtype.kind == "i")
    if first.ndim == 3:
        data.PlanarConfiguration = 0
    coded = [_coded(frame, syntax) for frame in frames]
    is_coded = syntax in _CODED
    data.PixelData = encapsulate(coded) if is_coded else b"".join(coded)
    data["PixelData"].VR = "OB" if bits == 8 or is_coded else "OW"
    data["PixelData"].is_undefined_length = is_coded
    for name, value in said.items():
        setattr(data, name, value)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = UID(syntax)
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, data, enforce_file_format=True)
    return stream.getvalue()


def _runs(frame: Any) -> bytes:
    planes = [frame[..., at] for at in range(3)] if frame.ndim == 3 else [frame]
    octets = [plane >> 8 * at & 255 for plane in planes for at in reversed(range(frame.dtype.itemsize))]
    segments = [imagecodecs.packbits_encode(plane.astype("u1").tobytes()) for plane in octets]
    segments = [segment + b"\0" * (len(segment) % 2) for segment in segments]
    starts = [64 + sum(map(len, segments[:at])) for at in range(len(segments))]
    return struct.pack("<16I", len(segments), *starts, *[0] * (15 - len(segments))) + b"".join(segments)


_CODED: dict[str, Callable[[Any], Any]] = {
    JPEG: lambda frame: imagecodecs.jpeg8_encode(frame, level=98),
    JPEG_12: lambda frame: imagecodecs.jpeg8_encode(frame, level=98, bitspersample=12),
    JPEG_LOSSLESS: lambda frame: imagecodecs.jpeg8_encode(frame.view(f"u{frame.dtype.itemsize}"), lossless=True),
    JPEG_LS: lambda frame: imagecodecs.jpegls_encode(frame.view(f"u{frame.dtype.itemsize}")),
    JPEG_2000: lambda frame: imagecodecs.jpeg2k_encode(frame, codecformat="j2k", reversible=True),
    HTJ2K: imagecodecs.htj2k_encode,
    RLE: _runs,
    MPEG: lambda frame: frame.tobytes(),
}


def _coded(frame: Any, syntax: str) -> bytes:
    code = _CODED.get(syntax)
    if code is None:
        return bytes(frame.astype(frame.dtype.newbyteorder(">" if syntax == "1.2.840.10008.1.2.2" else "<")).tobytes())
    data = bytes(code(frame))
    return data + b"\0" * (len(data) % 2)

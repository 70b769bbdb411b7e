"""An examination as its page shows it: series, and the files of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.domain.medical_picture import MedicalPicture, Obstacle, Patient, VoiWindow
from webmail.identifiers import DocumentId


@dataclass(frozen=True, slots=True, repr=False)
class PictureFile:
    """One file of a series: its key in addresses, and what it says of its pictures."""

    which: str
    picture: MedicalPicture


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Series:
    """Files of one series, in their order.

    Attributes:
        title: what the files call it; empty when they do not.
        modality: code of the machine: CT, MR, CR … (PS3.3 §C.7.3.1.1.1).
    """

    title: str
    modality: str
    files: tuple[PictureFile, ...]

    @property
    def count(self) -> int:
        """Count the pictures that are shown."""
        return sum(file.picture.frames for file in self.shown)

    @property
    def shown(self) -> tuple[PictureFile, ...]:
        """List the files whose pictures are shown."""
        return tuple(file for file in self.files if file.picture.obstacle is Obstacle.NONE)

    @property
    def obstacles(self) -> frozenset[Obstacle]:
        """Say why some are not."""
        return frozenset(file.picture.obstacle for file in self.files) - {Obstacle.NONE}

    def place(self, number: int) -> tuple[PictureFile, int] | None:
        """Find picture `number` of the series, from 1: its file, and its number in that, from 1."""
        return next(((file, at) for place, (file, at) in enumerate(self._places(), 1) if place == number), None)

    def _places(self) -> Iterator[tuple[PictureFile, int]]:
        return ((file, at) for file in self.shown for at in range(1, file.picture.frames + 1))


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ExaminationPictures:
    """An examination: its document, its series, and whose it says it is."""

    id: DocumentId
    title: str
    series: tuple[Series, ...]
    patient: Patient


PRESETS: dict[str, tuple[str, VoiWindow]] = {
    "mous": ("Tissus mous", VoiWindow(40, 400)),
    "poumon": ("Poumons", VoiWindow(-600, 1500)),
    "os": ("Os", VoiWindow(400, 1800)),
    "cerveau": ("Cerveau", VoiWindow(40, 80)),
}
"""Windows for values of a scanner, in Hounsfield units, by their word in addresses."""

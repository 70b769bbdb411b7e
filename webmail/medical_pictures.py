"""Pictures of scanners and X-rays for pages: of a patient's own space, and of a record that is open (F58, F37)."""

from typing import Protocol

from gateway.domain.access import Actor
from gateway.domain.medical_picture import MedicalPicture, Obstacle, Patient, Shown, VoiWindow
from gateway.services.record.medical_pictures import MedicalPictures, WantedPicture, in_order
from webmail.account_turns import AccountTurns
from webmail.identifiers import DocumentId
from webmail.picture_series import ExaminationPictures, PictureFile, Series
from webmail.references import number_of

_AT_ONCE = 4


class ImageService(Protocol):
    """Describe and draw the pictures of a document; one that the actor may not read raises `NotFound`."""

    async def examination_pictures(self, actor: Actor, document: DocumentId) -> ExaminationPictures:
        """Describe the pictures of a document; the trace has a line for each opening."""
        ...

    async def medical_picture(
        self, actor: Actor, document: DocumentId, which: str, number: int, shown: Shown, window: VoiWindow | None = None
    ) -> tuple[Obstacle, bytes]:
        """Draw picture `number`, from 1, of the file `which`, or say why it cannot be drawn."""
        ...


class PicturesForPages:
    """Implements `ImageService`, over `gateway.services.record.medical_pictures`."""

    def __init__(self, pictures: MedicalPictures) -> None:
        self._medical_pictures = pictures
        # A page asks for several at once: they come one after another, and leave others their places.
        self._picture_turns = AccountTurns(_AT_ONCE)

    async def examination_pictures(self, actor: Actor, document: DocumentId) -> ExaminationPictures:
        """Describe the pictures of a document."""
        async with self._picture_turns.turn(actor.account):
            found = await self._medical_pictures.examination(actor, number_of(document))
        entry = found.document.entry
        return ExaminationPictures(
            id=document,
            title=entry.title or entry.type_label or entry.category.label,
            series=tuple(series_of(files) for files in in_order(found.pictures)),
            patient=next((picture.patient for _, picture in found.pictures if picture.patient.name), Patient()),
        )

    async def medical_picture(
        self, actor: Actor, document: DocumentId, which: str, number: int, shown: Shown, window: VoiWindow | None = None
    ) -> tuple[Obstacle, bytes]:
        """Draw one picture, or say why not."""
        wanted = WantedPicture(
            document=number_of(document), which=which, number=number - 1, shown=shown, window=window
        )
        async with self._picture_turns.turn(actor.account):
            return await self._medical_pictures.picture(actor, wanted)


def series_of(files: list[tuple[str, MedicalPicture]]) -> Series:
    """Give a series as the page shows it."""
    first = files[0][1]
    return Series(
        title=first.series_title,
        modality=first.modality,
        files=tuple(PictureFile(which, picture) for which, picture in files),
    )

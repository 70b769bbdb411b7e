"""Pictures for pages that are looked at: drawn by the real job, of files that a test puts there."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from dossier_bridge.sandbox.dicom_pictures import described, drawn
from dossier_bridge.synthetic.imaging import SyntheticScan, synthetic_scan
from gateway.domain.access import Actor
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import NotFound
from gateway.domain.medical_picture import Drawing, MedicalPicture, Obstacle, Patient, Shown, VoiWindow
from gateway.services.record.medical_pictures import in_order
from tests.builders.web_people import NOW
from webmail.identifiers import DocumentId
from webmail.medical_pictures import series_of
from webmail.picture_series import ExaminationPictures
from webmail.shown_documents import Document, DocumentSummary, OpenableFile

SCAN = DocumentId("d-scanner")


@dataclass
class PicturesOfTests:
    """Satisfies `webmail.medical_pictures.ImageService`; `scans` has the files of each document."""

    scans: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)

    async def examination_pictures(self, actor: Actor, document: DocumentId) -> ExaminationPictures:  # noqa: ARG002
        """Describe the pictures of a document."""
        files = self._files(document)
        pictures = [picture or MedicalPicture() for picture in described([(data, True) for _, data in files])]
        named = [(which, picture) for (which, _), picture in zip(files, pictures, strict=True)]
        return ExaminationPictures(
            id=document,
            title="Scanner de l’abdomen",
            series=tuple(series_of(files) for files in in_order(named)),
            patient=next((picture.patient for picture in pictures if picture.patient.name), Patient()),
        )

    async def medical_picture(
        self, actor: Actor, document: DocumentId, which: str, number: int, shown: Shown, window: VoiWindow | None = None  # noqa: ARG002
    ) -> tuple[Obstacle, bytes]:
        """Draw one picture, or say why not."""
        data = dict(self._files(document)).get(which)
        if data is None:
            raise NotFound("no such file")
        return drawn(Drawing(data=data, number=number - 1, shown=shown, window=window))

    def _files(self, document: DocumentId) -> list[tuple[str, bytes]]:
        if document not in self.scans:
            raise NotFound("no such document")
        return self.scans[document]


@cache
def sample_scan(slices: int = 6) -> tuple[bytes, ...]:
    """Give a few slices of an abdomen that is nobody's."""
    scan = SyntheticScan(
        name="MARTIN^CAMILLE", number="2790375056034", issuer_oid="1.2.250.1.213.1.4.10", born="19790328", sex="F",
        day=date(2026, 11, 2), slices=slices, apart=30.0,
    )  # fmt: skip
    return tuple(data for _, data in synthetic_scan(scan))


def scan_document(files: list[tuple[str, bytes]], document: DocumentId = SCAN) -> Document:
    """Make the document of such files."""
    summary = DocumentSummary(
        id=document, title="Scanner de l’abdomen", category=DocumentCategory.IMAGING, dated=date(2026, 11, 2),
        received_at=NOW, author="Imagerie du Parc",
    )  # fmt: skip
    openable = tuple(OpenableFile(which=which, name=f"{which}.dcm", media_type="application/dicom", size=len(data))
                     for which, data in files)
    return Document(summary=summary, type_label="Images DICOM", files=openable)


def with_which(files: tuple[bytes, ...]) -> list[tuple[str, bytes]]:
    """Name files as a document does."""
    return [("original" if at == 0 else f"media-{at}", data) for at, data in enumerate(files)]

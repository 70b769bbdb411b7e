"""What the pages of pictures ask of the services; see `webmail.documents.port` for what is raised."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.medical_picture import Obstacle, Shown, VoiWindow
from webmail.identifiers import DocumentId
from webmail.images.model import ExaminationPictures


class ImageService(Protocol):
    """Describe and draw the pictures of a document."""

    async def examination_pictures(self, actor: Actor, document: DocumentId) -> ExaminationPictures:
        """Describe the pictures of a document; the trace has a line for each opening."""
        ...

    async def medical_picture(
        self, actor: Actor, document: DocumentId, which: str, number: int, shown: Shown, window: VoiWindow | None = None
    ) -> tuple[Obstacle, bytes]:
        """Draw picture `number`, from 1, of the file `which`, or say why it cannot be drawn."""
        ...


IMAGES: web.AppKey[ImageService] = web.AppKey("images")
"""Where handlers find it on the application."""

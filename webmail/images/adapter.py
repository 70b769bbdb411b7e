"""Pictures of one's own documents, over the pictures that every site shows."""

from webmail.medical_pictures import PicturesForPages
from webmail.services import SpaceServices


class ImagePages(PicturesForPages):
    """Implements `webmail.medical_pictures.ImageService` for the patient's own space."""

    def __init__(self, services: SpaceServices) -> None:
        super().__init__(services.pictures)

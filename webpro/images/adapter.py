"""Pictures of a record, over the pictures that every site shows."""

from webmail.medical_pictures import PicturesForPages
from webpro.services import ConsoleServices


class RecordImages(PicturesForPages):
    """Implements `webmail.medical_pictures.ImageService` for a record that is open."""

    def __init__(self, services: ConsoleServices) -> None:
        super().__init__(services.pictures)

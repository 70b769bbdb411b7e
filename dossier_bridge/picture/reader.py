"""A picture beside a letter, filed as it is."""

from dossier_bridge.bare_document import bare_document
from dossier_bridge.nesting import FoundFile
from gateway.domain.document import ReadDocument

_TYPES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))
"""What browsers show; any other picture is offered as a file."""


def picture_document(file: FoundFile) -> ReadDocument:
    """Make the document of a picture."""
    media_type = next((kind for mark, kind in _TYPES if file.data.startswith(mark)), "application/octet-stream")
    return bare_document(file, media_type, "Image")

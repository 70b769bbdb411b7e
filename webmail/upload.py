"""A file that a form brings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Upload:
    """A file the patient joins to a message; name and media type are as the browser claims them."""

    name: str
    media_type: str
    content: bytes

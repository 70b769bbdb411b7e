"""A file that is opened from a page, given in pieces."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class File:
    """A file to download, given in pieces; the receiver reads `chunks` and closes it."""

    name: str
    media_type: str
    size: int
    chunks: AsyncGenerator[bytes, None]

"""Pictures of DICOM files, described and drawn where foreign octets can do no harm."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.medical_picture import Described, Drawing, Obstacle


class PictureDrawer(Protocol):
    """Describes and draws pictures, in processes of their own. One owner's jobs never hold them all."""

    async def describe(self, files: Sequence[tuple[bytes, bool]], owner: str) -> Described:
        """Describe files, each given from its start and said to be whole or not.

        Raises `ReaderFailed`, `ReaderBusy`, `LimitExceeded`.
        """
        ...

    async def draw(self, drawing: Drawing, owner: str) -> tuple[Obstacle, bytes]:
        """Draw one picture, or say why not. Raises the same."""
        ...

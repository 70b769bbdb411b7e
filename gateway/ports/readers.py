"""Readers of clinical documents."""

from typing import Protocol

from dossier_bridge.request import ReadOutcome, ReadRequest


class Readers(Protocol):
    """The readers of clinical documents, in processes of their own."""

    async def read(self, request: ReadRequest) -> ReadOutcome:
        """Read the attachments of a message. Raises `ReaderFailed` when the reader crashed or ran out of limits."""
        ...

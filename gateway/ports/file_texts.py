"""The text inside files that are not text themselves."""

from typing import Protocol


class FileTexts(Protocol):
    """Reads the text of PDF files, in processes of their own."""

    async def text_of(self, data: bytes, owner: str) -> str:
        """Give the words of a PDF, as far as they are read. Raises `ReaderFailed`, `ReaderBusy`, `LimitExceeded`."""
        ...

"""Readers of clinical documents."""

from typing import Protocol

from dossier_bridge.request import ReadOutcome, ReadRequest


class Readers(Protocol):
    """The readers of clinical documents, in processes of their own."""

    async def read(self, request: ReadRequest, sender: str = "", *, at_leisure: bool = False) -> ReadOutcome:
        """Read the attachments of a message, of which one sender's never hold all readers.

        With `at_leisure`, read it in the place of what takes long. Raises `ReaderSpent` when it used all its processor
        time, `ReaderSlow` when it took too long, `ReaderFailed` when the reader crashed, `SenderBusy` when slow
        documents of the same sender are in the way, `ReaderBusy` when too many wait, `LimitExceeded` when too large.
        """
        ...

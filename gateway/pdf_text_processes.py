"""The processes in which the words of PDF files are read, and their limits. Part of the composition root."""

from datetime import timedelta

from dossier_bridge.sandbox.pdf_frames import decode_words, encode_pdf
from dossier_bridge.sandbox.places import PlaceSettings
from dossier_bridge.sandbox.processes import ProcessPool, ProcessSettings
from gateway.ports.sandbox import Sandbox


def pdf_text_processes() -> ProcessPool:
    """Give the process, which is started when somebody first looks for a document."""
    return ProcessPool(
        ProcessSettings(
            places=PlaceSettings(count=1, of_a_sender=1, max_waiting=64, patience=timedelta(seconds=30)),
            frames="dossier_bridge.sandbox.pdf_frames:wording",
            entry="dossier_bridge.sandbox.pdf_words:words_of_pdf",
            cpu_limit=timedelta(seconds=5),
            wall_limit=timedelta(seconds=20),
            niceness=10,
            max_outcome_bytes=1024 * 1024,
        )
    )


class PdfTexts:
    """Implements `gateway.ports.file_texts.FileTexts`."""

    def __init__(self, processes: Sandbox) -> None:
        self._processes = processes

    async def text_of(self, data: bytes, owner: str) -> str:
        """Give the words of a PDF."""
        return await self._processes.exchange(encode_pdf(data), decode_words, owner)

"""Notices as letters: one PDF file a person, in a folder a mailing, to be printed and posted."""

import asyncio
from pathlib import Path

from gateway.domain.errors import NoticeDeferred
from gateway.domain.notices import Notice
from gateway.ports.papers import Papers
from gateway.store.folder_sync import sync_folder
from gateway.store.renamed_files import put_in_place

_AT_ONCE = 2


class LetterFiles:
    """Implements `gateway.ports.notices.Notices` for letters."""

    def __init__(self, folder: Path, papers: Papers) -> None:
        self._folder = folder
        self._papers = papers
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def send(self, notice: Notice) -> None:
        """Set the letter and put it in place; the same id again replaces the same file."""
        async with self._places:
            try:
                await asyncio.to_thread(self._put, notice)
            except OSError as error:
                raise NoticeDeferred(type(error).__name__) from error

    def _put(self, notice: Notice) -> None:
        wording = notice.wording
        letter = self._papers.pdf_of(
            "letter",
            {
                "subject": wording.subject,
                "issuer": notice.issuer,
                "address": notice.to.splitlines(),
                "lines": wording.lines,
                "steps": wording.steps,
                "code": notice.code or "",
                "after": wording.after,
            },
        )
        folder = self._folder / notice.batch
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(self._folder)
        put_in_place(folder / f"{notice.id}.pdf", letter)

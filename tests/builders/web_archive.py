"""An archive for pages that are looked at: there, or being made, as a test says."""

from collections.abc import AsyncGenerator
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from tests.builders.web_people import NOW
from webmail.file_streams import File
from webmail.own_data.model import OwnArchive

READY = OwnArchive(is_ready=True, has_failed=False, asked_at=NOW, until=NOW + timedelta(days=7), size=4_200_000)
ASKED = OwnArchive(is_ready=False, has_failed=False, asked_at=NOW, until=NOW + timedelta(days=7), size=0)
FAILED = OwnArchive(is_ready=False, has_failed=True, asked_at=NOW, until=NOW + timedelta(days=7), size=0)


class ArchiveOfTests:
    """Satisfies `webmail.own_data.port.OwnDataService`."""

    archive: OwnArchive | None = None

    async def own_archive(self, _actor: Actor) -> OwnArchive | None:
        """Give it."""
        return self.archive

    async def ask_for_archive(self, _actor: Actor, _present: bytes) -> bool:
        """Begin to make it."""
        self.archive = ASKED
        return True

    async def download_archive(self, _actor: Actor, _present: bytes) -> File | None:
        """Give a few octets."""
        if self.archive is None or not self.archive.is_ready:
            raise NotFound("there is no archive")

        async def pieces() -> AsyncGenerator[bytes, None]:
            yield b"PK"

        return File("mes-donnees.zip", "application/zip", 2, pieces())

    async def remove_archive(self, _actor: Actor) -> None:
        """Forget it."""
        self.archive = None

"""An archive for pages that are looked at: there, or being made, as a test says."""

from collections.abc import AsyncGenerator
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.openpgp import KeyFault
from tests.builders.web_people import NOW
from webmail.file_streams import File
from webmail.own_data.model import OwnArchive, ShownKey, written_key

READY = OwnArchive(is_ready=True, has_failed=False, asked_at=NOW, until=NOW + timedelta(days=7), size=4_200_000)
ASKED = OwnArchive(is_ready=False, has_failed=False, asked_at=NOW, until=NOW + timedelta(days=7), size=0)
FAILED = OwnArchive(is_ready=False, has_failed=True, asked_at=NOW, until=NOW + timedelta(days=7), size=0)


class ArchiveOfTests:
    """Satisfies `webmail.own_data.port.OwnDataService`."""

    archive: OwnArchive | None = None

    async def own_archive(self, _actor: Actor) -> OwnArchive | None:
        """Give it."""
        return self.archive

    def signing_key(self) -> tuple[str, bytes]:
        """Give a key that is none."""
        return " ".join(["0a1b"] * 16), b"-----BEGIN PUBLIC KEY-----"

    async def read_key(self, _actor: Actor, _present: bytes, data: bytes) -> ShownKey | KeyFault | None:
        """Read a key that is none but one word."""
        if data != b"cle":
            return KeyFault.NO_KEY
        names = ("Camille <camille@famille.example>",)
        return ShownKey(written=written_key(data), fingerprint="AB" * 20, people=names, expires=None)

    async def ask_for_archive(
        self, _actor: Actor, _present: bytes, _key: bytes = b"", _fingerprint: str = ""
    ) -> bool | KeyFault:
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

"""What the page « Mes données » asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.domain.openpgp import KeyFault
from webmail.file_streams import File
from webmail.own_data.model import OwnArchive, ShownKey


class OwnDataService(Protocol):
    """Have all one's data made into an archive, and take it away; `present` is the digest of the open session."""

    def signing_key(self) -> tuple[str, bytes]:
        """Give the fingerprint of the operator's key for archives, and the key itself (PEM)."""
        ...

    async def own_archive(self, actor: Actor) -> OwnArchive | None:
        """Give the archive that there is, or is being made."""
        ...

    async def read_key(self, actor: Actor, present: bytes, data: bytes) -> ShownKey | KeyFault | None:
        """Read a public key, to be confirmed; None when one must show once more who one is."""
        ...

    async def ask_for_archive(
        self, actor: Actor, present: bytes, key: bytes = b"", fingerprint: str = ""
    ) -> bool | KeyFault:
        """Have it made, encrypted to a key if one is given; False when one must show once more who one is.

        A key whose fingerprint is another than the one that was confirmed is `KeyFault.NO_KEY`.
        """
        ...

    async def download_archive(self, actor: Actor, present: bytes) -> File | None:
        """Open it; None when one must show once more who one is. Raises `NotFound`."""
        ...

    async def remove_archive(self, actor: Actor) -> None:
        """Remove it before its day."""
        ...


OWN_DATA: web.AppKey[OwnDataService] = web.AppKey("own_data")
"""Where handlers find it on the application."""

"""What the page « Mes données » asks of the services."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.file_streams import File
from webmail.own_data.model import OwnArchive


class OwnDataService(Protocol):
    """Have all one's data made into an archive, and take it away; `present` is the digest of the open session."""

    async def own_archive(self, actor: Actor) -> OwnArchive | None:
        """Give the archive that there is, or is being made."""
        ...

    async def ask_for_archive(self, actor: Actor, present: bytes) -> bool:
        """Have it made; False when one must show once more who one is."""
        ...

    async def download_archive(self, actor: Actor, present: bytes) -> File | None:
        """Open it; None when one must show once more who one is. Raises `NotFound`."""
        ...

    async def remove_archive(self, actor: Actor) -> None:
        """Remove it before its day."""
        ...


OWN_DATA: web.AppKey[OwnDataService] = web.AppKey("own_data")
"""Where handlers find it on the application."""

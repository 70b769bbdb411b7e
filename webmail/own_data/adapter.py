"""« Mes données », over `gateway.services.export.own_exports`."""

from gateway.domain.access import Actor
from gateway.domain.own_export import ExportState
from webmail.file_streams import File
from webmail.own_data.model import OwnArchive
from webmail.services import SpaceServices


class OwnDataPages:
    """Implements `webmail.own_data.port.OwnDataService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._exports = services.exports

    async def own_archive(self, actor: Actor) -> OwnArchive | None:
        """Give the archive that there is, or is being made."""
        found = await self._exports.present(actor)
        if found is None:
            return None
        return OwnArchive(
            is_ready=found.state is ExportState.READY,
            has_failed=found.state is ExportState.FAILED,
            asked_at=found.asked_at,
            until=found.until,
            size=found.size,
            damaged=found.damaged,
        )

    async def ask_for_archive(self, actor: Actor, present: bytes) -> bool:
        """Have it made."""
        return await self._exports.ask(actor, present)

    async def download_archive(self, actor: Actor, present: bytes) -> File | None:
        """Open it."""
        opened = await self._exports.open(actor, present)
        return File(opened.name, opened.media_type, opened.size, opened.pieces) if opened else None

    async def remove_archive(self, actor: Actor) -> None:
        """Remove it."""
        await self._exports.remove(actor)

"""« Mes données », over `gateway.services.export.own_exports`."""

from gateway.domain.access import Actor
from gateway.domain.openpgp import KeyFault, OpenPgpKey, spaced
from gateway.domain.own_export import ExportState
from webmail.file_streams import File
from webmail.own_data.model import OwnArchive, ShownKey, written_key
from webmail.services import SpaceServices


class OwnDataPages:
    """Implements `webmail.own_data.port.OwnDataService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._exports = services.exports

    def signing_key(self) -> tuple[str, bytes]:
        """Give the operator's key for archives."""
        return self._exports.signed_by()

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
            fingerprint=spaced(found.fingerprint),
        )

    async def read_key(self, actor: Actor, present: bytes, data: bytes) -> ShownKey | KeyFault | None:
        """Read a public key."""
        key = await self._exports.read_key(actor, present, data)
        if not isinstance(key, OpenPgpKey):
            return key
        return ShownKey(
            written=written_key(key.data), fingerprint=key.fingerprint, people=key.people, expires=key.expires
        )

    async def ask_for_archive(
        self, actor: Actor, present: bytes, key: bytes = b"", fingerprint: str = ""
    ) -> bool | KeyFault:
        """Have it made."""
        if not key:
            return await self._exports.ask(actor, present)
        read = await self._exports.read_key(actor, present, key)
        if isinstance(read, KeyFault) or read is None:
            return read or False
        if read.fingerprint != fingerprint:
            return KeyFault.NO_KEY
        return await self._exports.ask(actor, present, read)

    async def download_archive(self, actor: Actor, present: bytes) -> File | None:
        """Open it."""
        opened = await self._exports.open(actor, present)
        return File(opened.name, opened.media_type, opened.size, opened.pieces) if opened else None

    async def remove_archive(self, actor: Actor) -> None:
        """Remove it."""
        await self._exports.remove(actor)

"""Several documents for one archive: found some at a time, each in a line of the trace before it leaves."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.dossier import READABLE, FiledDocument
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import BlobKey
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.access.permitted import documents_among, permitted_numbers
from gateway.services.stored_octets import OpenedFile, stored, taken_aside

AT_ONCE = 20
"""Documents that are found in one transaction; their octets are read later, a piece at a time."""


@dataclass(frozen=True, slots=True, repr=False)
class OpenedDocument:
    """A document and its files; `pieces` of each are read in order, or not at all."""

    document: FiledDocument
    files: tuple[OpenedFile, ...]


class DocumentDownloads:
    """Gives documents of one space to be taken away together."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock

    @traces_refusals
    async def chosen(self, actor: Actor, numbers: Sequence[int] | None) -> tuple[int, ...]:
        """Say which of some documents, or of all, may be read; nothing of them is shown yet."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[int, ...]:
            allow(tx, actor, Action.LIST if actor.is_visitor else Action.EXPORT, SpacePart.DOCUMENTS, now)
            if numbers is None:
                return tuple(permitted_numbers(tx, actor, now))
            return tuple(one.id for one in documents_among(tx, actor, now, dict.fromkeys(numbers)))

        return await self._store.read(look)

    async def opened(self, actor: Actor, numbers: Sequence[int]) -> AsyncGenerator[OpenedDocument, None]:
        """Give documents in order; what is gone, withheld or damaged meanwhile is left out."""
        for start in range(0, len(numbers), AT_ONCE):
            for document, keys in await self._found(actor, numbers[start : start + AT_ONCE]):
                files = tuple(
                    OpenedFile(which, media_type, key.size, taken_aside(stored(self._blobs, key), self._store))
                    for which, media_type, key in keys
                )
                yield OpenedDocument(document, files)

    @traces_refusals
    async def _found(
        self, actor: Actor, numbers: Sequence[int]
    ) -> list[tuple[FiledDocument, list[tuple[str, str, BlobKey]]]]:
        now, vault = self._clock.now(), actor.vault

        def find(tx: Tx) -> list[tuple[FiledDocument, list[tuple[str, str, BlobKey]]]]:
            found = []
            for document in documents_among(tx, actor, now, numbers):
                allow(tx, actor, Action.READ, SpacePart.DOCUMENTS, now, document)
                found.append((document, _keys(tx, actor, document)))
            if found:
                objects = tuple(f"document:{document.id:x}" for document, _ in found)
                tx.audit.append(vault, actor.event(now, "document.opened", objects=objects, detail="archive"))
            return found

        return await self._store.write(find)


def _keys(tx: Tx, actor: Actor, document: FiledDocument) -> list[tuple[str, str, BlobKey]]:
    keys = []
    for file in document.files:
        try:
            if file.which != READABLE:
                keys.append((file.which, file.media_type, tx.blobs.open(actor.vault, file.blob)))
        except (NotFound, SealBroken):
            continue  # `pli verify` names it
    return keys

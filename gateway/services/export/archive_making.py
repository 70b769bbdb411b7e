"""Make the archive of a space: read a piece, pack it, seal what is packed; the whole is kept in one commit or not.

Octets go into blobs of `PIECE` octets as they are packed, so memory is bounded however large a space is. Nobody holds
these blobs before the last commit: after a kill, or when nobody waits any more, they are the sweeper's, and the step
makes the archive anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from gateway.domain.mailbox import BlobKey
from gateway.domain.patient_names import shown_name
from gateway.ports.blobs import Blobs
from gateway.ports.store import Store
from gateway.services.export.archive_files import ArchiveFile, ExportSource
from gateway.services.export.archive_index import IndexHead, IndexLine, index_page
from gateway.services.export.archive_writer import INDEX, MANIFEST, PUBLIC_KEY, SIGNATURE, ArchiveWriter
from gateway.services.export.exported import SUBJECTS
from gateway.services.export.signing import fingerprint_of, public_pem, signing_key

PIECE = 4 * 1024 * 1024
_PART = 256 * 1024
"""Octets packed in one trip to a worker thread: some ten milliseconds."""


@dataclass(slots=True)
class PackedArchive:
    """An archive that is packed: where its octets are, in order."""

    pieces: list[BlobKey] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Count its octets."""
        return sum(piece.size for piece in self.pieces)


class _Packing:
    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs
        self.writer = ArchiveWriter()
        self.done = PackedArchive()

    async def add(self, file: ArchiveFile) -> None:
        await self._aside(partial(self.writer.begin, file.name))
        async for piece in file.pieces:
            for at in range(0, len(piece), _PART):
                await self._aside(partial(self.writer.take, piece[at : at + _PART]))
        await self._aside(self.writer.end)

    async def put(self, name: str, data: bytes) -> None:
        await self._aside(partial(self.writer.put, name, data))

    async def close(self) -> PackedArchive:
        await self._store.aside(self.writer.close)
        await self._store.aside(partial(self._seal, 1))
        return self.done

    async def _aside(self, work: Callable[[], None]) -> None:
        def step() -> None:
            work()
            self._seal(PIECE)

        await self._store.aside(step)

    def _seal(self, least: int) -> None:
        if self.writer.waiting >= least:
            self.done.pieces.append(self._blobs.put(self.writer.taken()))


async def pack_archive(source: ExportSource, operator: str) -> PackedArchive:
    """Pack all that `SUBJECTS` give; `operator` is who signs it."""
    packing = _Packing(source.store, source.blobs)
    index: list[tuple[str, list[IndexLine]]] = []
    for subject in SUBJECTS:
        lines: list[IndexLine] = []
        index.append((subject.title, lines))
        async for file in subject.files(source):
            await packing.add(file)
            if file.title:
                lines.append(IndexLine(path=file.name, title=file.title, group=file.group))
    key = signing_key(source.store)
    head = IndexHead(
        person=shown_name(source.patient.traits),
        operator=operator,
        made_at=source.at,
        fingerprint=fingerprint_of(key.public_key()),
    )
    await packing.put(INDEX, await source.store.aside(partial(index_page, head, index)))
    await packing.put(PUBLIC_KEY, public_pem(key.public_key()))
    manifest = packing.writer.manifest(
        operator=operator,
        made_at=source.at.isoformat(),
        ins=source.patient.ins.value,
        ins_oid=source.patient.ins_oid,
    )
    await packing.put(MANIFEST, manifest)
    await packing.put(SIGNATURE, key.sign(manifest))
    return await packing.close()


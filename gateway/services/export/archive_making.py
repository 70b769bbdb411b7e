"""Make the archive of a space: read a piece, pack it, seal what is packed; the whole is kept in one commit or not.

Octets go into blobs of `PIECE` octets as they are packed, so memory is bounded however large a space is. Nobody holds
these blobs before the last commit: after a kill, or when nobody waits any more, they are the sweeper's, and the step
makes the archive anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial

import structlog

from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import BlobKey
from gateway.domain.patient_names import shown_name
from gateway.ports.blobs import Blobs
from gateway.ports.store import Store
from gateway.services.export.archive_files import ArchiveFile, ExportSource
from gateway.services.export.archive_index import IndexHead, IndexLine, damaged_page, index_page
from gateway.services.export.archive_writer import DAMAGED, INDEX, MANIFEST, PUBLIC_KEY, SIGNATURE, ArchiveWriter
from gateway.services.export.exported import SUBJECTS
from gateway.services.export.signing import fingerprint_of, public_pem, signing_key

_log = structlog.get_logger("pli.export")
PIECE = 4 * 1024 * 1024
_PART = 256 * 1024
"""Octets packed in one trip to a worker thread: some ten milliseconds."""


class Packed(Enum):
    """How much of a file is in the archive."""

    WHOLE = "whole"
    IN_PART = "in part"
    NOT = "not"


_SAID = {Packed.IN_PART: "il manque la fin", Packed.NOT: "le fichier ne s’ouvre pas"}


@dataclass(slots=True)
class PackedArchive:
    """An archive that is packed: where its octets are, in order; `damaged` counts what is not in it for good."""

    pieces: list[BlobKey] = field(default_factory=list)
    damaged: int = 0

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

    async def add(self, file: ArchiveFile) -> Packed:
        """Pack a file; one whose octets do not open, or do not open to their end, costs its own place only."""
        packed = Packed.NOT
        try:
            async for piece in file.pieces:
                if packed is Packed.NOT:
                    await self._aside(partial(self.writer.begin, file.name))
                    packed = Packed.IN_PART
                for at in range(0, len(piece), _PART):
                    await self._aside(partial(self.writer.take, piece[at : at + _PART]))
        except (NotFound, SealBroken) as error:
            _log.error("export.file_damaged", code=error.code)
        else:
            if packed is Packed.NOT:
                await self._aside(partial(self.writer.begin, file.name))
            packed = Packed.WHOLE
        await self._aside(self.writer.end)
        return packed

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
            packed = await packing.add(file)
            if packed is not Packed.WHOLE:
                what = " – ".join(filter(None, (file.group, file.title))) or file.name
                source.damaged.append(f"{what} : {_SAID[packed]}")
            if file.page and lines and lines[-1].path == file.page and packed is not Packed.NOT:
                lines[-1] = replace(lines[-1], data=file.name)
            elif file.title and packed is not Packed.NOT:
                lines.append(IndexLine(path=file.name, title=file.title, group=file.group))
    if source.damaged:
        packing.done.damaged = len(source.damaged)
        await packing.put(DAMAGED, damaged_page(source.damaged))
    key = signing_key(source.store)
    head = IndexHead(
        person=shown_name(source.patient.traits),
        operator=operator,
        made_at=source.at,
        fingerprint=fingerprint_of(key.public_key()),
        damaged=tuple(source.damaged),
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


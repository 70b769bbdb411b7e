"""Somebody looks at the pictures of an examination (F58): described once, drawn one at a time, nothing kept.

Octets of the files stay sealed where they are; of one picture no more is read than it needs. Whoever opens the pages
has a line in the trace; the pictures that follow within minutes are of the same opening. A professional who opens the
record anew for another reason has another line.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from gateway.domain.access import Actor
from gateway.domain.dossier import DocumentFile, FiledDocument
from gateway.domain.errors import LimitExceeded, NotFound, ReaderFailed, SealBroken
from gateway.domain.mailbox import BlobKey, BlobRef, VaultId
from gateway.domain.medical_picture import DICOM, Drawing, MedicalPicture, Obstacle, Patient, Shown, VoiWindow
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.medical_pictures import PictureDrawer
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import traces_refusals
from gateway.services.access.permitted import permitted_document
from gateway.services.shared_turns import SharedTurns
from gateway.shared_memory import SharedMemory, SharedTotal, Total

_K = TypeVar("_K")
_V = TypeVar("_V")
_HEAD = 128 * 1024
"""Octets of a file within which its pixels mostly begin."""
_LARGEST = 64 * 1024 * 1024
_AT_ONCE = 32
_MOST_KNOWN = 4_000
_ONE_OPENING = timedelta(minutes=10)
_MOST_OPENINGS = 10_000
_DAMAGED = MedicalPicture(obstacle=Obstacle.DAMAGED)
_TOO_LARGE = MedicalPicture(obstacle=Obstacle.TOO_LARGE)


@dataclass(frozen=True, slots=True, repr=False)
class OpenedPictures:
    """An examination: its document, and what each of its files says of its pictures, by the file's key."""

    document: FiledDocument
    pictures: tuple[tuple[str, MedicalPicture], ...]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class WantedPicture:
    """Which picture of which document is wanted, and how; `number` counts from 0 in the file `which`."""

    document: int
    which: str
    number: int
    shown: Shown
    window: VoiWindow | None = None


class MedicalPictures:
    """Shows the pictures of one space at a time."""

    def __init__(
        self, store: Store, blobs: Blobs, drawer: PictureDrawer, clock: Clock, held: SharedTotal | None = None
    ) -> None:
        """`held` counts the files that all processes have in memory."""
        self._store = store
        self._blobs = blobs
        self._drawer = drawer
        self._clock = clock
        # Of no picture's patient: sizes, places, scales. Nothing of it needs to end with a space.
        self._known: OrderedDict[tuple[VaultId, BlobRef], MedicalPicture] = OrderedDict()
        self._openings: OrderedDict[tuple[str, str, VaultId, int], datetime] = OrderedDict()
        # Two files at most are in memory; whoever waits has none.
        self._turns = SharedTurns(2, held or SharedMemory().total(Total.PICTURES))

    @traces_refusals
    async def examination(self, actor: Actor, number: int) -> OpenedPictures:
        """Describe the files of a document; raises `NotFound` for one that has no DICOM file, or `ReaderBusy`."""
        document, keys = await self._opened(actor, number, None)
        files = [(file.which, key) for file, key in keys]
        pictures = await self._described(actor, [key for _, key in files], with_patient=True)
        named = [(which, picture) for (which, _), picture in zip(files, pictures, strict=True)]
        return OpenedPictures(document, tuple(named))

    @traces_refusals
    async def picture(self, actor: Actor, wanted: WantedPicture) -> tuple[Obstacle, bytes]:
        """Draw one picture, or say why it cannot be; raises `NotFound` where there is none, or `ReaderBusy`."""
        _, ((_, key),) = await self._opened(actor, wanted.document, wanted.which)
        (picture,) = await self._described(actor, [key])
        if picture.obstacle is not Obstacle.NONE:
            return picture.obstacle, b""
        if not 0 <= wanted.number < picture.frames:
            raise NotFound("this file has no such picture")
        async with self._turns.turn():
            try:
                data, at = await self._store.aside(lambda: self._octets(key, picture, wanted.number))
                drawing = Drawing(data=data, number=at, shown=wanted.shown, window=wanted.window)
                return await self._drawer.draw(drawing, actor.account)
            except (ReaderFailed, SealBroken, NotFound):
                return Obstacle.DAMAGED, b""
            except LimitExceeded:
                return Obstacle.TOO_LARGE, b""

    async def _opened(
        self, actor: Actor, number: int, which: str | None
    ) -> tuple[FiledDocument, list[tuple[DocumentFile, BlobKey]]]:
        """Find a document and its DICOM files, or one of them; write a line of the trace for each opening."""
        now, opening = self._clock.now(), (actor.account, actor.reason, actor.vault, number)

        def find(tx: Tx) -> tuple[FiledDocument, list[tuple[DocumentFile, BlobKey]]]:
            document = permitted_document(tx, actor, number, now)
            files = [file for file in document.files if file.media_type == DICOM and which in (None, file.which)]
            if not files:
                raise NotFound("this document has no such picture")
            return document, [(file, tx.blobs.open(actor.vault, file.blob)) for file in files]

        def find_and_trace(tx: Tx) -> tuple[FiledDocument, list[tuple[DocumentFile, BlobKey]]]:
            found = find(tx)
            event = actor.event(
                now, "document.opened", objects=(f"document:{number:x}",), detail=f"{actor.face} pictures"
            )
            tx.audit.append(actor.vault, event)
            return found

        last = self._openings.get(opening)
        if last is not None and now - last < _ONE_OPENING:
            return await self._store.read(find)
        found = await self._store.write(find_and_trace)
        _remember(self._openings, opening, now, _MOST_OPENINGS)
        return found

    async def _described(
        self, actor: Actor, keys: Sequence[BlobKey], *, with_patient: bool = False
    ) -> list[MedicalPicture]:
        """Describe files, the first of them anew to say whose it is, since nothing of a patient is remembered."""
        found = {key.ref: self._known.get((actor.vault, key.ref)) for key in keys}
        if with_patient:
            found[keys[0].ref] = None
        missing = [key for key in keys if found[key.ref] is None]
        for at in range(0, len(missing), _AT_ONCE):
            some = missing[at : at + _AT_ONCE]
            for key, picture in zip(some, await self._asked(actor, some), strict=True):
                found[key.ref] = picture
                kept = msgspec.structs.replace(picture, patient=Patient())
                _remember(self._known, (actor.vault, key.ref), kept, _MOST_KNOWN)
        return [found[key.ref] or _DAMAGED for key in keys]

    async def _asked(self, actor: Actor, keys: Sequence[BlobKey]) -> list[MedicalPicture]:
        async with self._turns.turn():
            heads = await self._store.aside(lambda: [self._head(key, _HEAD) for key in keys])
            try:
                files = [(head, key.size <= _HEAD) for head, key in zip(heads, keys, strict=True)]
                described = await self._drawer.describe(files, actor.account)
            except (ReaderFailed, LimitExceeded):
                described = (None,) * len(keys)
            if len(described) != len(keys):
                described = (None,) * len(keys)
            return [
                picture or await self._described_whole(actor, key)
                for key, picture in zip(keys, described, strict=True)
            ]

    async def _described_whole(self, actor: Actor, key: BlobKey) -> MedicalPicture:
        if key.size > _LARGEST:
            return _TOO_LARGE
        try:
            data = await self._store.aside(lambda: self._head(key, _LARGEST))
            return (*await self._drawer.describe([(data, True)], actor.account), None)[0] or _DAMAGED
        except ReaderFailed:
            return _DAMAGED
        except LimitExceeded:
            return _TOO_LARGE

    def _head(self, key: BlobKey, most: int) -> bytes:
        """Read the start of a file; nothing of one that is damaged."""
        try:
            return self._blobs.read(key, 0, min(most, key.size))
        except (NotFound, SealBroken):
            return b""

    def _octets(self, key: BlobKey, picture: MedicalPicture, number: int) -> tuple[bytes, int]:
        """Read what draws one picture, and its number in that: all of a packed file, else its head and that picture."""
        if picture.is_packed:
            if key.size > _LARGEST:
                raise LimitExceeded("the file is larger than one that is drawn")
            return self._blobs.read(key), number
        start = picture.start + number * picture.frame_bytes
        head = self._blobs.read(key, 0, min(picture.start, key.size))
        return head + self._blobs.read(key, min(start, key.size), min(start + picture.frame_bytes, key.size)), 0


def in_order(pictures: Iterable[tuple[str, MedicalPicture]]) -> list[list[tuple[str, MedicalPicture]]]:
    """Put files into series, and each series into the order of the body, else of their numbers."""
    series: dict[str, list[tuple[str, MedicalPicture]]] = {}
    for which, picture in pictures:
        series.setdefault(picture.series or which, []).append((which, picture))
    for files in series.values():
        is_placed = all(picture.position is not None for _, picture in files)
        files.sort(key=lambda file: ((file[1].position or 0.0) if is_placed else 0.0, file[1].number))
    return sorted(series.values(), key=lambda files: files[0][1].series_number)


def _remember(known: OrderedDict[_K, _V], key: _K, value: _V, most: int) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > most:
        known.popitem(last=False)

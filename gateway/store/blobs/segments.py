"""Segments: append-only files that many blobs share, synchronised once for all who wrote meanwhile.

A file of its own for each blob costs a new inode, a name in a folder and two synchronisations; an append to an
open file costs one, and writers that arrive together share it. Records begin on pages of 4 KiB, so that one can be
taken out by a hole without touching its neighbours. A process writes only to segments that it made itself and
never goes back to one that it has left: what a crash leaves at an end is never written over. Knows places and
octets; what a record is, is `gateway.store.blobs.file_blobs`' business.
"""

import contextlib
import errno
import fcntl
import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import structlog

from gateway.domain.errors import StoreUnavailable
from gateway.store.blobs.holes import next_data, take_out
from gateway.store.blobs.range_locks import require_not_held
from gateway.store.disk_failure import DiskFailure
from gateway.store.folder_sync import sync_folder

PAGE = 4096
SEGMENT_BYTES = 64 * 1024 * 1024
"""Octets from which the next record goes to a new segment."""
NAME_OCTETS = 6
_NAME = re.compile(r"[0-9a-f]{12}")
_log = structlog.get_logger("pli.store")
_BUFFERS = 256
"""Buffers a system call: well below every IOV_MAX."""


class SegmentPlace:
    """Where a record is to be written: `length` octets from page `page` of a segment."""

    __slots__ = ("length", "page", "segment")

    def __init__(self, segment: "_Segment", page: int, length: int) -> None:
        self.segment = segment
        self.page = page
        self.length = length

    @property
    def name(self) -> bytes:
        """Give the segment's name."""
        return self.segment.name


class _Segment:
    """A segment that this process writes to; its counters are guarded by the lock of `Segments`."""

    def __init__(self, folder: str) -> None:
        self.name = os.urandom(NAME_OCTETS)
        self.path = folder + self.name.hex()
        self.handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self.pages = 0
        self.writers = 0
        self.left = self.closed = False
        self.written = self.synchronised = self.failed = 0
        self.synchronising = False
        # Held while the segment may still grow: whoever would unlink it asks for the same lock.
        fcntl.flock(self.handle, fcntl.LOCK_EX)


class Segments:
    """The segments below one folder; safe for use from several threads and, each with its own, several processes."""

    def __init__(self, folder: Path, disk: DiskFailure) -> None:
        self._folder = f"{folder}/"
        self._disk = disk
        self._turn = threading.Condition(threading.Lock())
        self._current: _Segment | None = None
        self._dirty: dict[bytes, _Segment] = {}
        self._lost: set[bytes] = set()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def close(self) -> None:
        """Leave the segment being written; records that are promised stay promised, others nobody waits for."""
        with self._turn:
            self._dirty.clear()
            self._leave()

    def path(self, name: bytes) -> str:
        """Give the file of a segment."""
        return self._folder + name.hex()

    # ------------------------------------------------------------ writing

    @contextlib.contextmanager
    def room(self, length: int) -> Iterator[SegmentPlace]:
        """Lend room for a record of `length` octets; what fails meanwhile is taken out again.

        Raises:
            OSError: a new segment was needed and could not be made.
            StoreUnavailable: an earlier synchronisation failed.
        """
        place = self._reserved(length)
        try:
            yield place
        except OSError:
            self._abandon(place)
            raise
        finally:
            with self._turn:
                place.segment.writers -= 1
                self._close_if_done(place.segment)

    def _reserved(self, length: int) -> SegmentPlace:
        with self._turn:
            if self._disk.has_happened:
                raise StoreUnavailable("the blobs stopped after a disk failure")
            segment = self._current
            if segment is None or segment.pages * PAGE >= SEGMENT_BYTES:
                self._leave()
                self._current = segment = self._new()
            place = SegmentPlace(segment, segment.pages, length)
            segment.pages += pages_of(length)
            segment.writers += 1
            return place

    def _new(self) -> _Segment:
        segment = _Segment(self._folder)
        try:
            # The name must survive a power cut before the first record in it is promised.
            sync_folder(self._folder)
        except OSError as error:
            self._note_failure(error)
            with contextlib.suppress(OSError):
                os.unlink(segment.path)  # noqa: PTH108 - a name already
            os.close(segment.handle)
            raise
        return segment

    def write(self, place: SegmentPlace, pieces: Sequence[bytes]) -> None:
        """Write a record where room was lent for it; it survives a power cut after the next `synchronise`.

        Raises:
            OSError: it could not be written.
        """
        segment, at = place.segment, place.page * PAGE
        for start in range(0, len(pieces), _BUFFERS):
            at += _written(segment.handle, pieces[start : start + _BUFFERS], at)
        with self._turn:
            segment.written += 1
            self._dirty[segment.name] = segment

    def synchronise(self, names: Iterable[bytes]) -> None:
        """Make durable all that was written before to some segments; whoever waits for the same shares the cost.

        Raises:
            OSError: one of them could not be synchronised, now or since it was written to.
        """
        with self._turn:
            for name in names:
                segment = self._dirty.get(name)
                if segment is not None:
                    self._wait_for(segment, segment.written)
                if name in self._lost:
                    raise OSError(errno.EIO, "the synchronisation failed")

    def _wait_for(self, segment: _Segment, up_to: int) -> None:
        while max(segment.synchronised, segment.failed) < up_to:
            if segment.synchronising:
                self._turn.wait()
            else:
                self._lead(segment)

    def _lead(self, segment: _Segment) -> None:
        segment.synchronising, up_to = True, segment.written
        self._turn.release()
        failure: OSError | None = None
        try:
            self._synchronise_file(segment.handle)
        except OSError as error:
            failure = error
        finally:
            self._turn.acquire()
            segment.synchronising = False
            if failure is None:
                segment.synchronised = up_to
            else:
                self._give_up(segment, up_to, failure)
            if max(segment.synchronised, segment.failed) == segment.written:
                self._dirty.pop(segment.name, None)
                self._close_if_done(segment)
            self._turn.notify_all()

    def _give_up(self, segment: _Segment, up_to: int, failure: OSError) -> None:
        """Write nothing more to a segment that could not be synchronised, and promise nothing of it any more."""
        segment.failed = up_to
        self._lost.add(segment.name)
        self._note_failure(failure)
        if self._current is segment:
            self._leave()

    def _synchronise_file(self, handle: int) -> None:
        os.fdatasync(handle)

    def _note_failure(self, error: OSError) -> None:
        # After a failed fsync the kernel may call pages clean that never reached the disk: a later one that
        # succeeds proves nothing. A full disk or quota is the exception: it says what is missing.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            self._disk.note()
            _log.error("blobs.broken", reason=errno.errorcode.get(error.errno or 0, ""))

    def _abandon(self, place: SegmentPlace) -> None:
        with contextlib.suppress(OSError):
            take_out(place.segment.handle, place.page * PAGE, pages_of(place.length) * PAGE)

    def _leave(self) -> None:
        if self._current is not None:
            segment, self._current = self._current, None
            segment.left = True
            self._close_if_done(segment)

    def _close_if_done(self, segment: _Segment) -> None:
        if segment.left and not segment.closed and not segment.writers and segment.name not in self._dirty:
            segment.closed = True
            with contextlib.suppress(OSError):
                if next_data(segment.handle, 0) is None:
                    os.unlink(segment.path)  # noqa: PTH108 - a name already
            os.close(segment.handle)

    # ------------------------------------------------------------ removing and listing

    def remove(self, name: bytes, page: int, length: int) -> None:
        """Take the octets of a record out for good, and the whole segment when nothing is left in it.

        Raises:
            OSError: they could not be taken out, or somebody reads them piece by piece.
        """
        try:
            handle = os.open(self.path(name), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            require_not_held(handle, page * PAGE, length)
            take_out(handle, page * PAGE, pages_of(length) * PAGE)
            if next_data(handle, 0) is None:
                self._unlink_if_left(handle, name)
        finally:
            os.close(handle)

    def _unlink_if_left(self, handle: int, name: bytes) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody still writes to it, and looks again when leaving it
        # Looked at again under the lock: before it was ours, the writer may have written more, and left.
        if next_data(handle, 0) is not None:
            return
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path(name))  # noqa: PTH108 - a name already

    def names(self) -> Iterator[bytes]:
        """List the segments. Raises `OSError`."""
        with os.scandir(self._folder) as files:
            for file in files:
                if _NAME.fullmatch(file.name):
                    yield bytes.fromhex(file.name)


def segment_files(folder: Path) -> list[Path]:
    """List the files of the segments in a folder. Raises `OSError`."""
    return sorted(file for file in folder.iterdir() if _NAME.fullmatch(file.name))


def pages_of(length: int) -> int:
    """Give the pages that a record of `length` octets takes."""
    return -(-length // PAGE)


def _written(handle: int, pieces: Sequence[bytes], at: int) -> int:
    total = sum(map(len, pieces))
    done = os.pwritev(handle, pieces, at)
    if done < total:
        # A short write means a full disk or a signal: write what is left, and let the disk say why.
        left = memoryview(b"".join(pieces))[done:]
        while left:
            count = os.pwrite(handle, left, at + total - len(left))
            left = left[count:]
    return total

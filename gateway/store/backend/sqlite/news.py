"""News of committed changes between the processes of one SQLite database: hints by local datagrams, and polling.

Each process has a socket in a folder beside the database, under a name of its own; whoever commits sends the numbers of
the vaults to every other. A hint is sent after the commit and waits for nobody: what a peer cannot take now is kept for
it, together, and sent a moment later. A process that is killed may not have sent its last hint; therefore everybody is
told to look when a peer is found dead, and every half minute when the database was written to.
"""

import asyncio
import os
import secrets
import socket
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import structlog

from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.store.backend.changes import Changes, VaultNews

FOLDER = "news"
POLL = timedelta(seconds=30)
_EVERYBODY = VaultId(0)
"""No vault: whoever hears it looks at all of them."""
_PAUSE, _PAUSE_OF_STEPS, _LONGEST_RETRY = 0.002, 0.025, 1.0
"""Seconds between two hints at least; steps may wait longer, as whoever left them has begun them meanwhile."""
_PER_HINT = 400
"""Vaults of one datagram, eight octets each."""
_MOST_KEPT = 10_000
"""Vaults that are kept for a peer which takes nothing; beyond, it is told to look at everything."""
_AT_A_TIME = 64
"""Datagrams that are heard before the loop does something else."""
_LAST_WORDS = timedelta(seconds=2)
_log = structlog.get_logger("pli.store")


class FolderNews:
    """Subscribers here, and hints to and from the others; used from the event loop only."""

    def __init__(self, database: Path, poll: timedelta = POLL) -> None:
        self._folder = database.with_name(FOLDER)
        self._log_file = database.with_name(f"{database.name}-wal")
        self._poll = poll
        self._here = Changes()
        self._name = secrets.token_hex(8)
        self._open = ExitStack()
        self._place, self._is_deaf = "", True
        self._socket: socket.socket | None = None
        self._fresh: set[VaultId] = set()
        self._kept: dict[str, set[VaultId]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._all_sent = asyncio.Event()
        self._sent_at, self._retry = 0.0, _PAUSE

    def subscribe(self, vault: VaultId) -> AbstractContextManager[VaultNews]:
        """Subscribe for as long as the context lasts."""
        return self._here.subscribe(vault)

    def publish(self, vaults: set[VaultId]) -> None:
        """Tell the subscribers of each vault here, and at once or in a moment those of other processes."""
        self._here.publish(vaults)
        if self._socket is None:
            return
        self._fresh |= vaults
        now = asyncio.get_running_loop().time()
        pause = _PAUSE_OF_STEPS if self._fresh == {OPERATOR} else max(0.0, self._sent_at + _PAUSE - now)
        if pause:
            self._send_by(now + pause)
        else:
            self._send()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hear and send until the block ends; what is not sent by then goes last."""
        with self._bound():
            polling = asyncio.ensure_future(self._look_now_and_then(self._written()))
            try:
                yield
            finally:
                polling.cancel()
                await asyncio.gather(polling, return_exceptions=True)
                await self._say_last_words()

    @contextmanager
    def _bound(self) -> Iterator[None]:
        with ExitStack() as self._open:
            made = self._open.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            made.setblocking(False)
            loop = asyncio.get_running_loop()
            self._socket = made
            self._take_name()
            loop.add_reader(made.fileno(), self._hear)
            try:
                yield
            finally:
                loop.remove_reader(made.fileno())
                self._socket = None
                with suppress(OSError):
                    os.unlink(self._path(self._name))  # noqa: PTH108 - a name below an open folder

    def _take_name(self) -> None:
        """Be heard of by the others; tried at each look until it is so."""
        assert self._socket is not None  # noqa: S101 - made before
        try:
            self._place = self._place or self._open.enter_context(_held(self._folder))
            self._socket.bind(self._path(self._name))
        except OSError as error:
            # A full disk takes no name: what others change is meanwhile found by looking now and then.
            _log.warning("news.deaf", errno=error.errno)
        else:
            self._is_deaf = False

    def _path(self, name: str) -> str:
        return self._place + name

    # ------------------------------------------------------------ hearing

    def _hear(self) -> None:
        heard: set[VaultId] = set()
        for _ in range(_AT_A_TIME):
            try:
                hint = self._socket.recv(8 * _PER_HINT) if self._socket else b""
            except OSError:
                break
            if len(hint) % 8 == 0:
                heard.update(map(VaultId, array("q", hint)))
        if _EVERYBODY in heard:
            self._here.publish_to_all()
        else:
            self._here.publish(heard)

    async def _look_now_and_then(self, seen: tuple[int, int]) -> None:
        while True:
            await asyncio.sleep(self._poll.total_seconds())
            before, seen = seen, self._written()
            if self._is_deaf:
                self._take_name()
            if seen != before:
                self._here.publish_to_all()

    def _written(self) -> tuple[int, int]:
        """Give what changes with every commit: when the log was written to, and how long it is."""
        try:
            found = self._log_file.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    # ------------------------------------------------------------ sending

    def _send_by(self, instant: float) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= instant:
                return
            self._timer.cancel()
        self._timer = loop.call_at(instant, self._send)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _send(self) -> None:
        self._stop_timer()
        if self._socket is None:
            return
        now = self._sent_at = asyncio.get_running_loop().time()
        fresh, self._fresh = self._fresh, set()
        for peer in self._peers():
            kept = self._kept.setdefault(peer, set())
            kept |= fresh
            if self._tell(peer, kept):
                del self._kept[peer]
            elif len(kept) > _MOST_KEPT:
                self._kept[peer] = {_EVERYBODY}
        # A peer that stands still must not keep everybody busy.
        self._retry = min(2 * self._retry, _LONGEST_RETRY) if self._kept else _PAUSE
        if self._kept:
            self._all_sent.clear()
            self._send_by(now + self._retry)
        elif not self._fresh:
            self._all_sent.set()

    def _peers(self) -> list[str]:
        try:
            found = [name for name in os.listdir(self._folder) if name != self._name]  # noqa: PTH208 - at each commit
        except OSError:
            return []
        for gone in self._kept.keys() - set(found):
            del self._kept[gone]
        return found

    def _tell(self, peer: str, vaults: set[VaultId]) -> bool:
        """Send hints to a peer, and forget what was sent; False when some must wait."""
        assert self._socket is not None  # noqa: S101 - asked before
        while vaults:
            hint = [vaults.pop() for _ in range(min(len(vaults), _PER_HINT))]
            try:
                self._socket.sendto(array("q", hint).tobytes(), self._path(peer))
            except BlockingIOError:
                vaults.update(hint)
                return False
            except ConnectionRefusedError:
                self._find_dead(peer)
                return True
            except OSError:
                # It has just ended, or is another user's, who may look now and then.
                return True
        return True

    def _find_dead(self, peer: str) -> None:
        """Have all look at everything: a peer was killed, perhaps before it told what it had committed."""
        try:
            os.unlink(self._path(peer))  # noqa: PTH108 - as above
        except FileNotFoundError:
            pass  # somebody else has found it, too
        except OSError:
            return  # what stays there must not have everybody look at each commit
        self._here.publish_to_all()
        # Its name is gone now, so that nobody else finds out.
        self._fresh.add(_EVERYBODY)
        self._all_sent.clear()
        self._send_by(self._sent_at + _PAUSE)

    async def _say_last_words(self) -> None:
        self._send()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS.total_seconds()):
                await self._all_sent.wait()
        self._stop_timer()


@contextmanager
def _held(folder: Path) -> Iterator[str]:
    """Give the beginning of paths in a folder, by a handle: a socket's path may have 107 octets at most (unix(7))."""
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/"
    finally:
        os.close(handle)

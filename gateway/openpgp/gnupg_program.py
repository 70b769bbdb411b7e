"""The program gpg through python-gnupg: a home folder of its own for each use, no network, no agent, a time limit.

A key comes from a stranger's file, so gpg is told all it does by options of ours, reads no settings, and is stopped
when it takes too long. Its home is removed afterwards, that of a killed process by the next one: no key stays.
"""

import asyncio
import fcntl
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from gateway.domain.errors import EncryptionFailed
from gateway.domain.openpgp import MAX_KEY, KeyFault, OpenPgpKey

if TYPE_CHECKING:
    from gnupg import GPG

PROGRAM = "gpg"
_HOME = "pli-gpg-"
_OPTIONS = [
    "--no-options", "--no-autostart", "--disable-dirmngr", "--no-auto-key-retrieve", "--no-auto-key-locate",
    "--no-auto-check-trustdb", "--trust-model", "always", "--no-greeting", "--quiet",
]  # fmt: skip
_READING, _ENCRYPTING = 20, 3600
"""Seconds after which gpg is stopped."""
_PROCESSOR = 3
"""Seconds of processor time that a key may cost; a real one costs some hundredths."""
_MEMORY, _ON_DISK = 512 * 1024 * 1024, 4 * 1024 * 1024
"""Octets that gpg may take: a small file may open to a key of any size (RFC 4880 §5.6)."""
_BUFFER = 64 * 1024
_MOST_PEOPLE, _LONGEST = 5, 120


def is_installed() -> bool:
    """Say whether there is a program gpg."""
    return shutil.which(PROGRAM) is not None


class GnupgProgram:
    """Implements `gateway.ports.openpgp.OpenPgp`.

    In a thread of its own, one use after another: a key that costs time holds up keys, and no password.
    """

    def __init__(self) -> None:
        _remove_left_homes()
        self._aside = ThreadPoolExecutor(1, "pli-openpgp")

    async def read_key(self, data: bytes) -> OpenPgpKey | KeyFault:
        """Read the one key of a file, or say why it cannot be used now."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, _read_key, data)

    async def encrypt(
        self, key: bytes, fingerprint: str, pieces: Iterator[bytes], take: Callable[[bytes], None]
    ) -> None:
        """Encrypt octets as they come, and hand over what comes of them."""
        await asyncio.get_running_loop().run_in_executor(self._aside, _encrypt, key, fingerprint, pieces, take)


def _read_key(data: bytes) -> OpenPgpKey | KeyFault:
    if len(data) > MAX_KEY:
        return KeyFault.TOO_LARGE
    if not is_installed():
        return KeyFault.NO_PROGRAM
    with _gpg(_READING) as gpg:
        # Looked at before anything is imported: a private key is not taken even for a moment.
        if b"PRIVATE KEY BLOCK" in data or any(key["type"] == "sec" for key in gpg.scan_keys_mem(data)):
            return KeyFault.PRIVATE
        gpg.import_keys(data)
        return _judged(data, list(gpg.list_keys()))


def _encrypt(key: bytes, fingerprint: str, pieces: Iterator[bytes], take: Callable[[bytes], None]) -> None:
    if not is_installed():
        raise EncryptionFailed("gpg is not installed: install the Debian package gnupg")
    with _gpg(_ENCRYPTING) as gpg:
        gpg.import_keys(key)
        gpg.on_data = lambda data: _taken(take, data)
        source = _Source(pieces)
        result = gpg.encrypt_file(source, [fingerprint], armor=False, extra_args=["--compress-algo", "none"])
        if not result.ok or not source.is_whole or getattr(result, "on_data_failure", None):
            raise EncryptionFailed("gpg could not encrypt to this key: it has expired meanwhile, perhaps")


class _Source:
    """What is to be encrypted, as a file that is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self.is_whole = False

    def read(self, most: int) -> bytes:
        try:
            while not self._held:
                self._held = next(self._pieces)
        except StopIteration:
            # Noted, since the library reads in a thread of its own and passes on no error.
            self.is_whole = True
            return b""
        piece, self._held = self._held[:most], self._held[most:]
        return piece

    def close(self) -> None:
        """Keep it: it belongs to the caller."""


def _taken(take: Callable[[bytes], None], data: bytes) -> bool:
    if data:
        take(data)
    return False  # the library is to keep none of it


@contextmanager
def _gpg(seconds: int) -> "Iterator[GPG]":
    import gnupg

    class Stopped(gnupg.GPG):  # type: ignore[misc]  # the library has no types
        """As its parent, but no process of it lasts longer than it may."""

        def _open_subprocess(self, args: list[str], passphrase: bool = False) -> "subprocess.Popen[bytes]":
            process: subprocess.Popen[bytes] = super()._open_subprocess(args, passphrase)
            _limit(process.pid, is_reading=seconds == _READING)
            timer = Timer(seconds, process.kill)
            timer.daemon = True
            timer.start()
            timers.append(timer)
            return process

    timers: list[Timer] = []
    home, lock = _new_home()
    try:
        gpg = Stopped(gpgbinary=PROGRAM, gnupghome=home, options=_OPTIONS)
        gpg.buffer_size = _BUFFER
        yield gpg
    except OSError as error:
        raise EncryptionFailed("gpg cannot be run: reinstall the Debian package gnupg") from error
    finally:
        for timer in timers:
            timer.cancel()
        shutil.rmtree(home, ignore_errors=True)
        os.close(lock)


def _new_home() -> tuple[str, int]:
    """Make a home, and hold its lock for as long as this process uses it."""
    while True:
        home = tempfile.mkdtemp(prefix=_HOME)
        lock = _locked(home)
        if lock is not None and Path(home).is_dir():
            return home, lock
        if lock is not None:
            os.close(lock)


def _remove_left_homes() -> None:
    """Remove the homes of processes that were killed: nobody holds their locks."""
    for home in Path(tempfile.gettempdir()).glob(f"{_HOME}*"):
        if (lock := _locked(home)) is not None:
            shutil.rmtree(home, ignore_errors=True)
            os.close(lock)


def _locked(home: str | Path) -> int | None:
    """Lock a home; None when it is another's, in use, or gone."""
    try:
        handle = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if os.fstat(handle).st_uid == os.getuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def _limit(process: int, *, is_reading: bool) -> None:
    limits = {resource.RLIMIT_AS: _MEMORY, resource.RLIMIT_FSIZE: _ON_DISK}
    if is_reading:
        limits[resource.RLIMIT_CPU] = _PROCESSOR
    with suppress(ProcessLookupError):  # it has ended
        for which, most in limits.items():
            resource.prlimit(process, which, (most, most))


def _judged(data: bytes, keys: list[dict[str, Any]]) -> OpenPgpKey | KeyFault:  # Any: as the library gives them
    if len(keys) != 1:
        return KeyFault.SEVERAL if keys else KeyFault.NO_KEY
    (key,) = keys
    if key["trust"] == "r":
        return KeyFault.REVOKED
    if key["trust"] == "e":
        return KeyFault.EXPIRED
    # In capitals: what the whole key may still be used for (GnuPG, doc/DETAILS, field 12).
    if "E" not in key["cap"]:
        return KeyFault.SIGNS_ONLY
    people = tuple(_plain(one) for one in key["uids"][:_MOST_PEOPLE])
    return OpenPgpKey(data=data, fingerprint=key["fingerprint"].upper(), people=people, expires=_day(key["expires"]))


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:_LONGEST]


def _day(seconds: str) -> date | None:
    return datetime.fromtimestamp(int(seconds), UTC).date() if seconds.isdigit() else None

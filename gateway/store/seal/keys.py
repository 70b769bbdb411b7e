"""The key store: one random key a vault, wrapped by the key-encryption key, in a database of its own.

Each row says which key-encryption key wraps it, its *epoch*: while the key is renewed (`key_rotation`), two are in use.

Kept apart from the data so that a copy of one opens nothing without the other. A vault's key is durable
before anything is sealed with it. Destroying a vault's row makes everything it sealed unreadable; the row is
overwritten in the file and its log. Copies of the file elsewhere end with their key-encryption key.
"""

import contextlib
import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import ConfigurationError, KeyUnavailable, StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.store.folder_sync import sync_folder

KEY_OCTETS = 32
_NONCE = 12
_CACHED_KEYS = 20_000
CACHE_SECONDS = 300.0
"""How long a key is used without asking whether another process has destroyed it; here and in the sealer, each."""
_SELECT = "SELECT wrapped, epoch FROM vault_key WHERE vault = ? AND version = 1"
_NEXT = "SELECT vault, wrapped, epoch FROM vault_key WHERE version = 1 AND vault > ? ORDER BY vault LIMIT ?"
_INSERT = "INSERT OR IGNORE INTO vault_key (vault, version, wrapped, epoch) VALUES (?, 1, ?, ?)"
_CURRENT = "SELECT epoch FROM key_epoch"
_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def epoch_of(kek: bytes) -> int:
    """Name a key-encryption key by a number that tells nothing of it."""
    return int.from_bytes(hashlib.sha256(b"pli kek " + kek).digest()[:6], "big") + 1


def create_kek(path: Path) -> None:
    """Write a new key-encryption key, readable by its owner only; never overwrites one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_OCTETS) + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def read_kek(path: Path) -> bytes:
    """Read the key-encryption key; refuse one that others can read."""
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path} can be read by others: run chmod 600 on it")
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} holds no key-encryption key: restore it from your key backup") from error
    if len(key) != KEY_OCTETS:
        raise ConfigurationError(f"{path} does not hold a key of 32 octets: restore it from your key backup")
    return key


class KeyStore:
    """Vault keys behind a key-encryption key; safe for use from several threads."""

    def __init__(
        self, path: Path, kek: bytes, now: Callable[[], float] = time.monotonic, earlier: bytes | None = None
    ) -> None:
        """`kek` wraps; `earlier` opens what it does not wrap yet, while a renewal is not finished."""
        self._epoch = epoch_of(kek)
        self._keks = {epoch_of(one): AESGCM(one) for one in (kek, earlier) if one is not None}
        self._path = path
        self._now = now
        self._stale = now() + CACHE_SECONDS
        self._lock = threading.Lock()
        self._cache: OrderedDict[VaultId, bytes] = OrderedDict()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._db = opened_key_store(path)
            path.chmod(0o600)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable("the key store cannot be opened now") from error

    def close(self) -> None:
        """Close the database and forget the keys."""
        with self._lock:
            self._db.close()
            self._cache.clear()

    def create(self, vaults: Iterable[VaultId]) -> None:
        """Make a key for each vault; durable on return. A vault that has a key keeps it."""
        rows = [(vault, self._wrap(vault, secrets.token_bytes(KEY_OCTETS)), self._epoch) for vault in vaults]
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._require_epoch()
                self._db.executemany(_INSERT, rows)
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                with contextlib.suppress(sqlite3.Error):
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                raise StoreUnavailable("the key store cannot be written") from error

    def _require_epoch(self) -> None:
        # A process that began before the key was renewed must wrap nothing that nobody could open.
        current = self._db.execute(_CURRENT).fetchone()
        if current is not None and current[0] != self._epoch:
            self._db.execute("ROLLBACK")
            raise StoreUnavailable("the key-encryption key was renewed: start this program again")

    def destroy(self, vault: VaultId) -> None:
        """Delete a vault's key for good, once `cut_log` has; what derives from it is dropped by `Sealer.forget`."""
        with self._lock:
            self._cache.pop(vault, None)
            try:
                self._db.execute("DELETE FROM vault_key WHERE vault = ?", (vault,))
            except sqlite3.Error as error:
                raise StoreUnavailable("the key store cannot be written") from error

    def cut_log(self) -> bool:
        """Cut off the log, which holds pages as they were; False while another process reads: ask again."""
        try:
            # A connection of its own, which waits for nobody: whoever needs a key waits for the other one.
            with contextlib.closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as db:
                busy: int = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _HELD:
                raise StoreUnavailable("the key store cannot be written") from error
            return False
        except sqlite3.Error as error:
            raise StoreUnavailable("the key store cannot be written") from error
        return not busy

    def forget(self, vault: VaultId) -> None:
        """Drop what is cached of a vault's key."""
        with self._lock:
            self._cache.pop(vault, None)

    def key(self, vault: VaultId) -> bytes:
        """Give a vault's key. Raises `KeyUnavailable` when it has none or it does not open."""
        with self._lock:
            if self._now() >= self._stale:
                self._cache.clear()
                self._stale = self._now() + CACHE_SECONDS
            found = self._cache.get(vault)
            if found is not None:
                self._cache.move_to_end(vault)
                return found
            row = self._row(vault)
            if row is None:
                raise KeyUnavailable(f"vault {vault:x} has no key")
            key = self._unwrap(vault, *row)
            self._cache[vault] = key
            if len(self._cache) > _CACHED_KEYS:
                self._cache.popitem(last=False)
            return key

    def tried(self, after: VaultId, limit: int) -> list[tuple[VaultId, bool]]:
        """List vaults that have a key, by number, and whether it opens; the cache is left alone."""
        with self._lock:
            try:
                rows = self._db.execute(_NEXT, (after, limit)).fetchall()
            except sqlite3.Error as error:
                raise StoreUnavailable("the key store cannot be read") from error
        return [(vault, self._opens(vault, wrapped, epoch)) for vault, wrapped, epoch in rows]

    def _opens(self, vault: VaultId, wrapped: bytes, epoch: int) -> bool:
        try:
            return len(self._unwrap(vault, wrapped, epoch)) == KEY_OCTETS
        except KeyUnavailable:
            return False

    def _row(self, vault: VaultId) -> tuple[bytes, int] | None:
        try:
            found: tuple[bytes, int] | None = self._db.execute(_SELECT, (vault,)).fetchone()
        except sqlite3.Error as error:
            raise StoreUnavailable("the key store cannot be read") from error
        return found

    def _wrap(self, vault: VaultId, key: bytes) -> bytes:
        return wrapped_by(self._keks[self._epoch], vault, key)

    def _unwrap(self, vault: VaultId, wrapped: bytes, epoch: int) -> bytes:
        # What was wrapped before epochs were written down says 0.
        ciphers = self._keks.values() if epoch == 0 else filter(None, [self._keks.get(epoch)])
        for cipher in ciphers:
            with contextlib.suppress(KeyUnavailable):
                return unwrapped_by(cipher, vault, wrapped)
        raise KeyUnavailable("the key-encryption key does not open the key store")


def wrapped_by(cipher: AESGCM, vault: VaultId, key: bytes) -> bytes:
    """Wrap a vault's key."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, key, b"pli key 1 %d" % vault)


def unwrapped_by(cipher: AESGCM, vault: VaultId, wrapped: bytes) -> bytes:
    """Open a vault's key. Raises `KeyUnavailable`."""
    try:
        return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], b"pli key 1 %d" % vault)
    except (InvalidTag, ValueError, TypeError) as error:
        raise KeyUnavailable("the key-encryption key does not open the key store") from error


def opened_key_store(path: Path) -> sqlite3.Connection:
    """Open the file of a key store, and bring it to today's form."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA secure_delete=ON")
        db.execute(
            "CREATE TABLE IF NOT EXISTS vault_key (vault INTEGER NOT NULL, version INTEGER NOT NULL,"
            " wrapped BLOB NOT NULL, epoch INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (vault, version)) WITHOUT ROWID"
        )
        if "epoch" not in {row[1] for row in db.execute("PRAGMA table_info(vault_key)")}:
            with contextlib.suppress(sqlite3.OperationalError):  # another process may just have added it
                db.execute("ALTER TABLE vault_key ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0")
        db.execute("CREATE TABLE IF NOT EXISTS key_epoch (epoch INTEGER NOT NULL)")
    except sqlite3.Error:
        db.close()
        raise
    return db

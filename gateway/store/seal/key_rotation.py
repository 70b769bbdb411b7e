"""A new key-encryption key: vault keys are wrapped anew in batches, the old key is destroyed; nobody serves meanwhile.

What happens, each step durable before the next: `kek.next` is made; the key store notes its epoch, so that no process
wraps by the old one any more; batches of rows are wrapped anew, each with its epoch; `kek.next` takes the place of
`kek`; the old key is overwritten and unlinked. Killed anywhere, it goes on where it was, and a gateway that is started
in between opens everything with both keys. The keys of vaults stay as they are: only what wraps them changes.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.store.folder_sync import sync_folder
from gateway.store.seal.keys import create_kek, epoch_of, opened_key_store, read_kek, unwrapped_by, wrapped_by

BATCH = 1_000
_LEFT = "SELECT vault, version, wrapped FROM vault_key WHERE epoch <> ? ORDER BY vault, version LIMIT ?"
_REWRAP = "UPDATE vault_key SET wrapped = ?, epoch = ? WHERE vault = ? AND version = ?"


def next_kek(kek: Path) -> Path:
    """Give where the new key stands until it takes its place."""
    return kek.with_name(f"{kek.name}.next")


def old_kek(kek: Path) -> Path:
    """Give where the old key stands until it is destroyed."""
    return kek.with_name(f"{kek.name}.old")


def keks_in_use(kek: Path) -> tuple[bytes, bytes | None]:
    """Read the key that wraps, and the one that still opens while a renewal is not finished."""
    current = read_kek(kek)
    following = next_kek(kek)
    return (read_kek(following), current) if following.exists() else (current, None)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one step did: how many keys it wrapped anew."""

    step: str
    keys: int = 0


def rotation(key_store: Path, kek: Path) -> Iterator[Rotated]:
    """Renew the key-encryption key, a durable step each time; one that was begun before is finished.

    Raises:
        ConfigurationError: there is no key-encryption key.
        KeyUnavailable: a row does not open: put the keys back from their backup first. Nothing is lost.
        StoreUnavailable: the key store cannot be written now.
    """
    new = next_kek(kek)
    if not new.exists() and old_kek(kek).exists():
        # Only the end of an earlier one is missing.
        _destroy(old_kek(kek))
        yield Rotated("destroyed")
        return
    read_kek(kek)
    if not new.exists():
        _make(new)
        yield Rotated("made")
    current, following = read_kek(kek), read_kek(new)
    with closing(opened_key_store(key_store)) as db:
        try:
            yield from _rewrapped(db, current, following)
        except sqlite3.Error as error:
            raise StoreUnavailable("the key store cannot be written") from error
    with suppress(FileExistsError):
        os.link(kek, old_kek(kek))
    sync_folder(kek.parent)
    new.replace(kek)
    sync_folder(kek.parent)
    yield Rotated("replaced")
    _destroy(old_kek(kek))
    yield Rotated("destroyed")


def _make(new: Path) -> None:
    """Make a key that is there whole or not at all."""
    draft = new.with_name(f"{new.name}.draft")
    draft.unlink(missing_ok=True)
    create_kek(draft)
    draft.rename(new)
    sync_folder(new.parent)


def _rewrapped(db: sqlite3.Connection, current: bytes, following: bytes) -> Iterator[Rotated]:
    epoch, before, after = epoch_of(following), AESGCM(current), AESGCM(following)
    db.execute("BEGIN IMMEDIATE")
    db.execute("DELETE FROM key_epoch")
    db.execute("INSERT INTO key_epoch VALUES (?)", (epoch,))
    db.execute("COMMIT")
    yield Rotated("begun")
    while rows := db.execute(_LEFT, (epoch, BATCH)).fetchall():
        wrapped = [(_anew(before, after, vault, old), epoch, vault, version) for vault, version, old in rows]
        db.execute("BEGIN IMMEDIATE")
        db.executemany(_REWRAP, wrapped)
        db.execute("COMMIT")
        yield Rotated("wrapped", len(rows))
    # The log still holds the rows as they were.
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield Rotated("settled")


def _anew(before: AESGCM, after: AESGCM, vault: VaultId, old: bytes) -> bytes:
    return wrapped_by(after, vault, unwrapped_by(before, vault, old))


def _destroy(old: Path) -> None:
    """Overwrite a key, then take it away; a file system that copies on write may keep the octets."""
    if old.stat().st_nlink > 1:
        # Still the key in use by another name: somebody took the new one away by hand.
        old.unlink()
        return
    handle = os.open(old, os.O_WRONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(old.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    old.unlink()
    sync_folder(old.parent)

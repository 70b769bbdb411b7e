"""What a backup says of itself: its files with their sums, written last, so that a copy that was cut short is none.

Whoever holds a backup may have changed it: what it says is believed within its own folder only.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from gateway.domain.errors import ConfigurationError, MalformedContent
from gateway.domain.mailbox import OPERATOR
from gateway.store.folder_sync import sync_folder

NAME = "manifest.json"
FORM = 1
_BLOCK = 1 << 20
_PATH = re.compile(r"(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f]{1,255}(?:/(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f]{1,255}){0,3}")
"""A file below a folder: no way out of it, no empty part, no control character."""
_VAULT = re.compile(r"[0-9a-f]{1,16}", re.ASCII)


class CopiedFile(msgspec.Struct, frozen=True):
    """One file of a backup: its path below the backup's folder, its octets, their SHA-256."""

    name: str
    octets: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder of a backup holds; data and keys bear the same `id`.

    Attributes:
        erased: vaults that were erased while the copy was made, in hexadecimal: they are erased from what is restored.
    """

    id: str
    part: str
    made_at: str
    hostname: str
    files: tuple[CopiedFile, ...]
    erased: tuple[str, ...] = ()
    form: int = FORM


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it last, and durably."""
    hidden = folder / f".{NAME}"
    hidden.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    hidden.chmod(0o600)
    with hidden.open("rb") as file:
        os.fsync(file.fileno())
    hidden.rename(folder / NAME)
    sync_folder(folder)


def read_manifest(folder: Path, part: str) -> Manifest:
    """Read it. Raises `ConfigurationError` when there is none of that part, `MalformedContent` when it is damaged."""
    try:
        octets = (folder / NAME).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{folder} holds no whole backup: its {NAME}, written last, cannot be read ({error.strerror})"
        ) from error
    try:
        found = msgspec.json.decode(octets, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedContent(f"{folder / NAME} is damaged: take another backup") from error
    if found.form != FORM:
        raise ConfigurationError(f"{folder} was made by a later version of pli: restore it with that one")
    if found.part != part:
        raise ConfigurationError(f"{folder} holds the {found.part} of a backup, not its {part}: exchange the folders")
    if not _is_plausible(found):
        raise MalformedContent(f"{folder / NAME} names what no backup has: it was changed; take another backup")
    return found


def _is_plausible(manifest: Manifest) -> bool:
    names = [file.name for file in manifest.files]
    vaults = [int(vault, 16) if _VAULT.fullmatch(vault) else OPERATOR for vault in manifest.erased]
    return len(set(names)) == len(names) and all(map(_PATH.fullmatch, names)) and OPERATOR not in vaults


def file_of(folder: Path, file: CopiedFile) -> Path:
    """Give a file of a backup, which lies in its folder and is as long as it says.

    Raises `MalformedContent` for a link out of the folder, for what is no file, and for another length.
    """
    path = folder / file.name
    found = path.stat()
    is_inside = path.resolve().is_relative_to(folder.resolve())
    if not (is_inside and stat.S_ISREG(found.st_mode) and found.st_size == file.octets):
        raise MalformedContent(
            f"{file.name} of the backup is not as it was written: it was damaged or changed; take another backup"
        )
    return path


@dataclass(slots=True)
class Copier:
    """Copies files below one folder and keeps their sums."""

    target: Path
    files: list[CopiedFile]

    def add(self, source: Path, name: str) -> int:
        """Copy a file, holes included; give its octets."""
        with source.open("rb") as now:
            return self.add_open(now, name)

    def add_open(self, source: BinaryIO, name: str) -> int:
        """Copy what an open file holds from here to its end."""
        path = self.target / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        found, octets = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as copy:
            while block := source.read(_BLOCK):
                found.update(block)
                octets += len(block)
                # A run of zeros is a hole here as well: what was taken out takes no room.
                if block.count(0) == len(block):
                    copy.seek(octets)
                else:
                    copy.write(block)
            copy.truncate(octets)
            copy.flush()
            os.fsync(copy.fileno())
        self.files.append(CopiedFile(name, octets, found.hexdigest()))
        return octets

    def seen(self, name: str) -> None:
        """Take the sum of a file that was written here by other means."""
        path = self.target / name
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        self.files.append(CopiedFile(name, path.stat().st_size, sha256))


def check_copied(manifest: Manifest, copied: list[CopiedFile], place: Callable[[str], str]) -> None:
    """Compare what was copied, to the `place` of each name, with what the manifest says.

    Raises `MalformedContent` naming the first file at fault.
    """
    for file, found in zip(manifest.files, copied, strict=True):
        if (found.octets, found.sha256) != (file.octets, file.sha256) or found.name != place(file.name):
            raise MalformedContent(
                f"{file.name} of the backup is not as it was written: it was damaged or changed; take another backup"
            )

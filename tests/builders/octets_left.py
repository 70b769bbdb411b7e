"""What a vault has in a gateway's files, and where it is still found: every octet of every file is looked at."""

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import LargeBinary

from gateway.config import Settings
from gateway.core import store_paths
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.rows.destruction import KEPT
from tests.builders.store import behind_the_store

_TELLING = 12
"""Octets from which a value is told from others by itself."""
_PIECE = 48
_NOT_SOUGHT = {"exchange.correspondent", "blob.blob", "content.blob"}
"""Digests of correspondents, which others have as well; random names of octets that are gone, kept for a week."""


@dataclass(frozen=True)
class Needle:
    """Something that must be found nowhere."""

    name: str
    octets: bytes


def sealed_of(settings: Settings, vault: VaultId) -> list[Needle]:
    """Give every sealed record, digest and key that the files hold of a vault; its trace apart."""
    paths = store_paths(settings)
    needles = []
    for table in schema.metadata.sorted_tables:
        if "vault" not in table.c or table.name in KEPT:
            continue
        for column in table.c:
            if isinstance(column.type, LargeBinary) and f"{table.name}.{column.name}" not in _NOT_SOUGHT:
                found = behind_the_store(paths, f'SELECT "{column.name}" FROM {table.name} WHERE vault = ?', vault)
                values = [value for (value,) in found if _tells(value)]
                name = f"{table.name}.{column.name}"
                needles += [Needle(name, piece) for value in values for piece in _pieces(value)]
    with closing(sqlite3.connect(paths.key_store)) as keys:
        wrapped = keys.execute("SELECT wrapped FROM vault_key WHERE vault = ?", (vault,))
        needles += [Needle("key", octets) for (octets,) in wrapped]
    return needles


def _pieces(value: bytes) -> set[bytes]:
    """Cut a value as a database may: a long row goes on in other pages, and half a record would be one too many."""
    middle = len(value) // 2
    return {value[:_PIECE], value[middle : middle + _PIECE], value[-_PIECE:]}


def _tells(value: object) -> bool:
    return isinstance(value, bytes) and len(value) >= _TELLING


def plain(word: str) -> Iterator[Needle]:
    """Give a word as files may hold it."""
    octets = word.encode()
    yield Needle(word, octets)
    yield Needle(f"{word}, two octets a sign", word.encode("utf-16-le"))
    for offset in range(3):
        yield Needle(f"{word} in base64", base64.b64encode(b"\0" * offset + octets)[4:-4])


def found_below(folder: Path, needles: list[Needle]) -> set[str]:
    """List what is found in which file."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            octets = path.read_bytes()
            found |= {f"{needle.name} in {path.name}" for needle in needles if needle.octets in octets}
    return found

"""A zip archive written piece by piece, and its manifest: memory does not grow with it. Holds no key."""

import hashlib
import zipfile
from dataclasses import dataclass, field
from typing import IO

import orjson

from gateway.domain.errors import InvalidValue

FORM = 1
"""Of the archive; raised when an earlier version could not read it."""
MANIFEST, SIGNATURE, PUBLIC_KEY, INDEX = "manifest.json", "manifest.sig", "cle-operateur.pem", "index.html"
DAMAGED = "fichiers-abimes.txt"
"""Lists what could not be read, one a line; there is none when all could."""
_WHEN = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6


class _Pipe:
    """What a zip writer writes into: octets that are taken out again from the front."""

    def __init__(self) -> None:
        self._octets = bytearray()

    def write(self, data: bytes, /) -> int:
        self._octets += data
        return len(data)

    def flush(self) -> None:
        """Keep everything: it is taken out, not pushed."""

    def close(self) -> None:
        """Keep everything, as above."""

    def __len__(self) -> int:
        return len(self._octets)

    def taken(self) -> bytes:
        out = bytes(self._octets)
        self._octets.clear()
        return out


@dataclass(slots=True)
class _Open:
    name: str
    stream: IO[bytes]
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class ArchiveWriter:
    """Writes one file after another; every call is short, and may be made in another thread than the last."""

    def __init__(self, *, packs: bool = True) -> None:
        """Without `packs` files are stored as they are: those of documents are compressed already."""
        self._pipe = _Pipe()
        self._method = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
        self._zip = zipfile.ZipFile(self._pipe, "w", self._method, compresslevel=_LEVEL if packs else None)
        self._open: _Open | None = None
        self._files: dict[str, tuple[int, str]] = {}

    @property
    def waiting(self) -> int:
        """Say how many octets were written and not taken yet."""
        return len(self._pipe)

    def taken(self) -> bytes:
        """Take what was written."""
        return self._pipe.taken()

    def begin(self, name: str) -> None:
        """Begin a file. Raises `InvalidValue` when there is one of that name."""
        if name in self._files:
            raise InvalidValue("an archive holds two files of one name")
        info = zipfile.ZipInfo(name, _WHEN)
        info.compress_type = self._method
        info.external_attr = 0o600 << 16
        self._open = _Open(name, self._zip.open(info, "w", force_zip64=True))

    def take(self, piece: bytes) -> None:
        """Write the next octets of the file."""
        if (file := self._open) is None:
            raise InvalidValue("no file of the archive is begun")
        file.stream.write(piece)
        file.digest.update(piece)
        file.size += len(piece)

    def end(self) -> None:
        """End the file; it stands in the manifest from here on."""
        if (file := self._open) is not None:
            file.stream.close()
            self._files[file.name] = (file.size, file.digest.hexdigest())
            self._open = None

    def put(self, name: str, data: bytes) -> None:
        """Write a whole small file."""
        self.begin(name)
        self.take(data)
        self.end()

    def manifest(self, **said: object) -> bytes:
        """Write the manifest of all files so far."""
        files = {name: {"size": size, "sha256": digest} for name, (size, digest) in self._files.items()}
        return orjson.dumps({"form": FORM, **said, "files": files}, option=orjson.OPT_INDENT_2)

    def abandon(self) -> None:
        """Let go of an archive that nobody reads to its end."""
        self.end()
        self._zip.close()
        self._pipe.taken()

    def close(self) -> None:
        """Write the directory of the archive; nothing follows."""
        self._zip.close()

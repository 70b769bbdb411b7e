"""Whether the files of the program are still those that a gateway began with: what is loaded from others is a mixture.

Whoever is begun again later has from its parent what that had loaded, and the rest from the disk. So nobody is begun
once another version lies there. Libraries are not looked at.
"""

import hashlib
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateway.domain.errors import ServingFailed

PACKAGES: Final = ("certs", "dossier_bridge", "gateway", "webagent", "webmail", "webpro")
"""Those of the program, beside each other in one folder."""
_HERE: Final = Path(__file__).parents[2]


class ProgramFiles:
    """The files as they are now, by names, sizes and times."""

    def __init__(self, folder: Path = _HERE) -> None:
        self._folder = folder
        self._digest = _digest(folder)

    def require_unchanged(self) -> None:
        """Look again.

        Raises:
            ServingFailed: a file was changed, added or taken away.
        """
        if _digest(self._folder) != self._digest:
            raise ServingFailed(
                "the files of the program were changed since this gateway began, so no process is begun from them: "
                "stop the gateway and start it again"
            )


def _digest(folder: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for line in sorted(line for package in PACKAGES for line in _lines(folder / package)):
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.digest()


def _lines(package: Path) -> Iterator[str]:
    for file in package.rglob("*"):
        # Compiled files come by themselves, hidden ones are an editor's; templates and styles are the program's, too.
        if file.suffix == ".pyc" or file.name.startswith("."):
            continue
        with suppress(FileNotFoundError):  # it goes this moment, or is a link to nothing
            status = file.stat()
            if stat.S_ISREG(status.st_mode):
                yield f"{file} {status.st_size} {status.st_mtime_ns}\n"

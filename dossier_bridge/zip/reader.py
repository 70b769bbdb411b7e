"""What lies inside a zip, Office documents among them; a zip that is a submission is one, whatever it is called."""

import posixpath
from collections.abc import Iterator

from dossier_bridge.nesting import Budget, FoundFile, Piece
from dossier_bridge.zip.archive import Archive, ArchiveLimits
from gateway.domain.mime import marks
from gateway.domain.mime.kinds import Kind

_ANY_RATIO = 2_000
"""Deflate makes at most 1,032 bytes of one: the budget bounds these archives, pictures of one colour pass."""
_REGISTRY = b"ebxml-regrep"
_OFFICE = ("[Content_Types].xml", "mimetype")
"""What every Office document holds (ECMA-376 part 2 §10.1.2; OpenDocument part 2 §3.3), and no archive of files."""


def zip_files(file: FoundFile, budget: Budget) -> Iterator[Piece]:
    """Give the files of a zip, or the zip itself as the submission it is; raise `DocumentFault` for a broken one."""
    archive = spent(
        file.data, ArchiveLimits(max(budget.files, 0), budget.file_bytes, max(budget.bytes, 0), _ANY_RATIO), budget
    )
    if _is_submission(archive):
        yield Piece("", file.data, Kind.XDM)
        return
    is_office = any(archive.find(name) for name in _OFFICE)
    for name in archive.names():
        yield Piece(name, archive.open(name), is_part=is_office)


def spent(data: bytes, limits: ArchiveLimits, budget: Budget) -> Archive:
    """Read the directory of a zip, and spend what its files weigh once opened."""
    archive = Archive(data, limits)
    for size in archive.sizes():
        budget.spend(size)
    return archive


def _is_submission(archive: Archive) -> bool:
    """Say whether a zip is a submission, wherever its folder lies: its metadata may ask for what a file does not."""
    return any(
        posixpath.basename(name).lower() == "metadata.xml" and _REGISTRY in marks.narrowed(archive.open(name))
        for name in archive.names()
    )

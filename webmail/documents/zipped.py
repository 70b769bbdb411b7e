"""Files in one zip archive, written while it is sent: memory does not grow with it."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from gateway.domain.errors import NotFound, SealBroken
from gateway.services.export.archive_writer import ArchiveWriter

MISSING = "À LIRE - fichiers manquants.txt"


@dataclass(frozen=True, slots=True, repr=False)
class NamedPieces:
    """A file of an archive."""

    name: str
    pieces: AsyncGenerator[bytes, None]


async def zipped(
    files: AsyncIterator[NamedPieces], aside: Callable[[Callable[[], None]], Awaitable[None]]
) -> AsyncGenerator[bytes, None]:
    """Give the octets of an archive; `aside` runs what takes time off the loop.

    Two files of one name are numbered. One that cannot be read is named in a file of its own, and the others follow.
    Raises `NotFound` or `SealBroken` when a file breaks off midway: half a document must not pass for a whole one.
    """
    writer, missing = ArchiveWriter(packs=False), list[str]()
    try:
        async for piece in _written(writer, files, aside, missing):
            yield piece
        if missing:
            text = "\r\n".join(("Ces fichiers n’ont pas pu être lus. Nous avons été prévenus.", "", *missing, ""))
            writer.put(MISSING, text.encode())
        writer.close()
        yield writer.taken()
    finally:
        writer.abandon()


async def _written(
    writer: ArchiveWriter, files: AsyncIterator[NamedPieces], aside: Callable[[Callable[[], None]], Awaitable[None]],
    missing: list[str],
) -> AsyncGenerator[bytes, None]:  # fmt: skip
    names = dict[str, int]()
    async for file in files:
        name, is_begun = _own_name(file.name, names), False
        async with aclosing(file.pieces) as pieces:
            try:
                async for piece in pieces:
                    if not is_begun:
                        writer.begin(name)
                        is_begun = True
                    await aside(partial(writer.take, piece))
                    yield writer.taken()
            except (NotFound, SealBroken):
                if is_begun:
                    raise
                missing.append(name)
                continue
        if not is_begun:
            writer.begin(name)
        writer.end()


def _own_name(name: str, taken: dict[str, int]) -> str:
    """Number a name that was given before, whatever its case: some systems do not tell them apart.

    `taken` has the last number of each: ten thousand files of one name are not counted anew each time.
    """
    path, number, own = PurePath(name), taken.get(name.casefold(), 0), name
    while own.casefold() in taken:
        number += 1
        own = f"{path.stem} ({number}){path.suffix}"
        taken[name.casefold()] = number
    taken[own.casefold()] = max(taken.get(own.casefold(), 0), 1)
    return own

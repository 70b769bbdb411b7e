"""Documents in one archive: names of their own, files that are lost told of, each with a line before it leaves."""

import io
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.errors import NotFound
from tests.builders.patient_site import PDF, PatientSite, patient_site
from webmail.documents.zipped import MISSING, NamedPieces, zipped
from webmail.identifiers import DocumentId


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def test_files_are_named_as_people_look_for_them_and_none_twice(site: PatientSite) -> None:
    shown = [await site.file() for _ in range(2)]
    await site.file(hidden_from=Audience.PATIENT)
    found = await site.pages.downloadable(site.actor, None)
    assert {int(one, 16) for one in found} == {document.id for document in shown}
    octets = b"".join([piece async for piece in site.pages.documents_archive(site.actor, found)])
    archive = zipfile.ZipFile(io.BytesIO(octets))
    name = "Bilan de contrôle - 2026-03-01 - Laboratoire des Lilas"
    assert sorted(archive.namelist()) == [f"{name} (2).pdf", f"{name}.pdf"]
    assert {archive.read(one) for one in archive.namelist()} == {PDF}
    (line,) = await site.trace("document.opened")
    assert set(line.objects) == {f"document:{document.id:x}" for document in shown}


async def test_nothing_of_somebody_else_is_given(site: PatientSite) -> None:
    theirs = await site.file(space=site.louis)
    assert await site.pages.downloadable(site.actor, [DocumentId(f"{theirs.id:x}")]) == ()


async def at_once(work: Callable[[], None]) -> None:
    work()


async def _file(*pieces: bytes | NotFound) -> AsyncGenerator[bytes, None]:
    for piece in pieces:
        if isinstance(piece, NotFound):
            raise piece
        yield piece


async def _files(*files: tuple[str, tuple[bytes | NotFound, ...]]) -> AsyncGenerator[NamedPieces, None]:
    for name, pieces in files:
        yield NamedPieces(name, _file(*pieces))


async def test_file_that_is_lost_is_named_and_one_that_breaks_off_ends_the_archive() -> None:
    files = _files(("a.pdf", (NotFound("gone"),)), ("A.PDF", (b"un", b"deux")), ("vide.txt", ()))
    octets = b"".join([piece async for piece in zipped(files, at_once)])
    archive = zipfile.ZipFile(io.BytesIO(octets))
    assert archive.namelist() == ["A (2).PDF", "vide.txt", MISSING]
    assert (archive.read("A (2).PDF"), "a.pdf" in archive.read(MISSING).decode()) == (b"undeux", True)
    with pytest.raises(NotFound):
        [piece async for piece in zipped(_files(("b.pdf", (b"un", NotFound("gone")))), at_once)]

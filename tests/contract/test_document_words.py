"""Words of documents: read once, found by whoever may read the document, and by nobody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory
from gateway.domain.document_lists import DocumentFilter
from gateway.domain.errors import ReaderBusy, ReaderFailed
from gateway.domain.readable import ReadableText, readable_to_json
from gateway.services.filing.added_files import NamedFile
from gateway.services.filing.added_reading import Added, NewDocument
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.document_keeping import DocumentKeeping, OwnWords
from gateway.services.record.document_words import MAX_TEXT, DocumentWords
from tests.builders.patient_site import PatientSite, patient_site
from webmail.shown_documents import DocumentSearch


class Texts:
    """Reads one sentence in every PDF, or fails; satisfies `gateway.ports.file_texts.FileTexts`."""

    def __init__(self, text: str = "") -> None:
        self.text, self.read = text, 0

    async def text_of(self, data: bytes, owner: str) -> str:
        """Give it."""
        assert data
        assert owner
        self.read += 1
        if not self.text:
            raise ReaderFailed("crashed")
        return self.text


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def found(site: PatientSite, words: str, sender: str = "") -> list[str]:
    page = await site.pages.documents(site.actor, DocumentSearch(words=words, sender=sender))
    return [item.title for item in page.items]


async def test_document_is_found_by_title_names_and_text(site: PatientSite) -> None:
    await site.file(words=readable_to_json(ReadableText(("Fracture du scaphoïde",))))
    for words in ("bilan", "BILAN controle", "scaphoide", "iris lilas", "biologie", "fracture bilan"):
        assert await found(site, words) == ["Bilan de contrôle"]
    assert await found(site, "hanche") == await found(site, "bilan hanche") == []
    assert await found(site, "", "modèle") == ["Bilan de contrôle"]
    assert await found(site, "", "scaphoide") == []


async def test_text_of_a_pdf_is_read_once(site: PatientSite) -> None:
    texts = Texts("Ménisque interne")
    words = DocumentWords(site.at.store, site.at.blobs, texts)
    access = DocumentAccess(site.at.store, site.at.blobs, site.at.clock, words)
    number = (await site.file()).id
    for _ in range(2):
        page = await access.listed(site.actor, DocumentFilter(words=("menisque",)))
        assert [document.id for document in page.documents] == [number]
    assert texts.read == 1


async def test_words_beyond_the_most_that_is_looked_through_are_not_found(site: PatientSite) -> None:
    names = 1_000  # as much of it as names and titles take, and more
    long = "premier " + "x" * (MAX_TEXT - names) + " dernier " + "y" * names + " ensuite"
    words = DocumentWords(site.at.store, site.at.blobs, Texts(long))
    await site.file()
    await words.read_all(site.camille.vault)
    assert await found(site, "premier") == await found(site, "dernier") == ["Bilan de contrôle"]
    assert await found(site, "ensuite") == []


async def test_long_text_is_read_in_its_own_letters_where_it_is_cut(site: PatientSite) -> None:
    text = "Fièvre ".encode() + b"x" * (MAX_TEXT - 9) + "é la fin".encode()
    new = NewDocument(file=NamedFile("notes.txt", text), title="Carnet", category=DocumentCategory.OTHER)
    assert isinstance(await site.services.added_documents.add(site.actor, new), Added)
    assert await found(site, "fievre") == ["Carnet"]


async def test_pdf_that_cannot_be_read_is_found_by_its_title(site: PatientSite) -> None:
    words = DocumentWords(site.at.store, site.at.blobs, Texts())
    await site.file()
    await words.read_all(site.camille.vault)
    assert await found(site, "bilan") == ["Bilan de contrôle"]


async def test_own_title_and_own_text_are_found(site: PatientSite) -> None:
    text = "Vaccin contre la fièvre jaune".encode()
    new = NewDocument(file=NamedFile("notes.txt", text), title="Carnet", category=DocumentCategory.VACCINATION)
    added = await site.services.added_documents.add(site.actor, new)
    assert isinstance(added, Added)
    assert await found(site, "fievre jaune") == ["Carnet"]
    own = OwnWords(title="Voyage", day=date(2001, 2, 3), revision=0)
    await DocumentKeeping(site.at.store, site.at.clock).rename(site.actor, added.number, own)
    assert await found(site, "voyage") == ["Voyage"]
    assert await found(site, "carnet") == ["Voyage"]
    old = await site.pages.documents(site.actor, DocumentSearch(until=date(2001, 2, 3)))
    assert [item.title for item in old.items] == ["Voyage"]


async def test_withheld_document_is_never_found(site: PatientSite) -> None:
    number = (await site.file(words=readable_to_json(ReadableText(("tumeur",))), hidden_from=Audience.PATIENT)).id
    assert await found(site, "tumeur") == []
    await site.at.store.write(lambda tx: tx.documents.withhold(site.camille.vault, number, Audience.NOBODY))
    assert await found(site, "tumeur") == ["Bilan de contrôle"]


async def test_search_that_takes_long_says_how_many_are_missing(site: PatientSite) -> None:
    await site.file()
    words = DocumentWords(site.at.store, site.at.blobs, Texts("x"))
    assert await words.catch_up(site.actor, site.at.clock.now(), timedelta(0)) == 1
    assert await words.catch_up(site.actor, site.at.clock.now()) == 0


async def test_what_is_withheld_is_not_counted_among_the_missing(site: PatientSite) -> None:
    await site.file(hidden_from=Audience.PATIENT)
    words = DocumentWords(site.at.store, site.at.blobs, Texts("x"))
    assert await words.catch_up(site.actor, site.at.clock.now(), timedelta(0)) == 0


class _Meanwhile:
    """Reads one sentence in every PDF, and does something else first; satisfies `FileTexts`."""

    def __init__(self, act: Callable[[], Awaitable[object]]) -> None:
        self.act, self.at_once, self.most = act, 0, 0

    async def text_of(self, data: bytes, owner: str) -> str:  # noqa: ARG002 - the port's names
        """Give it."""
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await self.act()
        self.at_once -= 1
        return "Ménisque"


async def test_words_of_what_is_deleted_while_it_is_read_are_not_kept(site: PatientSite) -> None:
    number, keeping = (await site.file(is_own=True)).id, DocumentKeeping(site.at.store, site.at.clock)
    words = DocumentWords(site.at.store, site.at.blobs, _Meanwhile(lambda: keeping.delete(site.actor, number)))
    await words.read_all(site.camille.vault)
    assert site.at.behind_its_back("SELECT document FROM document_words") == []


async def test_title_that_is_given_while_words_are_read_is_found(site: PatientSite) -> None:
    number, keeping = (await site.file()).id, DocumentKeeping(site.at.store, site.at.clock)
    own = OwnWords(title="Genou", day=None, revision=0)
    words = DocumentWords(site.at.store, site.at.blobs, _Meanwhile(lambda: keeping.rename(site.actor, number, own)))
    await words.read_all(site.camille.vault)
    assert await found(site, "genou") == ["Genou"]


async def test_one_file_at_a_time_is_in_memory(site: PatientSite) -> None:
    await site.file()
    texts = _Meanwhile(lambda: asyncio.sleep(0))
    words = DocumentWords(site.at.store, site.at.blobs, texts)
    await asyncio.gather(*(words.catch_up(site.actor, site.at.clock.now()) for _ in range(5)))
    assert texts.most == 1


async def test_document_waits_for_the_process_that_reads_it(site: PatientSite) -> None:
    await site.file()
    busy = [True]

    async def refuse() -> None:
        if busy:
            busy.clear()
            raise ReaderBusy("others wait")

    words = DocumentWords(site.at.store, site.at.blobs, _Meanwhile(refuse))
    assert await words.catch_up(site.actor, site.at.clock.now()) == 1
    assert await words.catch_up(site.actor, site.at.clock.now()) == 0
    assert await found(site, "menisque") == ["Bilan de contrôle"]


async def test_document_whose_file_is_lost_is_found_by_its_title(site: PatientSite) -> None:
    await site.file(words=readable_to_json(ReadableText(("Fracture",))))
    site.at.behind_its_back("DELETE FROM blob")
    assert await found(site, "bilan") == ["Bilan de contrôle"]

"""A patient keeps documents in order: own title and date, pins, folders, hidden or shown, own ones deleted."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory
from gateway.domain.document_lists import DocumentFilter
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.domain.glance import Glance
from gateway.services.access.actors import holder_of
from gateway.services.filing.added_files import NamedFile
from gateway.services.filing.added_reading import Added, NewDocument
from gateway.services.record.document_keeping import MAX_FOLDERS, MAX_PINNED, DocumentKeeping, OwnWords
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.store import NOON, StoreAt, a_number, a_space
from tests.builders.web_results import measured
from webmail.identifiers import DocumentId

PDF = b"%PDF-1.7\nstartxref\n9\n%%EOF\n"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


def keeping(site: PatientSite) -> DocumentKeeping:
    return DocumentKeeping(site.at.store, site.at.clock)


async def seen(site: PatientSite, number: int) -> FiledDocument:
    return (await site.documents.read(site.actor, number)).document


async def test_own_title_and_date_stand_beside_those_of_the_document(site: PatientSite) -> None:
    number = (await site.file()).id
    await keeping(site).rename(site.actor, number, OwnWords(title="Mon bilan", day=date(2026, 2, 1), revision=0))
    document = await seen(site, number)
    assert (document.choice.title, document.choice.day) == ("Mon bilan", date(2026, 2, 1))
    assert document.entry.title == "Bilan de contrôle"
    (event,) = await site.trace("document.renamed")
    assert event.objects == (f"document:{number:x}",)
    shown = await site.pages.document(site.actor, DocumentId(f"{number:x}"))
    assert (shown.summary.title, shown.written and shown.written[0]) == ("Mon bilan", "Bilan de contrôle")


async def test_title_typed_in_an_earlier_tab_changes_nothing(site: PatientSite) -> None:
    number, own = (await site.file()).id, OwnWords(title="Premier", day=None, revision=0)
    await keeping(site).rename(site.actor, number, own)
    await keeping(site).rename(site.actor, number, own)  # the same form sent twice
    with pytest.raises(ChangedMeanwhile):
        await keeping(site).rename(site.actor, number, replace(own, title="Second"))
    assert (await seen(site, number)).choice.title == "Premier"
    assert len(await site.trace("document.renamed")) == 1


async def test_pinned_documents_stand_first(site: PatientSite) -> None:
    numbers = [(await site.file()).id for _ in range(3)]
    await keeping(site).pin(site.actor, numbers[2], pinned=True)
    page = await site.documents.listed(site.actor)
    assert [document.id for document in page.pinned] == [numbers[2]]
    assert (await site.documents.listed(site.actor, DocumentFilter(oldest_first=True))).pinned == ()
    await keeping(site).pin(site.actor, numbers[2], pinned=False)
    await keeping(site).pin(site.actor, numbers[2], pinned=False)
    assert (await site.documents.listed(site.actor)).pinned == ()
    assert len(await site.trace("document.unpinned")) == 1


async def test_hidden_document_is_hidden_from_professionals_alone(site: PatientSite) -> None:
    number = (await site.file()).id
    await keeping(site).hide(site.actor, number, hidden=True)
    await keeping(site).hide(site.actor, number, hidden=True)
    assert (await seen(site, number)).hidden_from == Audience.PROFESSIONALS
    await keeping(site).hide(site.actor, number, hidden=False)
    assert (await seen(site, number)).hidden_from == Audience.NOBODY
    assert [len(await site.trace(f"document.{one}")) for one in ("hidden", "shown")] == [1, 1]


async def test_all_are_hidden_at_once_and_new_ones_by_choice(site: PatientSite) -> None:
    for _ in range(3):
        await site.file()
    assert await keeping(site).hide_all(site.actor, hidden=True) == 3
    assert await keeping(site).hide_all(site.actor, hidden=True) == 0
    (event,) = await site.trace("document.hidden")
    assert len(event.objects) == 3
    assert await keeping(site).hide_all(site.actor, hidden=False) == 3
    assert await keeping(site).hide_all(site.actor, hidden=False) == 0
    (event,) = await site.trace("document.shown")
    assert len(event.objects) == 3
    assert not await keeping(site).hides_by_default(site.actor)
    await keeping(site).hide_by_default(site.actor, hidden=True)
    assert await keeping(site).hides_by_default(site.actor)
    assert len(await site.trace("documents.default")) == 1
    added = await site.services.added_documents.add(site.actor, a_new())
    assert isinstance(added, Added)
    assert (await seen(site, added.number)).hidden_from == Audience.PROFESSIONALS


def a_new() -> NewDocument:
    return NewDocument(file=NamedFile("a.pdf", PDF), title="À moi", category=DocumentCategory.OTHER)


async def test_own_document_is_deleted_for_good(site: PatientSite) -> None:
    added = await site.services.added_documents.add(site.actor, a_new())
    assert isinstance(added, Added)
    document = await seen(site, added.number)
    await keeping(site).pin(site.actor, added.number, pinned=True)
    await keeping(site).delete(site.actor, added.number)
    with pytest.raises(NotFound):
        await site.documents.read(site.actor, added.number)
    assert (await site.documents.listed(site.actor)).documents == ()
    held = await site.at.store.read(lambda tx: tx.blobs.referenced(document.files[0].blob))
    assert not held
    assert len(await site.trace("document.deleted")) == 1
    again = await site.services.added_documents.add(site.actor, a_new())
    assert isinstance(again, Added)
    assert not again.was_there


async def test_results_of_a_document_go_with_it(site: PatientSite) -> None:
    number = (await site.file([measured("Glycémie", "1558-6", "0.95", "g/L")], is_own=True)).id
    await keeping(site).delete(site.actor, number)
    assert site.at.behind_its_back("SELECT document FROM observed") == []


async def test_many_documents_are_hidden_in_pieces(site: PatientSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.services.record.document_keeping.HIDDEN_AT_ONCE", 2)
    for _ in range(3):
        await site.file()
    assert await keeping(site).hide_all(site.actor, hidden=True) == 3
    assert sorted(len(event.objects) for event in await site.trace("document.hidden")) == [1, 2]


async def test_what_somebody_sent_is_not_deleted(site: PatientSite) -> None:
    number = (await site.file()).id
    with pytest.raises(NotFound):
        await keeping(site).delete(site.actor, number)
    assert (await seen(site, number)).id == number


async def test_folders_hold_documents_and_let_them_go(site: PatientSite) -> None:
    number, other = (await site.file()).id, (await site.file()).id
    assert await keeping(site).save_folder(site.actor, "Genou")
    assert await keeping(site).save_folder(site.actor, "genou")  # sent twice
    (folder,) = await keeping(site).folders(site.actor)
    await keeping(site).move(site.actor, number, folder.number)
    await keeping(site).move(site.actor, number, folder.number)
    in_it = await site.documents.listed(site.actor, DocumentFilter(folder=folder.number))
    assert ([document.id for document in in_it.documents], in_it.folders) == ([number], (folder,))
    await keeping(site).save_folder(site.actor, "Genou droit", folder.number)
    assert [one.name for one in await keeping(site).folders(site.actor)] == ["Genou droit"]
    await keeping(site).drop_folder(site.actor, folder.number)
    assert (await seen(site, number)).choice.folder is None
    for refused in (keeping(site).move(site.actor, other, folder.number), keeping(site).drop_folder(site.actor, 9)):
        with pytest.raises(NotFound):
            await refused


async def test_there_are_not_more_folders_than_may_be(site: PatientSite) -> None:
    for at in range(MAX_FOLDERS):
        assert await keeping(site).save_folder(site.actor, f"Dossier {at}")
    assert not await keeping(site).save_folder(site.actor, "Un de trop")


@pytest.mark.parametrize("act", ["rename", "pin", "hide", "move"])
async def test_somebody_elses_document_is_not_there(site: PatientSite, act: str) -> None:
    number, louis = (await site.file()).id, holder_of(site.louis, "web")
    acts = {
        "rename": lambda: keeping(site).rename(louis, number, OwnWords(title="x", day=None, revision=0)),
        "pin": lambda: keeping(site).pin(louis, number, pinned=True),
        "hide": lambda: keeping(site).hide(louis, number, hidden=True),
        "move": lambda: keeping(site).move(louis, number, None),
    }
    with pytest.raises(NotFound):
        await acts[act]()
    assert not await keeping(site).delete(louis, number)


async def test_no_more_than_thirty_documents_are_pinned(site: PatientSite) -> None:
    numbers = [(await site.file()).id for _ in range(MAX_PINNED + 1)]
    for number in numbers[:-1]:
        await keeping(site).pin(site.actor, number, pinned=True)
    with pytest.raises(Conflict):
        await keeping(site).pin(site.actor, numbers[-1], pinned=True)
    assert len((await site.documents.listed(site.actor)).pinned) == MAX_PINNED


async def test_documents_with_a_result_outside_its_range_are_found(site: PatientSite) -> None:
    await site.file()
    out = await site.file(glance=Glance(examinations=("Sodium",), outside=("Sodium",), outside_count=1))
    found = await site.documents.listed(site.actor, DocumentFilter(outside=True))
    assert [document.id for document in found.documents] == [out.id]
    # What is typed is never taken for the mark.
    assert (await site.documents.listed(site.actor, DocumentFilter(words=("hors",)))).documents == ()


# ---------------------------------------------------------------- lists


async def _kept(at: PatientSite, day: date, arrived: int, category: DocumentCategory) -> int:
    entry = (await at.file()).entry
    document = await at.file(
        entry=replace(entry, unique_id=f"1.{a_number()}", category=category), dated=NOON + timedelta(days=arrived)
    )
    await at.at.store.write(
        lambda tx: tx.document_lists.save_words(at.camille.vault, document.id, day, "dr leroy\nbilan", "le genou")
    )
    return document.id


async def test_list_is_filtered_and_sorted(site: PatientSite) -> None:
    old = await _kept(site, date(2019, 5, 2), 3, DocumentCategory.IMAGING)
    new = await _kept(site, date(2025, 5, 2), 2, DocumentCategory.REPORTS)

    async def listed(**wanted: object) -> list[int]:
        page = await site.documents.listed(site.actor, DocumentFilter(**wanted))  # type: ignore[arg-type]  # its fields
        return [document.id for document in page.documents if document.id in (old, new)]

    assert await listed() == [old, new]
    assert await listed(oldest_first=True) == [new, old]
    assert await listed(by_day=True) == [new, old]
    assert await listed(by_day=True, oldest_first=True) == [old, new]
    assert await listed(category="imagerie") == [old]
    assert await listed(since=date(2020, 1, 1), until=date(2025, 5, 2)) == [new]
    assert await listed(until=date(2019, 5, 2)) == [old]
    assert await listed(words=("genou", "bilan")) == [old, new]
    assert await listed(words=("genou", "hanche")) == []
    assert await listed(sender=("leroy",), category="imagerie") == [old]
    assert await listed(sender=("bilan",)) == []


async def test_search_never_finds_what_is_withheld(site: PatientSite) -> None:
    number = await _kept(site, date(2025, 5, 2), 2, DocumentCategory.REPORTS)
    await site.at.store.write(lambda tx: tx.documents.withhold(site.camille.vault, number, Audience.PATIENT))
    page = await site.documents.listed(site.actor, DocumentFilter(words=("genou",)))
    assert (page.documents, page.counts.get(DocumentCategory.REPORTS)) == ((), None)


async def test_lists_are_the_same_on_both_databases(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    wanted = DocumentFilter(words=("genou",), since=date(2020, 1, 1), by_day=True, folder=3, category="imagerie")
    found = await at.store.read(lambda tx: tx.document_lists.find(vault, Audience.PATIENT, wanted, 3))
    assert found == []

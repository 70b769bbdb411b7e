"""What a professional is shown in a patient's space, through every service that lists, counts, searches or gives.

Nothing that the patient hides, from all or from this one, is in any of it; what they wrote, and what is shown to them
alone, is (A2, F54, F55). Where a service does not serve visitors, it refuses them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.domain.access import Actor, Audience, PurposeOfUse, Role
from gateway.domain.access_settings import AccessSettings
from gateway.domain.document import DocumentCategory
from gateway.domain.document_lists import DocumentChoice, DocumentFilter, DocumentFolder
from gateway.domain.dossier import ORIGINAL, FiledDocument
from gateway.domain.errors import AccessRefused, NotFound
from gateway.domain.examinations import examination_number
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.record_openings import OpenedBy
from gateway.services.agenda.own_agenda import OwnAgenda
from gateway.services.happenings.notification_centre import NotificationCentre
from gateway.services.profile.measure_proposals import MeasureProposals
from gateway.services.profile.profile_reading import ProfileReading
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.document_keeping import DocumentKeeping
from gateway.services.record.document_words import DocumentWords
from gateway.services.record.examinations import CSV, FHIR, Examinations
from gateway.services.record.record_queries import Window
from gateway.services.sharing.health_links import HealthLinks
from gateway.services.withholding.document_doubts import DocumentDoubts
from tests.builders.patient_site import CLAIRE, LABORATORY, PatientSite, patient_site
from tests.builders.record_readers import reader_at
from tests.builders.store import a_number
from tests.builders.web_results import measured
from webmail.identifiers import DocumentId

SHOWN = ("plain", "shown to her", "her own")
KEPT = ("hidden from her", "hidden from all", "doubted", "old version")
ALL = Window(0, 100)
NAMES = {"plain": "2823-3", "shown to her": "2093-3", "her own": "1558-6", "hidden from her": "718-7",
         "hidden from all": "2160-0", "doubted": "6690-2", "old version": "777-3"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Dr Martin in Camille's record, which she has opened, and the documents there by what was chosen for each."""

    site: PatientSite
    actor: Actor
    documents: dict[str, FiledDocument]

    def named(self, numbers: Sequence[int]) -> set[str]:
        """Say which documents these are."""
        return {name for name, one in self.documents.items() if one.id in numbers}


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[Visit]:
    async with patient_site(ram) as site:
        reader = await reader_at(site.at, address=str(CLAIRE.address))
        actor = reader.in_space(site.camille)
        documents = {name: await _file(site, name) for name in ("old version", *SHOWN[1:], *KEPT[:3])}
        documents["plain"] = await _file(site, "plain", documents["old version"])
        for name, hidden in (
            ("old version", Audience.PROFESSIONALS), ("hidden from all", Audience.PROFESSIONALS),
            ("shown to her", Audience.PROFESSIONALS), ("her own", Audience.PROFESSIONALS),
            ("doubted", Audience.EVERYBODY),
        ):  # fmt: skip
            number = documents[name].id
            await site.at.store.write(
                lambda tx, number=number, hidden=hidden: tx.documents.withhold(  # type: ignore[misc]
                    site.camille.vault, number, hidden
                )
            )
        choice = PartyChoice(
            number=1, names=actor.identifiers, label="Dr Claire Martin", standing=PartyStanding.ALLOWED,
            since=site.at.clock.now(), shown=frozenset({documents["shown to her"].id}),
            hidden=frozenset({documents["hidden from her"].id}),
        )  # fmt: skip
        await site.at.store.write(
            lambda tx: tx.patient_choices.put(site.camille.vault, PatientChoices(parties=(choice,)))
        )
        await reader.open(site.camille, OpenedBy.CONSENT)
        assert await reader.may_read(site.camille)
        yield Visit(site=site, actor=actor, documents=documents)


async def _file(site: PatientSite, name: str, replaced: FiledDocument | None = None) -> FiledDocument:
    result = measured(f"Examen {name}", NAMES[name], "1.00", "g/L", ("0.70", "1.10"))
    if replaced is not None:
        former = replaced.entry.unique_id
        entry = replace(replaced.entry, unique_id=f"1.2.250.1.999.{a_number()}", replaces=(former,))
        return await site.file([result], entry=entry)
    return await site.file([result], sender=str((CLAIRE if name == "her own" else LABORATORY).address))


async def test_lists_counts_and_searches_hold_what_she_is_shown(visit: Visit) -> None:
    site, her = visit.site, visit.actor
    words = DocumentWords(site.at.store, site.at.blobs)
    access = DocumentAccess(site.at.store, site.at.blobs, site.at.clock, words)
    folder, pinned = a_number(), visit.documents["plain"].id
    chosen = DocumentChoice(title="Secret", pinned=True, folder=folder)
    await site.at.store.write(lambda tx: tx.document_lists.save_folder(her.vault, DocumentFolder(folder, "Secrets")))
    await site.at.store.write(lambda tx: tx.document_lists.choose(her.vault, pinned, chosen))
    page = await access.listed(her)
    assert visit.named([one.id for one in page.documents]) == set(SHOWN)
    assert (sum(page.counts.values()), page.pinned, page.folders, page.unread) == (3, (), (), 0)
    assert {one.choice.title for one in page.documents} == {""}
    for wanted in (DocumentFilter(by_day=True), DocumentFilter(words=("bilan",)), DocumentFilter(oldest_first=True)):
        assert visit.named([one.id for one in (await access.listed(her, wanted)).documents]) == set(SHOWN)
    with pytest.raises(NotFound):
        await access.listed(her, DocumentFilter(folder=folder))
    # Page by page, there and back: places of what she may not see make no page shorter.
    first = await access.listed(her, size=2)
    last = await access.listed(her, beside=first.older, size=2)
    assert [len(first.documents), len(last.documents), last.older] == [2, 1, None]
    back = await access.listed(her, beside=last.newer, size=2, back=True)
    assert [one.id for one in back.documents] == [one.id for one in first.documents]
    assert visit.named([one.id for one in await access.newest(her, 100)]) == set(SHOWN)
    # The patient's own pages are as they were.
    assert len((await access.listed(site.actor)).documents) == len(NAMES) - 1


async def test_documents_results_and_files_are_given_of_what_she_is_shown(visit: Visit) -> None:
    site, her, queries = visit.site, visit.actor, visit.site.queries
    downloads = site.services.document_downloads
    access = site.documents
    listed = await queries.documents(her, ALL)
    assert (visit.named([one.id for one in listed.documents]), listed.total) == (set(SHOWN), 3)
    results = await queries.results(her, ALL)
    assert (visit.named([one.document.id for one in results.results]), results.total) == (set(SHOWN), 3)
    found = await queries.results(her, ALL, lambda result: "Examen" in result.label)
    assert (visit.named([one.document.id for one in found.results]), found.total) == (set(SHOWN), 3)
    assert visit.named(await downloads.chosen(her, None)) == set(SHOWN)
    every = [one.id for one in visit.documents.values()]
    assert visit.named(await downloads.chosen(her, every)) == set(SHOWN)
    assert visit.named([one.document.id async for one in downloads.opened(her, every)]) == set(SHOWN)
    for name, document in visit.documents.items():
        ways: list[Callable[[], Awaitable[object]]] = [
            lambda number=document.id: access.read(her, number),  # type: ignore[misc]
            lambda number=document.id: access.open_file(her, number, ORIGINAL),  # type: ignore[misc]
            lambda number=document.id: queries.document(her, number),  # type: ignore[misc]
            lambda number=document.id: queries.result(her, number, 0),  # type: ignore[misc]
        ]
        for way in ways:
            if name in SHOWN:
                assert await way()
            else:
                with pytest.raises(NotFound):
                    await way()
    opened = await access.read(her, visit.documents["plain"].id)
    # The line of related documents names none that she may not see; the patient's does.
    assert (opened.replaces, opened.contested, opened.correction, opened.folders) == (None, (), None, ())
    assert len(opened.results) == 1
    assert (await access.read(site.actor, visit.documents["plain"].id)).replaces == visit.documents["old version"].id


async def test_what_she_opens_is_not_opened_by_the_patient(visit: Visit) -> None:
    number = visit.documents["plain"].id
    await visit.site.documents.read(visit.actor, number)
    (listed,) = [one for one in (await visit.site.documents.listed(visit.site.actor)).documents if one.id == number]
    assert not listed.seen


async def test_trends_hold_what_she_is_shown(visit: Visit) -> None:
    her, examinations = visit.actor, Examinations(visit.site.at.store, visit.site.at.clock)
    found = await examinations.listed(her, "", 1)
    assert {one.label for one in found.examinations} == {f"Examen {name}" for name in SHOWN}
    assert found.total == len(SHOWN)
    assert not (await examinations.listed(her, "hidden", 1)).examinations
    of_patient = await examinations.listed(visit.site.actor, "", 1)
    for one in of_patient.examinations:
        number = examination_number(her.vault, one.key)
        if one.label.removeprefix("Examen ") in SHOWN:
            assert (await examinations.read(her, number, 1, 10)).examination.count == 1
            assert len((await examinations.taken_away(her, number, FHIR)).results) == 1
        else:
            with pytest.raises(NotFound):
                await examinations.read(her, number, 1, 10)
            with pytest.raises(NotFound):
                await examinations.taken_away(her, number, CSV)


async def test_profile_tells_nothing_of_documents_that_she_is_not_shown(visit: Visit) -> None:
    site, profile = visit.site, ProfileReading(visit.site.at.store, visit.site.at.clock)
    for name in visit.documents:
        await _told_by(visit, name, EntryState.KEPT)
    await _told_by(visit, "plain", EntryState.PROPOSED)
    taken = await _told_by(visit, "plain", EntryState.DELETED)
    found = await profile.section(visit.actor, ProfileSection.ALLERGIES)
    assert {one.fields["nom"] for one in found.current} == {f"kept {name}" for name in SHOWN}
    assert (found.proposed, found.deleted, found.sources) == ((), [], {})
    with pytest.raises(NotFound):
        await profile.versions(visit.actor, ProfileSection.ALLERGIES, taken)
    assert (await profile.section(site.actor, ProfileSection.ALLERGIES)).deleted


async def _told_by(visit: Visit, name: str, state: EntryState) -> int:
    entry = ProfileEntry(
        section=ProfileSection.ALLERGIES, id=a_number(), revision=1, state=state,
        fields={"nom": f"{state.value} {name}"}, written_by=Writer.DOCUMENT, written_at=visit.site.at.clock.now(),
        source=visit.documents[name].id,
    )  # fmt: skip
    await visit.site.at.store.write(lambda tx: tx.profile.add(visit.actor.vault, entry))
    return entry.id


async def test_profession_reads_the_kinds_that_are_for_it_and_the_page_says_so(ram: Path) -> None:
    everything, prescriptions = frozenset(DocumentCategory), frozenset({DocumentCategory.PRESCRIPTIONS})
    settings = AccessSettings(readable={"10": everything, "Médecin": everything, "70": prescriptions})
    async with patient_site(ram, access_settings=settings) as site:
        reader = await reader_at(site.at, address=str(CLAIRE.address))
        hers, theirs = await _file(site, "her own"), await _file(site, "plain")
        choice = PartyChoice(
            number=1, names=reader.me.identifiers, label="Claire", standing=PartyStanding.ALLOWED,
            since=site.at.clock.now(),
        )  # fmt: skip
        unknown = replace(choice, number=2, names=frozenset({"mail:inconnu@labo.mssante.fr"}), label="Inconnu")
        await site.at.store.write(
            lambda tx: tx.patient_choices.put(site.camille.vault, PatientChoices(parties=(choice, unknown)))
        )
        await reader.open(site.camille, OpenedBy.CONSENT)
        for profession, shown in (("10", 2), ("Médecin", 2), ("70", 1), ("60", 1)):
            her = replace(reader.in_space(site.camille), profession=profession)
            page = await site.documents.listed(her)
            assert (len(page.documents), sum(page.counts.values())) == (shown, shown)
            assert hers.id in [one.id for one in page.documents]
            assert len((await Examinations(site.at.store, site.at.clock).listed(her, "", 1)).examinations) == shown
            assert (await site.queries.results(her, ALL)).total == shown
            if shown == 1:
                with pytest.raises(NotFound):
                    await site.documents.read(her, theirs.id)
        # Of somebody whose profession nobody knows the patient is told that they would not see it.
        _, readers = await site.pages.readers_of(site.actor, DocumentId(f"{theirs.id:x}"))
        assert {one.party.label: one.sees for one in readers} == {"Dr Claire Martin": True, "Inconnu": False}
        rights = await site.pages.profession_rights(site.actor)
        assert [(one.profession, one.reads_everything) for one in rights] == [
            ("Masseur-kinésithérapeute", False), ("Médecin", True),
        ]  # fmt: skip


async def test_list_opens_its_page_and_says_that_something_is_hidden_where_the_operator_lets_it(ram: Path) -> None:
    async with patient_site(ram, access_settings=AccessSettings(tells_hidden=True)) as site:
        reader = await reader_at(site.at, address=str(CLAIRE.address))
        her, vault = reader.in_space(site.camille), site.camille.vault
        filed = [(await site.file()).id for _ in range(4)]
        first, last = min(filed), max(filed)  # of one instant: listed by number
        choice = PartyChoice(
            number=1, names=her.identifiers, label="Dr Claire Martin", standing=PartyStanding.ALLOWED,
            since=site.at.clock.now(),
        )  # fmt: skip
        await site.at.store.write(lambda tx: tx.patient_choices.put(vault, PatientChoices(parties=(choice,))))
        await reader.open(site.camille, OpenedBy.CONSENT)
        site.at.behind_its_back("UPDATE document SET record = ? WHERE document = ?", b"x", last)
        with capture_logs() as said:
            page = await site.documents.listed(her, size=2)
            assert (page.documents[0].id, sum(page.counts.values())) == (first, 4)
            assert said == []
            following = await site.documents.listed(her, beside=page.older, size=2)
        assert following.documents[-1].is_damaged
        assert said != []
        await site.at.store.write(lambda tx: tx.documents.withhold(vault, first, Audience.PROFESSIONALS))
        entered = await reader.openings.enter(her)
        assert entered is not None
        assert entered.hides


async def test_what_the_patient_keeps_for_themself_is_refused(visit: Visit) -> None:
    at, her = visit.site.at, visit.actor
    for refused in (
        DocumentKeeping(at.store, at.clock).folders(her),
        DocumentKeeping(at.store, at.clock).hides_by_default(her),
        DocumentDoubts(at.store, at.clock).listed(her),
        HealthLinks(at.store, at.clock).mine(her),
        MeasureProposals(at.store, at.clock).proposed(her),
        NotificationCentre(at.store, at.clock).recent(her),
        OwnAgenda(at.store, at.clock).documents(her, 10),
    ):
        with pytest.raises(AccessRefused):
            await refused


def test_no_list_can_be_asked_for_a_visitor_by_an_audience() -> None:
    visitor = Actor(
        account="x", role=Role.PROFESSIONAL, vault=VaultId(1), home=VaultId(2), purpose=PurposeOfUse.TREATMENT
    )
    with pytest.raises(AccessRefused):
        _ = visitor.audience
    with pytest.raises(AccessRefused):
        _ = replace(visitor, home=None).audience
    assert Audience.PROFESSIONALS in replace(visitor, home=VaultId(1)).audience

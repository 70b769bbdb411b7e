"""What a professional adds to a record over a real store: whose it is, who is told, what the patient's choices do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dossier_bridge.reading import read_attachments
from dossier_bridge.request import ReadOutcome, ReadRequest
from dossier_bridge.synthetic import zipped
from dossier_bridge.synthetic.imaging import SyntheticScan, synthetic_scan
from dossier_bridge.synthetic.report import claimed
from gateway.domain.access import Actor, Audience
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import AccessRefused
from gateway.domain.identity import DEMO_OIDS
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.record_openings import OpenedBy
from gateway.domain.step_payloads import NotifyOfDocument
from gateway.services.filing.added_files import AddFault, NamedFile
from gateway.services.filing.added_reading import Added, NewDocument
from gateway.services.filing.professional_documents import ProfessionalDocuments
from gateway.services.withholding.display_delays import DelayKeeper, DisplayDelays
from tests.builders.clinical import a_report
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.pdfs import a_pdf
from tests.builders.record_readers import reader_at


class MarkedReaders:
    """Read in this process what a reader process would, and mark it as its author may."""

    async def read(self, request: ReadRequest, sender: str = "", *, at_leisure: bool = False) -> ReadOutcome:  # noqa: ARG002
        outcome = read_attachments(request)
        marked = ("N", "INVISIBLE_PATIENT")
        documents = [replace(one, entry=replace(one.entry, confidentiality=marked)) for one in outcome.documents]
        return replace(outcome, documents=tuple(documents))


@dataclass(frozen=True)
class Adding:
    """Dr Martin in Camille's record, which she has opened."""

    site: PatientSite
    her: Actor
    added: ProfessionalDocuments

    async def choose(self, standing: PartyStanding) -> None:
        """Have Camille choose for her."""
        choice = PartyChoice(
            number=1, names=self.her.identifiers, label="Dr", standing=standing, since=self.site.at.clock.now()
        )
        choices = PatientChoices(parties=(choice,))
        await self.site.at.store.write(lambda tx: tx.patient_choices.put(self.her.vault, choices))

    async def filed(self, audience: Audience = Audience.NOBODY) -> list[FiledDocument]:
        """List what is filed, as far as these readers may see it."""
        return await self.site.at.store.read(lambda tx: tx.documents.all_of(self.her.vault, audience))


@pytest.fixture
async def adding(ram: Path) -> AsyncIterator[Adding]:
    async with patient_site(ram) as site:
        reader = await reader_at(site.at, address=str(CLAIRE.address))
        added = ProfessionalDocuments(site.at.store, site.at.blobs, MarkedReaders(), site.at.clock, DEMO_OIDS)
        here = Adding(site, reader.in_space(site.camille), added)
        await here.choose(PartyStanding.ALLOWED)
        await reader.open(site.camille, OpenedBy.CONSENT)
        yield here


def a_new(data: bytes, name: str = "certificat.pdf") -> NewDocument:
    return NewDocument(file=NamedFile(name, data), title="", category=DocumentCategory.CERTIFICATES)


async def test_it_is_hers_of_a_known_patient_and_new_to_them(adding: Adding) -> None:
    added = await adding.added.add(adding.her, a_new(a_pdf("Apte")))
    assert isinstance(added, Added)
    (filed,) = await adding.filed()
    assert (filed.id, filed.is_own, filed.seen, filed.identity_verified) == (added.number, False, False, True)
    assert (filed.sender, filed.issuer, filed.entry.title) == (str(CLAIRE.address), "", "certificat")
    assert filed.sender_name == "Dr Claire Martin"
    assert filed.entry.author is not None
    assert filed.entry.author.name == "Dr Claire Martin"
    assert [event.objects for event in await adding.site.trace("document.added")] == [(f"document:{added.number:x}",)]


async def test_patient_who_hides_what_comes_hides_it_from_her_colleagues_and_not_from_her(adding: Adding) -> None:
    space = await adding.site.at.store.read(lambda tx: tx.spaces.space(adding.her.vault))
    await adding.site.at.store.write(lambda tx: tx.spaces.save(replace(space, hides_documents=True)))
    added = await adding.added.add(adding.her, a_new(a_pdf("Apte")))
    assert isinstance(added, Added)
    assert await adding.filed(Audience.PROFESSIONALS) == []
    assert (await adding.site.documents.read(adding.her, added.number)).document.id == added.number


async def test_what_its_author_presents_first_is_withheld_from_the_patient(adding: Adding) -> None:
    report = a_report(claimed(adding.site.camille.identity))
    added = await adding.added.add(adding.her, a_new(report, "bilan.xml"))
    assert isinstance(added, Added)
    assert added.is_withheld
    assert await adding.filed(Audience.PATIENT) == []
    hold = await adding.site.at.store.read(lambda tx: tx.withholdings.hold(adding.her.vault, added.number))
    assert hold is not None
    assert hold.sender == str(CLAIRE.address)


async def test_what_its_patient_puts_off_is_told_of_when_it_shows(adding: Adding) -> None:
    store, clock, kind = adding.site.at.store, adding.site.at.clock, DocumentCategory.CERTIFICATES.value

    async def told() -> int:
        now = clock.now()
        steps = await store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        return sum(isinstance(step.payload, NotifyOfDocument) for step in steps)

    space = await store.read(lambda tx: tx.spaces.space(adding.her.vault))
    await store.write(lambda tx: tx.spaces.save(replace(space, delays=((kind, 3),))))
    assert isinstance(await adding.added.add(adding.her, a_new(a_pdf("Apte"))), Added)
    assert await told() == 0
    clock.advance(timedelta(days=3))
    assert await DelayKeeper(store, clock).keep() == 1
    assert await told() == 1


async def test_whoever_is_blocked_adds_nothing(adding: Adding) -> None:
    await adding.choose(PartyStanding.BLOCKED)
    with pytest.raises(AccessRefused):
        await adding.added.add(adding.her, a_new(a_pdf("Apte")))
    assert await adding.filed() == []


async def test_same_file_of_a_colleague_and_a_larger_set_of_pictures_are_documents_of_their_own(adding: Adding) -> None:
    other = replace(adding.her, account="paul.nguyen@medecin.mssante.fr")
    scan = SyntheticScan(name="", number="", issuer_oid="", born="", sex="", day=date(2026, 3, 1), slices=3)
    slices = dict(synthetic_scan(scan))
    two, three = (zipped(dict(list(slices.items())[:many])) for many in (2, 3))
    pdf, added = a_pdf("Apte"), list[Added | AddFault]()
    for actor, data in ((adding.her, pdf), (other, pdf), (adding.her, two), (adding.her, three)):
        added.append(await adding.added.add(actor, a_new(data, "fichier")))
    numbers = [one.number for one in added if isinstance(one, Added) and not one.was_there]
    assert sorted(numbers) == sorted(one.id for one in await adding.filed())
    assert len(numbers) == 4
    again = await adding.added.add(adding.her, a_new(three, "fichier"))
    assert again == Added(numbers[-1], was_there=True)


async def test_patient_who_puts_the_kind_off_is_told_when_it_shows(adding: Adding) -> None:
    store, clock, camille = adding.site.at.store, adding.site.at.clock, adding.site.actor
    await DisplayDelays(store, clock).choose(camille, {DocumentCategory.CERTIFICATES: 3})
    assert isinstance(await adding.added.add(adding.her, a_new(a_pdf("Apte"))), Added)

    async def told() -> int:
        now = clock.now()
        steps = await store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        return sum(isinstance(step.payload, NotifyOfDocument) for step in steps)

    assert (await adding.filed(Audience.LATER), await told()) == ([], 0)
    clock.advance(timedelta(days=3))
    assert (await DelayKeeper(store, clock).keep(), await told()) == (1, 1)


async def test_same_file_as_a_hidden_document_is_added_as_any_other(adding: Adding) -> None:
    report = a_report(claimed(adding.site.camille.identity))
    first = await adding.added.add(adding.her, a_new(report, "bilan.xml"))
    assert isinstance(first, Added)
    store, vault = adding.site.at.store, adding.her.vault
    hidden = Audience.PROFESSIONALS | Audience.EVERYBODY  # « Ce document n'est pas le mien » hides it from its author
    await store.write(lambda tx: tx.documents.withhold(vault, first.number, hidden))
    added = [await adding.added.add(adding.her, a_new(report, "bilan.xml")) for _ in range(2)]
    number = next(one.number for one in added if isinstance(one, Added))
    assert number != first.number
    assert added == [Added(number, is_withheld=True), Added(number, was_there=True)]
    assert (await adding.site.documents.read(adding.her, number)).document.id == number

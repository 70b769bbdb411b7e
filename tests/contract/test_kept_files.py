"""Files of a message stay shut while any document that it brought is withheld, also where its row is damaged."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dossier_bridge.reading import read_attachments
from dossier_bridge.request import AttachedFile, ReadRequest
from dossier_bridge.synthetic import SyntheticReport, example_results, laboratory_report, pdf_page
from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import MessageId
from gateway.domain.mime import Kind
from gateway.domain.withholdings import HOLD, WARNED_BEFORE
from gateway.services.filing.filed_documents import Origin, file_all, files_of, written_document
from gateway.services.withholding.display_delays import DelayKeeper, DisplayDelays
from gateway.services.withholding.document_doubts import DocumentDoubts, DoubtQueue
from gateway.services.withholding.hold_keeper import HoldKeeper
from tests.builders.clinical import a_patient
from tests.builders.patient_site import LABORATORY, PatientSite, patient_site
from tests.contract.test_document_holds import HOUR, MID, filed, keep, shown, withheld_files

OTHER = MessageId(78)
WHY = "ligne abîmée"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's space."""
    async with patient_site(ram) as opened:
        yield opened


async def two_with_a_repeat(site: PatientSite, hidden_from: Audience) -> tuple[FiledDocument, FiledDocument]:
    """File one by message 77, another by 78 an hour later, and that one again by 77."""
    first = await filed(site, hidden_from=hidden_from)
    site.at.clock.advance(HOUR)
    other = await filed(site, OTHER, hidden_from=hidden_from)
    await filed(site, MID, **_same(other))
    return first, other


def _same(document: FiledDocument) -> dict[str, object]:
    return {name: getattr(document, name) for name in ("entry", "sha256", "hidden_from")}


def spoil(site: PatientSite, table: str, document: FiledDocument) -> None:
    site.at.behind_its_back(f"UPDATE {table} SET record = zeroblob(60) WHERE document = ?", document.id)


def keeper(site: PatientSite) -> HoldKeeper:
    return HoldKeeper(site.at.store, site.at.clock)


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("loses_repeat", [True, False])
async def test_files_stay_shut_while_a_repeated_document_whose_hold_is_damaged_waits(
    site: PatientSite, by_hand: bool, loses_repeat: bool
) -> None:
    first, other = await two_with_a_repeat(site, Audience.PATIENT)
    spoil(site, "document_hold", other)
    if loses_repeat:
        spoil(site, "document_doubt", other)
    if by_hand:
        await keeper(site).release(str(site.camille.address), first.id, WHY)
    else:
        await keep(site, HOLD - WARNED_BEFORE)
        await keep(site, WARNED_BEFORE)
    assert (await shown(site), await withheld_files(site)) == ([first.id], Audience.PATIENT)


async def test_damaged_repeat_keeps_no_files_shut_whose_hold_says_all(site: PatientSite) -> None:
    first = await filed(site)
    other = await filed(site, OTHER)
    await filed(site, MessageId(79), **_same(other))
    spoil(site, "document_doubt", other)
    await keeper(site).release(str(site.camille.address), first.id, WHY)
    assert await withheld_files(site) is Audience.NOBODY
    assert await withheld_files(site, MessageId(79)) is Audience.PATIENT


async def test_files_stay_shut_while_a_repeated_document_whose_delay_is_damaged_waits(site: PatientSite) -> None:
    delays = DisplayDelays(site.at.store, site.at.clock)
    await delays.choose(site.actor, {DocumentCategory.BIOLOGY: 3})
    first, other = await two_with_a_repeat(site, Audience.NOBODY)
    assert await withheld_files(site) is Audience.LATER
    spoil(site, "document_delay", other)
    site.at.clock.advance(3 * 24 * HOUR)
    await DelayKeeper(site.at.store, site.at.clock).keep()
    assert first.id in await shown(site)
    assert other.id not in await shown(site)
    assert await withheld_files(site) is Audience.LATER


async def test_files_stay_shut_while_a_repeated_document_whose_doubt_is_damaged_is_set_aside(site: PatientSite) -> None:
    first, other = await two_with_a_repeat(site, Audience.NOBODY)
    doubts = DocumentDoubts(site.at.store, site.at.clock)
    await doubts.doubt(site.actor, first.id)
    await doubts.doubt(site.actor, other.id)
    spoil(site, "document_doubt", other)
    await doubts.withdraw(site.actor, first.id)
    assert (await shown(site), await withheld_files(site)) == ([first.id], Audience.EVERYBODY)


async def test_one_doubts_and_takes_back_though_how_a_message_was_filed_is_damaged(site: PatientSite) -> None:
    document = await filed(site, hidden_from=Audience.NOBODY)
    site.at.behind_its_back("UPDATE outcome SET record = zeroblob(60) WHERE mid = ?", MID)
    doubts = DocumentDoubts(site.at.store, site.at.clock)
    await doubts.doubt(site.actor, document.id)
    assert await shown(site) == []
    await doubts.withdraw(site.actor, document.id)
    assert await shown(site) == [document.id]


@pytest.mark.parametrize("is_damaged", [True, False])
async def test_pdf_beside_a_repeated_document_is_put_off_like_it(site: PatientSite, is_damaged: bool) -> None:
    await DisplayDelays(site.at.store, site.at.clock).choose(site.actor, {DocumentCategory.BIOLOGY: 7})
    cda = laboratory_report(SyntheticReport(patient=a_patient(), results=example_results(2)))
    report = AttachedFile("1", Kind.CDA, "a.xml", cda)
    await arrives(site, MID, report)
    if is_damaged:
        site.at.behind_its_back("UPDATE document_delay SET record = zeroblob(60)")
    await arrives(site, OTHER, report, AttachedFile("2", Kind.PDF, "r.pdf", pdf_page(["Glycemie 5.8 mmol/L"])))
    hidden = site.at.behind_its_back("SELECT hidden_from FROM document")
    assert [row[0] for row in hidden] == [Audience.LATER, Audience.LATER]


async def arrives(site: PatientSite, mid: MessageId, *files: AttachedFile) -> None:
    """File what a message bears, as it is read."""
    sender = str(LABORATORY.address)
    origin = Origin(
        vault=site.camille.vault, mid=mid, sender=sender, issuer="", actor=sender, at=site.at.clock.now()
    )
    written = []
    for read in read_attachments(ReadRequest(files)).documents:
        octets = files_of(read)
        keys = site.at.blobs.write_many([one.data for one in octets])
        written.append(written_document(read, octets, keys, origin))
    await site.at.store.write(lambda tx: file_all(tx, origin, written))


async def test_damaged_hold_stops_no_filing_of_what_repeats_its_document(site: PatientSite) -> None:
    document = await filed(site, OTHER)
    spoil(site, "document_hold", document)
    await filed(site, MID, **_same(document))
    assert await withheld_files(site) is Audience.PATIENT
    assert await shown(site) == []


@pytest.mark.parametrize("bit", [Audience.PATIENT, Audience.LATER])
async def test_files_of_every_known_message_open_when_what_is_damaged_is_released(
    site: PatientSite, bit: Audience
) -> None:
    if bit is Audience.LATER:
        await DisplayDelays(site.at.store, site.at.clock).choose(site.actor, {DocumentCategory.BIOLOGY: 3})
    hidden = bit & Audience.PATIENT
    document = await filed(site, OTHER, hidden_from=hidden)
    await filed(site, MID, **_same(document))
    assert await withheld_files(site) is bit
    spoil(site, "document_hold" if hidden else "document_delay", document)
    await keeper(site).release(str(site.camille.address), document.id, WHY)
    assert (await withheld_files(site), await withheld_files(site, OTHER)) == (Audience.NOBODY, Audience.NOBODY)


@pytest.mark.parametrize("fault", ["UPDATE document_doubt SET record = zeroblob(60)", "DELETE FROM document_doubt"])
@pytest.mark.parametrize("is_theirs", [True, False])
async def test_files_open_when_the_doubt_that_was_lost_is_given_back_alone(
    site: PatientSite, fault: str, is_theirs: bool
) -> None:
    first, other = await two_with_a_repeat(site, Audience.NOBODY)
    doubts = DocumentDoubts(site.at.store, site.at.clock)
    await doubts.doubt(site.actor, first.id)
    await doubts.doubt(site.actor, other.id)
    site.at.behind_its_back(f"{fault} WHERE document = ?", other.id)
    await doubts.withdraw(site.actor, first.id)
    assert await withheld_files(site) is Audience.EVERYBODY
    await settle(site, other, is_theirs=is_theirs)
    files = Audience.NOBODY if is_theirs else Audience.EVERYBODY
    assert (await withheld_files(site), await withheld_files(site, OTHER)) == (files, files)
    assert (other.id in await shown(site)) is is_theirs


async def settle(site: PatientSite, document: FiledDocument, *, is_theirs: bool) -> None:
    queue = DoubtQueue(site.at.store, site.at.clock)
    await queue.settle(str(site.camille.address), document.id, is_theirs=is_theirs, reason=WHY)


async def damages(site: PatientSite) -> list[tuple[str, int | None, str]]:
    """What `pli verify` says of what is withheld."""
    found = await site.at.store.read(lambda tx: tx.inspection.look("what is withheld", None, 100))
    return [(one.what, one.number, one.fault) for one in found.damages]


async def test_doubt_that_is_gone_is_named_and_ended_also_after_its_document_came_again(site: PatientSite) -> None:
    document = await filed(site, OTHER, hidden_from=Audience.NOBODY)
    await DocumentDoubts(site.at.store, site.at.clock).doubt(site.actor, document.id)
    assert await damages(site) == []
    site.at.behind_its_back("DELETE FROM document_doubt")
    await filed(site, MID, **_same(document))
    ((what, number, fault),) = await damages(site)
    assert (what, number, "has ended" in fault) == ("doubt", document.id, True)
    await settle(site, document, is_theirs=True)
    assert (await damages(site), await shown(site)) == ([], [document.id])
    assert await withheld_files(site) is Audience.NOBODY


@pytest.mark.parametrize("fault", ["UPDATE document_doubt SET record = zeroblob(60)", "DELETE FROM document_doubt"])
async def test_what_was_kept_aside_for_good_is_not_given_back_by_a_lost_row(site: PatientSite, fault: str) -> None:
    document = await filed(site, hidden_from=Audience.NOBODY)
    await DocumentDoubts(site.at.store, site.at.clock).doubt(site.actor, document.id)
    await settle(site, document, is_theirs=False)
    site.at.behind_its_back(fault)
    with pytest.raises(NotFound, match="kept aside for good"):
        await settle(site, document, is_theirs=True)
    assert await shown(site) == []
    await settle(site, document, is_theirs=False)
    with pytest.raises(NotFound, match="no open doubt"):
        await settle(site, document, is_theirs=True)


async def test_one_doubts_what_came_again_though_the_row_that_says_so_is_damaged(site: PatientSite) -> None:
    document = await filed(site, OTHER)
    await filed(site, MID, **_same(document))
    await keeper(site).release(str(site.camille.address), document.id, WHY)
    spoil(site, "document_doubt", document)
    doubts = DocumentDoubts(site.at.store, site.at.clock)
    await doubts.doubt(site.actor, document.id)
    assert (await shown(site), await withheld_files(site, OTHER)) == ([], Audience.EVERYBODY)
    await doubts.withdraw(site.actor, document.id)
    assert await shown(site) == [document.id]

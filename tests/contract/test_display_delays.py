"""A patient sees some kinds of documents later, by their own wish, and ends it at once (E37)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.document import DocumentCategory, DocumentNote
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import InvalidValue
from gateway.domain.filing_outcome import FilingOutcome, is_put_off
from gateway.domain.mailbox import MessageId
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import NotifyOfDocument
from gateway.ports.store import Tx
from gateway.services.access.permitted import documents_shown
from gateway.services.filing.filed_documents import Origin, WrittenDocument, file_all
from gateway.services.openings.record_openings import OpenRecord
from gateway.services.withholding.display_delays import DelayKeeper, DisplayDelays
from gateway.services.withholding.hold_keeper import HoldKeeper
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import LABORATORY, PatientSite, a_document, a_program, patient_site
from tests.builders.record_readers import reader_at
from tests.contract.test_document_holds import SimpleRead

DAY, MID = timedelta(days=1), MessageId(77)
BIOLOGY, IMAGING = DocumentCategory.BIOLOGY, DocumentCategory.IMAGING


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's space; she sees results of biology three days later."""
    async with patient_site(ram) as opened:
        await delays(opened).choose(opened.actor, {BIOLOGY: 3, IMAGING: 0})
        yield opened


def delays(site: PatientSite) -> DisplayDelays:
    return DisplayDelays(site.at.store, site.at.clock)


async def filed(
    site: PatientSite, mid: MessageId = MID, hidden_from: Audience = Audience.NOBODY,
    document: FiledDocument | None = None,
) -> FiledDocument:  # fmt: skip
    """File a report of biology as a message brings it; give it as it is kept."""
    document = document or replace(a_document((), ()), mid=mid, hidden_from=hidden_from)
    vault, sender = site.camille.vault, str(LABORATORY.address)
    origin = Origin(vault=vault, mid=mid, sender=sender, issuer="", actor=sender, at=site.at.clock.now())
    read, number = SimpleRead(document), document.id

    def file(tx: Tx) -> FiledDocument:
        withheld = file_all(tx, origin, [WrittenDocument(document, read, ())])  # type: ignore[arg-type]  # what filing asks
        outcome = FilingOutcome(
            code="processed", sender=sender, recipient="", message_id="", subject="", asked=False, blob=bytes(16),
            withheld_from=withheld,
        )  # fmt: skip
        tx.mail.note_outcome(vault, mid, outcome)
        return next(iter(tx.documents.numbered(vault, Audience.NOBODY, [number])), document)

    return await site.at.store.write(file)


async def keep(site: PatientSite, after: timedelta) -> int:
    """Move on, and do what is due."""
    site.at.clock.advance(after)
    return await DelayKeeper(site.at.store, site.at.clock).keep()


async def shown(site: PatientSite) -> list[int]:
    return await site.at.store.read(lambda tx: tx.documents.numbers(site.camille.vault, site.actor.audience))


async def outcome_of(site: PatientSite, mid: MessageId = MID) -> object:
    return await site.at.store.read(lambda tx: tx.mail.outcome(site.camille.vault, mid))


async def notices(site: PatientSite) -> list[Step]:
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step for step in steps if isinstance(step.payload, NotifyOfDocument)]


async def test_chosen_kind_shows_by_itself_after_its_days_and_its_patient_is_told(site: PatientSite) -> None:
    document = await filed(site)
    assert (document.hidden_from, await shown(site)) == (Audience.LATER, [])
    assert is_put_off(await outcome_of(site))
    assert (await delays(site).chosen(site.actor)).waiting == 1
    assert await keep(site, 3 * DAY - timedelta(minutes=1)) == 0
    assert await keep(site, timedelta(minutes=1)) == 1
    assert await shown(site) == [document.id]
    assert not is_put_off(await outcome_of(site))
    assert len(await notices(site)) == 1
    assert [event.actor for event in await site.trace("document.released")] == ["pli"]


async def test_other_kinds_and_what_came_before_show_at_once(site: PatientSite) -> None:
    entry = replace(a_document((), ()).entry, category=IMAGING)
    picture = await filed(site, document=replace(a_document((), ()), entry=entry))
    await delays(site).choose(site.actor, {})
    before = await filed(site, MessageId(78))
    await delays(site).choose(site.actor, {BIOLOGY: 14})
    assert sorted(await shown(site)) == sorted([picture.id, before.id])


async def test_nobody_reads_it_for_the_patient_but_professionals_do(site: PatientSite) -> None:
    document = await filed(site)
    program = a_program(site)
    assert await site.at.store.read(lambda tx: tx.documents.numbers(site.camille.vault, program.audience)) == []
    reader, now = await reader_at(site.at), site.at.clock.now()
    assert isinstance(await reader.open(site.camille), OpenRecord)
    claire = reader.in_space(site.camille)
    seen = await site.at.store.read(lambda tx: [one.id for one in documents_shown(tx, claire, now)])
    assert seen == [document.id]


async def test_it_is_ended_at_once_for_all_or_for_one_kind(site: PatientSite) -> None:
    first = await filed(site)
    await delays(site).show_now(site.actor)
    assert await shown(site) == [first.id]
    assert (await delays(site).chosen(site.actor)).days == {BIOLOGY: 3}
    second = await filed(site, MessageId(78))
    assert second.id not in await shown(site)
    await delays(site).choose(site.actor, {IMAGING: 1})
    assert second.id in await shown(site)
    assert await notices(site) == [], "they asked for it, and are looking"
    assert await keep(site, 30 * DAY) == 0


async def test_hold_of_the_author_stands_apart(site: PatientSite) -> None:
    document = await filed(site, hidden_from=Audience.PATIENT)
    assert document.hidden_from == Audience.PATIENT | Audience.LATER
    assert not is_put_off(await outcome_of(site)), "its author's wish is told first"
    await delays(site).show_now(site.actor)
    assert await shown(site) == []
    site.at.clock.advance(8 * DAY)
    assert await HoldKeeper(site.at.store, site.at.clock).keep() >= 1
    assert await shown(site) == [document.id]


async def test_hold_that_ends_first_leaves_it_put_off(site: PatientSite) -> None:
    await delays(site).choose(site.actor, {BIOLOGY: 14})
    document = await filed(site, hidden_from=Audience.PATIENT)
    site.at.clock.advance(8 * DAY)
    await HoldKeeper(site.at.store, site.at.clock).keep()
    assert (await shown(site), await notices(site)) == ([], [])
    assert await keep(site, 6 * DAY) == 1
    assert await shown(site) == [document.id]


async def test_document_that_comes_again_is_withheld_in_both_messages_and_shows_in_both(site: PatientSite) -> None:
    document, other = await filed(site), MessageId(78)
    await filed(site, other, document=replace(document, id=document.id + 1, mid=other, hidden_from=Audience.NOBODY))
    assert is_put_off(await outcome_of(site, other))
    await delays(site).show_now(site.actor)
    assert not is_put_off(await outcome_of(site))
    assert not is_put_off(await outcome_of(site, other))


async def test_no_other_delay_is_taken_and_a_bent_index_shows_nothing_early(site: PatientSite) -> None:
    with pytest.raises(InvalidValue):
        await delays(site).choose(site.actor, {BIOLOGY: 365})
    await filed(site)
    site.at.behind_its_back("UPDATE document_delay SET due = 0")
    assert await keep(site, DAY) == 1
    assert await shown(site) == []
    assert await keep(site, 2 * DAY) == 1


def file_together(
    tx: Tx, *, site: PatientSite, mid: MessageId, floor: datetime | None, brought: list[FiledDocument]
) -> None:
    """File what one message brings, as filing does."""
    sender = str(LABORATORY.address)
    origin = Origin(
        vault=site.camille.vault, mid=mid, sender=sender, issuer="", actor=sender, at=site.at.clock.now(), floor=floor
    )
    documents = [replace(one, id=one.id + mid, mid=mid) for one in brought]
    file_all(tx, origin, [WrittenDocument(one, SimpleRead(one), ()) for one in documents])  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("fault", ["", "DELETE FROM document_delay", "UPDATE document_delay SET record = zeroblob(60)"])
async def test_picture_beside_a_document_that_waits_waits_as_long(site: PatientSite, fault: str) -> None:
    await delays(site).choose(site.actor, {})
    report, picture = a_document((), ()), a_document((), ())
    notes = (DocumentNote.IDENTITY_UNVERIFIED,)
    picture = replace(picture, entry=replace(picture.entry, notes=notes, category=DocumentCategory.OTHER))
    floor, write = site.at.clock.now() + 2 * DAY, site.at.store.write
    await write(partial(file_together, site=site, mid=MID, floor=floor, brought=[report]))
    if fault:
        site.at.behind_its_back(fault)
    other = MessageId(78)
    await write(partial(file_together, site=site, mid=other, floor=None, brought=[report, picture]))
    assert await shown(site) == []
    await keep(site, 2 * DAY)
    numbers = report.id + MID, picture.id + other
    assert set(await shown(site)) == (set() if fault else set(numbers))
    if fault:
        for number in numbers:
            await HoldKeeper(site.at.store, site.at.clock).release(str(site.camille.address), number, "ligne abîmée")
        assert set(await shown(site)) == set(numbers)

"""What a professional presents first shows by itself on its last day; its sender was warned the day before (A27)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.address import MailAddress
from gateway.domain.brought import NOTHING_BROUGHT
from gateway.domain.dossier import FiledDocument
from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import NotifyOfDocument, TellSender
from gateway.domain.withholdings import HOLD, WARNED_BEFORE, DocumentHold
from gateway.domain.written_results import NO_RESULTS
from gateway.ports.store import Tx
from gateway.services.delivery.acceptance import Outcome
from gateway.services.filing.filed_documents import Origin, WrittenDocument, file_all
from gateway.services.withholding.hold_keeper import HoldKeeper
from gateway.services.withholding.sender_news import SenderNotices
from gateway.store.backend.sql import Row
from gateway.store.rows.withholdings import WithholdingRows
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import LABORATORY, PatientSite, a_document, patient_site

HOUR = timedelta(hours=1)
MID = MessageId(77)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


async def filed(site: PatientSite, mid: MessageId = MID, **changes: object) -> FiledDocument:
    """File a document that its laboratory presents first, as a message brings it."""
    document = replace(a_document((), ()), mid=mid, hidden_from=Audience.PATIENT)
    document = replace(document, **changes)  # type: ignore[arg-type]  # fields of the caller
    vault, sender = site.camille.vault, str(LABORATORY.address)
    origin = Origin(
        vault=vault, mid=mid, sender=sender, issuer="", actor=sender, at=site.at.clock.now(),
        recipient=str(site.camille.address.mail), subject="Résultats", message_id="<1@labo.example>",
    )  # fmt: skip
    read = SimpleRead(document)

    def file(tx: Tx) -> None:
        withheld = file_all(tx, origin, [WrittenDocument(document, read, ())])  # type: ignore[arg-type]  # as above
        outcome = FilingOutcome(
            code="processed", sender=sender, recipient="", message_id="", subject="", asked=False, blob=bytes(16),
            withheld_from=withheld,
        )  # fmt: skip
        tx.mail.note_outcome(vault, mid, outcome)

    await site.at.store.write(file)
    return document


class SimpleRead:
    """What filing asks of a document that was read: its entry, its results, and what is beside it."""

    def __init__(self, document: FiledDocument) -> None:
        self.entry, self.results, self.brought = document.entry, NO_RESULTS, NOTHING_BROUGHT


async def keep(site: PatientSite, after: timedelta) -> int:
    """Move on, and do what is due."""
    site.at.clock.advance(after)
    return await HoldKeeper(site.at.store, site.at.clock).keep()


async def shown(site: PatientSite) -> list[int]:
    return await site.at.store.read(lambda tx: tx.documents.numbers(site.camille.vault, site.actor.audience))


async def withheld_files(site: PatientSite, mid: MessageId = MID) -> Audience:
    outcome = await site.at.store.read(lambda tx: tx.mail.outcome(site.camille.vault, mid))
    assert isinstance(outcome, FilingOutcome)
    return outcome.withheld_from


async def steps(site: PatientSite) -> list[Step]:
    now = site.at.clock.now()
    return await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))


async def test_sender_is_warned_once_and_the_document_shows_on_its_last_day(site: PatientSite) -> None:
    document = await filed(site)
    assert await keep(site, HOLD - WARNED_BEFORE - HOUR) == 0
    assert await keep(site, HOUR) == 1
    assert await keep(site, HOUR) == 0
    (warning,) = [step for step in await steps(site) if isinstance(step.payload, TellSender)]
    assert (await shown(site), await withheld_files(site)) == ([], Audience.PATIENT)
    assert await keep(site, WARNED_BEFORE) == 1
    assert (await shown(site), await withheld_files(site)) == ([document.id], Audience.NOBODY)
    assert [event.detail for event in await site.trace("document.released")] == ["its last day has come"]
    assert [type(step.payload) for step in await steps(site)].count(NotifyOfDocument) == 1
    assert await keep(site, HOUR) == 0
    posted = Posted()
    await SenderNotices(posted, site.at.clock, "patient.example").send(warning)  # type: ignore[arg-type]  # delivers
    mail = message_from_bytes(posted.raw, policy=policy.default)
    assert (mail["To"], mail["In-Reply-To"]) == (str(LABORATORY.address), "<1@labo.example>")
    assert "9 mars 2026" in mail.get_content()
    assert document.entry.unique_id in mail.get_content()


class Posted:
    """Keeps what is posted."""

    raw = b""

    async def deliver(self, _: Step, raw: bytes, sender: MailAddress | None, to: MailAddress, key: str) -> Outcome:
        """Keep it."""
        assert (sender, str(to), bool(key)) == (None, str(LABORATORY.address), True)
        self.raw = raw
        return Outcome.VISIBLE


async def test_message_that_brought_it_again_gives_its_files_on_the_same_day(site: PatientSite) -> None:
    document, again = await filed(site), MessageId(78)
    site.at.clock.advance(HOUR)
    await filed(site, again, **{name: getattr(document, name) for name in ("entry", "sha256")})
    await keep(site, HOLD)
    assert await withheld_files(site, again) == await withheld_files(site) == Audience.NOBODY
    assert len(await shown(site)) == 1


async def test_later_version_shows_at_once_and_the_earlier_one_follows_without_a_word(site: PatientSite) -> None:
    first = await filed(site)
    entry = replace(first.entry, unique_id="1.2.3.4", replaces=(first.entry.unique_id,))
    second = await filed(site, MessageId(79), entry=entry, sha256=bytes(32), hidden_from=Audience.NOBODY)
    assert await shown(site) == [second.id]
    await keep(site, HOLD - HOUR)
    await keep(site, HOUR)
    assert set(await shown(site)) == {first.id, second.id}
    assert await steps(site) == []


async def test_one_who_bends_the_index_releases_nothing(site: PatientSite) -> None:
    await filed(site)
    site.at.behind_its_back("UPDATE document_hold SET due = 0")
    assert await keep(site, HOUR) == 1
    assert (await shown(site), await steps(site)) == ([], [])
    site.at.behind_its_back("UPDATE document_hold SET due = 0, record = ?", b"x")
    assert await keep(site, HOUR) == 0


async def test_damaged_hold_keeps_no_other_back_and_shows_no_file_of_its_message(site: PatientSite) -> None:
    first, other, beside = await filed(site), await filed(site, MessageId(78)), await filed(site)
    site.at.behind_its_back("UPDATE document_hold SET record = zeroblob(60) WHERE document = ?", first.id)
    await keep(site, HOLD - WARNED_BEFORE)
    await keep(site, WARNED_BEFORE)
    assert sorted(await shown(site)) == sorted([beside.id, other.id])
    assert await withheld_files(site, MessageId(78)) is Audience.NOBODY
    assert await withheld_files(site) is Audience.PATIENT
    await HoldKeeper(site.at.store, site.at.clock).release(str(site.camille.address), first.id, "ligne abîmée")
    assert await withheld_files(site) is Audience.NOBODY
    assert first.id in await shown(site)


async def test_document_shows_though_how_its_message_was_filed_is_damaged(site: PatientSite) -> None:
    document = await filed(site)
    site.at.behind_its_back("UPDATE outcome SET record = zeroblob(60) WHERE mid = ?", MID)
    await keep(site, HOLD - WARNED_BEFORE)
    await keep(site, WARNED_BEFORE)
    assert await shown(site) == [document.id]


async def test_many_that_end_on_one_day_are_read_a_few_times_each(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, opened = 60, list[int]()
    for number in range(count):
        await filed(site, MessageId(100 + number))
    await keep(site, HOLD - WARNED_BEFORE)
    read = WithholdingRows._held

    def counted(rows: WithholdingRows, vault: VaultId, row: Row) -> DocumentHold:
        opened.append(1)
        return read(rows, vault, row)

    monkeypatch.setattr(WithholdingRows, "_held", counted)
    await keep(site, WARNED_BEFORE)
    assert len(await shown(site)) == count
    assert count <= len(opened) <= 4 * count

"""Filing on the real store, when things go wrong: crashes are tried again, then refused with 906, never twice (A12)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from dossier_bridge.faults import FaultReason
from dossier_bridge.request import ReadFailure, ReadOutcome, ReadRequest
from gateway.domain.address import MailAddress
from gateway.domain.errors import (
    Conflict,
    CourierRefused,
    LimitExceeded,
    PliError,
    ReaderBusy,
    ReaderFailed,
    ReaderSlow,
    ReaderSpent,
    SenderBusy,
)
from gateway.domain.exchange import ExchangeState
from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.identity import INS_DEMO
from gateway.domain.mailbox import ContentState
from gateway.domain.outbox import MAX_ATTEMPTS, Step, StepKind, TakesLong
from gateway.domain.step_payloads import FileDocuments, SendReceipt
from gateway.ports.store import Tx
from gateway.services.delivery.post import Post
from gateway.services.filing.filing import Filing
from gateway.services.filing.reading_tries import READER_ATTEMPTS, SLOW_FOR
from gateway.services.filing.receipts import Receipts
from gateway.services.outbox.steps import Prepared, nothing, payload_of
from tests.builders.agenda import a_calendar
from tests.builders.clinical import a_result_mail
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER, a_step, in_its_place
from tests.builders.patient_site import CDA, CLAIRE, LABORATORY, PatientSite, patient_site
from tests.builders.store import a_number


@dataclass
class Readers:
    """Readers that fail, or find, as they are told; satisfies `gateway.ports.readers.Readers`."""

    fault: PliError
    found: ReadOutcome | None = None
    at_leisure: bool = False

    async def read(self, request: ReadRequest, sender: str = "", *, at_leisure: bool = False) -> ReadOutcome:
        """Fail, or find."""
        assert request.attachments
        assert sender == LABORATORY.issuer
        self.at_leisure = at_leisure
        if self.found is None:
            raise self.fault
        return self.found


class Refusing:
    """Another operator that refuses everything; satisfies `gateway.ports.courier.Courier`."""

    async def deliver(self, reverse_path: str, recipient: MailAddress, raw: bytes) -> None:
        """Refuse."""
        assert (reverse_path, recipient) == ("", LABORATORY.address), raw
        raise CourierRefused("550")


@dataclass(frozen=True, slots=True)
class Desk:
    """A result that is held for Camille, its step, and what files it."""

    site: PatientSite
    readers: Readers
    filing: Filing
    receipts: Receipts
    step: Step

    def at_try(self, number: int) -> Step:
        """Give the step as it is leased for the nth time."""
        return replace(self.step, attempts=number)

    async def crashed_three_times(self) -> object:
        """Have the reader crash on it until the message is refused."""
        assert READER_ATTEMPTS == 3
        for number in (1, 2):
            with pytest.raises(ReaderFailed):
                await self.filing.file(self.at_try(number))
        return await self.filing.file(self.at_try(3))

    async def state(self) -> ContentState | None:
        """Read the message's state."""
        mid = payload_of(self.step, FileDocuments).mid
        return await self.site.at.store.read(lambda tx: tx.mail.state_of(self.step.vault, mid))

    async def refused(self, finish: object) -> FilingOutcome:
        """Finish, and read what the sender will be told."""
        assert callable(finish)
        mid, step = payload_of(self.step, FileDocuments).mid, self.step

        def done(tx: Tx) -> list[StepKind]:
            assert tx.outbox.done(step)
            finish(tx)
            now = self.site.at.clock.now()
            return [left.kind for left in tx.outbox.lease(now, now, 50, holder=A_WORKER)]

        assert await self.site.at.store.write(done) == [StepKind.QUARANTINE]
        assert await self.state() is ContentState.REFUSED
        recorded = await self.site.at.store.read(lambda tx: tx.mail.outcome(step.vault, mid))
        assert isinstance(recorded, FilingOutcome)
        return recorded


@pytest.fixture
async def desk(ram: Path) -> AsyncIterator[Desk]:
    """A laboratory's result has been accepted for Camille."""
    async with patient_site(ram) as site:
        at, space, sender = site.at, site.camille, LABORATORY.address
        post = Post(at.store, at.blobs, site.trust, at.clock, Refusing())
        receipts = Receipts(at.store, at.blobs, post, at.clock, "patient.mssante.fr")
        readers = Readers(ReaderFailed("crashed"))
        oids = frozenset({INS_DEMO})
        filing = Filing(at.store, at.blobs, readers, at.clock, oids, receipts)
        # The directory is asked when a message comes; filing has none to ask.
        result = a_result_mail(str(sender), str(space.address.mail), space.identity)
        raw = f"Reply-To: {CLAIRE.address}\r\n".encode() + result
        cause = a_step(space.vault, a_number(), StepKind.DELIVER, at.clock.now())
        await post.deliver(cause, raw, sender, space.address.mail, "test")
        now = at.clock.now()
        (step,) = await at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        assert step.kind is StepKind.FILE
        found = Desk(site, readers, filing, receipts, step)
        assert await found.state() is ContentState.HELD
        yield found


async def test_exchange_is_moved_when_the_directory_has_lost_the_sender_since(desk: Desk) -> None:
    desk.readers.found = ReadOutcome()
    prepared = await desk.filing.file(desk.step)
    assert isinstance(prepared, Prepared)
    await desk.site.at.store.write(prepared.work().finish)
    found = await desk.site.at.store.read(lambda tx: tx.exchanges.get(desk.step.vault, CLAIRE.address))
    assert found is not None
    assert (found.state, found.name) == (ExchangeState.OPEN, CLAIRE.name)


async def test_calendar_of_a_message_that_was_held_is_in_the_agenda_once_it_is_shown(desk: Desk) -> None:
    site, now = desk.site, desk.site.at.clock.now()
    raw = a_letter(LABORATORY, files=(("cda.xml", CDA), ("rdv.ics", a_calendar())))
    post = Post(site.at.store, site.at.blobs, site.trust, site.at.clock, Refusing())
    cause = a_step(site.camille.vault, a_number(), StepKind.DELIVER, now)
    await post.deliver(cause, raw, LABORATORY.address, site.camille.address.mail, "with a calendar")
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    (step,) = [one for one in steps if one.kind is StepKind.FILE and one.id != desk.step.id]
    assert await site.at.store.read(lambda tx: tx.agendas.count(site.camille.vault)) == 0
    desk.readers.found = ReadOutcome()
    prepared = await desk.filing.file(step)
    assert isinstance(prepared, Prepared)
    await site.at.store.write(prepared.work().finish)
    assert await site.at.store.read(lambda tx: tx.agendas.count(site.camille.vault)) == 1


async def test_message_whose_reader_crashes_stays_held_and_is_tried_again(desk: Desk) -> None:
    for number in range(1, READER_ATTEMPTS):
        with pytest.raises(ReaderFailed):
            await desk.filing.file(desk.at_try(number))
        assert await desk.state() is ContentState.HELD


async def test_tries_that_ended_for_other_reasons_say_nothing_of_the_document(desk: Desk) -> None:
    # The server was killed, or the disk full, nineteen times: the reader has crashed once.
    with pytest.raises(ReaderFailed):
        await desk.filing.file(desk.at_try(20))
    assert await desk.state() is ContentState.HELD


async def test_message_whose_reader_crashes_for_the_third_time_is_refused_with_906(desk: Desk) -> None:
    outcome = await desk.refused(await desk.crashed_three_times())
    assert (outcome.code, outcome.is_told, outcome.delivered) == ("906", True, False)


async def test_message_that_uses_the_processor_time_of_a_reader_is_refused_with_906_at_once(desk: Desk) -> None:
    desk.readers.fault = ReaderSpent("ten seconds")
    outcome = await desk.refused(await desk.filing.file(desk.at_try(1)))
    assert (outcome.code, outcome.is_told) == ("906", True)


async def test_message_whose_reader_is_slow_is_tried_again_at_leisure_with_growing_pauses(desk: Desk) -> None:
    desk.readers.fault, pauses = ReaderSlow("thirty seconds"), []
    for number in range(1, 10):
        with pytest.raises(TakesLong) as caught:
            await desk.filing.file(replace(desk.at_try(number), slow=number > 1))
        pauses.append(int(caught.value.pause.total_seconds()))
        assert desk.readers.at_leisure is (number > 1)
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert await desk.state() is ContentState.HELD


async def test_message_whose_reader_was_slow_for_an_hour_is_refused_with_906(desk: Desk) -> None:
    desk.readers.fault = ReaderSlow("thirty seconds")
    with pytest.raises(TakesLong):
        await desk.filing.file(desk.at_try(1))
    desk.site.at.clock.advance(SLOW_FOR)
    outcome = await desk.refused(await desk.filing.file(replace(desk.at_try(2), slow=True)))
    assert (outcome.code, outcome.is_told) == ("906", True)


async def test_message_behind_slow_ones_of_its_sender_waits_among_those_that_take_long(desk: Desk) -> None:
    desk.readers.fault = SenderBusy("all places")
    with pytest.raises(TakesLong) as caught:
        await desk.filing.file(desk.at_try(1))
    assert caught.value.pause == timedelta(0)


async def test_message_that_is_too_much_for_readers_is_refused_with_906_at_once(desk: Desk) -> None:
    desk.readers.fault = LimitExceeded("too large")
    outcome = await desk.refused(await desk.filing.file(desk.at_try(1)))
    assert (outcome.code, outcome.cause) == ("906", "Les pièces jointes sont trop volumineuses.")


@pytest.mark.parametrize("order", [1, -1])
async def test_document_of_two_patients_is_told_before_one_that_cannot_be_read(desk: Desk, order: int) -> None:
    found = [ReadFailure("2", "", FaultReason.TWO_PATIENTS), ReadFailure("3", "", FaultReason.ENCRYPTED)]
    assert [failure.code for failure in found] == ["904", "906"]
    desk.readers.found = ReadOutcome(failures=tuple(found[::order]))
    outcome = await desk.refused(await desk.filing.file(desk.at_try(1)))
    assert (outcome.code, outcome.cause) == ("904", FaultReason.TWO_PATIENTS.sentence)


async def test_readers_that_have_no_time_refuse_nobody(desk: Desk) -> None:
    desk.readers.fault = ReaderBusy("later")
    with pytest.raises(ReaderBusy):
        await desk.filing.file(desk.at_try(READER_ATTEMPTS + 1))
    assert await desk.state() is ContentState.HELD


async def test_message_that_could_not_be_filed_however_often_is_refused_with_906(desk: Desk) -> None:
    outcome = await desk.refused(await desk.filing.give_up(desk.step))
    assert (outcome.code, outcome.is_told) == ("906", True)


async def test_message_that_crashes_readers_after_every_restart_is_refused_at_last(desk: Desk) -> None:
    # Each start forgets the crashes before it; the attempts of the step are stored, and bound it.
    for number in range(1, MAX_ATTEMPTS + 1):
        at = desk.site.at
        fresh = Filing(at.store, at.blobs, desk.readers, at.clock, frozenset({INS_DEMO}), desk.receipts)
        with pytest.raises(ReaderFailed):
            await fresh.file(desk.at_try(number))
    outcome = await desk.refused(await fresh.give_up(desk.at_try(MAX_ATTEMPTS)))
    assert (outcome.code, outcome.is_told, outcome.delivered) == ("906", True, False)


async def test_message_that_was_decided_meanwhile_is_not_decided_again(desk: Desk) -> None:
    late = await desk.filing.give_up(desk.step)
    await desk.refused(await desk.crashed_three_times())
    with pytest.raises(Conflict):
        await desk.site.at.store.write(late)


async def test_message_that_was_deleted_meanwhile_leaves_nothing_to_file(desk: Desk) -> None:
    vault, mid = desk.step.vault, payload_of(desk.step, FileDocuments).mid
    await desk.site.at.store.write(lambda tx: tx.mail.drop_content(vault, mid))
    assert await desk.filing.file(desk.step) is nothing


async def test_receipt_that_the_other_operator_refuses_for_good_is_traced_and_ends(desk: Desk) -> None:
    await desk.refused(await desk.filing.give_up(desk.step))
    receipt = replace(desk.step, id=desk.step.id + 1, payload=SendReceipt(mid=payload_of(desk.step, FileDocuments).mid))
    finish = await in_its_place(desk.receipts.send, receipt)
    assert not isinstance(finish, Prepared)
    await desk.site.at.store.write(finish)
    (event, *_) = await desk.site.at.store.read(lambda tx: tx.audit.events(desk.step.vault))
    assert (event.action, event.outcome) == ("receipt.refused", CourierRefused.code)

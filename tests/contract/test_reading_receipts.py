"""The step that tells a sender that their message was opened: left once, done twice, put off, refused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.errors import CourierDeferred, CourierRefused
from gateway.domain.mailbox import MessageId, ThreadId
from gateway.domain.mime import scan_message
from gateway.domain.outbox import Step, StepKind
from gateway.services.conversation.reading_receipts import ReadingReceipts
from gateway.services.delivery.post import Post
from gateway.services.outbox.steps import Finish
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER, in_its_place
from tests.builders.patient_site import CLAIRE, PDF, PatientSite, patient_site
from tests.builders.store import a_mailbox, inbox_of

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@dataclass
class Operator:
    """Another operator; satisfies `gateway.ports.courier.Courier`."""

    fault: Exception | None = None
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def deliver(self, reverse_path: str, recipient: MailAddress, raw: bytes) -> None:
        """Take, or fail as told."""
        if self.fault is not None:
            raise self.fault
        self.taken.append((reverse_path, str(recipient), raw))


@dataclass(frozen=True, slots=True)
class Desk:
    """Camille's space, and what tells senders."""

    site: PatientSite
    operator: Operator
    receipts: ReadingReceipts

    async def open(self, mid: MessageId) -> None:
        """Have Camille read a message."""
        await self.site.conversations.read(self.site.actor, ThreadId(mid))

    async def send(self, step: Step) -> Finish:
        """Send the receipt of a step."""
        return await in_its_place(self.receipts.send, step)

    async def steps(self) -> list[Step]:
        """Lease the receipts that wait."""
        now = self.site.at.clock.now()
        steps = await self.site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        return [step for step in steps if step.kind is StepKind.DISPLAYED]


@pytest.fixture
async def desk(ram: Path) -> AsyncIterator[Desk]:
    """Camille has received nothing yet."""
    async with patient_site(ram) as site:
        operator, at = Operator(), site.at
        post = Post(at.store, at.blobs, site.trust, at.clock, operator)
        yield Desk(site, operator, ReadingReceipts(post, at.clock, "patient.mssante.fr"))


def asking() -> bytes:
    """Write a letter of Dr Martin that asks for a receipt."""
    return a_letter(CLAIRE, Disposition_Notification_To=str(CLAIRE.address))


async def test_step_done_again_after_a_crash_tells_once(desk: Desk) -> None:
    mailbox = await a_mailbox(desk.site.at.store, str(CLAIRE.address))
    await desk.open(await desk.site.receive(asking()))
    (step,) = await desk.steps()
    for _ in range(3):  # killed each time before the step was finished
        await desk.send(step)
    inbox = await inbox_of(desk.site.at.store, mailbox)
    status = await desk.site.at.store.read(lambda tx: tx.mail.status(mailbox, inbox))
    assert status.messages == 1


async def test_opening_twice_leaves_one_step(desk: Desk) -> None:
    mid = await desk.site.receive(asking())
    await desk.open(mid)
    await desk.open(mid)
    await desk.site.pages.conversation(desk.site.person.actor, f"{mid:x}")  # type: ignore[arg-type]  # a reference
    assert len(await desk.steps()) == 1
    assert len(await desk.site.trace("receipt.displayed")) == 1


@pytest.mark.parametrize(
    ("name", "data", "tells"),
    [("photo.png", PICTURE, False), ("resultat.pdf", PDF, False), ("notes.txt", b"Bonjour.", True)],
)
async def test_letter_whose_file_is_filed_is_told_by_its_filing_even_when_opened_before_it(
    desk: Desk, name: str, data: bytes, tells: bool
) -> None:
    sent = a_letter(CLAIRE, files=((name, data),), Disposition_Notification_To=str(CLAIRE.address))
    await desk.open(await desk.site.receive(sent))
    assert len(await desk.steps()) == tells


async def test_picture_that_the_letter_itself_shows_leaves_the_receipt_of_its_opening(desk: Desk) -> None:
    shown = a_letter(
        CLAIRE, html="<img src='cid:logo@x.y'>", pictures=(("logo@x.y", PICTURE),),
        Disposition_Notification_To=str(CLAIRE.address),
    )  # fmt: skip
    await desk.open(await desk.site.receive(shown))
    assert len(await desk.steps()) == 1


async def test_another_operator_gets_the_same_octets_from_nobody_each_time(desk: Desk) -> None:
    await desk.open(await desk.site.receive(asking()))
    (step,) = await desk.steps()
    await desk.send(step)
    await desk.send(step)
    first, second = desk.operator.taken
    assert first == second
    assert first[:2] == ("", str(CLAIRE.address))
    assert scan_message(first[2]).headers.text("auto-submitted") == "auto-replied"


async def test_operator_that_cannot_take_it_now_is_asked_again(desk: Desk) -> None:
    await desk.open(await desk.site.receive(asking()))
    desk.operator.fault = CourierDeferred("later")
    with pytest.raises(CourierDeferred):
        await desk.send((await desk.steps())[0])


async def test_operator_that_refuses_leaves_its_line(desk: Desk) -> None:
    await desk.open(await desk.site.receive(asking()))
    desk.operator.fault = CourierRefused("never")
    await desk.site.at.store.write(await desk.send((await desk.steps())[0]))
    assert len(await desk.site.trace("receipt.refused")) == 1


async def test_marking_everything_as_read_tells_nobody_that_it_was_displayed(desk: Desk) -> None:
    await desk.site.receive(asking())
    assert await desk.site.conversations.mark_all_read(desk.site.actor) == 1
    assert await desk.steps() == []

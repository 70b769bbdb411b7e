"""How far a patient's reply has gone: to a mailbox here or another operator, told to pages that are open."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.domain.address import MailAddress
from gateway.domain.errors import CourierDeferred, CourierRefused
from gateway.domain.mailbox import ThreadId
from gateway.domain.outbox import Step, StepKind
from gateway.ports.store import Tx
from gateway.services.conversation.patient_post import Draft
from gateway.services.delivery.outgoing import Outgoing
from gateway.services.delivery.post import Post
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER, in_its_place
from tests.builders.patient_site import CLAIRE, PAUL, PatientSite, patient_site
from tests.builders.store import a_mailbox, inbox_of
from webmail.identifiers import ConversationId
from webmail.messages.model import DeliveryProgress, ReplyDraft


@dataclass
class Operator:
    """Another operator; satisfies `gateway.ports.courier.Courier`."""

    fault: Exception | None = None
    taken: list[tuple[str, str]] = field(default_factory=list)

    async def deliver(self, reverse_path: str, recipient: MailAddress, raw: bytes) -> None:
        """Take, or fail as told."""
        if self.fault is not None:
            raise self.fault
        assert raw.startswith(b"From: ")
        self.taken.append((reverse_path, str(recipient)))


@dataclass(frozen=True, slots=True)
class Desk:
    """Camille's space with a conversation, and what delivers her replies."""

    site: PatientSite
    operator: Operator
    outgoing: Outgoing
    conversation: ConversationId

    async def reply_and_deliver(self) -> None:
        """Write a reply and take its step."""
        draft = ReplyDraft(submission="f", text="Merci.\n")
        await self.site.pages.reply(self.site.person.actor, self.conversation, draft)
        await self.deliver()

    async def deliver(self) -> None:
        """Do what waits, as the outbox worker does."""
        now = self.site.at.clock.now()
        for step in await self.site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER)):
            if step.kind is StepKind.DELIVER:
                finish = await in_its_place(self.outgoing.deliver, step)
                await self.site.at.store.write(finish)

    async def finish(self, step: Step) -> None:
        """Do a step to its end, as the outbox worker does."""
        finish = await in_its_place(self.outgoing.deliver, step)

        def done(tx: Tx) -> None:
            assert tx.outbox.done(step)
            finish(tx)

        await self.site.at.store.write(done)

    async def fate(self) -> DeliveryProgress | None:
        """Read how far the last message has gone."""
        shown = await self.site.pages.conversation(self.site.person.actor, self.conversation)
        return shown.messages[-1].delivery


@pytest.fixture
async def desk(ram: Path) -> AsyncIterator[Desk]:
    """Dr Martin has written to Camille."""
    async with patient_site(ram) as site:
        operator, at = Operator(), site.at

        async def unlink(refs: object) -> int:
            raise AssertionError(refs)

        post = Post(at.store, at.blobs, site.trust, at.clock, operator)
        outgoing = Outgoing(at.store, at.blobs, post, at.clock, "patient.mssante.fr", unlink)
        mid = await site.receive(a_letter(CLAIRE))
        yield Desk(site, operator, outgoing, ConversationId(f"{mid:x}"))


async def test_reply_to_another_operator_is_handed_over(desk: Desk) -> None:
    await desk.reply_and_deliver()
    assert desk.operator.taken == [(str(desk.site.camille.address.mail), str(CLAIRE.address))]
    assert await desk.fate() is DeliveryProgress.DELIVERED


async def test_reply_to_a_mailbox_here_is_in_it(desk: Desk) -> None:
    vault = await a_mailbox(desk.site.at.store, str(CLAIRE.address))
    inbox = await inbox_of(desk.site.at.store, vault)
    await desk.reply_and_deliver()
    assert (await desk.site.at.store.read(lambda tx: tx.mail.status(vault, inbox))).messages == 1
    assert (desk.operator.taken, await desk.fate()) == ([], DeliveryProgress.DELIVERED)


async def test_reply_that_is_refused_for_good_is_told_to_the_patient(desk: Desk) -> None:
    desk.operator.fault = CourierRefused("550")
    await desk.reply_and_deliver()
    assert await desk.fate() is DeliveryProgress.FAILED


async def test_refusal_for_good_is_in_the_log_with_its_code(desk: Desk) -> None:
    desk.operator.fault = CourierRefused("550")
    with capture_logs() as said:
        await desk.reply_and_deliver()
    assert [(line["event"], line["reason"]) for line in said] == [("delivery.refused", "PLI-602")]


async def test_reply_that_waits_stays_on_its_way(desk: Desk) -> None:
    desk.operator.fault = CourierDeferred("451")
    with pytest.raises(CourierDeferred):
        await desk.reply_and_deliver()
    assert await desk.fate() is DeliveryProgress.ON_ITS_WAY


async def test_fate_of_a_reply_changes_the_revision_of_open_pages(desk: Desk) -> None:
    actor = desk.site.person.actor
    await desk.site.pages.reply(actor, desk.conversation, ReplyDraft(submission="f", text="Merci.\n"))
    before = await desk.site.pages.pulse(actor)
    await desk.deliver()
    assert (await desk.site.pages.pulse(actor)).revision != before.revision


async def test_reply_to_several_is_delivered_once_all_have_it_and_failed_once_one_has_failed(desk: Desk) -> None:
    site = desk.site
    await site.receive(a_letter(PAUL), PAUL)
    refused, fates = CourierRefused("550"), []
    for form, faults in (("a", (None, None)), ("b", (None, refused)), ("c", (refused, None))):
        thread = ThreadId(await site.receive(a_letter(CLAIRE, Cc=str(PAUL.address))))
        shown = frozenset(one.reference for one in (await site.replies.standing(site.actor, thread)).others)
        await site.replies.reply(site.actor, thread, Draft(form, "Merci.\n"), shown)
        now = site.at.clock.now()
        steps = await site.at.store.write(lambda tx, now=now: tx.outbox.lease(now, now, 99, holder=A_WORKER))  # type: ignore[misc]
        for step, desk.operator.fault in zip([s for s in steps if s.kind is StepKind.DELIVER], faults, strict=True):
            await desk.finish(step)
            message = (await site.conversations.read(site.actor, thread)).messages[-1]
            fates.append((message.delivered, message.failed))
    waiting, delivered, failed = (False, False), (True, False), (False, True)
    assert fates == [waiting, delivered, waiting, failed, failed, failed]

"""New subjects: whom a patient may choose, what is refused, and the conversation that begins (A7, E1)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.mailbox import ThreadId
from gateway.domain.mime import scan_message
from gateway.domain.step_payloads import DeliverMessage
from gateway.policy import reasons
from gateway.policy.settings import PatientReplies, PolicySettings
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.conversation.contacts import Contacts
from gateway.services.conversation.patient_post import Draft, PatientPost, Sent
from gateway.services.conversation.patient_writing import PatientWriting
from gateway.services.conversation.replies import Replies, Standing
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, LABORATORY, PAUL, PatientSite, patient_site
from webmail.identifiers import ContactId
from webmail.messages.model import NewMessageDraft, NewMessageSent, ReplyState

HELLO = Draft("form-1", "Bonjour docteur.\n")
CONTACT = PolicySettings(patient_replies=PatientReplies.CONTACT)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's space, where new subjects are possible."""
    async with patient_site(ram, policy=CONTACT) as opened:
        yield opened


async def reference_of(site: PatientSite, name: str) -> str:
    contacts = await site.new_messages.contacts(site.actor)
    return next(contact.reference for contact in contacts if contact.exchange.name == name)


async def deliveries(site: PatientSite) -> list[DeliverMessage]:
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 100, holder=A_WORKER))
    return [step.payload for step in steps if isinstance(step.payload, DeliverMessage)]


async def begin(site: PatientSite, reference: str, subject: str = "Ma tension", draft: Draft = HELLO) -> Sent:
    return await site.new_messages.send(site.actor, reference, subject, draft)


async def test_only_correspondents_with_an_open_exchange_are_offered(site: PatientSite) -> None:
    await site.receive(a_letter(PAUL), PAUL)
    await site.receive(a_letter(PAUL, subject="[FIN]"), PAUL)
    await site.receive(a_letter(LABORATORY), LABORATORY)
    await site.receive(a_letter(CLAIRE))
    contacts = await site.new_messages.contacts(site.actor)
    assert [contact.exchange.name for contact in contacts] == ["Dr Claire Martin"]
    shown = await site.pages.contacts(site.person.actor)
    assert shown is not None
    assert [one.correspondent.detail for one in shown] == ["Médecin · Rennes"]


async def test_new_subject_reaches_its_correspondent_and_begins_a_conversation(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE, subject="Votre bilan"))
    site.at.clock.advance(timedelta(minutes=1))
    sent = await begin(site, await reference_of(site, "Dr Claire Martin"))
    mid = sent.mid
    assert mid is not None
    assert [(one.recipient, one.recipients) for one in await deliveries(site)] == [(str(CLAIRE.address), 1)]

    def raw(tx: Tx) -> bytes:
        vault = site.camille.vault
        return site.at.blobs.read(tx.blobs.open(vault, tx.mail.content(vault, mid).blob))

    scanned = scan_message(await site.at.store.read(raw))
    assert (scanned.subject, scanned.in_reply_to, scanned.references) == ("Ma tension", None, ())
    view = await site.conversations.read(site.actor, ThreadId(mid))
    assert [message.is_mine for message in view.messages] == [True]
    assert view.exchange is not None
    assert view.exchange.correspondent == CLAIRE.address


async def test_page_of_a_new_subject_names_the_correspondent_and_can_be_written_on(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    draft = NewMessageDraft(
        submission="f",
        contact=ContactId(await reference_of(site, "Dr Claire Martin")),
        subject="Ma tension",
        text="Bonjour.",
    )
    sent = await site.pages.send_new(site.person.actor, draft)
    assert isinstance(sent, NewMessageSent)
    shown = await site.pages.conversation(site.person.actor, sent.conversation)
    assert (shown.correspondent.name, shown.subject, shown.state) == (
        "Dr Claire Martin", "Ma tension", ReplyState.OPEN,
    )  # fmt: skip
    assert shown.refusal == ""
    more = await site.replies.reply(site.actor, ThreadId(int(sent.conversation, 16)), Draft("g", "Encore."))
    assert more.mid is not None


async def test_answer_joins_the_conversation_that_the_patient_began(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    sent = await begin(site, await reference_of(site, "Dr Claire Martin"))
    mid = sent.mid
    assert mid is not None
    card = (await site.conversations.read(site.actor, ThreadId(mid))).messages[0].card
    site.at.clock.advance(timedelta(minutes=1))
    await site.receive(a_letter(CLAIRE, answers=card.message_id))
    assert len((await site.conversations.read(site.actor, ThreadId(mid))).messages) == 2


# ---------------------------------------------------------------- refusals


async def test_exchange_that_ended_after_the_page_was_shown_is_refused(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    reference = await reference_of(site, "Dr Claire Martin")
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    assert await begin(site, reference) == Sent(None, reasons.ended_by("Dr Claire Martin"))
    assert await deliveries(site) == []
    assert [(event.outcome, event.objects) for event in await site.trace("message.sent")] == [("POL-23", ())]


@pytest.mark.parametrize("forged", ["", "x", "0" * 32, str(PAUL.address), str(CLAIRE.address)])
async def test_forged_contact_reaches_nobody(site: PatientSite, forged: str) -> None:
    await site.receive(a_letter(CLAIRE))
    assert await begin(site, forged) == Sent(None, reasons.EXCHANGE_NOT_STARTED.french)
    assert await deliveries(site) == []


async def test_contact_of_another_space_reaches_nobody(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    await site.receive(a_letter(PAUL), PAUL, site.louis)
    (contact,) = await site.new_messages.contacts(holder_of(site.louis, "web"))
    assert await begin(site, contact.reference) == Sent(None, reasons.EXCHANGE_NOT_STARTED.french)


async def test_setting_thread_offers_nobody_and_refuses_a_form_made_by_hand(ram: Path) -> None:
    async with patient_site(ram) as site:
        thread = ThreadId(await site.receive(a_letter(CLAIRE)))
        assert await site.pages.contacts(site.person.actor) is None
        assert await site.new_messages.contacts(site.actor) == ()
        exchange = (await site.conversations.read(site.actor, thread)).exchange
        assert exchange is not None
        # The reference that the page would have offered.
        about = (site.camille.vault.to_bytes(8, "big"), str(exchange.correspondent).encode())
        reference = site.at.store.digest("contact", *about)[:16].hex()
        assert await begin(site, reference) == Sent(None, reasons.NEW_SUBJECT.french)
        assert await deliveries(site) == []
        assert [event.outcome for event in await site.trace("message.sent")] == ["POL-37"]


async def test_conversation_of_ones_own_is_closed_again_where_the_setting_is_thread(ram: Path) -> None:
    async with patient_site(ram, policy=CONTACT) as before:
        await before.receive(a_letter(CLAIRE))
        sent = await begin(before, await reference_of(before, "Dr Claire Martin"))
        mid = sent.mid
        assert mid is not None
        thread = ThreadId(mid)
        writing = PatientWriting(before.trust, PolicySettings())
        post = PatientPost(before.at.store, before.at.blobs, before.trust, before.at.clock, writing)
        now = Replies(before.at.store, Contacts(before.at.store, before.trust), writing, post)
        assert await now.standing(before.actor, thread) == Standing(reasons.NEW_SUBJECT.french)
        assert await now.reply(before.actor, thread, HELLO) == Sent(None, reasons.NEW_SUBJECT.french)


async def test_form_sent_twice_makes_one_message(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE))
    reference = await reference_of(site, "Dr Claire Martin")
    first, second = await begin(site, reference), await begin(site, reference)
    assert (first, len(await deliveries(site))) == (second, 1)
    assert (await begin(site, reference, "Autre objet")).mid != first.mid

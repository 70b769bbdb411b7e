"""A patient's reply: who it goes to, when it is refused, and that one form makes one message."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.errors import NotFound
from gateway.domain.exchange import ExchangeState
from gateway.domain.mailbox import MessageId, SpecialUse, ThreadId
from gateway.domain.mime import Headers, scan_message
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import DeliverMessage
from gateway.policy import reasons
from gateway.policy.settings import PolicySettings
from gateway.ports.store import Tx
from gateway.services.conversation.contacts import Contacts
from gateway.services.conversation.patient_post import Draft, OutgoingFile, PatientPost, Sent
from gateway.services.conversation.patient_writing import PatientWriting
from gateway.services.conversation.replies import RECIPIENTS_CHANGED, Replies
from gateway.services.trust.facts import Staleness, TrustFacts
from tests.builders.letters import a_letter, message_id_of
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, LABORATORY, PAUL, ListedPeople, PatientSite, patient_site
from tests.builders.store import a_mailbox, a_number, move_space

HELLO = Draft("form-1", "Bonjour docteur.\n")


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram, max_bytes=200_000) as opened:
        yield opened


async def _sent(site: PatientSite) -> list[DeliverMessage]:
    """List what waits to be delivered."""
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 100, holder=A_WORKER))
    return [step.payload for step in steps if isinstance(step.payload, DeliverMessage)]


async def _raw(site: PatientSite, reply: Sent) -> bytes:
    mid = reply.mid
    assert mid is not None

    def key(tx: Tx) -> bytes:
        content = tx.mail.content(site.camille.vault, mid)
        return site.at.blobs.read(tx.blobs.open(site.camille.vault, content.blob))

    return await site.at.store.read(key)


async def _copies(site: PatientSite) -> int:
    def count(tx: Tx) -> int:
        folder = tx.mail.folder_by_use(site.camille.vault, SpecialUse.SENT)
        return tx.mail.status(site.camille.vault, folder.id).messages

    return await site.at.store.read(count)


def _during_put(site: PatientSite, act: Callable[[], Coroutine[Any, Any, object]]) -> Replies:  # Any: as asyncio has it
    """Give replies during whose writing of the blob something happens."""
    original, loop = site.at.blobs.put, asyncio.get_running_loop()

    class ActsMeanwhile:
        """Blobs during whose writing the doctor acts."""

        def put(self, data: bytes) -> object:
            made = original(data)
            # Once: what the doctor sends is put as well, by the real blobs.
            asyncio.run_coroutine_threadsafe(act(), loop).result(10)
            return made

    writing, blobs = PatientWriting(site.trust, PolicySettings()), ActsMeanwhile()
    post = PatientPost(site.at.store, blobs, site.trust, site.at.clock, writing)  # type: ignore[arg-type]  # only `put`
    return Replies(site.at.store, Contacts(site.at.store, site.trust), writing, post)


async def test_reply_goes_to_the_exchanges_correspondent_alone(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, Cc="paul.nguyen@medecin.mssante.fr")
    thread = ThreadId(await site.receive(letter))
    await site.replies.reply(site.actor, thread, HELLO)
    assert [payload.recipient for payload in await _sent(site)] == [str(CLAIRE.address)]


async def test_reply_whose_conversation_became_somebody_else_s_since_the_page_is_not_sent(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    others = await site.receive(a_letter(PAUL), PAUL)
    shown = (await site.replies.standing(site.actor, thread)).to
    swapped = "UPDATE entry SET thread = CASE mid WHEN ? THEN CAST(? AS BIGINT) ELSE ? END WHERE vault = ?"
    site.at.behind_its_back(swapped, others, thread, others, site.camille.vault)
    reply = await site.replies.reply(site.actor, thread, HELLO, named=shown)
    assert (reply, await _copies(site), await _sent(site)) == (Sent(None, RECIPIENTS_CHANGED), 0, [])


async def test_reply_goes_to_whom_the_page_named(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    shown = (await site.replies.standing(site.actor, thread)).to
    await site.replies.reply(site.actor, thread, HELLO, named=shown)
    assert shown
    assert [payload.recipient for payload in await _sent(site)] == [str(CLAIRE.address)]


async def test_reply_to_another_address_goes_there_only_if_the_directory_knows_it(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, Reply_To="quelqu.un@ailleurs.example")
    thread = ThreadId(await site.receive(letter))
    await site.replies.reply(site.actor, thread, HELLO)
    assert [payload.recipient for payload in await _sent(site)] == [str(CLAIRE.address)]


async def test_reply_answers_the_last_message_in_its_thread(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, subject="Votre bilan")
    mid = await site.receive(letter)
    reply = await site.replies.reply(site.actor, ThreadId(mid), HELLO)
    headers = scan_message(await _raw(site, reply)).headers
    assert headers.text("In-Reply-To") == message_id_of(letter)
    assert headers.text("References") == message_id_of(letter)
    assert headers.text("Subject") == "Re: Votre bilan"
    assert headers.text("From").startswith("Camille Lefèvre")


async def test_message_with_an_identifier_that_nobody_may_write_can_be_answered(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, subject="Bilan " * 2_000)
    odd = letter.replace(message_id_of(letter).encode(), "<numéro@medecin.mssante.fr>".encode())
    reply = await site.replies.reply(site.actor, ThreadId(await site.receive(odd)), HELLO)
    headers = scan_message(await _raw(site, reply)).headers
    assert headers.count("In-Reply-To") == 0
    assert len(headers.text("Subject")) <= 250


async def test_answer_to_the_reply_joins_the_conversation(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    site.at.clock.advance(timedelta(minutes=1))
    reply = await site.replies.reply(site.actor, thread, HELLO)
    site.at.clock.advance(timedelta(minutes=1))
    await site.receive(a_letter(CLAIRE, answers=message_id_of(await _raw(site, reply))))
    view = await site.conversations.read(site.actor, thread)
    assert [message.is_mine for message in view.messages] == [False, True, False]


async def test_another_doctor_who_names_the_reply_does_not_join_the_conversation(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    reply = await site.replies.reply(site.actor, thread, HELLO)
    await site.receive(a_letter(PAUL, answers=message_id_of(await _raw(site, reply))), PAUL)
    assert len((await site.conversations.read(site.actor, thread)).messages) == 2


async def test_subject_of_the_conversation_cannot_add_a_field(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, subject="x").replace(
        b"Subject: x", b"Subject: =?utf-8?q?Bilan=0D=0ABcc=3A_espion=40ailleurs=2Eexample?="
    )
    thread = ThreadId(await site.receive(letter))
    raw = await _raw(site, await site.replies.reply(site.actor, thread, HELLO))
    assert Headers.parse(raw[: scan_message(raw).header_length]).count("Bcc") == 0


async def test_file_that_claims_to_be_a_message_is_carried_as_a_file(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    message = OutgoingFile("x.eml", "message/rfc822", b"\x00\n.\nnot a message")
    files = (message, OutgoingFile("y", "multipart/mixed", b"--"))
    reply = await site.replies.reply(site.actor, thread, Draft("f", "Voici.", files))
    layout = [part.media_type for part in scan_message(await _raw(site, reply)).root.walk()]
    assert layout == ["multipart/mixed", "text/plain", "application/octet-stream", "application/octet-stream"]


# ---------------------------------------------------------------- refusals


async def test_result_of_an_application_is_not_answered(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(LABORATORY), LABORATORY))
    reply = await site.replies.reply(site.actor, thread, HELLO)
    assert reply == Sent(None, reasons.EXCHANGE_NOT_STARTED.french)
    assert await _sent(site) == []


async def test_ended_exchange_is_not_answered_until_the_doctor_writes_again(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    refused = await site.replies.reply(site.actor, thread, HELLO)
    assert refused == Sent(None, reasons.ended_by("Dr Claire Martin"))
    await site.receive(a_letter(CLAIRE))
    assert (await site.replies.reply(site.actor, thread, HELLO)).mid is not None


async def test_state_is_read_again_in_the_transaction_that_commits(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    replies = _during_put(site, lambda: site.receive(a_letter(CLAIRE, subject="[FIN]")))
    reply = await replies.reply(site.actor, thread, HELLO)
    assert reply == Sent(None, reasons.ended_by("Dr Claire Martin"))
    assert (await _copies(site), await _sent(site)) == (0, [])
    assert [event.outcome for event in await site.trace("message.sent")] == ["POL-23"]


async def test_reply_larger_than_a_message_may_be_is_refused(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    draft = Draft("f", "Voici.", (OutgoingFile("a.bin", "application/pdf", bytes(200_000)),))
    assert (await site.replies.reply(site.actor, thread, draft)).refusal == reasons.message_too_large(200_000).french


async def test_space_that_closes_under_an_open_page_sends_nothing(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    await site.at.store.write(lambda tx: move_space(tx, site.camille.vault, SpaceState.CLOSED))
    with pytest.raises(NotFound):
        await site.replies.reply(site.actor, thread, HELLO)
    assert (await _copies(site), await _sent(site)) == (0, [])
    events = await site.trace("access.refused")
    assert [(event.outcome, event.detail) for event in events] == [("ACC-02", "space closed")]


async def test_correspondent_whose_domain_cannot_be_checked_now_is_put_off(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    site.at.clock.advance(timedelta(days=8))
    reply = await site.replies.reply(site.actor, thread, HELLO)
    assert reply == Sent(None, reasons.NOT_KNOWN["POL-22"].french)
    assert (await site.replies.standing(site.actor, thread)).refusal == ""


async def test_whoever_is_in_the_directory_no_more_is_said_to_be_while_it_is_fresh(site: PatientSite) -> None:
    thread, clock = ThreadId(await site.receive(a_letter(CLAIRE))), site.at.clock
    trust = TrustFacts(ListedPeople(PAUL), clock, Staleness())
    writing = PatientWriting(trust, PolicySettings())
    post = PatientPost(site.at.store, site.at.blobs, trust, clock, writing)
    later = Replies(site.at.store, Contacts(site.at.store, trust), writing, post)
    standings = [await replies.standing(site.actor, thread) for replies in (site.replies, later)]
    assert [(one.refusal, one.has_left) for one in standings] == [("", False), ("", True)]
    clock.advance(timedelta(days=8))
    assert not (await later.standing(site.actor, thread)).has_left


async def test_mailbox_of_ours_that_is_gone_is_not_written_to(ram: Path) -> None:
    ours = PolicySettings(local_domains=frozenset({"medecin.mssante.fr"}))
    async with patient_site(ram, policy=ours) as site:
        thread = ThreadId(await site.receive(a_letter(CLAIRE)))
        reply = await site.replies.reply(site.actor, thread, HELLO)
        assert reply == Sent(None, reasons.gone([CLAIRE.name]))
        assert reply.refusal.startswith("Dr Claire Martin n’exerce plus à cette adresse.")
        assert (await site.replies.standing(site.actor, thread)).refusal == reply.refusal
        await a_mailbox(site.at.store, str(CLAIRE.address))
        assert (await site.replies.reply(site.actor, thread, HELLO)).mid is not None


# ---------------------------------------------------------------- to all


async def _to_all(site: PatientSite, *, paul_wrote: bool = True) -> ThreadId:
    if paul_wrote:
        await site.receive(a_letter(PAUL), PAUL)
    copies = "paul.nguyen@medecin.mssante.fr, inconnue@medecin.mssante.fr, resultats@labo.mssante.fr"
    return ThreadId(await site.receive(a_letter(CLAIRE, Cc=copies)))


async def _shown(site: PatientSite, thread: ThreadId) -> frozenset[str]:
    """Give the references that the page shows for an answer to all."""
    return frozenset(one.reference for one in (await site.replies.standing(site.actor, thread)).others)


async def test_reply_to_all_reaches_those_with_an_open_exchange_only(site: PatientSite) -> None:
    thread = await _to_all(site)
    others = (await site.replies.standing(site.actor, thread)).others
    assert [one.exchange.name for one in others] == ["Dr Paul Nguyen"]
    reply = await site.replies.reply(site.actor, thread, HELLO, await _shown(site, thread))
    sent = {(payload.recipient, payload.recipients) for payload in await _sent(site)}
    assert sent == {(str(CLAIRE.address), 2), (str(PAUL.address), 2)}
    scanned = scan_message(await _raw(site, reply))
    assert [box.address for box in (*scanned.to, *scanned.cc)] == [str(CLAIRE.address), str(PAUL.address)]


async def test_reply_to_all_does_not_offer_whoever_never_wrote_or_has_ended(site: PatientSite) -> None:
    thread = await _to_all(site, paul_wrote=False)
    assert await _shown(site, thread) == frozenset()
    await site.receive(a_letter(PAUL), PAUL)
    await site.receive(a_letter(PAUL, subject="[FIN]"), PAUL)
    assert await _shown(site, thread) == frozenset()


async def test_reply_to_all_is_refused_whole_when_one_has_ended(site: PatientSite) -> None:
    thread = await _to_all(site)
    shown = await _shown(site, thread)
    await site.receive(a_letter(PAUL, subject="[FIN]"), PAUL)
    reply = await site.replies.reply(site.actor, thread, HELLO, shown)
    assert reply == Sent(None, reasons.ended_by("Dr Paul Nguyen"))
    assert (await _copies(site), await _sent(site)) == (0, [])


async def test_reply_to_all_is_refused_whole_when_one_ends_while_it_is_sent(site: PatientSite) -> None:
    thread = await _to_all(site)
    shown = await _shown(site, thread)
    replies = _during_put(site, lambda: site.receive(a_letter(PAUL, subject="[FIN]"), PAUL))
    reply = await replies.reply(site.actor, thread, HELLO, shown)
    assert reply == Sent(None, reasons.ended_by("Dr Paul Nguyen"))
    assert (await _copies(site), await _sent(site)) == (0, [])


@pytest.mark.parametrize("reference", ["", "0" * 32, str(PAUL.address)])
async def test_reply_to_somebody_whom_the_page_did_not_show_is_refused(site: PatientSite, reference: str) -> None:
    await site.receive(a_letter(PAUL), PAUL)
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    reply = await site.replies.reply(site.actor, thread, HELLO, frozenset({reference}))
    assert (reply, await _sent(site)) == (Sent(None, RECIPIENTS_CHANGED), [])


async def test_open_exchange_outside_the_conversation_is_not_reached_by_an_answer(site: PatientSite) -> None:
    shown = await _shown(site, await _to_all(site))
    other = ThreadId(await site.receive(a_letter(CLAIRE)))
    reply = await site.replies.reply(site.actor, other, HELLO, shown)
    assert (reply, await _sent(site)) == (Sent(None, RECIPIENTS_CHANGED), [])


async def test_copied_doctor_who_answers_begins_a_conversation_of_their_own(site: PatientSite) -> None:
    thread = await _to_all(site)
    reply = await site.replies.reply(site.actor, thread, HELLO, await _shown(site, thread))
    await site.receive(a_letter(PAUL, answers=message_id_of(await _raw(site, reply))), PAUL)
    assert len((await site.conversations.read(site.actor, thread)).messages) == 2


# ---------------------------------------------------------------- one form, one message


async def test_form_sent_twice_makes_one_message(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    replies = await asyncio.gather(*(site.replies.reply(site.actor, thread, HELLO) for _ in range(4)))
    assert len({reply.mid for reply in replies}) == 1
    assert (await _copies(site), len(await _sent(site))) == (1, 1)


async def test_form_sent_again_after_the_end_still_says_it_was_sent(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    first = await site.replies.reply(site.actor, thread, HELLO)
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    assert await site.replies.reply(site.actor, thread, HELLO) == first


@pytest.mark.parametrize(
    "other",
    [
        Draft("form-1", "Autre texte.\n"),
        Draft("form-2", HELLO.text),
        Draft("form-1", HELLO.text, (OutgoingFile("a.txt", "text/plain", b"1"),)),
    ],
)
async def test_edited_form_makes_another_message(site: PatientSite, other: Draft) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    first = await site.replies.reply(site.actor, thread, HELLO)
    second = await site.replies.reply(site.actor, thread, other)
    assert (first.mid != second.mid, await _copies(site)) == (True, 2)


async def test_form_without_reference_is_always_sent(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    for _ in range(2):
        await site.replies.reply(site.actor, thread, Draft("", HELLO.text))
    assert await _copies(site) == 2


async def test_reply_and_its_trace_and_its_delivery_are_one_commit(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    reply = await site.replies.reply(site.actor, thread, HELLO)
    events = await site.trace("message.sent")
    assert [(event.actor, event.objects) for event in events] == [(site.actor.account, (f"message:{reply.mid:x}",))]
    exchange = await site.at.store.read(lambda tx: tx.exchanges.get(site.camille.vault, CLAIRE.address))
    assert exchange is not None
    assert exchange.state is ExchangeState.OPEN


async def test_unknown_conversation_is_not_found(site: PatientSite) -> None:
    with pytest.raises(LookupError):
        await site.replies.reply(site.actor, ThreadId(MessageId(a_number())), HELLO)

"""A patient's reply: who it goes to, when it is refused, and that one form makes one message."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.exchange import ExchangeState
from gateway.domain.mailbox import MessageId, SpecialUse, ThreadId
from gateway.domain.mime import Headers, scan_message
from gateway.domain.outbox import StepKind
from gateway.policy import reasons
from gateway.ports import Tx
from gateway.services.replies import Draft, Replies, Reply, ReplyFile
from tests.builders.letters import a_letter, message_id_of
from tests.builders.patient_site import CLAIRE, LABORATORY, PAUL, PatientSite, patient_site
from tests.builders.store import a_number

HELLO = Draft("form-1", "Bonjour docteur.\n")


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram, max_bytes=200_000) as opened:
        yield opened


async def _sent(site: PatientSite) -> list[dict[str, Any]]:  # Any: payloads of outbox steps are JSON
    """List what waits to be delivered."""
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 100))
    return [step.payload for step in steps if step.kind is StepKind.DELIVER]


async def _raw(site: PatientSite, reply: Reply) -> bytes:
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


async def test_reply_goes_to_the_exchanges_correspondent_alone(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, Cc="paul.nguyen@medecin.mssante.fr")
    thread = ThreadId(await site.receive(letter))
    await site.replies.reply(site.camille.vault, thread, HELLO)
    assert [payload["recipient"] for payload in await _sent(site)] == [str(CLAIRE.address)]


async def test_reply_to_another_address_goes_there_only_if_the_directory_knows_it(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, Reply_To="quelqu.un@ailleurs.example")
    thread = ThreadId(await site.receive(letter))
    await site.replies.reply(site.camille.vault, thread, HELLO)
    assert [payload["recipient"] for payload in await _sent(site)] == [str(CLAIRE.address)]


async def test_reply_answers_the_last_message_in_its_thread(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, subject="Votre bilan")
    mid = await site.receive(letter)
    reply = await site.replies.reply(site.camille.vault, ThreadId(mid), HELLO)
    headers = scan_message(await _raw(site, reply)).headers
    assert headers.text("In-Reply-To") == message_id_of(letter)
    assert headers.text("References") == message_id_of(letter)
    assert headers.text("Subject") == "Re: Votre bilan"
    assert headers.text("From").startswith("Camille Lefèvre")


async def test_message_with_an_identifier_that_nobody_may_write_can_be_answered(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, subject="Bilan " * 2_000)
    odd = letter.replace(message_id_of(letter).encode(), "<numéro@medecin.mssante.fr>".encode())
    reply = await site.replies.reply(site.camille.vault, ThreadId(await site.receive(odd)), HELLO)
    headers = scan_message(await _raw(site, reply)).headers
    assert headers.count("In-Reply-To") == 0
    assert len(headers.text("Subject")) <= 250


async def test_answer_to_the_reply_joins_the_conversation(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    site.at.clock.advance(timedelta(minutes=1))
    reply = await site.replies.reply(site.camille.vault, thread, HELLO)
    site.at.clock.advance(timedelta(minutes=1))
    await site.receive(a_letter(CLAIRE, answers=message_id_of(await _raw(site, reply))))
    view = await site.conversations.read(site.camille.vault, thread)
    assert [message.is_mine for message in view.messages] == [False, True, False]


async def test_another_doctor_who_names_the_reply_does_not_join_the_conversation(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    reply = await site.replies.reply(site.camille.vault, thread, HELLO)
    await site.receive(a_letter(PAUL, answers=message_id_of(await _raw(site, reply))), PAUL)
    assert len((await site.conversations.read(site.camille.vault, thread)).messages) == 2


async def test_subject_of_the_conversation_cannot_add_a_field(site: PatientSite) -> None:
    letter = a_letter(CLAIRE, subject="x").replace(
        b"Subject: x", b"Subject: =?utf-8?q?Bilan=0D=0ABcc=3A_espion=40ailleurs=2Eexample?="
    )
    thread = ThreadId(await site.receive(letter))
    raw = await _raw(site, await site.replies.reply(site.camille.vault, thread, HELLO))
    assert Headers.parse(raw[: scan_message(raw).header_length]).count("Bcc") == 0


async def test_file_that_claims_to_be_a_message_is_carried_as_a_file(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    files = (ReplyFile("x.eml", "message/rfc822", b"\x00\n.\nnot a message"), ReplyFile("y", "multipart/mixed", b"--"))
    reply = await site.replies.reply(site.camille.vault, thread, Draft("f", "Voici.", files))
    layout = [part.media_type for part in scan_message(await _raw(site, reply)).root.walk()]
    assert layout == ["multipart/mixed", "text/plain", "application/octet-stream", "application/octet-stream"]


# ---------------------------------------------------------------- refusals


async def test_result_of_an_application_is_not_answered(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(LABORATORY), LABORATORY))
    reply = await site.replies.reply(site.camille.vault, thread, HELLO)
    assert reply == Reply(None, reasons.EXCHANGE_NOT_STARTED.french)
    assert await _sent(site) == []


async def test_ended_exchange_is_not_answered_until_the_doctor_writes_again(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    refused = await site.replies.reply(site.camille.vault, thread, HELLO)
    assert refused == Reply(None, reasons.ended_by("Dr Claire Martin"))
    await site.receive(a_letter(CLAIRE))
    assert (await site.replies.reply(site.camille.vault, thread, HELLO)).mid is not None


async def test_state_is_read_again_in_the_transaction_that_commits(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    ending = a_letter(CLAIRE, subject="[FIN]")
    original, vault = site.at.blobs.put, site.camille.vault
    loop = asyncio.get_running_loop()

    class EndsMeanwhile:
        """Blobs during whose writing the doctor ends the exchange."""

        def put(self, data: bytes) -> object:
            made = original(data)
            asyncio.run_coroutine_threadsafe(site.receive(ending), loop).result(10)
            return made

    blobs = EndsMeanwhile()
    replies = Replies(
        site.at.store, blobs, site.trust, site.at.clock, site.workers, 200_000  # type: ignore[arg-type]  # only `put`
    )
    reply = await replies.reply(vault, thread, HELLO)
    assert reply == Reply(None, reasons.ended_by("Dr Claire Martin"))
    assert (await _copies(site), await _sent(site)) == (0, [])
    assert [event.outcome for event in await site.trace("message.sent")] == ["refused"]


async def test_reply_larger_than_a_message_may_be_is_refused(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    draft = Draft("f", "Voici.", (ReplyFile("a.bin", "application/pdf", bytes(200_000)),))
    assert (await site.replies.reply(site.camille.vault, thread, draft)).refusal == reasons.MESSAGE_TOO_LARGE.french


# ---------------------------------------------------------------- one form, one message


async def test_form_sent_twice_makes_one_message(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    replies = await asyncio.gather(*(site.replies.reply(site.camille.vault, thread, HELLO) for _ in range(4)))
    assert len({reply.mid for reply in replies}) == 1
    assert (await _copies(site), len(await _sent(site))) == (1, 1)


async def test_form_sent_again_after_the_end_still_says_it_was_sent(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    first = await site.replies.reply(site.camille.vault, thread, HELLO)
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    assert await site.replies.reply(site.camille.vault, thread, HELLO) == first


@pytest.mark.parametrize(
    "other",
    [
        Draft("form-1", "Autre texte.\n"),
        Draft("form-2", HELLO.text),
        Draft("form-1", HELLO.text, (ReplyFile("a.txt", "text/plain", b"1"),)),
    ],
)
async def test_edited_form_makes_another_message(site: PatientSite, other: Draft) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    first = await site.replies.reply(site.camille.vault, thread, HELLO)
    second = await site.replies.reply(site.camille.vault, thread, other)
    assert (first.mid != second.mid, await _copies(site)) == (True, 2)


async def test_form_without_reference_is_always_sent(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    for _ in range(2):
        await site.replies.reply(site.camille.vault, thread, Draft("", HELLO.text))
    assert await _copies(site) == 2


async def test_reply_and_its_trace_and_its_delivery_are_one_commit(site: PatientSite) -> None:
    thread = ThreadId(await site.receive(a_letter(CLAIRE)))
    reply = await site.replies.reply(site.camille.vault, thread, HELLO)
    events = await site.trace("message.sent")
    assert [(event.actor, event.objects) for event in events] == [("patient", (f"message:{reply.mid:x}",))]
    exchange = await site.at.store.read(lambda tx: tx.exchanges.get(site.camille.vault, CLAIRE.address))
    assert exchange is not None
    assert exchange.state is ExchangeState.OPEN


async def test_unknown_conversation_is_not_found(site: PatientSite) -> None:
    with pytest.raises(LookupError):
        await site.replies.reply(site.camille.vault, ThreadId(MessageId(a_number())), HELLO)

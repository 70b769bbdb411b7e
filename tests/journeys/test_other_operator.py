"""Mail to and from another operator: mutual TLS, receipts and refusals that come back, each once."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.demonstration.invented_people import OTHER_OPERATOR
from gateway.demonstration.world import World
from gateway.domain.verdict import Defer
from gateway.policy import reasons
from tests.builders.fake_intake import UNREACHABLE, FakeIntake
from tests.builders.gateway_inbox import mail_with, receipts
from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    Letter,
    a_report_on,
    converse,
    letter,
    pair_of,
    receipt_of,
    relay,
    relay_connection,
    result_letter,
    submit,
)
from tests.builders.gateway_site import NOTHING, GatewaySite, Seen, serving, until
from tests.builders.other_operator import OPERATOR_HOLDER, free_port, receiving

pytestmark = pytest.mark.xdist_group("gateway")


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


def routed_to(port: int) -> Callable[[World], str]:
    return lambda _: f'[routes]\n"{OTHER_OPERATOR}" = "localhost:{port}"\n'


@pytest.fixture(scope="module")
def here(port: int) -> Iterator[GatewaySite]:
    """Give a gateway that knows the way to the other operator."""
    with serving(settings=routed_to(port)) as running:
        yield running


async def sent_out(site: GatewaySite, sent: Letter, times: int = 1) -> None:
    """Have the doctor write to the other operator's mailbox, and wait until that is done."""
    for _ in range(times):
        answer = await asyncio.to_thread(submit, site, CLAIRE, BIOLAB, sent.raw)
        assert answer.status == "250 2.0.0"
    await asyncio.to_thread(site.settle)


def null_sender(site: GatewaySite, recipient: str, raw: bytes) -> str:
    with relay_connection(site, pair_of(site, BIOLAB)) as client:
        return converse(client, "", [recipient], raw).status


def received_from(intake: FakeIntake) -> list[str]:
    return [str(stored.envelope.reverse_path or "<>") for stored in intake.messages]


async def test_doctor_s_message_leaves_by_mutual_tls(here: GatewaySite, port: int, tmp_path: Path) -> None:
    sent = letter(CLAIRE, BIOLAB)
    async with receiving(here, port, tmp_path) as operator:
        await sent_out(here, sent)
    (stored,) = operator.messages
    assert received_from(operator) == [CLAIRE]
    assert stored.raw.endswith(sent.raw)
    assert stored.connection.peer is not None
    assert "cn=localhost" in str(stored.connection.peer.dn)


async def test_message_submitted_twice_leaves_once(here: GatewaySite, port: int, tmp_path: Path) -> None:
    async with receiving(here, port, tmp_path) as operator:
        await sent_out(here, letter(CLAIRE, BIOLAB), times=2)
    assert received_from(operator) == [CLAIRE]


@pytest.mark.parametrize("at_once", [True, False])
async def test_message_to_two_mailboxes_of_the_other_operator_reaches_both(
    here: GatewaySite, port: int, tmp_path: Path, at_once: bool
) -> None:
    both = [BIOLAB, f"secretariat@{OTHER_OPERATOR}"]
    sent = letter(CLAIRE, BIOLAB)
    async with receiving(here, port, tmp_path) as operator:
        for recipients in [both] if at_once else [[one] for one in both]:
            assert (await asyncio.to_thread(submit, here, CLAIRE, recipients, sent.raw)).status == "250 2.0.0"
        await asyncio.to_thread(here.settle)
    assert sorted(str(to) for stored in operator.messages for to in stored.envelope.recipients) == sorted(both)


async def test_receipt_for_the_doctor_s_message_is_let_in(here: GatewaySite, port: int, tmp_path: Path) -> None:
    sent = letter(CLAIRE, BIOLAB)
    async with receiving(here, port, tmp_path):
        await sent_out(here, sent)
    report = receipt_of(BIOLAB, CLAIRE, sent.message_id)
    assert await asyncio.to_thread(null_sender, here, CLAIRE, report) == "250 2.0.0"
    assert len(await asyncio.to_thread(mail_with, here, CLAIRE, "Subject", "Lu")) == 1


async def test_receipt_for_another_doctor_s_message_is_refused(here: GatewaySite, port: int, tmp_path: Path) -> None:
    sent = letter(CLAIRE, BIOLAB)
    async with receiving(here, port, tmp_path):
        await sent_out(here, sent)
    other = "paul.nguyen@medecin.mssante.fr"
    report = receipt_of(BIOLAB, other, sent.message_id)
    assert await asyncio.to_thread(null_sender, here, other, report) == "550 5.7.1"


async def test_refusal_by_the_other_operator_is_told_to_the_doctor(
    here: GatewaySite, port: int, tmp_path: Path
) -> None:
    sent = letter(CLAIRE, BIOLAB)
    async with receiving(here, port, tmp_path) as operator:
        operator.rcpt_verdicts[BIOLAB] = UNREACHABLE
        await sent_out(here, sent)
    told = await asyncio.to_thread(mail_with, here, CLAIRE, "Subject", "Message non distribu")
    assert operator.messages == []
    reports = [message for message in told if sent.message_id in message.as_string()]
    parts = [part for report in reports for part in report.walk() if part.get_content_type() == "text/plain"]
    said = parts[0].get_payload(decode=True)
    assert len(reports) == 1
    assert isinstance(said, bytes)
    assert f"remis à {BIOLAB}." in said.decode()


async def test_report_that_is_refused_is_not_reported_on(here: GatewaySite, port: int, tmp_path: Path) -> None:
    report = receipt_of(CLAIRE, BIOLAB, "<d.une.autre@labo.example>")
    async with receiving(here, port, tmp_path) as operator:
        operator.rcpt_verdicts[BIOLAB] = UNREACHABLE
        await sent_out(here, Letter(report, "<recu.d.une.autre@labo.example>", "Lu"))
    told = await asyncio.to_thread(mail_with, here, CLAIRE, "Subject", "Message non distribu")
    assert [message for message in told if "recu.d.une.autre" in message.as_string()] == []


@pytest.mark.parametrize("whose", ["their own patient", "another patient"])
async def test_receipt_goes_back_with_the_null_sender(
    here: GatewaySite, port: int, tmp_path: Path, whose: str
) -> None:
    patient, other = here.new_patients(2)
    sent = result_letter(BIOLAB, patient, a_report_on(patient if whose == "their own patient" else other))
    async with receiving(here, port, tmp_path) as operator:
        answer = await asyncio.to_thread(relay, here, BIOLAB, patient.address, sent.raw, holder=BIOLAB)
        assert answer.status == "250 2.0.0"
        await asyncio.to_thread(here.settle)
    assert received_from(operator) == ["<>"]
    assert sent.message_id.encode() in operator.messages[0].raw
    assert (b"processed/error" in operator.messages[0].raw) == (whose == "another patient")
    filed = Seen(messages=1, documents=1, notices=1)
    assert here.seen_by(patient) == (filed if whose == "their own patient" else NOTHING)


async def test_server_with_an_unbound_certificate_gets_nothing(port: int, tmp_path: Path) -> None:
    impostor = replace(OPERATOR_HOLDER, unit="318000000000009")
    # A gateway of its own: the message stays in the outbox until its next try.
    with serving(settings=routed_to(port)) as site:
        async with receiving(site, port, tmp_path, impostor) as operator:
            answer = await asyncio.to_thread(submit, site, CLAIRE, BIOLAB, letter(CLAIRE, BIOLAB).raw)
            assert answer.status == "250 2.0.0"
            await asyncio.to_thread(until, lambda: "PLI-601" in site.log(), "the courier did not put it off")
        assert operator.asked == []


async def test_one_recipient_put_off_gets_the_message_later(here: GatewaySite, port: int, tmp_path: Path) -> None:
    other = f"secretariat@{OTHER_OPERATOR}"
    sent = letter(CLAIRE, BIOLAB)
    async with receiving(here, port, tmp_path) as operator:
        operator.rcpt_verdicts[other] = Defer(reasons.TOO_MANY_RECIPIENTS, "for now")
        answer = await asyncio.to_thread(submit, here, CLAIRE, [BIOLAB, other], sent.raw)
        assert answer.status == "250 2.0.0"
        await asyncio.to_thread(until, lambda: len(operator.messages) == 1, "nothing was handed over")
        operator.rcpt_verdicts.clear()
        await asyncio.to_thread(here.settle)
        assert len(operator.messages) == 2


async def test_own_copy_outlives_the_one_that_was_relayed(here: GatewaySite, port: int, tmp_path: Path) -> None:
    sent = letter(CLAIRE, BIOLAB)
    async with receiving(here, port, tmp_path) as operator:
        await asyncio.to_thread(submit, here, CLAIRE, [CLAIRE, BIOLAB], sent.raw)
        await asyncio.to_thread(here.settle)
        assert len(operator.messages) == 1
    assert await asyncio.to_thread(mail_with, here, CLAIRE, "Message-ID", sent.message_id)


async def test_silent_operator_holds_up_no_receipt_to_a_mailbox_here(port: int) -> None:
    def one_place_each(world: World) -> str:
        file = world.settings.root / "pli.toml"
        file.write_text(file.read_text("utf-8").replace("[work]\n", "[work]\noutbox_at_once = 1\n"), "utf-8")
        return routed_to(port)(world)

    called, gone = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_server(say_nothing, "localhost", port):
        with serving(settings=one_place_each) as site:
            sent = await asyncio.to_thread(submit, site, CLAIRE, BIOLAB, letter(CLAIRE, BIOLAB).raw)
            assert sent.status == "250 2.0.0"
            async with asyncio.timeout(10):
                await called.wait()
            patient, other = site.new_patients(2)
            result = result_letter(LILAS, patient, a_report_on(other))
            await asyncio.to_thread(relay, site, LILAS, patient.address, result.raw)
            await asyncio.to_thread(
                until, lambda: len(receipts(site, LILAS, result.message_id)) == 1, "the laboratory is told"
            )
        async with asyncio.timeout(10):
            await gone.wait()

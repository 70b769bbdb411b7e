"""A patient asks whoever sent a document to put it right: it stays, with the request and the answer (F94, E52)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import NotFound
from gateway.domain.rights_requests import RequestState, RightsRequest
from gateway.services.access.actors import holder_of
from gateway.services.openings.record_openings import OpenRecord
from gateway.services.requests.corrections import Corrections
from gateway.services.requests.own_requests import RequestFault
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, LABORATORY
from tests.builders.record_readers import reader_at
from tests.builders.request_desk import RequestDesk, request_desk

WORDS = "Je suis née en 1950, pas en 1951."


@pytest.fixture
async def desk(ram: Path) -> AsyncIterator[RequestDesk]:
    """Camille's space, before anything is asked."""
    async with request_desk(ram) as opened:
        yield opened


async def asked(desk: RequestDesk) -> RightsRequest:
    """Ask the laboratory to put a document right, and let the message go."""
    document = await desk.site.file()
    made = await corrections(desk).ask(desk.site.actor, document.id, WORDS)
    assert isinstance(made, RightsRequest)
    await desk.post()
    return made


def corrections(desk: RequestDesk) -> Corrections:
    return Corrections(desk.site.at.store, desk.site.at.clock)


async def test_sender_is_told_what_is_wrong_in_which_document_and_has_a_month(desk: RequestDesk) -> None:
    request = await asked(desk)
    (message,) = desk.letterbox.taken
    text = message.get_content()
    assert message["To"] == str(LABORATORY.address)
    for word in (WORDS, "Bilan de contrôle", request.unique_id, "2 avril 2026", "Le document reste"):
        assert word in text, word
    assert (request.to, request.clocks and request.clocks.earliest) == ("Dr Iris Modèle", request.asked_at)


async def test_answer_by_mail_stands_beside_the_document_for_whoever_reads_it(desk: RequestDesk) -> None:
    request = await asked(desk)
    answers = str(desk.letterbox.taken[0]["Message-ID"])
    await desk.site.receive(a_letter(CLAIRE, answers=answers), CLAIRE)
    assert (await desk.now(request)).waits, "somebody else's message answers nothing"
    mid = await desk.site.receive(a_letter(LABORATORY, answers=answers), LABORATORY)
    ended = await desk.now(request)
    assert (ended.state, ended.answered_by) == (RequestState.ANSWERED, "Dr Iris Modèle")
    assert ended.thread == int(mid)
    read = await desk.site.documents.read(desk.site.actor, request.document)
    assert read.annotations == (ended,)
    reader = await reader_at(desk.site.at)
    assert isinstance(await reader.open(desk.site.camille), OpenRecord)
    seen = await desk.site.documents.read(reader.in_space(desk.site.camille), request.document)
    assert [one.words for one in seen.annotations] == [WORDS]
    assert await desk.after(timedelta(days=60)) == 0


async def test_one_that_is_taken_back_stands_no_more(desk: RequestDesk) -> None:
    request = await asked(desk)
    await desk.own.withdraw(desk.site.actor, request.number)
    await desk.post()
    assert str(desk.letterbox.taken[-1]["Subject"]).startswith("Demande retirée")
    assert (await desk.site.documents.read(desk.site.actor, request.document)).annotations == ()
    again = await corrections(desk).ask(desk.site.actor, request.document, WORDS)
    assert isinstance(again, RightsRequest)


async def test_what_nobody_can_be_written_to_about_waits_for_the_operator(desk: RequestDesk) -> None:
    document = await desk.site.file(sender="")
    made = await corrections(desk).ask(desk.site.actor, document.id, WORDS)
    assert isinstance(made, RightsRequest)
    await desk.post()
    assert (desk.letterbox.taken, made.to_address) == ([], "")
    assert ((await desk.now(made)).waits, made.undelivered) == (True, True)


async def test_faults_ask_nothing(desk: RequestDesk) -> None:
    request = await asked(desk)
    own = await desk.site.file(is_own=True)
    ask = corrections(desk).ask
    assert await ask(desk.site.actor, request.document, WORDS) is RequestFault.ASKED_ALREADY
    assert await ask(desk.site.actor, request.document, " ") is RequestFault.NO_WORDS
    assert await ask(desk.site.actor, request.document, "x" * 1001) is RequestFault.TOO_LONG
    for actor, number in (
        (desk.site.actor, own.id), (desk.site.actor, 12345), (holder_of(desk.site.louis, "web"), request.document),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await ask(actor, number, WORDS)
        with pytest.raises(NotFound):
            await corrections(desk).of(actor, number)

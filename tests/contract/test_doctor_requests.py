"""A patient asks a doctor for documents: clocks are kept, both are told, and an answer waits for its floor (F90)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.domain.access import Audience, Role
from gateway.domain.card import Card
from gateway.domain.care_party import mailbox_name, organisation_name
from gateway.domain.directory import DirectoryEntry
from gateway.domain.document import DocumentCategory
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.identity import BirthDate
from gateway.domain.mandates import MandateKind
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.rights_requests import MOST_OPEN, RequestKind, RequestState, RightsRequest
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.delivery.asked_answers import answered_request, floor_of, note_answered
from gateway.services.filing.filed_documents import Origin, WrittenDocument, file_all
from gateway.services.requests.doctor_requests import DoctorQuestion
from gateway.services.requests.own_requests import RequestFault
from gateway.services.requests.reports import Reported, Reports
from gateway.services.requests.request_queue import RequestQueue
from gateway.services.withholding.display_delays import DelayKeeper, DisplayDelays
from tests.builders.family import a_mandate
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, LABORATORY, PAUL, a_document
from tests.builders.request_desk import WORDS, RequestDesk, kept, request_desk
from tests.contract.test_document_holds import SimpleRead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def desk(ram: Path) -> AsyncIterator[RequestDesk]:
    """Camille's space, before anything is asked."""
    async with request_desk(ram) as opened:
        yield opened


async def test_doctor_is_told_who_asks_for_what_and_by_when(desk: RequestDesk) -> None:
    request = await desk.asked()
    (message,) = desk.letterbox.taken
    text = message.get_content()
    assert (message["Reply-To"], message["To"]) == (str(desk.site.camille.address.mail), str(CLAIRE.address))
    assert "Camille Lefèvre" in str(message["Subject"])
    for word in (WORDS, "48 heures", "huit jours", "10 mars 2026", "4 mars 2026", str(desk.site.camille.address.mail)):
        assert word in text, word
    (event,) = await desk.site.trace("request.made")
    assert (event.objects, event.detail) == ((request.name,), "doctor")
    assert (await desk.own.asked(desk.site.actor))[0].words == WORDS


async def test_doctor_is_reminded_the_day_before_and_both_are_told_when_the_last_day_passed(desk: RequestDesk) -> None:
    request = await desk.asked()
    assert await desk.after(7 * DAY - HOUR) == 0
    assert await desk.after(HOUR) == 1
    assert await desk.post() == []
    assert await desk.after(DAY - HOUR) == 0
    assert await desk.after(HOUR) == 1
    (told,) = await desk.post()
    assert told.kind is NoticeKind.REQUEST_OVERDUE
    titles = [str(one["Subject"]).partition(" :")[0] for one in desk.letterbox.taken]
    assert titles == ["Demande de documents", "Rappel, demande de documents", "Délai dépassé, demande de documents"]
    assert {str(one["In-Reply-To"]) for one in desk.letterbox.taken[1:]} == {str(desk.letterbox.taken[0]["Message-ID"])}
    assert ((await desk.now(request)).overdue, (await desk.now(request)).waits) == (True, True)
    assert len(await desk.site.trace("request.overdue")) == 1
    assert await desk.after(30 * DAY) == 0


async def test_two_months_are_given_for_what_is_older_than_five_years(desk: RequestDesk) -> None:
    request = await desk.asked(older=True)
    assert request.clocks is not None
    assert "deux mois" in desk.letterbox.taken[0].get_content()
    assert await desk.after(9 * DAY) == 0
    assert await desk.after(request.clocks.latest - desk.site.at.clock.now()) == 1
    assert (await desk.now(request)).overdue, "reminder and end in one run: the gateway was stopped"
    assert len(await desk.site.trace("request.reminded")) == 0


async def answer(desk: RequestDesk, sender: DirectoryEntry, answers: str) -> FiledDocument | None:
    """File a document that comes with a message, as filing does; give it as it is kept."""
    site, now, vault = desk.site, desk.site.at.clock.now(), desk.site.camille.vault
    mid, document = await site.receive(a_letter(sender, answers=answers), sender), a_document((), ())
    read = SimpleRead(document)

    def act(tx: Tx) -> FiledDocument | None:
        card = Card.from_json(tx.mail.content(vault, mid).summary.card)
        request = answered_request(tx, vault, card, RequestKind.DOCTOR)
        floor = floor_of(request, now)
        address = str(sender.address)
        origin = Origin(vault=vault, mid=None, sender=address, issuer="", actor=address, at=now, floor=floor)
        file_all(tx, origin, [WrittenDocument(document, read, ())])  # type: ignore[arg-type]  # what filing asks of it
        if request is not None and request.waits:
            note_answered(tx, vault, request, floor, now)
        return next(iter(tx.documents.numbered(vault, Audience.NOBODY, [document.id])), None)

    return await site.at.store.write(act)


async def test_answer_ends_the_request_and_its_documents_show_after_48_hours(desk: RequestDesk) -> None:
    request = await desk.asked()
    desk.site.at.clock.advance(HOUR)
    filed = await answer(desk, CLAIRE, str(desk.letterbox.taken[0]["Message-ID"]))
    assert filed is not None
    assert filed.hidden_from is Audience.LATER
    ended = await desk.now(request)
    assert request.clocks is not None
    assert (ended.state, ended.shown_from) == (RequestState.ANSWERED, request.clocks.earliest)
    keeper = DelayKeeper(desk.site.at.store, desk.site.at.clock)
    await DisplayDelays(desk.site.at.store, desk.site.at.clock).show_now(desk.site.actor)  # a floor stays
    desk.site.at.clock.advance(46 * HOUR)
    assert await keeper.keep() == 0
    desk.site.at.clock.advance(HOUR)
    assert await keeper.keep() == 1
    assert filed.id in await desk.site.at.store.read(
        lambda tx: tx.documents.numbers(desk.site.camille.vault, desk.site.actor.audience)
    )
    assert await desk.after(30 * DAY) == 0


async def test_each_message_of_an_answer_waits_for_the_floor_whatever_the_patient_chose_and_ends(
    desk: RequestDesk,
) -> None:
    await desk.asked()
    delays = DisplayDelays(desk.site.at.store, desk.site.at.clock)
    await delays.choose(desk.site.actor, {DocumentCategory.BIOLOGY: 7})
    asked = str(desk.letterbox.taken[0]["Message-ID"])
    filed = [await answer(desk, CLAIRE, asked) for _ in range(2)]
    await delays.show_now(desk.site.actor)
    await delays.choose(desk.site.actor, {})
    filed.append(await answer(desk, CLAIRE, asked))

    async def shown() -> set[int]:
        vault, audience = desk.site.camille.vault, desk.site.actor.audience
        return set(await desk.site.at.store.read(lambda tx: tx.documents.numbers(vault, audience)))

    desk.site.at.clock.advance(48 * HOUR - timedelta(minutes=1))
    assert (await DelayKeeper(desk.site.at.store, desk.site.at.clock).keep(), await shown()) == (0, set())
    desk.site.at.clock.advance(timedelta(minutes=1))
    assert await DelayKeeper(desk.site.at.store, desk.site.at.clock).keep() == 3
    assert await shown() == {one.id for one in filed if one is not None}


async def test_later_answer_shows_at_once_and_one_to_a_reminder_counts(desk: RequestDesk) -> None:
    request = await desk.asked()
    await desk.after(7 * DAY)
    await desk.post()
    filed = await answer(desk, CLAIRE, str(desk.letterbox.taken[1]["Message-ID"]))
    assert filed is not None
    assert filed.hidden_from is Audience.NOBODY
    assert (await desk.now(request)).shown_from is None


@pytest.mark.parametrize(("sender", "names"), [(PAUL, True), (CLAIRE, False)])
async def test_what_others_send_and_what_answers_nothing_is_shown_at_once(
    desk: RequestDesk, sender: DirectoryEntry, names: bool
) -> None:
    request = await desk.asked()
    filed = await answer(desk, sender, str(desk.letterbox.taken[0]["Message-ID"]) if names else "")
    assert filed is not None
    assert filed.hidden_from is Audience.NOBODY
    assert (await desk.now(request)).waits


async def test_withdrawn_request_is_told_and_ends_its_clocks(desk: RequestDesk) -> None:
    request = await desk.asked()
    await desk.own.withdraw(desk.site.actor, request.number)
    await desk.post()
    assert str(desk.letterbox.taken[-1]["Subject"]).startswith("Demande retirée")
    assert WORDS not in desk.letterbox.taken[-1].get_content()
    for again in (desk.own.withdraw, desk.own.note_answer):
        with pytest.raises(NotFound):
            await again(desk.site.actor, request.number)
    assert await desk.after(30 * DAY) == 0


async def test_request_withdrawn_at_once_is_never_sent(desk: RequestDesk) -> None:
    made = await desk.ask()
    assert isinstance(made, RightsRequest)
    await desk.own.note_answer(desk.site.actor, made.number)
    await desk.post()
    assert desk.letterbox.taken == []


async def test_request_that_cannot_be_delivered_says_so(desk: RequestDesk) -> None:
    desk.letterbox.refuses = True
    request = await desk.asked()
    assert (await desk.now(request)).undelivered
    assert len(await desk.site.trace("request.not-delivered")) == 1
    await desk.own.withdraw(desk.site.actor, request.number)
    assert await desk.post() == []


async def test_guardian_who_asks_is_not_told_of_what_the_person_asked(desk: RequestDesk) -> None:
    made, vault = await desk.asked(), desk.site.camille.vault
    for number in range(1, MOST_OPEN):
        other = replace(made, number=number, to_address=f"d{number}@medecin.example")
        await desk.site.at.store.write(partial(kept, vault=vault, request=other))
    await a_mandate(desk.site.at.store, desk.site.camille, desk.site.louis, MandateKind.TUTELLE)
    guardian = replace(desk.site.actor, role=Role.GUARDIAN, account="guardian", home=desk.site.louis.vault)
    question = DoctorQuestion(reference="", address=str(CLAIRE.address), words=WORDS, older=False)
    assert isinstance(await desk.doctors.ask(guardian, question), RightsRequest)
    assert await desk.doctors.ask(guardian, question) is RequestFault.ASKED_ALREADY
    reports, doctor = Reports(desk.site.at.store, desk.site.at.clock), (Reported.PROFESSIONAL, "Dr Durand", "Refus.")
    assert await reports.tell(desk.site.actor, *doctor) is RequestFault.TOO_MANY
    assert isinstance(await reports.tell(guardian, *doctor), RightsRequest)
    assert await reports.tell(guardian, *doctor) is RequestFault.ASKED_ALREADY


async def test_faults_make_no_request(desk: RequestDesk) -> None:
    await desk.asked()
    faults = {
        str(CLAIRE.address): RequestFault.ASKED_ALREADY,
        str(LABORATORY.address): RequestFault.NO_DOCTOR,
        "personne@ailleurs.example": RequestFault.UNKNOWN,
        "pas une adresse": RequestFault.UNKNOWN,
    }
    for address, fault in faults.items():
        assert await desk.ask(address) is fault
    for words, fault in (("  ", RequestFault.NO_WORDS), ("x" * 1001, RequestFault.TOO_LONG)):
        question = DoctorQuestion(reference="", address=str(PAUL.address), words=words, older=False)
        assert await desk.doctors.ask(desk.site.actor, question) is fault
    unknown = DoctorQuestion(reference="0" * 32, address="", words=WORDS, older=False)
    assert await desk.doctors.ask(desk.site.actor, unknown) is RequestFault.UNKNOWN
    assert len(await desk.own.asked(desk.site.actor)) == 1


async def test_doctor_in_contact_is_chosen_and_a_blocked_one_is_not_asked(desk: RequestDesk) -> None:
    await desk.site.receive(a_letter(CLAIRE))
    (known,) = await desk.doctors.doctors(desk.site.actor)
    assert known.label == CLAIRE.name
    await desk.site.services.care_circle.choose(desk.site.actor, known.reference, PartyStanding.BLOCKED)
    question = DoctorQuestion(reference=known.reference, address="", words=WORDS, older=False)
    assert await desk.doctors.ask(desk.site.actor, question) is RequestFault.BLOCKED
    await desk.site.services.care_circle.choose(desk.site.actor, known.reference, PartyStanding.NEUTRAL)
    assert isinstance(await desk.doctors.ask(desk.site.actor, question), RightsRequest)


async def test_minor_asks_since_it_is_no_consent(desk: RequestDesk) -> None:
    camille = desk.site.camille
    traits = replace(camille.identity.traits, birth_date=BirthDate(2012, 5, 6))
    await desk.site.at.store.write(
        lambda tx: tx.spaces.save(replace(camille, identity=replace(camille.identity, traits=traits)))
    )
    request = await desk.ask()
    assert isinstance(request, RightsRequest)
    await desk.own.withdraw(desk.site.actor, request.number)
    told = await Reports(desk.site.at.store, desk.site.at.clock).tell(
        desk.site.actor, Reported.PROFESSIONAL, "Dr Claire Martin", "Elle a parlé à mes parents."
    )
    assert isinstance(told, RightsRequest)


async def block(desk: RequestDesk, name: str) -> None:
    """Have Camille block whoever bears a name."""
    choice = PartyChoice(
        number=1, names=frozenset({name}), label="", standing=PartyStanding.BLOCKED, since=desk.site.at.clock.now()
    )
    vault, choices = desk.site.camille.vault, PatientChoices(parties=(choice,))
    await desk.site.at.store.write(lambda tx: tx.patient_choices.put(vault, choices))


async def test_nobody_of_a_blocked_organisation_is_asked_whose_answer_would_not_come_in(desk: RequestDesk) -> None:
    await block(desk, organisation_name("350000022"))
    elsewhere = replace(CLAIRE, organisation_id="1350000022")
    desk.site.services.care_circle.entry_of = lambda _: elsewhere
    assert await desk.ask() is RequestFault.BLOCKED


async def test_whoever_is_blocked_meanwhile_gets_nothing_more(desk: RequestDesk) -> None:
    request = await desk.asked()
    await block(desk, mailbox_name(CLAIRE.address))
    await desk.after(7 * DAY)
    await desk.post()
    assert (len(desk.letterbox.taken), (await desk.now(request)).undelivered) == (1, True)


async def test_no_more_than_so_many_wait(desk: RequestDesk) -> None:
    request, vault = await desk.asked(), desk.site.camille.vault
    for number in range(1, MOST_OPEN):
        other = replace(request, number=number, to_address=f"d{number}@medecin.example")
        await desk.site.at.store.write(partial(kept, vault=vault, request=other))
    assert await desk.ask(str(PAUL.address)) is RequestFault.TOO_MANY


async def test_nobody_else_knows_of_a_request(desk: RequestDesk) -> None:
    request = await desk.asked()
    louis = holder_of(desk.site.louis, "web")
    assert await desk.own.asked(louis) == []
    with pytest.raises(NotFound):
        await desk.own.withdraw(louis, request.number)


async def test_operator_lists_what_waits_and_ends_it_with_a_reason(desk: RequestDesk) -> None:
    request = await desk.asked()
    queue = RequestQueue(desk.site.at.store, desk.site.at.clock)
    (one,) = await queue.waiting()
    assert (one.number, one.request and one.request.to_address) == (request.number, str(CLAIRE.address))
    space = str(desk.site.camille.address.mail)
    await queue.answer(space, request.number, is_granted=False, reason="Ce médecin a cessé son activité.")
    ended = (await queue.show(space, request.number)).request
    assert ended is not None
    assert (ended.state, ended.answer) == (RequestState.REFUSED, "Ce médecin a cessé son activité.")
    assert await queue.waiting() == []
    with pytest.raises(NotFound):
        await queue.answer(space, request.number, is_granted=True, reason="encore")
    (event,) = await desk.site.trace("request.settled")
    assert event.detail == "Ce médecin a cessé son activité."


async def test_bent_index_delays_nothing_for_long_and_damaged_request_is_told_of(desk: RequestDesk) -> None:
    request = await desk.asked()
    desk.site.at.behind_its_back("UPDATE rights_request SET due = 0")
    assert await desk.after(HOUR) == 1
    assert len(desk.letterbox.taken) == 1, "the record decides, not the index"
    desk.site.at.behind_its_back("UPDATE rights_request SET due = 0, record = ?", b"x")
    assert await desk.after(HOUR) == 0
    assert await desk.own.asked(desk.site.actor) == []
    (one,) = await RequestQueue(desk.site.at.store, desk.site.at.clock).waiting()
    assert one.request is None
    with pytest.raises(SealBroken):
        await desk.now(request)


async def test_answer_to_a_damaged_request_arrives_all_the_same(desk: RequestDesk) -> None:
    await desk.asked()
    asked = str(desk.letterbox.taken[0]["Message-ID"])
    desk.site.at.behind_its_back("UPDATE rights_request SET record = ?", b"x")
    filed = await answer(desk, CLAIRE, asked)
    assert filed is not None
    assert filed.hidden_from is Audience.NOBODY

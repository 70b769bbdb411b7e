"""Calendars by mail: in the agenda with the message, changed and called off by who sent them only (F70, E68, E90)."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.domain.agenda.drafts import EventDraft
from gateway.domain.agenda.events import (
    MAX_BY_MAIL,
    MAX_ENTRIES,
    MAX_OF_ORGANISER,
    AgendaEvent,
    EventAnswer,
    EventSort,
    EventState,
)
from gateway.domain.agenda.invitations import InvitationOutcome
from gateway.domain.directory import DirectoryEntry
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.domain.mailbox import MessageId, ThreadId
from gateway.services.agenda.reminder_keeper import ReminderKeeper
from gateway.services.delivery import calendar_moves
from tests.builders.agenda import MONDAY, a_calendar, an_entry, calendar_of
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, PAUL, PatientSite, patient_site
from webmail.identifiers import ConversationId
from webmail.references import reference_of

O = InvitationOutcome  # noqa: E741 - short, in tables


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as opened:
        yield opened


async def came(
    site: PatientSite, calendar: bytes, sender: DirectoryEntry = CLAIRE
) -> tuple[InvitationOutcome, MessageId]:
    mid = await site.receive(a_letter(sender, files=(("rdv.ics", calendar),)), sender)
    found = await site.at.store.read(lambda tx: tx.agendas.invitation(site.camille.vault, mid))
    assert found is not None
    return found.outcome, mid


async def entries(site: PatientSite) -> list[AgendaEvent]:
    found = await site.services.agenda.between(site.actor, date(2026, 3, 1), date(2026, 5, 31))
    return list({one.event.id: one.event for one in found}.values())


async def test_invitation_is_in_the_agenda_with_its_message(site: PatientSite) -> None:
    outcome, mid = await came(site, a_calendar("BEGIN:VALARM", "TRIGGER:-PT1H", "END:VALARM", LOCATION="Rennes"))
    (event,) = await entries(site)
    assert outcome is O.ADDED
    assert (event.title, event.start, event.place, event.reminder) == ("Consultation", MONDAY, "Rennes", 60)
    assert (event.organiser_name, event.message, event.claims) == (CLAIRE.name, mid, str(CLAIRE.address))
    (line,) = await site.trace("agenda.by-mail")
    assert (line.actor, line.objects) == (str(CLAIRE.address), (f"message:{mid:x}", f"event:{event.id:x}"))


async def test_task_and_publication_wait_for_no_answer(site: PatientSite) -> None:
    await came(site, a_calendar(kind="VTODO", UID="t", DUE="20260311T100000Z", DTSTART=""))
    await came(site, a_calendar(method="PUBLISH"))
    assert {(event.sort, event.claims) for event in await entries(site)} == {
        (EventSort.TASK, ""), (EventSort.APPOINTMENT, ""),
    }  # fmt: skip


async def test_change_moves_the_entry_and_asks_again(site: PatientSite) -> None:
    await came(site, a_calendar())
    (event,) = await entries(site)
    await site.services.invitation_answers.answer(site.actor, event.id, 1, EventAnswer.ACCEPTED)
    assert (await came(site, a_calendar(SEQUENCE="1", LOCATION="Lyon")))[0] is O.CHANGED
    (same_time,) = await entries(site)
    assert (same_time.place, same_time.answer, same_time.told) == ("Lyon", EventAnswer.ACCEPTED, True)
    assert (await came(site, a_calendar(SEQUENCE="2", DTSTART="20260310T083000Z")))[0] is O.CHANGED
    (moved,) = await entries(site)
    assert (moved.start, moved.answer, moved.told) == (MONDAY + timedelta(days=1), EventAnswer.NONE, False)
    assert (await came(site, a_calendar(SEQUENCE="1")))[0] is O.OUTDATED
    assert (await entries(site)) == [moved]


async def test_notes_of_the_patient_outlive_a_change(site: PatientSite) -> None:
    await came(site, a_calendar(DESCRIPTION="À jeun"))
    (event,) = await entries(site)
    draft = EventDraft(title="x", start=MONDAY, note="Au premier étage", reminder=30)
    await site.services.agenda.change(site.actor, event.id, 1, draft)
    await came(site, a_calendar("BEGIN:VALARM", "TRIGGER:-PT1H", "END:VALARM", SEQUENCE="1", DESCRIPTION="À jeun"))
    opened = await site.services.agenda.read(site.actor, event.id)
    assert (opened.event.about, opened.event.note, opened.event.reminder) == ("À jeun", "Au premier étage", 30)
    assert opened.thread is not None


async def test_only_who_sent_an_entry_calls_it_off(site: PatientSite) -> None:
    await came(site, a_calendar(ORGANIZER=f"mailto:{CLAIRE.address}"))
    stolen = a_calendar(method="CANCEL", SEQUENCE="9", ORGANIZER=f"mailto:{CLAIRE.address}")
    assert (await came(site, stolen, PAUL))[0] is O.NOT_THEIRS
    assert [event.state for event in await entries(site)] == [EventState.PLANNED]
    assert (await came(site, a_calendar(method="CANCEL", UID="unknown")))[0] is O.UNKNOWN
    outcome, mid = await came(site, a_calendar(method="CANCEL", SEQUENCE="1"))
    assert outcome is O.CANCELLED
    assert [(event.state, event.message) for event in await entries(site)] == [(EventState.CANCELLED, mid)]
    assert (await came(site, a_calendar(method="CANCEL", SEQUENCE="0")))[0] is O.OUTDATED


async def test_same_identifier_from_somebody_else_is_another_entry(site: PatientSite) -> None:
    await came(site, a_calendar())
    assert (await came(site, a_calendar(SUMMARY="Autre", SEQUENCE="5"), PAUL))[0] is O.ADDED
    assert sorted((event.title, event.organiser_name) for event in await entries(site)) == [
        ("Autre", PAUL.name), ("Consultation", CLAIRE.name),
    ]  # fmt: skip


async def test_single_times_are_moved_and_called_off(site: PatientSite) -> None:
    await came(site, a_calendar(RRULE="FREQ=WEEKLY;COUNT=3"))
    one = a_calendar(SEQUENCE="1", RECURRENCE_ID="20260316T083000Z", DTSTART="20260317T083000Z")
    assert (await came(site, one))[0] is O.CHANGED
    (event,) = await entries(site)
    assert [when.day for when in (event.start, *event.also)] == [9, 17, 23]
    gone = a_calendar(method="CANCEL", SEQUENCE="2", RECURRENCE_ID="20260309T083000Z")
    assert (await came(site, gone))[0] is O.CANCELLED
    (event,) = await entries(site)
    assert (event.state, [when.day for when in (event.start, *event.also)]) == (EventState.PLANNED, [17, 23])
    nowhere = a_calendar(SEQUENCE="3", RECURRENCE_ID="20260401T083000Z", DTSTART="20260402T083000Z", LOCATION="Lyon")
    await came(site, nowhere)
    (event,) = await entries(site)
    assert (event.place, [when.day for when in (event.start, *event.also)]) == ("Lyon", [17, 23])


@pytest.mark.parametrize(
    ("calendar", "outcome"),
    [
        (b"BEGIN:VCALENDAR\r\ngarbage", O.UNREADABLE),
        (calendar_of(), O.UNREADABLE),
        (a_calendar(DTSTART=";TZID=Europe:20260309T083000"), O.UNREADABLE),
        (a_calendar(method="REPLY"), O.IGNORED),
        (a_calendar(*(f"RDATE:20260{n % 9 + 1}01T080000Z" for n in range(10_000))), O.UNREADABLE),
    ],
)
async def test_calendar_that_says_nothing_usable_leaves_message_and_agenda_whole(
    site: PatientSite, calendar: bytes, outcome: InvitationOutcome
) -> None:
    found, mid = await came(site, calendar)
    assert found is outcome
    assert await entries(site) == []
    assert await site.services.conversations.read(site.actor, ThreadId(mid))


async def test_full_agenda_takes_no_more(site: PatientSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_moves, "MAX_BY_MAIL", 0)
    assert (await came(site, a_calendar()))[0] is O.FULL


async def test_one_organiser_fills_no_agenda(site: PatientSite, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_OF_ORGANISER < MAX_BY_MAIL < MAX_ENTRIES
    monkeypatch.setattr(calendar_moves, "MAX_OF_ORGANISER", 2)
    outcomes = [(await came(site, a_calendar(UID=f"u{number}")))[0] for number in range(3)]
    assert outcomes == [O.ADDED, O.ADDED, O.FULL]
    assert (await came(site, a_calendar(UID="u1", SEQUENCE="1")))[0] is O.CHANGED
    assert (await came(site, a_calendar(UID="u9"), PAUL))[0] is O.ADDED


async def test_answer_goes_to_the_organiser_in_an_open_exchange(site: PatientSite) -> None:
    _, mid = await came(site, a_calendar())
    (event,) = await entries(site)
    sent = await site.services.invitation_answers.answer(site.actor, event.id, 1, EventAnswer.DECLINED)
    assert (sent.is_sent, sent.refusal) == (True, "")
    view = await site.conversations.read(site.actor, ThreadId(mid))
    answer = view.messages[-1]
    assert answer.is_mine
    assert [(file.name, file.media_type) for file in answer.card.attachments] == [("reponse.ics", "text/calendar")]
    assert [event.told for event in await entries(site)] == [True]


async def test_answer_is_kept_where_it_may_not_go_and_the_page_says_so(site: PatientSite) -> None:
    await came(site, a_calendar())
    (event,) = await entries(site)
    await site.receive(a_letter(CLAIRE, subject="[FIN]"))
    sent = await site.services.invitation_answers.answer(site.actor, event.id, 1, EventAnswer.ACCEPTED)
    assert not sent.is_sent
    assert "mis fin" in sent.refusal
    assert [(event.answer, event.told) for event in await entries(site)] == [(EventAnswer.ACCEPTED, False)]
    assert await site.trace("message.sent") == []


async def test_answer_is_refused_where_nobody_waits_for_it(site: PatientSite) -> None:
    answers, own = site.services.invitation_answers, await an_entry(site)
    with pytest.raises(Conflict):
        await answers.answer(site.actor, own.id, 1, EventAnswer.ACCEPTED)
    with pytest.raises(NotFound):
        await answers.answer(site.actor, 99, 1, EventAnswer.ACCEPTED)
    theirs = await an_entry(site, organiser="x@y.example", claims="x@y.example", uid="u")
    with pytest.raises(ChangedMeanwhile):
        await answers.answer(site.actor, theirs.id, 7, EventAnswer.ACCEPTED)
    alone = await answers.answer(site.actor, theirs.id, 1, EventAnswer.ACCEPTED)
    assert not alone.is_sent  # its message is gone


async def test_page_of_the_message_has_a_box(site: PatientSite) -> None:
    _, mid = await came(site, a_calendar())
    shown = await site.pages.conversation(site.actor, ConversationId(reference_of(mid)))
    box = shown.messages[0].invitation
    assert box is not None
    assert (box.sentence, box.events[0].asks, box.events[0].at) == ("Ajouté à votre agenda", True, MONDAY)


async def test_entry_that_does_not_open_keeps_no_message_from_coming_or_being_read(site: PatientSite) -> None:
    _, mid = await came(site, a_calendar())
    (event,) = await entries(site)
    site.at.behind_its_back("UPDATE agenda_event SET record = ? WHERE event = ?", b"\x01\x01" + bytes(60), event.id)
    assert (await came(site, a_calendar(SEQUENCE="1")))[0] is O.ADDED
    assert await site.services.conversations.read(site.actor, ThreadId(mid))


async def test_reminder_is_told_once_at_its_time_without_a_word(site: PatientSite) -> None:
    await came(site, a_calendar("BEGIN:VALARM", "TRIGGER:-PT1H", "END:VALARM", RRULE="FREQ=DAILY;COUNT=2"))
    keeper, clock = ReminderKeeper(site.at.store, site.at.clock), site.at.clock
    assert await keeper.keep() == 0
    clock.advance(MONDAY - timedelta(hours=1) - clock.now())
    assert (await keeper.keep(), await keeper.keep()) == (1, 0)
    assert [line.action for line in await site.trace("agenda.reminder")] == ["agenda.reminder"]
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(clock.now(), clock.now(), 50, holder=A_WORKER))
    (kind,) = {step.payload.kind.value for step in steps if hasattr(step.payload, "kind")}
    assert kind == "reminder"
    clock.advance(timedelta(days=1))
    assert await keeper.keep() == 1
    clock.advance(timedelta(days=10))
    assert await keeper.keep() == 0


async def test_reminder_that_is_too_late_or_of_what_is_called_off_is_not_told(site: PatientSite) -> None:
    await an_entry(site, reminder=0)
    off = await an_entry(site, reminder=0)
    await site.services.agenda.cancel(site.actor, off.id, 1)
    site.at.clock.advance(MONDAY + timedelta(days=2) - site.at.clock.now())
    assert await ReminderKeeper(site.at.store, site.at.clock).keep() == 0
    assert await site.at.store.read(lambda tx: tx.agendas.due(site.at.clock.now(), 9)) == []


async def test_many_reminders_are_one_notice_an_hour(site: PatientSite) -> None:
    keeper, clock = ReminderKeeper(site.at.store, site.at.clock), site.at.clock
    for minutes in (0, 0, 10, 10, 20):
        await an_entry(site, start=MONDAY + timedelta(minutes=minutes), reminder=0)
    runs = list[int]()
    for _ in range(8):
        clock.advance((MONDAY if not runs else clock.now() + timedelta(minutes=10)) - clock.now())
        runs.append(await keeper.keep())
    assert runs == [2, 0, 0, 0, 0, 0, 3, 0]
    assert len(await site.trace("agenda.reminder")) == 5
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(clock.now(), clock.now(), 50, holder=A_WORKER))
    assert [step.payload.kind.value for step in steps if hasattr(step.payload, "kind")] == ["reminder"] * 2


async def test_entry_that_does_not_open_keeps_no_reminder_of_another(site: PatientSite) -> None:
    broken, sound = await an_entry(site, reminder=0), await an_entry(site, reminder=0)
    site.at.behind_its_back("UPDATE agenda_event SET record = ? WHERE event = ?", b"\x01\x01" + bytes(60), broken.id)
    site.at.clock.advance(MONDAY - site.at.clock.now())
    assert await ReminderKeeper(site.at.store, site.at.clock).keep() == 1
    assert (await site.services.agenda.read(site.actor, sound.id)).event.remind_from == MONDAY

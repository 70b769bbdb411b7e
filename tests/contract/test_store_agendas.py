"""Entries of agendas in the store: found by their time and by the identifier of a calendar, sealed for the rest."""

from datetime import date, datetime, timedelta

from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.agenda.invitations import Invitation, InvitationOutcome
from gateway.domain.mailbox import MessageId
from tests.builders.agenda import MONDAY, an_event
from tests.builders.store import StoreAt, a_space

FLOATING = datetime.fromisoformat("2026-03-09T09:30")


async def _kept(at: StoreAt, *events: AgendaEvent) -> None:
    for event in events:
        await at.store.write(lambda tx, event=event: tx.agendas.save(event))  # type: ignore[misc]  # bound at once


async def test_an_entry_comes_back_as_it_was_kept(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    events = [
        an_event(vault=vault, end=MONDAY + timedelta(hours=1), reminder=30, documents=(4, 5)),
        an_event(vault=vault, start=date(2026, 3, 9), end=date(2026, 3, 11), message=MessageId(9)),
        an_event(vault=vault, start=FLOATING, uid="u1", organiser="claire@a.example"),
    ]
    await _kept(at, *events)
    assert [await at.store.read(lambda tx, one=one: tx.agendas.get(vault, one.id)) for one in events] == events  # type: ignore[misc]  # as above
    assert await at.store.read(lambda tx: tx.agendas.count(vault)) == 3
    await at.store.write(lambda tx: tx.agendas.drop(vault, events[0].id))
    assert await at.store.read(lambda tx: tx.agendas.get(vault, events[0].id)) is None


async def test_entries_are_found_by_their_time_in_their_own_space(at: StoreAt) -> None:
    vault, other = (await a_space(at.store)).vault, (await a_space(at.store)).vault
    first, second = an_event(vault=vault), an_event(vault=vault, start=MONDAY + timedelta(days=30))
    await _kept(at, first, second, an_event(vault=other))
    found = await at.store.read(lambda tx: tx.agendas.between(vault, MONDAY, MONDAY + timedelta(days=1), 10))
    assert [event.id for event in found] == [first.id]
    every = await at.store.read(lambda tx: tx.agendas.between(vault, MONDAY, MONDAY + timedelta(days=60), 1))
    assert [event.id for event in every] == [first.id]


async def test_entries_are_found_by_the_identifier_of_a_calendar(at: StoreAt) -> None:
    vault, other = (await a_space(at.store)).vault, (await a_space(at.store)).vault
    event = an_event(vault=vault, uid="essai@cabinet.example")
    await _kept(at, event, an_event(vault=vault, uid="autre"), an_event(vault=other, uid="essai@cabinet.example"))
    found = await at.store.read(lambda tx: tx.agendas.with_uid(vault, "essai@cabinet.example"))
    assert [one.id for one in found] == [event.id]


async def test_what_a_message_did_and_what_was_chosen_are_kept(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    invitation = Invitation(message=MessageId(9), outcome=InvitationOutcome.ADDED, events=(5,), more=2)
    assert await at.store.read(lambda tx: tx.agendas.invitation(vault, MessageId(9))) is None
    assert await at.store.read(lambda tx: tx.agendas.choices(vault)) == {}
    await at.store.write(lambda tx: tx.agendas.note_invitation(vault, invitation))
    await at.store.write(lambda tx: tx.agendas.choose(vault, {"colorectal": "done"}))
    assert await at.store.read(lambda tx: tx.agendas.invitation(vault, MessageId(9))) == invitation
    assert await at.store.read(lambda tx: tx.agendas.choices(vault)) == {"colorectal": "done"}


async def test_an_entry_that_was_altered_is_left_out_of_lists_and_told_of(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    event, other = an_event(vault=vault, uid="u1"), an_event(vault=vault, uid="u1")
    await _kept(at, event, other)
    at.behind_its_back("UPDATE agenda_event SET record = ? WHERE event = ?", b"\x01\x01" + bytes(60), event.id)
    found = await at.store.read(lambda tx: tx.agendas.between(vault, MONDAY, MONDAY, 10))
    assert [one.id for one in found] == [other.id]
    assert await at.store.read(lambda tx: tx.agendas.with_uid(vault, "u1")) == [other]

"""The agenda of a space, over the real store: written, changed by two tabs at once, called off."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from gateway.domain.agenda.drafts import DraftFault, EventDraft
from gateway.domain.agenda.events import MAX_ENTRIES, EventState
from gateway.domain.errors import AccessRefused, ChangedMeanwhile, Conflict, NotFound
from gateway.ports.store import Tx
from gateway.services.agenda import own_agenda
from tests.builders.agenda import MONDAY, an_entry, an_event
from tests.builders.patient_site import PatientSite, a_program, patient_site
from webmail.references import person_of

DRAFT = EventDraft(title="Contrôle", start=datetime.fromisoformat("2026-03-09T09:30"))
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
A_NUMBER = 4711


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as opened:
        yield opened


async def test_entry_is_made_once_for_one_form(site: PatientSite) -> None:
    agenda = site.services.agenda
    assert await agenda.add(site.actor, A_NUMBER, DRAFT) is None
    assert await agenda.add(site.actor, A_NUMBER, DRAFT) is None
    with pytest.raises(ChangedMeanwhile):
        await agenda.add(site.actor, A_NUMBER, replace(DRAFT, title="Autre"))
    (one,) = await agenda.between(site.actor, *MARCH)
    assert (one.event.title, one.event.start) == ("Contrôle", MONDAY)
    assert len(await site.trace("agenda.added")) == 1


async def test_entry_is_not_made_of_a_bad_draft_or_in_a_full_agenda(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    agenda = site.services.agenda
    assert await agenda.add(site.actor, A_NUMBER, replace(DRAFT, title="")) is DraftFault.NO_TITLE
    assert MAX_ENTRIES >= 1000
    monkeypatch.setattr(own_agenda, "MAX_ENTRIES", 0)
    with pytest.raises(Conflict):
        await agenda.add(site.actor, A_NUMBER, DRAFT)


async def test_many_entries_before_it_hide_no_appointment(site: PatientSite) -> None:
    many = [an_event(vault=site.camille.vault, start=date(2026, 3, 2)) for _ in range(500)]

    def fill(tx: Tx) -> None:
        for event in many:
            tx.agendas.save(event)

    await site.at.store.write(fill)
    last = await an_entry(site, start=date(2026, 3, 30))
    found = await site.services.agenda.between(site.actor, *MARCH)
    assert (len(found), found[-1].event.id) == (501, last.id)


async def test_second_of_two_tabs_is_told_and_overwrites_nothing(site: PatientSite) -> None:
    agenda, event = site.services.agenda, await an_entry(site)
    assert await agenda.change(site.actor, event.id, 1, replace(DRAFT, title="Premier onglet")) is None
    with pytest.raises(ChangedMeanwhile):
        await agenda.change(site.actor, event.id, 1, replace(DRAFT, title="Second onglet"))
    with pytest.raises(ChangedMeanwhile):
        await agenda.cancel(site.actor, event.id, 1)
    opened = await agenda.read(site.actor, event.id)
    assert (opened.event.title, opened.event.version) == ("Premier onglet", 2)
    assert await agenda.change(site.actor, event.id, 2, replace(DRAFT, title="")) is DraftFault.NO_TITLE


async def test_entry_is_called_off_planned_again_done_and_taken_away(site: PatientSite) -> None:
    agenda, event = site.services.agenda, await an_entry(site)
    states = []
    for version, move in enumerate((agenda.cancel, agenda.take_up_again, agenda.done), 1):
        await move(site.actor, event.id, version)
        states.append((await agenda.read(site.actor, event.id)).event.state)
    assert states == [EventState.CANCELLED, EventState.PLANNED, EventState.DONE]
    await agenda.remove(site.actor, event.id)
    with pytest.raises(NotFound):
        await agenda.read(site.actor, event.id)


async def test_what_a_professional_fixed_is_not_called_off_here(site: PatientSite) -> None:
    event = await an_entry(site, organiser="claire@medecin.example")
    with pytest.raises(Conflict):
        await site.services.agenda.cancel(site.actor, event.id, 1)
    gone = await an_entry(site, organiser="claire@medecin.example", state=EventState.CANCELLED)
    with pytest.raises(Conflict):
        await site.services.agenda.take_up_again(site.actor, gone.id, 1)


async def test_documents_to_bring_are_ones_own(site: PatientSite) -> None:
    agenda, mine, louis = site.services.agenda, await site.file(), await site.file(space=site.louis)
    await agenda.add(site.actor, A_NUMBER, replace(DRAFT, documents=(mine.id, louis.id, 99)))
    opened = await agenda.read(site.actor, A_NUMBER)
    assert opened.event.documents == (mine.id,)
    assert [one.id for one in opened.documents] == [mine.id]
    assert [one.id for one in await agenda.documents(site.actor, 5)] == [mine.id]


async def test_agenda_of_somebody_else_is_not_there(site: PatientSite) -> None:
    event, louis = await an_entry(site), person_of(site.louis).actor
    assert await site.services.agenda.between(louis, *MARCH) == []
    with pytest.raises(NotFound):
        await site.services.agenda.read(louis, event.id)


async def test_program_that_was_let_in_for_documents_sees_no_agenda(site: PatientSite) -> None:
    with pytest.raises(AccessRefused):
        await site.services.agenda.between(a_program(site), *MARCH)

"""Secret links to an agenda: shown once, ended at once, silent about entries unless asked."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import AccessRefused, ChangedMeanwhile, Conflict, NotFound
from gateway.domain.space import SpaceState
from gateway.services.access.actors import program_with
from gateway.services.agenda.link_reading import LinkRefusal
from gateway.services.agenda.subscriptions import LIFETIME, MOST
from tests.builders.agenda import an_entry
from tests.builders.patient_site import PatientSite, patient_site
from webmail.references import person_of

EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Pli//Agenda//FR\r\nEND:VCALENDAR\r\n"


async def a_link(site: PatientSite, *, says_all: bool = False) -> str:
    """Make a link by a form that was shown just now."""
    links = site.services.agenda_links
    seen = frozenset(one.name for one in await links.mine(site.actor))
    return await links.make(site.actor, says_all=says_all, seen=seen)


async def followed(site: PatientSite, secret: str) -> bytes:
    """Give what a link leads to; nothing where it leads nowhere."""
    found = await site.services.agenda_reading.calendar(secret, "192.0.2.1")
    return b"" if found is LinkRefusal.UNKNOWN else found if isinstance(found, bytes) else b"too often"


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as opened:
        yield opened


async def test_link_leads_to_times_alone_unless_all_was_asked_for(site: PatientSite) -> None:
    await an_entry(site, title="Oncologie", place="Hôpital")
    plain = await followed(site, await a_link(site))
    assert b"DTSTART:20260309T083000Z" in plain
    assert b"Oncologie" not in plain
    whole = await followed(site, await a_link(site, says_all=True))
    assert b"SUMMARY:Oncologie" in whole
    assert {line.detail for line in await site.trace("agenda.listed")} == {"subscription"}


async def test_link_that_was_ended_or_is_over_or_never_was_leads_nowhere(site: PatientSite) -> None:
    links = site.services.agenda_links
    secret, kept = await a_link(site), await a_link(site)
    names = [one.name for one in await links.mine(site.actor)]
    assert len(names) == 2
    with pytest.raises(NotFound):
        await links.end(person_of(site.louis).actor, names[0])
    for name in names[:1]:
        await links.end(site.actor, name)
    answers = [await followed(site, one) for one in (secret, kept, "guess", "x" * 5000)]
    assert [one for one in answers if one] == [EMPTY]
    site.at.clock.advance(LIFETIME + timedelta(seconds=1))
    assert await followed(site, kept) == b""


async def test_links_of_a_closed_space_lead_nowhere(site: PatientSite) -> None:
    secret = await a_link(site)
    space = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
    await site.at.store.write(lambda tx: tx.spaces.save(replace(space, state=SpaceState.SUSPENDED)))
    assert await followed(site, secret) == b""


async def test_links_are_few(site: PatientSite) -> None:
    for _ in range(MOST):
        await a_link(site)
    with pytest.raises(Conflict):
        await a_link(site)


async def test_form_that_is_sent_again_makes_no_second_link(site: PatientSite) -> None:
    await site.services.agenda_links.make(site.actor, says_all=False, seen=frozenset())
    with pytest.raises(ChangedMeanwhile):
        await site.services.agenda_links.make(site.actor, says_all=False, seen=frozenset())
    assert len(await site.services.agenda_links.mine(site.actor)) == 1


async def test_link_opens_the_agenda_and_no_document(site: PatientSite) -> None:
    document = await site.file()
    await a_link(site, says_all=True)
    (session,) = await site.at.store.read(lambda tx: tx.spaces.sessions_of(site.camille.vault))
    with pytest.raises(AccessRefused):
        await site.documents.read(program_with(session), document.id)


async def test_link_is_followed_so_often_and_strangers_keep_nobody_out(site: PatientSite) -> None:
    secret = await a_link(site)
    answers = [await followed(site, "guess") for _ in range(61)]
    assert (answers[59], answers[60]) == (b"", b"too often")
    answers = [await followed(site, secret) for _ in range(61)]
    assert (answers[59], answers[60]) == (EMPTY, b"too often")
    site.at.clock.advance(timedelta(minutes=1))
    assert await followed(site, secret) == EMPTY

"""Secret links to an agenda: shown once, ended at once, silent about entries unless asked."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import AccessRefused, Conflict, NotFound
from gateway.domain.space import SpaceState
from gateway.services.access.actors import program_with
from gateway.services.agenda.subscriptions import LIFETIME, MOST
from tests.builders.agenda import an_entry
from tests.builders.patient_site import PatientSite, patient_site
from webmail.references import person_of


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as opened:
        yield opened


async def test_link_leads_to_times_alone_unless_all_was_asked_for(site: PatientSite) -> None:
    await an_entry(site, title="Oncologie", place="Hôpital")
    links = site.services.agenda_links
    plain = await links.feed(await links.make(site.actor, says_all=False), "192.0.2.1")
    assert b"DTSTART:20260309T083000Z" in plain
    assert b"Oncologie" not in plain
    whole = await links.feed(await links.make(site.actor, says_all=True), "192.0.2.1")
    assert b"SUMMARY:Oncologie" in whole
    assert {line.detail for line in await site.trace("agenda.listed")} == {"subscription"}


async def test_link_that_was_ended_or_is_over_or_never_was_leads_nowhere(site: PatientSite) -> None:
    links = site.services.agenda_links
    secret, kept = await links.make(site.actor, says_all=False), await links.make(site.actor, says_all=False)
    names = [one.name for one in await links.mine(site.actor)]
    assert len(names) == 2
    with pytest.raises(NotFound):
        await links.end(person_of(site.louis).actor, names[0])
    for name in names[:1]:
        await links.end(site.actor, name)
    followed = []
    for one in (secret, kept, "guess", "x" * 5000):
        try:
            followed.append(bool(await links.feed(one, "192.0.2.1")))
        except NotFound:
            followed.append(False)
    assert sorted(followed) == [False, False, False, True]
    site.at.clock.advance(LIFETIME + timedelta(seconds=1))
    with pytest.raises(NotFound):
        await links.feed(kept, "192.0.2.1")


async def test_links_of_a_closed_space_lead_nowhere(site: PatientSite) -> None:
    links = site.services.agenda_links
    secret = await links.make(site.actor, says_all=False)
    space = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
    await site.at.store.write(lambda tx: tx.spaces.save(replace(space, state=SpaceState.SUSPENDED)))
    with pytest.raises(NotFound):
        await links.feed(secret, "192.0.2.1")


async def test_links_are_few(site: PatientSite) -> None:
    for _ in range(MOST):
        await site.services.agenda_links.make(site.actor, says_all=False)
    with pytest.raises(Conflict):
        await site.services.agenda_links.make(site.actor, says_all=False)


async def test_link_opens_the_agenda_and_no_document(site: PatientSite) -> None:
    document = await site.file()
    await site.services.agenda_links.make(site.actor, says_all=True)
    (session,) = await site.at.store.read(lambda tx: tx.spaces.sessions_of(site.camille.vault))
    with pytest.raises(AccessRefused):
        await site.documents.read(program_with(session), document.id)

"""Somebody who is patient, carer and professional: each sign-in gives what its role has, and nothing of the others."""

from datetime import timedelta

import pytest

from certs.authority import Subject
from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS, DemoPatient
from gateway.demonstration.world import vault_of
from gateway.domain.access import SpacePart
from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.carers import CarerLevel, CarerTerms
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.local_days import local_day
from gateway.domain.mandates import NamedPerson
from gateway.services.access.actors import holder_of
from gateway.services.representation.carers import Carers
from gateway.services.representation.offers import MandateOffers
from tests.builders.console_site import ConsoleBrowser, card_of, console_browser, form_token
from tests.builders.running_world import Site, running_world

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]
CAMILLE, LOUIS = PATIENTS[0], PATIENTS[1]
NURSE = DirectoryEntry(
    address=MailAddress("camille.lefevre", PROFESSIONALS[0].address.domain), kind=MailboxKind.PERSON,
    identifier="810000000110", name="Camille Lefèvre", profession="Infirmière",
)  # fmt: skip


async def space_of(site: Site, patient: DemoPatient) -> Space:
    core = site.running.core
    vault = await vault_of(core, patient.address)
    return await core.store.read(lambda tx: tx.spaces.space(vault))


async def cared_for(site: Site) -> Space:
    """Have Louis invite Camille for his messages alone, who accepts; give his space."""
    core, home, louis = site.running.core, await space_of(site, CAMILLE), await space_of(site, LOUIS)
    traits = home.identity.traits
    assert traits.birth_date is not None
    asked = NamedPerson(birth_name=traits.birth_name, first_name=traits.given_names[0], born=traits.birth_date)
    last_day = local_day(core.clock.now()) + timedelta(days=30)
    terms = CarerTerms(levels={SpacePart.MESSAGES: CarerLevel.READ}, last_day=last_day)
    offer = await Carers(core.store, core.clock).invite(holder_of(louis, "web"), asked, terms)
    await MandateOffers(core.store, core.clock).answer(home.vault, offer.code, accepts=True)
    return louis


async def act_for(browser: Browser, person: Space) -> None:
    form = {"personne": f"{person.vault:x}"}
    await browser.submit(await browser.get("/proches"), "/proches/agir", form)


async def opened_by_card(card: ConsoleBrowser, person: Space) -> tuple[int, str]:
    """Try to open a record by the patient's consent."""
    place = f"/pro/patients/{person.vault:x}/dossier"
    shown = await card.post(place, {"csrf": form_token(await card.get(place)), "par": "accord"})
    return shown.status, shown.text


async def test_carer_who_is_a_nurse_opens_nothing_by_her_card_that_her_mandate_gives() -> None:
    async with running_world() as site, site.browser() as browser:
        await site.running.core.local_mailboxes.add(NURSE)
        louis, hers = await cared_for(site), await space_of(site, CAMILLE)
        await site.sign_in(browser, CAMILLE)
        await act_for(browser, louis)
        banner = await browser.get("/messages")
        assert "Vous agissez pour Louis Bernard" in banner
        async with console_browser(site, card_of(site, Subject(common_name=NURSE.identifier))) as card:
            while not (await card.get(card.card_page)).choices:
                pass  # the directory's file is looked at once a second
            await card.come_in()
            for person in (louis, hers):
                status, text = await opened_by_card(card, person)
                assert status == 403
                assert "n’a pas donné son accord" in text
        # Her mandate goes on as it was, for the part that Louis gave.
        assert "Vous agissez pour Louis Bernard" in await browser.get("/messages")
        events = await site.running.core.store.read(lambda tx: tx.audit.events(louis.vault))
        told = {(event.action, event.role) for event in events if event.person == "Camille Lefèvre"}
        assert {("acting.began", "carer"), ("access.refused", "professional")} <= told

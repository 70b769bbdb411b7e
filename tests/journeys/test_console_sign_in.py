"""Professionals come in to the console by a certificate, and out of it when they leave (A1, A24, F84, E87)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from certs.authority import Subject
from certs.peer import spki_sha256
from gateway.demonstration.invented_people import LABORATORIES, PROFESSIONALS
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind
from tests.builders.console_site import CARD, ConsoleBrowser, card_of, console_browser, form_token
from tests.builders.running_world import Site, running_world

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CLAIRE = PROFESSIONALS[0]
TWO = "two.places", "two.places.again"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with running_world() as running:
        for local in TWO:
            await running.running.core.local_mailboxes.add(_somebody(local, "810000000078"))
        yield running


def _somebody(local: str, number: str) -> DirectoryEntry:
    address = MailAddress(local, CLAIRE.address.domain)
    return DirectoryEntry(address=address, kind=MailboxKind.PERSON, identifier=number, name="Dr Ada Lune", city="Brest")


async def test_card_opens_the_console_and_signing_out_closes_it(site: Site) -> None:
    async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as browser:
        assert (await browser.get("/pro/")).place == "/pro/connexion"
        assert browser.card_page in (await browser.get("/pro/connexion")).text
        shown = await browser.get(browser.card_page)
        assert CLAIRE.name in shown.text
        assert (await browser.come_in()).place == "/pro/"
        first = await browser.get("/pro/")
        assert (first.status, CLAIRE.name in first.text) == (200, True)
        # The cookie of the console opens nothing of the patients'.
        assert (await browser.get("/documents")).place.startswith("/connexion")
        out = await browser.post("/pro/deconnexion", {"csrf": form_token(first)})
        assert (out.place, out.clears) == ("/pro/connexion", '"cache"')
        assert (await browser.get("/pro/")).place == "/pro/connexion"
    core = site.running.core
    found = await core.store.read(lambda tx: tx.spaces.resolve(CLAIRE.address))
    assert found is not None
    events = await core.store.read(lambda tx: tx.audit.events(found[0]))
    ours = [(event.action, event.detail.partition(" 127")[0]) for event in events if event.detail.startswith("pro")]
    assert list(reversed(ours)) == [("sign-in", "pro certificate"), ("sign-out", "pro")]


async def test_browser_that_shows_nothing_or_the_certificate_of_no_person_stays_outside(site: Site) -> None:
    laboratory = LABORATORIES[0]
    for subject in (
        Subject(common_name=laboratory.address.domain, unit=laboratory.identifier),
        Subject(common_name="810000000094"),
        Subject(common_name=f"smtps.{CLAIRE.address.domain}", unit=CLAIRE.identifier),
    ):
        async with console_browser(site, card_of(site, subject)) as browser:
            shown = await browser.get(browser.card_page)
            assert (shown.status, shown.choices) == (403, [])
            assert "n’ouvre aucune boîte aux lettres" in shown.text
            form = {"csrf": browser.visit_token, "exercice": str(CLAIRE.address)}
            assert (await browser.post(browser.card_page, form)).status == 403
    async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as browser:
        shown = await browser.get(browser.card_page, without_card=True)
        assert (shown.status, "n’a montré aucun certificat" in shown.text) == (403, True)
        assert (await browser.get(CARD)).place == "/pro/connexion"


async def test_whoever_has_two_mailboxes_chooses_one_of_their_own(site: Site) -> None:
    async with console_browser(site, card_of(site, Subject(common_name="810000000078"))) as browser:
        await _until_known(browser, 2)
        shown = await browser.get(browser.card_page)
        addresses = [f"{local}@{CLAIRE.address.domain}" for local in TWO]
        assert shown.choices == addresses
        form = {"csrf": form_token(shown), "exercice": str(CLAIRE.address)}
        assert (await browser.post(browser.card_page, form)).status == 403
        assert (await browser.come_in(addresses[1])).place == "/pro/"
        assert addresses[1] in (await browser.get("/pro/")).text


async def test_bound_certificate_opens_its_mailbox_until_it_is_dropped_or_its_holder_leaves(site: Site) -> None:
    core, gone = site.running.core, _somebody("leaver", "810000000086")
    await core.local_mailboxes.add(gone)
    made = card_of(site, Subject(common_name="a.certificate"))
    binding = CertificateBinding(gone.address, spki_sha256(made.certificate), datetime.now(UTC) + timedelta(days=1))
    await core.mailbox_certificates.bind(binding)
    async with console_browser(site, made) as browser:
        await _until_known(browser)
        assert (await browser.come_in()).place == "/pro/"
        assert (await browser.get("/pro/")).status == 200
        known = core.local_mailboxes.find(gone.address, frozenset({MailboxKind.PERSON}))
        await core.mailbox_endings.suspend(known, "a quitté le cabinet")
        while (await browser.get("/pro/")).status == 200:
            pass  # told by a file, which is looked at once a second
        assert (await browser.get(browser.card_page)).status == 403
        again = replace(known, state=core.local_mailboxes.find(gone.address, frozenset({MailboxKind.PERSON})).state)
        await core.mailbox_endings.end_suspension(again, "revenu")
        await _until_known(browser)
        # What was opened before stays closed: it takes a new sign-in.
        assert (await browser.get("/pro/")).place == "/pro/connexion"
        await browser.come_in()
        await core.mailbox_certificates.drop(binding)
        while (await browser.get("/pro/")).status == 200:
            pass
        assert (await browser.get(browser.card_page)).status == 403


async def _until_known(browser: ConsoleBrowser, mailboxes: int = 1) -> None:
    while len((await browser.get(browser.card_page)).choices) < mailboxes:
        pass


async def test_delegate_comes_in_under_the_name_of_both_and_sends_nothing(site: Site) -> None:
    core, made = site.running.core, card_of(site, Subject(common_name="Léa Roux"))
    key = spki_sha256(made.certificate)
    ending = datetime.now(UTC) + timedelta(days=1)
    binding = CertificateBinding(CLAIRE.address, key, ending, "Léa Roux")
    await core.mailbox_certificates.bind(binding)
    async with console_browser(site, made) as browser:
        await _until_known(browser)
        assert "par Léa Roux" in (await browser.get(browser.card_page)).text
        await browser.come_in()
        assert f"Léa Roux, pour {CLAIRE.name}" in (await browser.get("/pro/")).text
        found = await core.store.read(lambda tx: tx.spaces.resolve(CLAIRE.address))
        assert found is not None
        events = await core.store.read(lambda tx: tx.audit.events(found[0]))
        event = next(event for event in events if event.action == "sign-in")
        assert (event.person, event.detail.partition(" 127")[0]) == ("Léa Roux", "pro certificate")
        # The key of a delegate is nobody's who writes mail.
        assert core.directory.binding(key) is None
        await core.mailbox_certificates.drop(binding)
        while (await browser.get("/pro/")).status == 200:
            pass

"""From « Activer mon espace santé » to signed in, and to a refusal with its proof, in a real browser.

By letter, by a code that is asked for, for twins; on a phone, by keyboard, without scripts. Every page is measured in
both themes and looked at by axe: the routes of this folder are compared with those that were walked.
"""

import asyncio
import json
import re
import smtplib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader

from dossier_bridge.synthetic import pdf_page
from gateway.demonstration.invented_people import LABORATORIES, PATIENTS, DemoPatient
from gateway.demonstration.mail import laboratory_message, relay
from gateway.demonstration.world import vault_of
from gateway.demonstration.world_line import described
from gateway.domain.access import Audience
from gateway.domain.account import Space
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.space.activation_codes import ActivationCodes
from tests.browser.keyboard import reach
from tests.browser.page_faults import faults_at_every_size
from tests.builders.depositor import PAYER, Depositor
from tests.builders.running_world import Site, running_world
from tests.builders.store import a_space, terms_of_today
from webmail.activation.feature import FEATURE

pytestmark = pytest.mark.asyncio(loop_scope="session")
HUGO = next(patient for patient in PATIENTS if patient.state is SpaceState.NOTIFIED)
PASSWORD = "Brouette-Violon-Tulipe"


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve the invented world."""
    async with running_world() as running:
        yield running


@dataclass
class Walk:
    """Somebody before a browser, their notices, and the pages they saw."""

    site: Site
    page: Page
    taken: set[Path]
    keyboard: bool = False

    async def goto(self, path: str) -> None:
        """Open a page."""
        await self.page.goto(self.site.web + path)

    async def code(self) -> str:
        """Wait for the next notice with a code, and give it."""
        while not (found := await asyncio.to_thread(self._new)):
            await self.page.wait_for_timeout(50)
        self.taken.update(found)
        return str(json.loads(found[-1].read_text())["code"])

    def _new(self) -> list[Path]:
        new = notices_of(self.site) - self.taken
        return [one for one in new if json.loads(one.read_text()).get("code")]

    async def fill(self, label: str, text: str) -> None:
        """Fill in a field."""
        field = self.page.get_by_label(label, exact=True)
        if not self.keyboard:
            await field.fill(text)
            return
        await reach(self.page, field)
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.type(text)

    async def tick(self, label: str) -> None:
        """Tick a box, or choose one of several."""
        box = self.page.get_by_label(label)
        if not self.keyboard:
            await box.check()
            return
        if await box.get_attribute("type") == "radio":  # Tab goes to the chosen one of them, arrows to the next
            await reach(self.page, self.page.locator("input[type=radio]:checked"))
            await self.page.keyboard.press("ArrowDown")
        else:
            await reach(self.page, box)
            await self.page.keyboard.press("Space")
        await expect(box).to_be_checked()

    async def press(self, name: str, role: Literal["button", "link"] = "button") -> None:
        """Press a button, or follow a link."""
        place = self.page.get_by_role(role, name=name, exact=True)
        if not self.keyboard:
            await place.click()
            return
        await reach(self.page, place)
        await self.page.keyboard.press("Enter")

    async def show_card(self, patient: DemoPatient, born: str = "") -> None:
        """Begin at the first page, and fill in the card."""
        born = born or str(patient.identity.traits.birth_date)
        await self.goto("/connexion")
        await self.press("Activer mon espace santé", role="link")
        await self.fill("Numéro de sécurité sociale", patient.identity.ins.value)
        await self.fill("Date de naissance", "/".join(reversed(born.split("-"))))
        await self.fill("Numéro de série de la carte Vitale", patient.card_serial)
        await self.press("Continuer")
        await self.sees("Saisir mon code provisoire")

    async def sees(self, heading: str | re.Pattern[str]) -> None:
        """Wait for a page."""
        await expect(self.page.get_by_role("heading", name=heading)).to_be_visible()

    async def type_code(self, code: str, button: str = "Continuer") -> None:
        """Type a code."""
        await self.fill("Code", code)
        await self.press(button)

    async def end(self, identifier: str = "galet.brume27") -> None:
        """Go from « J'active » to signed in."""
        await self.press("J'active")
        await self.sees("Les conditions d’utilisation")
        await self.tick("J'accepte les conditions d'utilisation")
        await self.press("Continuer")
        await self.sees("Vérifier mes coordonnées")
        await self.press("Continuer")
        await self.fill("Identifiant", identifier)
        await self.fill("Mot de passe", PASSWORD)
        await self.fill("Le saisir une seconde fois", PASSWORD)
        await self.press("Continuer")
        await self.type_code(await self.code(), "Valider")
        await self.sees(re.compile("^Bonjour"))


def notices_of(site: Site) -> set[Path]:
    """Give the files of all notices."""
    return set(site.world.settings.path(site.world.settings.paths.notices).glob("*.json"))


@asynccontextmanager
async def walking(chromium: Browser, site: Site, *, keyboard: bool = False, **profile: Any) -> AsyncIterator[Walk]:
    """Open a browser of nobody yet, used with a mouse or with a keyboard alone."""
    context = await chromium.new_context(ignore_https_errors=True, locale="fr-FR", **profile)
    context.set_default_timeout(10_000)
    try:
        yield Walk(site, await context.new_page(), notices_of(site), keyboard)
    finally:
        await context.close()


PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 720}, "is_mobile": True, "has_touch": True}
WAYS = pytest.mark.parametrize(
    "profile", [{"keyboard": True}, PHONE | {"java_script_enabled": False}], ids=["keyboard", "phone-no-scripts"]
)


async def _takes_mail(site: Site, patient: DemoPatient) -> bool:
    """Have a laboratory write over SMTP, and say whether the address is taken (F63)."""
    sender = site.world.senders[str(LABORATORIES[0].address)]
    raw = laboratory_message(sender.address, patient.address, patient.identity, 1, datetime.now(UTC))
    try:
        await asyncio.to_thread(relay, site.post.relay, site.authority, sender, [patient.address], raw)
    except smtplib.SMTPRecipientsRefused as refused:
        return [answer[0] for answer in refused.recipients.values()] != [550]
    return True


async def _insurance_gives_its_piece(site: Site, patient: DemoPatient) -> None:
    """Deposit the one piece that is there at activation (F53); nobody is told of it."""
    payer = Depositor.of(site.running.deposit_port or 0, site.authority, site.world.senders[PAYER])
    before, data = notices_of(site), pdf_page(["Attestation de droits"])
    for status in (201, 200):
        answer = await asyncio.to_thread(payer.post, patient.address, data, title="Attestation de droits")
        assert answer.status == status
    vault = await vault_of(site.running.core, patient.address)
    documents = await site.running.core.store.read(lambda tx: tx.documents.all_of(vault, Audience.PATIENT))
    assert [one.entry.title for one in documents] == ["Attestation de droits"]
    assert notices_of(site) == before


async def _state(site: Site, patient: DemoPatient) -> SpaceState | None:
    vault = await vault_of(site.running.core, patient.address)
    return await site.running.core.store.read(lambda tx: tx.spaces.state(vault))


@pytest.mark.timeout(60)
@WAYS
async def test_letter_leads_to_a_space_that_is_signed_in(
    chromium: Browser, site: Site, profile: dict[str, Any]
) -> None:
    async with walking(chromium, site, **profile) as walk:
        assert not await _takes_mail(site, HUGO)
        await _insurance_gives_its_piece(site, HUGO)
        await walk.show_card(HUGO)
        patients = described(site.world, defaultdict(int), [])["patients"]  # the line that the demonstration prints
        (code,) = [one["provisional_code"] for one in patients if "provisional_code" in one]
        await walk.type_code(code)
        await walk.end()
        assert await _state(site, HUGO) is SpaceState.ACTIVE
        await walk.goto("/documents")
        piece = walk.page.locator("[data-document-id]")
        await expect(piece).to_have_count(1)
        await expect(piece).to_contain_text("Assurance santé de l’Ouest")
        await piece.click()
        await walk.sees("Attestation de droits")
        sender = walk.page.locator("dt", has_text="Envoyé par").locator("+ dd")
        await expect(sender).to_have_text("Assurance santé de l’Ouest")
        assert await _takes_mail(site, HUGO)


@pytest.mark.timeout(60)
@WAYS
async def test_code_that_is_asked_for_leads_to_a_space(chromium: Browser, site: Site, profile: dict[str, Any]) -> None:
    async with walking(chromium, site, **profile) as walk:
        await walk.show_card(HUGO)
        await walk.tick("Par SMS")
        await walk.press("Générer un code provisoire")
        await expect(walk.page.get_by_text("Un code part vers")).to_contain_text(HUGO.phone[-2:])
        await walk.type_code(await walk.code())
        await walk.sees("L’espace santé de Hugo Petit")
        await walk.end()
        assert await _state(site, HUGO) is SpaceState.ACTIVE


@pytest.mark.timeout(60)
@WAYS
async def test_refusal_leaves_a_proof_and_can_be_taken_back(
    chromium: Browser, site: Site, profile: dict[str, Any]
) -> None:
    async with walking(chromium, site, **profile) as walk:
        page = walk.page
        await walk.show_card(HUGO)
        await walk.type_code(site.world.provisional_codes[HUGO.address])
        both = [await page.get_by_role("button", name=name).bounding_box() for name in ("J'active", "Je m'oppose")]
        assert both[0]
        assert both[1]
        assert (both[0]["width"], both[0]["height"]) == (both[1]["width"], both[1]["height"])
        await walk.press("Je m'oppose")
        assert await _state(site, HUGO) is SpaceState.NOTIFIED
        await walk.press("Je m'oppose")
        await expect(page.get_by_role("heading", name="Votre opposition est enregistrée")).to_be_visible()
        assert await _state(site, HUGO) is SpaceState.OPPOSED
        answer = await page.context.request.get(site.web + "/activation/preuve")
        assert answer.headers["content-type"] == "application/pdf"
        text = PdfReader(BytesIO(await answer.body())).pages[0].extract_text()
        assert "Preuve d’opposition" in text
        assert "Hugo Petit" in text
        await walk.show_card(HUGO)
        await walk.press("Générer un code provisoire")
        await walk.type_code(await walk.code())
        assert await page.get_by_role("button", name="Je m'oppose").count() == 0
        await walk.end()
        assert await _state(site, HUGO) is SpaceState.ACTIVE


@pytest.mark.timeout(60)
@WAYS
async def test_twins_are_chosen_by_first_name(chromium: Browser, site: Site, profile: dict[str, Any]) -> None:
    store, code = site.running.core.store, ""
    for name in ("LÉA", "TOM"):
        child = await a_space(store, SpaceState.NOTIFIED, given_names=(name,), birth_name="PETIT")
        kept = replace(child, guardians=(HUGO.identity.ins.value,), card_serials=(HUGO.card_serial,))
        code = await store.write(lambda tx, kept=kept, code=code: _give(tx, site, kept, code))  # type: ignore[misc]
    born = str(kept.identity.traits.birth_date)
    async with walking(chromium, site, **profile) as walk:
        await walk.show_card(HUGO, born=born)
        await walk.type_code(code)
        await walk.sees("Pour quelle personne")
        names = await walk.page.locator("form button[name=personne]").all_inner_texts()
        assert [name.strip() for name in names] == ["Léa", "Tom"]
        await walk.press("Tom")
        await expect(walk.page.get_by_role("heading", name="L’espace santé de Tom Petit")).to_be_visible()
        await walk.end("tom.galet52")
        assert "Tom" in await walk.page.get_by_role("heading", level=1).inner_text()


def _give(tx: Tx, site: Site, space: Space, code: str) -> str:
    """Keep a child's space, and give it the code of the letter that names both."""
    tx.spaces.save(space)
    now = site.running.core.clock.now()
    return ActivationCodes(site.running.core.store).issue(tx, space, now, typed=code)


@pytest.mark.timeout(60)
async def test_whoever_has_no_contact_adds_one_before_going_on(chromium: Browser, site: Site) -> None:
    vault, store = await vault_of(site.running.core, HUGO.address), site.running.core.store
    await store.write(lambda tx: tx.spaces.save(replace(tx.spaces.space(vault), email="", phone="")))
    async with walking(chromium, site, **PHONE, java_script_enabled=False) as walk:
        await walk.show_card(HUGO)
        await walk.type_code(site.world.provisional_codes[HUGO.address])
        await walk.press("J'active")
        await walk.tick("J'accepte les conditions d'utilisation")
        await walk.press("Continuer")
        await walk.sees("Ajouter un téléphone")
        assert await walk.page.get_by_role("button", name="Continuer").count() == 0
        await walk.fill("Nouveau téléphone mobile", "06 12 34 56 78")
        await walk.page.get_by_role("button", name="Recevoir un code de vérification").last.click()
        await walk.type_code(await walk.code(), "Valider")
        await walk.sees("Changer mon téléphone")
        await walk.press("Continuer")
        await expect(walk.page.get_by_label("Identifiant", exact=True)).to_be_visible()


async def test_nothing_tells_whether_somebody_is_there(chromium: Browser, site: Site) -> None:
    pages = []
    for serial in (HUGO.card_serial, "80259999999"):
        async with walking(chromium, site) as walk:
            await walk.show_card(replace(HUGO, card_serial=serial))
            await walk.press("Générer un code provisoire")
            await walk.type_code("AAAAAAAA")
            text = await walk.page.locator("main").inner_text()
            # Of nobody, one way or both are shown, as of anybody.
            pages.append([line for line in text.splitlines() if line and "••" not in line and "Par " not in line])
    assert pages[0] == pages[1]


@pytest.mark.timeout(90)
async def test_forms_in_another_order_and_twice_find_a_clear_page(chromium: Browser, site: Site) -> None:
    async with walking(chromium, site) as walk:
        page = walk.page
        for path in ("code", "personne", "choix", "opposition", "preuve", "conditions", "coordonnees", "identifiant",
                     "dernier-code"):  # fmt: skip
            await walk.goto(f"/activation/{path}")
            await expect(page.get_by_text("Cette démarche a pris fin.")).to_be_visible()
        await walk.show_card(HUGO)
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        await page.get_by_label("Code", exact=True).fill(site.world.provisional_codes[HUGO.address])
        await page.wait_for_load_state()  # the script that stops a second press is deferred
        form = page.locator("form[action='/activation/code']")
        await form.evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")
        await expect(page.get_by_role("button", name="J'active")).to_be_visible()
        assert len(sent) == 1
        for path in ("coordonnees", "identifiant", "dernier-code"):
            await walk.goto(f"/activation/{path}")
            await expect(page.get_by_role("heading", name="Les conditions d’utilisation")).to_be_visible()
        other = await page.context.new_page()
        await other.goto(site.web + "/activation/choix")
        await other.get_by_role("button", name="Je m'oppose").click()
        await walk.goto("/activation/choix")
        await walk.end()
        await other.get_by_role("button", name="Je m'oppose").click()
        await expect(other.get_by_text("Demande refusée")).to_be_visible()
        await other.goto(site.web + "/activation/choix")
        await expect(other.get_by_text("Cette démarche a pris fin.")).to_be_visible()
        assert await _state(site, HUGO) is SpaceState.ACTIVE


@pytest.mark.timeout(120)
async def test_axe_finds_nothing_on_any_page_of_activation(chromium: Browser, site: Site) -> None:
    seen: set[str] = set()
    async with walking(chromium, site, **PHONE) as walk:
        page = walk.page

        async def look(path: str) -> None:
            await expect(page.locator("h1")).to_have_count(1)
            assert await faults_at_every_size(page) == [], path
            seen.add(path)

        await walk.goto("/activation")
        await look("/activation")
        for label in ("Numéro de sécurité sociale", "Date de naissance", "Numéro de série de la carte Vitale"):
            await walk.fill(label, "1")
        await walk.press("Continuer")
        await expect(page.get_by_text("3\u00a0informations sont à corriger")).to_be_visible()
        await look("/activation")
        await walk.show_card(HUGO)
        await walk.press("Générer un code provisoire")
        await look("/activation/code")
        await walk.type_code(await walk.code())
        await look("/activation/choix")
        await walk.goto("/activation/opposition")
        await look("/activation/opposition")
        await walk.goto("/activation/conditions")
        await look("/activation/conditions")
        await walk.press("Continuer")
        await look("/activation/conditions")
        await page.get_by_label("J'accepte les conditions d'utilisation").check()
        await walk.press("Continuer")
        await look("/activation/coordonnees")
        await page.get_by_label("Nouvelle adresse électronique").fill("neuf@courriel.example")
        await page.get_by_role("button", name="Recevoir un code de vérification").first.click()
        await look("/activation/coordonnees")
        await walk.type_code(await walk.code(), "Valider")
        await expect(page.get_by_text("neuf@courriel.example")).to_be_visible()
        await walk.press("Continuer")
        await page.get_by_label("Identifiant", exact=True).fill("hugo")
        await page.get_by_label("Mot de passe", exact=True).fill("motdepasse2026")
        await page.get_by_label("Le saisir une seconde fois").fill("motdepasse2026")
        await walk.press("Continuer")
        await look("/activation/identifiant")
        await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        await page.get_by_label("Le saisir une seconde fois").fill(PASSWORD)
        await walk.press("Continuer")
        await look("/activation/dernier-code")
        await walk.goto("/activation/fin")
        await look("/activation/fin")
        await walk.goto("/conditions")
        await look("/conditions")
        await walk.goto(f"/conditions/{terms_of_today()}")
        await look("/conditions/{version}")
        known = {route.path for table in FEATURE.routes for route in table if isinstance(route, web.RouteDef)
                 and route.method == "GET"}  # fmt: skip
        of_provider = {path for path in known if path.startswith("/activation/franceconnect")}
        assert known - seen == {"/activation/personne", "/activation/preuve"} | of_provider

"""The console of professionals over a real store and the invented world: a browser with a certificate."""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from certs.authority import Authority, Issued, Subject
from gateway.config_access import AccessSection
from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import PATIENTS, DemoPatient
from gateway.demonstration.opening import open_exchanges
from gateway.domain.directory import DirectoryEntry
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from tests.builders.running_world import Site, running_world
from tests.builders.store import ram_folder
from tests.builders.web_world import FixedClock
from webmail.cookie_secrets import form_token_of
from webmail.csrf import VISIT_COOKIE
from webmail.sessions import MemorySessions
from webmail.settings import WebSettings
from webpro.app import make_console

CARD = "/pro/connexion/carte"
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_LISTED = re.compile(r'data-patient="([0-9a-f]+)"')
_CHOICE = re.compile(r'name="exercice" value="([^"]+)"')


@dataclass(frozen=True)
class ShownPage:
    """What came back."""

    status: int
    place: str
    text: str
    refresh: str = ""
    clears: str = ""

    @property
    def choices(self) -> list[str]:
        """Give as whom one may come in."""
        return _CHOICE.findall(self.text)


class ConsoleBrowser:
    """A browser of a professional, or an agent: its cookies, and the certificate that it shows at a `door`."""

    def __init__(self, site: Site, card: ssl.SSLContext, door: str = CARD) -> None:
        self._site = site
        self._card = card
        self._door = door
        self._plain = ssl.create_default_context(cafile=str(site.authority))
        self._client = aiohttp.ClientSession()

    async def close(self) -> None:
        """Forget everything."""
        await self._client.close()

    @property
    def card_page(self) -> str:
        """Give the address at which a certificate is shown."""
        return f"https://localhost:{self._site.running.card_port}{self._door}"

    @property
    def visit_token(self) -> str:
        """Give the token that a form of a visit bears, where the page has none to show."""
        visit = next(cookie.value for cookie in self._client.cookie_jar if cookie.key == VISIT_COOKIE)
        return form_token_of(visit)

    async def get(self, path: str, *, without_card: bool = False) -> ShownPage:
        """Ask for a page of the console, or for an address."""
        return await self._ask("GET", path, None, without_card=without_card)

    async def post(self, path: str, form: dict[str, str], *, site: str = "") -> ShownPage:
        """Send a form; `site` is what the browser says of the page that sends it."""
        return await self._ask("POST", path, form, site=site)

    async def send_file(
        self, path: str, form: dict[str, str], name: str, data: bytes, *, site: str = ""
    ) -> ShownPage:
        """Send a form with a file; the fields come first, as in a page."""
        body = aiohttp.FormData(form)
        body.add_field("fichier", data, filename=name, content_type="application/octet-stream")
        return await self._ask("POST", path, body, site=site)

    async def come_in(self, choice: str = "") -> ShownPage:
        """Show the certificate and come in, as the only one that it stands for, or as whom is chosen."""
        shown = await self.get(self.card_page)
        form = {"csrf": form_token(shown), "exercice": choice or next(iter(shown.choices), "")}
        return await self.post(self.card_page, form)

    async def _ask(
        self, method: str, path: str, form: dict[str, str] | aiohttp.FormData | None, *,
        without_card: bool = False, site: str = "",
    ) -> ShownPage:  # fmt: skip
        place = path if path.startswith("https://") else self._site.web + path
        tls = self._card if place.startswith(self.card_page) and not without_card else self._plain
        headers = {"Sec-Fetch-Site": site} if site else {}
        asked = self._client.request(method, place, data=form, headers=headers, ssl=tls, allow_redirects=False)
        async with asked as answer:
            refresh, clears = (answer.headers.get(name, "") for name in ("Refresh", "Clear-Site-Data"))
            where = answer.headers.get("Location", "").removeprefix(self._site.web)
            text = (await answer.read()).decode("utf-8", "replace")
            return ShownPage(answer.status, where, text, refresh, clears)


def console_app() -> web.Application:
    """Make the console without services, to look at its routes, as they are below its prefix."""
    outer = web.Application()
    settings = WebSettings(origin="https://pli.example")
    outer.add_subapp("/pro/", make_console(lambda _: None, MemorySessions(), FixedClock(), settings))
    return outer


def form_token(shown: ShownPage) -> str:
    """Give the token of the forms of a page."""
    found = _CSRF.search(shown.text)
    assert found, shown.text
    return found[1]


async def first_patient(browser: "ConsoleBrowser") -> str:
    """Give the reference of the patient who is listed first."""
    while not (found := _LISTED.findall((await browser.get("/pro/")).text)):
        pass  # the answer is on its way to the mailbox
    return str(found[0])


def card_of(site: Site, subject: Subject) -> Issued:
    """Issue a certificate in the authority of the world."""
    return Authority.load(site.authority.parent).issue_client(subject, datetime.now(UTC))


@asynccontextmanager
async def written_world(access: AccessSection | None = None) -> AsyncIterator[Site]:
    """Serve a world in which Camille has answered her doctor, and another doctor has ended his exchange with Louis."""
    async with running_world(access=access) as running:
        await open_exchanges(running.world, running.post)
        async with running.browser() as browser:
            await running.sign_in(browser, PATIENTS[0])
            found = re.search(r'href="(/messages/[0-9a-f]+)"', await browser.get("/messages"))
            assert found
            await browser.submit(await browser.get(found[1]), f"{found[1]}/reponse", {"texte": "Merci."})
        yield running


async def note_weights(site: Site, patient: DemoPatient, *weights: tuple[str, str]) -> None:
    """Have a patient note their weight, each as a day and kilogrammes."""
    form = "/profil/mesures/poids/ajouter"
    async with site.browser() as browser:
        await site.sign_in(browser, patient)
        for day, weight in weights:
            page = await browser.get(form)
            entry = re.search(r'name="entree" value="([^"]+)"', page)
            assert entry is not None
            typed = {"entree": entry[1], "valeur": weight, "unite": "kg", "jour": day, "heure": ""}
            await browser.submit(page, form, typed)


async def access_code_of(browser: Browser, place: str = "/parametres/codes-acces") -> str:
    """Have a patient who is signed in make an access code for an hour; give its digits."""
    page = await browser.submit(await browser.get(place), place, {"valable": "heure", "pour": "jour"})
    digits = re.search(r'class="access-code">([\d\xa0]|&nbsp;)+<', page)
    assert digits is not None
    return re.sub(r"\D", "", digits[0].replace("&nbsp;", ""))


async def authorised(site: Site, record: str, *doctors: DirectoryEntry, keeps_profile: bool = False) -> None:
    """Have the patient of a page of a record at the console authorise these doctors, and choose nothing else.

    The first of them may keep the profile too.
    """
    now = datetime.now(UTC)
    parties = tuple(
        PartyChoice(
            number=number, names=frozenset({f"rpps:{doctor.identifier}"}), label=doctor.name,
            standing=PartyStanding.ALLOWED, since=now, administers=now if keeps_profile and number == 1 else None,
        )
        for number, doctor in enumerate(doctors, 1)
    )  # fmt: skip
    vault = VaultId(int(record.partition("/patients/")[2].partition("/")[0], 16))
    await site.running.core.store.write(lambda tx: tx.patient_choices.put(vault, PatientChoices(parties=parties)))


@asynccontextmanager
async def console_browser(site: Site, made: Issued, door: str = CARD) -> AsyncIterator[ConsoleBrowser]:
    """Give a browser that holds a certificate."""
    with ram_folder() as folder:
        certificate, key = folder / "card.pem", folder / "card.key"
        made.save(certificate, key)
        context = ssl.create_default_context(cafile=str(site.authority))
        context.load_cert_chain(certificate, key)
    browser = ConsoleBrowser(site, context, door)
    try:
        yield browser
    finally:
        await browser.close()



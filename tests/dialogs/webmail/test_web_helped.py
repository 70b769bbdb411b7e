"""Somebody is helped at a desk (F23): the sheet to follow, and an activation that opens nothing on that machine."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import ClientSession, DummyCookieJar
from aiohttp.test_utils import TestServer

from gateway.domain.activation import CodeOnItsWay
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.ports.store import Tx
from gateway.services.space.activation_attempts import CHOSEN, ActivationAttempts
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.patient_space import PatientSpace, everywhere
from tests.builders.store import a_space, ram_folder, terms_of_today
from tests.builders.web_client import ORIGIN, Browser
from webmail.activation.steps import COOKIE
from webmail.app import make_app
from webmail.sessions import SESSION_COOKIE, MemorySessions
from webmail.settings import WebSettings

LAST = "/activation/dernier-code"


@pytest.fixture
async def site() -> AsyncIterator[PatientSite]:
    """A store with its services."""
    with ram_folder() as folder:
        async with patient_site(folder) as opened:
            yield opened


async def _code(site: PatientSite) -> str:
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    told = [step.payload for step in steps if isinstance(step.payload, TellHolder) and "code" in step.payload.values]
    assert len(told) == 1
    return told[0].values["code"]


async def test_activation_with_a_helper_opens_nothing_on_their_machine(site: PatientSite) -> None:
    store, now = site.at.store, site.at.clock.now()
    space = await a_space(store, SpaceState.NOTIFIED)

    def begin(tx: Tx) -> None:
        tx.spaces.save(replace(space, terms=""))
        ActivationAttempts(store.digest).begin(tx, CHOSEN, "attempt", [space.vault], now)

    await store.write(begin)
    end = site.services.activation_end
    assert await end.accept_terms("attempt", terms_of_today()) is None
    assert isinstance(await end.choose_identifier("attempt", "galet.brume27", "Brouette-Violon-Tulipe"), CodeOnItsWay)
    sessions = MemorySessions()
    app = make_app(everywhere(PatientSpace(site.services)), sessions, site.at.clock, WebSettings(origin=ORIGIN))
    async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as session:
        desk = Browser(session, str(server.make_url("/"))[:-1], sessions)
        desk.cookies[COOKIE] = "attempt"
        assert 'href="/aide/accompagner"' in (await desk.get("/activation")).text
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', (await desk.get(LAST)).text))
        typed = form | {"code": await _code(site), "aide": "1"}
        wrong = await desk.post(LAST, typed | {"code": "000000"})
        assert (wrong.status, 'value="1" checked' in wrong.text) == (422, True)
        done = await desk.post(LAST, typed)
        assert (done.status, done.location) == (303, "/activation/fin")
        assert not desk.cookies.get(SESSION_COOKIE)
        assert "Il n’a pas été ouvert ici" in (await desk.get(done.location)).text
        assert (await desk.get("/documents")).status == 303
    assert await store.read(lambda tx: tx.spaces.state(space.vault)) is SpaceState.ACTIVE
    events = [event.action for event in await store.read(lambda tx: tx.audit.events(space.vault))]
    assert ("activation.helped" in events, "sign-in" in events) == (True, False)


async def test_sheet_is_for_everybody_and_names_the_address_to_type(browser: Browser) -> None:
    browser.cookies.clear()
    for page in ("/aide", "/plan"):
        assert 'href="/aide/accompagner"' in (await browser.get(page)).text
    sheet = (await browser.get("/aide/accompagner")).text
    assert "/activation</strong>" in sheet
    assert "Quelqu’un m’aide" in sheet

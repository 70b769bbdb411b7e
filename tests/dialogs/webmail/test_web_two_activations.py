"""Two tabs of one browser, each at somebody else's activation: no form does to one what was meant for another."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer

from gateway.domain.account import Space
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.space.activation_attempts import CHOSEN, ActivationAttempts
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.patient_space import PatientSpace, everywhere
from tests.builders.store import a_space, ram_folder
from tests.builders.web_client import ORIGIN, Answer, Browser
from webmail.activation import choice_routes, end_routes, entry_routes
from webmail.activation.steps import COOKIE
from webmail.app import make_app
from webmail.sessions import MemorySessions
from webmail.settings import WebSettings

TEMPLATES = Path(entry_routes.__file__).parent / "templates"
REFUSAL = "/activation/opposition"


@dataclass
class Tabs:
    """One browser, and whose activation each of its tabs has begun; the one that began last has the cookie."""

    browser: Browser
    site: PatientSite
    tom: Space
    lea: Space

    def begun(self, space: Space) -> None:
        """Begin an attempt last."""
        self.browser.cookies[COOKIE] = f"token-of-{space.vault}"

    async def form(self) -> dict[str, str]:
        """Show the page that asks once more before a refusal, and give what its form bears."""
        text = (await self.browser.get(REFUSAL)).text
        return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', text))

    async def state(self, space: Space) -> SpaceState | None:
        """Read the state of a space."""
        return await self.site.at.store.read(lambda tx: tx.spaces.state(space.vault))

    async def send(self, form: dict[str, str]) -> Answer:
        """Send the form."""
        return await self.browser.post(REFUSAL, form)


@pytest.fixture
async def tabs() -> AsyncIterator[Tabs]:
    """Tom and Léa are both at their choice."""
    with ram_folder() as folder:
        async with patient_site(folder) as site, _tabs_at(site) as opened:
            yield opened


@asynccontextmanager
async def _tabs_at(site: PatientSite) -> AsyncIterator[Tabs]:
    store, clock, people = site.at.store, site.at.clock, []
    for _ in range(2):
        space = await a_space(store, SpaceState.NOTIFIED)
        await store.write(partial(_begin, ActivationAttempts(store.digest), space, clock.now()))
        people.append(space)
    app = make_app(everywhere(PatientSpace(site.services)), MemorySessions(), clock, WebSettings(origin=ORIGIN))
    async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield Tabs(Browser(session, str(server.make_url("/"))[:-1], MemorySessions()), site, *people)


def _begin(attempts: ActivationAttempts, space: Space, now: datetime, tx: Tx) -> None:
    attempts.begin(tx, CHOSEN, f"token-of-{space.vault}", [space.vault], now)


async def test_form_of_an_earlier_tab_does_nothing_to_the_person_of_a_later_one(tabs: Tabs) -> None:
    tabs.begun(tabs.tom)
    form = await tabs.form()
    tabs.begun(tabs.lea)
    answer = await tabs.send(form)
    assert answer.status == 409
    assert "Une autre démarche est en cours" in answer.text
    assert [await tabs.state(space) for space in (tabs.tom, tabs.lea)] == [SpaceState.NOTIFIED] * 2
    tabs.begun(tabs.tom)
    assert (await tabs.send(form)).status == 303
    assert [await tabs.state(space) for space in (tabs.tom, tabs.lea)] == [SpaceState.OPPOSED, SpaceState.NOTIFIED]


async def test_form_of_an_attempt_that_another_tab_has_ended_says_so(tabs: Tabs) -> None:
    tabs.begun(tabs.tom)
    form = await tabs.form()
    del tabs.browser.cookies[COOKIE]
    assert (await tabs.send(form)).location == "/activation?fin=1"


def test_every_form_after_the_card_bears_its_attempt_and_every_route_looks_at_it() -> None:
    for file in sorted(TEMPLATES.glob("*.html")):
        text = file.read_text(encoding="utf-8")
        count = 0 if file.name == "activation_card.html" else text.count('name="csrf"')
        assert text.count('name="demarche" value="{{ attempt }}"') == count, file.name
    routes = [*choice_routes.routes, *end_routes.routes, *entry_routes.routes]
    posts = [route for route in routes if isinstance(route, web.RouteDef) and route.method == "POST"]
    assert {route.path for route in posts if not hasattr(route.handler, "__wrapped__")} == {"/activation"}
    assert len(posts) > 10

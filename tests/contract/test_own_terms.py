"""The terms of use are asked again when they change, before every page; nothing typed or owned waits for it (E91)."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, FormData
from aiohttp.test_utils import TestServer

from gateway.domain.space import SpaceState
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PDF, PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.store import move_space
from tests.builders.web_client import ORIGIN, Answer, Browser
from webmail.app import make_app
from webmail.sessions import READING_COOKIE, SESSION_COOKIE, MemorySessions, Sessions
from webmail.settings import WebSettings

OLD, NEW, PATH = "2026-01-01", "2026-03-03", "/nouvelles-conditions"
TICKED = {"accepte": "1", "version": NEW}


@dataclass(frozen=True)
class AskedSite:
    """Camille, signed in since before the terms changed, and a conversation of hers."""

    site: PatientSite
    browser: Browser
    letter: str

    async def post(self, path: str, **fields: str) -> Answer:
        """Send a form of the page that asks."""
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', (await self.browser.get("/parametres/conditions")).text)
        assert token is not None
        return await self.browser.post(path, {"csrf": token[1]} | fields)

    async def change(self) -> None:
        """Let the day come on which other terms are in force."""
        self.site.at.clock.advance(datetime(2026, 3, 3, tzinfo=UTC) - self.site.at.clock.now())
        settings = WebSettings(origin=ORIGIN)
        sessions = Sessions(self.site.stored_sessions, self.site.at.clock, settings)
        self.browser.cookies[SESSION_COOKIE] = await sessions.open(self.site.person)

    async def accepted(self) -> tuple[str, datetime | None, int]:
        """Give what is kept: version, instant, lines in the trace."""
        space = await self.site.at.store.read(lambda tx: tx.spaces.space(self.site.camille.vault))
        return space.terms, space.terms_at, len(await self.site.trace("terms.accepted"))


@pytest.fixture
async def asked(ram: Path, tmp_path: Path) -> AsyncIterator[AskedSite]:
    (tmp_path / f"{OLD}.txt").write_text("# Avant\nUn.", encoding="utf-8")
    (tmp_path / f"{NEW}.txt").write_text("> Les <dix> ans deviennent vingt.\n# Après\nDeux.", encoding="utf-8")
    async with patient_site(ram, terms_folder=tmp_path) as site:
        space = replace(site.camille, terms=OLD, terms_at=site.at.clock.now())
        await site.at.store.write(lambda tx: tx.spaces.save(space))
        letter = await site.receive(a_letter(CLAIRE, html="<p>Bonjour</p>", files=(("a.pdf", PDF),)))
        settings = WebSettings(origin=ORIGIN)
        app = make_app(everywhere(site.pages), site.stored_sessions, site.at.clock, settings)
        async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as client:
            token = await Sessions(site.stored_sessions, site.at.clock, settings).open(site.person)
            browser = Browser(client, str(server.make_url("/"))[:-1], MemorySessions(), {SESSION_COOKIE: token})
            yield AskedSite(site, browser, f"{letter:x}")


async def test_nobody_is_asked_for_terms_that_they_accepted(asked: AskedSite) -> None:
    assert (await asked.browser.get("/messages")).status == 200
    assert (await asked.browser.get(f"{PATH}?suite=/messages")).location == "/messages"
    assert "Relire ce que j’ai accepté" in (await asked.browser.get("/parametres/conditions")).text


@pytest.mark.parametrize("path", ["/", "/messages", "/messages/nouveau", "/documents", "/parametres", "/nulle-part"])
async def test_every_page_asks_first_when_they_changed(asked: AskedSite, path: str) -> None:
    await asked.change()
    answer = await asked.browser.get(path)
    assert (answer.status, answer.location.partition("?")[0]) == (303, PATH)
    page = await asked.browser.get(answer.location)
    assert "Les &lt;dix&gt; ans deviennent vingt." in page.text
    assert "J'accepte les conditions d'utilisation" in page.text
    assert 'action="/deconnexion"' in page.text
    assert 'href="/parametres"' not in page.text


async def test_whoever_accepts_goes_on_to_the_page_they_wanted(asked: AskedSite) -> None:
    await asked.change()
    answer = await asked.post(f"{PATH}?suite=/messages/{asked.letter}", **TICKED)
    assert answer.location == f"/messages/{asked.letter}"
    assert (await asked.browser.get(answer.location)).status == 200
    assert await asked.accepted() == (NEW, asked.site.at.clock.now(), 1)
    assert f'href="/conditions/{NEW}"' in (await asked.browser.get("/parametres/conditions")).text


async def test_accepted_twice_from_two_windows_the_first_counts(asked: AskedSite) -> None:
    await asked.change()
    await asked.post(PATH, **TICKED)
    first = await asked.accepted()
    asked.site.at.clock.advance(timedelta(minutes=1))
    assert (await asked.post(PATH, **TICKED)).status == 303
    assert await asked.accepted() == first


@pytest.mark.parametrize("fields", [{"version": NEW}, {"accepte": "1"}, {"accepte": "1", "version": OLD}])
async def test_box_and_version_of_today_are_needed(asked: AskedSite, fields: dict[str, str]) -> None:
    await asked.change()
    assert (await asked.post(PATH, **fields)).status == 422
    assert (await asked.accepted())[::2] == (OLD, 0)


async def test_suite_never_leaves_the_site(asked: AskedSite) -> None:
    await asked.change()
    assert (await asked.post(f"{PATH}?suite=//elsewhere.example/x", **TICKED)).location == "/"


async def test_form_on_its_way_when_they_changed_is_done(asked: AskedSite) -> None:
    await asked.change()
    form = FormData({"csrf": await asked.browser.token("/parametres/conditions")}, default_to_multipart=True)
    form.add_fields(("texte", "Merci."), ("envoi", "une-fois"))
    answer = await asked.browser.post(f"/messages/{asked.letter}/reponse", form)
    assert (answer.status, len(await asked.site.trace("message.sent"))) == (303, 1)
    assert (await asked.browser.get(answer.location)).location == f"{PATH}?suite=%2Fmessages%2F{asked.letter}"


async def test_open_page_is_read_on(asked: AskedSite) -> None:
    await asked.change()
    assert (await asked.browser.get("/messages", Pli_Live="1")).status == 200
    assert (await asked.browser.get("/messages", Sec_Fetch_Dest="iframe")).status == 200
    assert (await asked.browser.get("/messages", Sec_Fetch_Dest="document")).status == 303


async def test_what_one_has_is_read_without_accepting_but_nothing_is_written(asked: AskedSite) -> None:
    await asked.change()
    assert (await asked.post(f"{PATH}/lecture?suite=/documents")).location == "/documents"
    for path in ("/", "/documents", "/messages", f"/messages/{asked.letter}/pieces/2"):
        assert (await asked.browser.get(path)).status == 200
    page = (await asked.browser.get(f"/messages/{asked.letter}")).text
    assert "Lecture seule." in page
    assert "Pour répondre, acceptez d’abord" in page
    assert "<textarea" not in page
    assert (await asked.browser.get("/messages/nouveau")).location.startswith(PATH)
    assert (await asked.accepted())[0] == OLD


async def test_they_are_asked_again_at_the_next_sign_in(asked: AskedSite) -> None:
    await asked.change()
    await asked.post(f"{PATH}/lecture")
    await asked.post("/deconnexion")
    assert READING_COOKIE not in asked.browser.cookies


@pytest.mark.parametrize("path", ["/parametres/fermer", "/parametres/effacer"])
async def test_whoever_refuses_may_leave(asked: AskedSite, path: str) -> None:
    await asked.change()
    assert (await asked.browser.get(path)).status == 200
    assert (await asked.post(path)).status == 200
    state = await asked.site.at.store.read(lambda tx: tx.spaces.state(asked.site.camille.vault))
    assert state is SpaceState.CLOSED


async def test_closed_space_is_opened_again_before_it_asks(asked: AskedSite) -> None:
    await asked.change()
    vault = asked.site.camille.vault
    await asked.site.at.store.write(lambda tx: move_space(tx, vault, SpaceState.CLOSED))
    assert (await asked.browser.get("/")).location == "/espace-ferme"


async def test_whoever_never_accepted_any_is_asked(asked: AskedSite) -> None:
    space = replace(asked.site.camille, terms="", terms_at=None)
    await asked.site.at.store.write(lambda tx: tx.spaces.save(space))
    assert (await asked.browser.get("/")).location == f"{PATH}?suite=%2F"
    assert "ont changé" not in (await asked.browser.get(PATH)).text
    assert "Vous n’avez encore accepté aucune version." in (await asked.browser.get("/parametres/conditions")).text


async def test_every_version_stays_readable(asked: AskedSite) -> None:
    await asked.change()
    assert "Deux." in (await asked.browser.get("/conditions")).text
    old = (await asked.browser.get(f"/conditions/{OLD}")).text
    assert "Un." in old
    assert "une autre est en vigueur" in old
    assert (await asked.browser.get("/conditions/2026-11-29")).status == 200

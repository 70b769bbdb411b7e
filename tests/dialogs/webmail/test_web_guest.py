"""« Découvrir sans compte »: every page of the sample space, walked by its links; nothing real is touched (E29)."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer

from tests.builders.web_client import ORIGIN, Browser
from tests.builders.web_world import FixedClock
from webmail.app import make_app
from webmail.sessions import SESSION_COOKIE, MemorySessions
from webmail.settings import WebSettings

LINK = re.compile(r'\b(?:href|src)="(/[^"#]*)')
FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*\baction="([^"#]*)')
OUTSIDE = {"/connexion", "/aide", "/vrai-message", "/plan", "/accessibilite"}
"""Pages for everybody, which the sample space leads to."""


class Untouchable:
    """Stands for services and sessions that nobody may ask."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the sample space asked for {name}")


def _app() -> web.Application:
    return make_app(lambda _: Untouchable(), Untouchable(), FixedClock(), WebSettings(origin=ORIGIN))  # type: ignore[arg-type]  # that nobody may ask


@pytest.fixture
async def guest() -> AsyncIterator[Browser]:
    async with TestServer(_app()) as server, ClientSession(cookie_jar=DummyCookieJar()) as client:
        # A cookie of a session is not looked at either.
        cookies = {SESSION_COOKIE: "something"}
        yield Browser(client, str(server.make_url("/"))[:-1], MemorySessions(), cookies)


async def _walked(guest: Browser) -> dict[str, str]:
    found, waiting = dict[str, str](), ["/decouvrir/"]
    while waiting:
        path = waiting.pop()
        answer = await guest.get(path)
        assert answer.status == 200, path
        found[path] = answer.text if "text/html" in answer.headers["Content-Type"] else ""
        for link in LINK.findall(found[path]):
            if link.startswith("/static/") or link in OUTSIDE:
                continue
            assert link.startswith("/decouvrir/"), (path, link)
            if link not in found and link not in waiting:
                waiting.append(link)
    return found


async def test_every_link_stays_inside_and_asks_no_service(guest: Browser) -> None:
    walked = await _walked(guest)
    assert len(walked) > 15
    for section in ("messages", "documents", "nouveautes", "parametres", "agenda"):
        assert f"/decouvrir/{section}" in walked
    assert "/decouvrir/messages/nouveau" in walked
    assert guest.cookies == {SESSION_COOKIE: "something"}


async def test_every_page_is_marked_and_follows_nothing_live(guest: Browser) -> None:
    for path, text in (await _walked(guest)).items():
        if text:
            assert "Espace de découverte." in text, path
            assert "pli.js" not in text
            assert "data-revision" not in text
            assert "Se déconnecter" not in text


async def test_forms_are_shown_and_send_nothing(guest: Browser) -> None:
    forms = {form for text in (await _walked(guest)).values() for form in FORM.findall(text)}
    assert "/decouvrir/messages/exemple-2/reponse" in forms
    assert "/decouvrir/messages/nouveau" in forms
    for form in forms - {"/decouvrir/apparence"}:
        answer = await guest.post(form, {"texte": "Bonjour"})
        assert answer.status == 200, form
        assert "Rien n’est envoyé ici" in answer.text
    page = (await guest.get("/decouvrir/messages/exemple-2")).text
    assert "rien n’est envoyé ici." in page
    assert "Bonjour</textarea>" not in page


async def test_appearance_can_be_tried(guest: Browser) -> None:
    token = await guest.token("/decouvrir/")
    back = re.search(r'name="retour" value="([^"]+)"', (await guest.get("/decouvrir/messages")).text)
    assert back is not None
    answer = await guest.post("/decouvrir/apparence", {"csrf": token, "theme": "dark", "retour": back[1]})
    assert (answer.status, answer.location) == (303, "/decouvrir/messages")
    assert 'data-theme="dark"' in (await guest.get("/decouvrir/messages")).text


async def test_what_is_not_there_is_said_so_inside(guest: Browser) -> None:
    for path in ("/decouvrir/messages/autre", "/decouvrir/documents/autre", "/decouvrir/rien", "/decouvrir/connexion"):
        answer = await guest.get(path)
        assert answer.status == 404, path
        assert "Espace de découverte." in answer.text
        assert 'href="/decouvrir/"' in answer.text


async def test_pages_carry_the_headers_of_all_pages(guest: Browser) -> None:
    answer = await guest.get("/decouvrir/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_guest_opens_nothing_real(browser: Browser) -> None:
    browser.cookies.clear()
    await browser.get("/decouvrir/messages")
    token = await browser.token("/decouvrir/")
    await browser.post("/decouvrir/apparence", {"csrf": token, "theme": "dark"})
    for path in ("/", "/messages", "/documents", "/nouveautes", "/parametres"):
        assert (await browser.get(path)).location.startswith("/connexion"), path
    assert (await browser.post("/messages/tout-lu", {"csrf": token})).status == 403


async def test_first_page_leads_to_the_sample(browser: Browser) -> None:
    browser.cookies.clear()
    page = (await browser.get("/connexion")).text
    assert '<a href="/decouvrir/">Découvrir sans compte</a>' in page

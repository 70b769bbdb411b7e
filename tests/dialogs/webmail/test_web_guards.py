"""What every page is guarded by: sessions, forms of our own, policies of content, errors that say nothing."""

import re
from collections.abc import Collection

import pytest
from aiohttp import FormData
from structlog.testing import capture_logs

from gateway.domain.access import Actor, SpacePart
from gateway.domain.errors import StoreUnavailable
from tests.builders.web_client import ORIGIN, Browser, browsing
from tests.builders.web_contents import demo_world
from tests.builders.web_people import PNG
from tests.builders.web_server import example_app
from tests.builders.web_world import UNSHOWN, WebWorld
from webmail.app import FEATURES
from webmail.home.model import Home
from webmail.messages.model import HtmlBody
from webmail.static_files import FILES

PAGES = (
    "/", "/messages", "/messages/c-vasseur", "/messages/nouveau", "/documents", "/documents/ajouter",
    "/documents/d-bilan", "/profil", "/agenda",
)  # fmt: skip
PUBLIC = {name for feature in FEATURES for name in feature.public}
POSTS = sorted(
    re.sub(r"\{[^}]*\}\}?", "c-vasseur", route.resource.canonical)
    for route in example_app().router.routes()
    if route.method == "POST" and route.resource and route.name not in PUBLIC | {None}
    if not route.resource.canonical.startswith("/decouvrir/")
)
"""Every form that needs a session, from the routing tables; those of the sample space change nothing."""
DOOR = (
    "/connexion", "/connexion/code", "/connexion/cle", "/mot-de-passe-oublie", "/identifiant-oublie",
    "/nouveau-mot-de-passe",
)  # fmt: skip
WITH_FILES = ("/mes-donnees/cle", "/messages/c-vasseur/reponse", "/messages/nouveau", "/documents/ajouter")


@pytest.mark.parametrize("path", PAGES)
async def test_page_allows_nothing_inline_and_nothing_from_elsewhere(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_page_is_guarded_and_never_kept(browser: Browser) -> None:
    headers = (await browser.get("/")).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "Server" not in headers


async def test_local_site_does_not_bind_other_ports_to_tls() -> None:
    async with browsing(demo_world(), origin="https://localhost:8443") as browser:
        assert "Strict-Transport-Security" not in (await browser.get("/")).headers


def test_every_route_but_these_needs_a_session() -> None:
    known = {
        "login", "code", "passkey", "sign_in_again", "static", "icon", "forgotten_password", "forgotten_identifier",
        "link_sent", "new_password", "password_changed", "help", "ask_help", "advice", "plan", "accessibility",
        "helper_sheet", "operator_key", "terms", "terms_version",
        "guest", "agenda_feed", "read_shared",
    }  # fmt: skip
    assert {name for name in FILES | PUBLIC if not name.startswith("activation")} == known


async def test_without_a_session_every_page_leads_to_sign_in() -> None:
    async with browsing(demo_world(), signed_in=False) as stranger:
        for path in (*PAGES[1:], "/messages/m-1/pieces/2", "/documents/d-bilan/ouvrir/pdf", "/nulle-part"):
            assert (await stranger.get(path)).status == 303
        assert (await stranger.get("/evenements?depuis=1")).status == 204


async def test_form_sent_after_the_session_says_so() -> None:
    async with browsing(demo_world(), signed_in=False) as stranger:
        answer = await stranger.post("/messages/c-vasseur/reponse", {"texte": "x"})
        assert answer.status == 403
        assert "Votre session a pris fin" in answer.text


@pytest.mark.parametrize("path", [*POSTS, *DOOR])
@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_form_without_the_right_token_is_refused(browser: Browser, path: str, token: str) -> None:
    form = FormData({"csrf": token, "texte": "x", "theme": "dark"}, default_to_multipart=path in WITH_FILES)
    answer = await browser.post(path, form)
    assert answer.status == 403
    assert not answer.cookies


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Sec_Fetch_Site": "none"}],
)
async def test_form_from_another_site_is_refused_even_with_a_token(
    browser: Browser, path: str, headers: dict[str, str]
) -> None:
    form = FormData({"csrf": await browser.token(), "texte": "x"}, default_to_multipart="reponse" in path)
    answer = await browser.ask("POST", path, headers, form)
    assert answer.status == 403


@pytest.mark.parametrize(("origin", "status"), [(ORIGIN, 303), ("https://evil.example", 403), ("null", 403)])
async def test_browser_without_fetch_metadata_is_known_by_its_origin(
    browser: Browser, origin: str, status: int
) -> None:
    form = {"csrf": await browser.token(), "theme": "dark", "retour": "/agenda"}
    assert (await browser.ask("POST", "/apparence", {"Origin": origin}, form)).status == status


async def test_token_of_another_session_is_refused() -> None:
    async with browsing(demo_world()) as one, browsing(demo_world()) as other:
        assert (await one.post("/apparence", {"csrf": await other.token(), "theme": "dark"})).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/messages/c-autre", "/messages/m-autre/pieces/2", "/messages/m-autre/mise-en-forme", "/documents/d-autre",
        "/documents/d-autre/fichiers/pdf", "/documents/d-autre/ouvrir/pdf",
    ],
)  # fmt: skip
async def test_reference_of_another_space_reads_like_one_that_does_not_exist(browser: Browser, path: str) -> None:
    theirs = await browser.get(path)
    nobodys = await browser.get(path.replace("autre", "rien"))
    assert theirs.status == nobodys.status == 404
    assert theirs.text.replace("autre", "rien") == nobodys.text


async def test_reply_into_another_space_is_not_found(browser: Browser) -> None:
    form = FormData({"csrf": await browser.token(), "texte": "x"}, default_to_multipart=True)
    assert (await browser.post("/messages/c-autre/reponse", form)).status == 404


@pytest.mark.parametrize(
    "path", ["/messages/..%2f..%2fetc", "/messages/" + "a" * 81, "/documents?categorie=x", "/rien"]
)
async def test_impossible_address_is_not_found(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status == 404
    assert "Page introuvable" in answer.text


async def test_wrong_method_is_refused_with_a_page(browser: Browser) -> None:
    answer = await browser.ask("DELETE", "/messages", {"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


class FailingWorld(WebWorld):
    failure: Exception = StoreUnavailable("disk full at /var/lib")

    async def home(self, actor: Actor, parts: Collection[SpacePart] = ()) -> Home:
        raise self.failure if actor.vault and parts else AssertionError


def failing(failure: Exception) -> WebWorld:
    world = FailingWorld()
    world.failure = failure
    return world


async def test_unexpected_failure_shows_an_incident_number_and_nothing_else() -> None:
    with capture_logs() as logs:
        async with browsing(failing(RuntimeError("secret detail of Camille Martin"))) as browser:
            answer = await browser.get("/")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    incident = re.search(r"<strong class=\"nowrap\">([0-9A-F]{8})<", answer.text)
    assert incident is not None
    failed = [entry for entry in logs if entry["event"] == "web.failed"]
    assert [entry["incident"] for entry in failed] == [incident[1]]
    assert "secret" not in str(logs)
    assert "Camille" not in str(logs)


async def test_store_that_is_down_is_told_as_temporary() -> None:
    async with browsing(failing(StoreUnavailable("disk full at /var/lib"))) as browser:
        answer = await browser.get("/")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "60"
    assert "var/lib" not in answer.text


async def test_theme_is_kept_and_given_up(browser: Browser) -> None:
    token = await browser.token()
    answer = await browser.post("/apparence", {"csrf": token, "theme": "dark", "retour": "/agenda"})
    assert answer.location == "/agenda"
    assert 'data-theme="dark"' in (await browser.get("/")).text
    await browser.post("/apparence", {"csrf": token, "theme": "", "retour": "//evil.example"})
    assert "data-theme" not in (await browser.get("/")).text


async def test_static_file_is_kept_for_good_under_its_version(browser: Browser) -> None:
    found = re.search(r'href="(/static/pli.css\?v=[0-9a-f]+)"', (await browser.get("/")).text)
    assert found is not None
    answer = await browser.get(found[1])
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (await browser.get("/static/rien.css")).status == 404


async def test_html_mail_leaves_under_its_own_policy(browser: Browser) -> None:
    answer = await browser.get("/messages/m-html/mise-en-forme")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;")
    assert "script" not in policy
    assert "spy.example" not in answer.text


async def test_html_mail_of_which_no_page_can_be_made_says_so_and_offers_its_text(
    browser: Browser, world: WebWorld
) -> None:
    world.html["m-html"] = HtmlBody(UNSHOWN, {})
    answer = await browser.get("/messages/m-html/mise-en-forme")
    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "ne peut pas être affichée" in answer.text
    text = await browser.get("/messages/m-html/texte")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.headers["Content-Disposition"].startswith('attachment; filename="message.txt"')


async def test_attachment_is_a_download_whatever_it_is(browser: Browser) -> None:
    answer = await browser.get("/messages/m-1/pieces/3")
    assert answer.body == PNG
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="courbe.png"')
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_structured_original_is_never_shown_by_the_browser(browser: Browser) -> None:
    answer = await browser.get("/documents/d-bilan/ouvrir/original")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_our_own_files_never_touch_a_session(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(digest: bytes) -> None:
        raise AssertionError(digest)

    monkeypatch.setattr(browser.sessions, "get", fail)
    assert (await browser.get("/static/pli.js")).status == 200
    assert (await browser.get("/favicon.ico")).headers["Content-Type"] == "image/svg+xml"

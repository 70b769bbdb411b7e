"""The way to a provider and back, as pages: cookies, redirections, what is shown when nobody is found (E28)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer

from certs import contexts
from certs.contexts import KeyPair
from gateway.openid.provider import OpenidProvider, ProviderSettings
from gateway.services.counting.counters import CountersInMemory
from gateway.services.sign_in.sign_in_guard import GuardSettings, SignInGuard
from gateway.services.space.provider_entry import ProviderEntry
from tests.builders.openid_issuer import CLIENT, PIVOT, SECRET, Issuer, RsaKey, serving_issuer
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.patient_space import PatientSpace, everywhere
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import ram_folder
from tests.builders.web_client import ORIGIN, Answer, Browser
from webmail.activation.provider_routes import PROVIDER_COOKIE
from webmail.activation.steps import COOKIE
from webmail.app import make_app
from webmail.sessions import MemorySessions
from webmail.settings import WebSettings

BACK = "/activation/franceconnect/retour"
KEY = RsaKey()


@dataclass
class Visit:
    """A browser before the pages, and the provider that they lead to."""

    browser: Browser
    issuer: Issuer
    site: PatientSite

    async def leave(self) -> Answer:
        """Follow the button."""
        return await self.browser.get("/activation/franceconnect")

    async def back(self) -> Answer:
        """Go there, sign in, and come back."""
        brought = self.issuer.signing_in((await self.leave()).location)
        return await self.browser.get(f"{BACK}?{urlencode({'state': brought.state, 'code': brought.code})}")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """Give the authority that the provider's certificate is of."""
    return TestAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def visit(authority: TestAuthority) -> AsyncIterator[Visit]:
    """Camille has a space whose person the provider knows."""
    served = contexts.web(KeyPair(authority.server.path, authority.server.path))
    context = authority.client()
    with ram_folder() as folder:
        async with patient_site(folder) as site, serving_issuer(served, site.at.clock.now(), KEY) as issuer:
            store, clock = site.at.store, site.at.clock
            camille = replace(site.camille, birth_place="35238")
            await store.write(lambda tx: tx.spaces.save(camille))
            issuer.person = PIVOT | {"family_name": "LEFEVRE", "given_name": "Camille Anne"}
            settings = ProviderSettings(
                issuer=issuer.origin, client_id=CLIENT, client_secret=SECRET, name="Mon <fournisseur>",
                scopes=("openid",), levels=(), seconds=5,
            )  # fmt: skip
            guard = SignInGuard(GuardSettings(free=1_000), CountersInMemory(), clock)
            provider = OpenidProvider(settings, lambda: context, clock)
            entry = ProviderEntry(store, clock, site.sign_ins, guard, provider)
            pages = PatientSpace(replace(site.services, provider_entry=entry))
            app = make_app(everywhere(pages), MemorySessions(), clock, WebSettings(origin=ORIGIN))
            async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as session:
                browser = Browser(session, str(server.make_url("/"))[:-1], MemorySessions())
                yield Visit(browser, issuer, site)


async def test_button_bears_the_name_of_the_provider_and_stays_when_a_field_is_wrong(visit: Visit) -> None:
    page = await visit.browser.get("/activation")
    wrong = await visit.browser.post("/activation", {"csrf": await visit.browser.token("/activation")})
    for answer in (page, wrong):
        assert "S&#39;identifier avec Mon &lt;fournisseur&gt;" in answer.text.replace("S'i", "S&#39;i")
    assert wrong.status == 422


async def test_browser_leaves_with_a_cookie_that_comes_back_from_another_site(visit: Visit) -> None:
    left = await visit.leave()
    assert left.status == 303
    assert left.location.startswith(f"{visit.issuer.origin}/authorize?")
    cookie = left.cookies[PROVIDER_COOKIE]
    for guard in ("SameSite=Lax", "HttpOnly", "Secure", "Path=/", "Max-Age=600"):
        assert guard in cookie


async def test_who_is_found_signs_out_there_and_goes_on_to_the_code(visit: Visit) -> None:
    back = await visit.back()
    assert back.location.startswith(f"{visit.issuer.origin}/logout?id_token_hint=")
    assert back.location.endswith("&state=code")
    assert "SameSite=Strict" in back.cookies[COOKIE]
    assert PROVIDER_COOKIE not in visit.browser.cookies
    follows = await visit.browser.get("/activation/franceconnect/suite?state=code")
    assert 'content="0;url=/activation/code"' in follows.text
    assert "Code provisoire" in (await visit.browser.get("/activation/code")).text


async def test_without_a_place_to_sign_out_the_page_that_goes_on_comes_at_once(visit: Visit) -> None:
    visit.issuer.document = {"end_session_endpoint": None}
    assert 'content="0;url=/activation/code"' in (await visit.back()).text


async def test_who_is_not_found_is_asked_for_number_and_card(visit: Visit) -> None:
    visit.issuer.person |= {"birthplace": "75056"}
    assert (await visit.back()).location.endswith("&state=saisie")
    assert COOKIE not in visit.browser.cookies
    follows = await visit.browser.get("/activation/franceconnect/suite?state=saisie")
    assert 'content="0;url=/activation?retour=saisie"' in follows.text
    page = await visit.browser.get("/activation?retour=saisie")
    assert "n’a pas permis de trouver votre espace" in page.text
    assert "Numéro de sécurité sociale" in page.text


async def test_provider_that_is_down_is_said_with_what_to_do(visit: Visit) -> None:
    visit.issuer.instead["openid-configuration"] = web.Response(status=503)
    assert (await visit.leave()).location == "/activation?retour=panne"
    page = await visit.browser.get("/activation?retour=panne")
    assert "ne répond pas en ce moment. Saisissez votre numéro et votre carte." in page.text


async def test_provider_that_goes_down_in_between_is_said_too(visit: Visit) -> None:
    visit.issuer.instead["token"] = web.Response(status=503)
    assert 'content="0;url=/activation?retour=panne"' in (await visit.back()).text


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?state=%00&code=%ff", "?code=" + "x" * 5000])
async def test_return_that_nobody_left_for_begins_again(visit: Visit, query: str) -> None:
    back = await visit.browser.get(BACK + query)
    assert 'content="0;url=/activation?fin=1"' in back.text
    assert "token" not in visit.issuer.asked


@pytest.mark.parametrize("word", ["", "autre", "{name}", "<script>"])
async def test_words_of_a_link_that_are_not_ours_say_nothing(visit: Visit, word: str) -> None:
    page = await visit.browser.get("/activation?" + urlencode({"retour": word}))
    assert "refus" not in page.text
    assert "<script>" not in page.text


async def test_no_header_or_log_of_ours_leaks_the_return(visit: Visit, capfd: pytest.CaptureFixture[str]) -> None:
    back = await visit.back()
    assert back.headers["Referrer-Policy"] == "same-origin"
    assert back.headers["Cache-Control"] == "no-store"
    said = "".join(capfd.readouterr())
    assert "code-0" not in said
    assert "LEFEVRE" not in said

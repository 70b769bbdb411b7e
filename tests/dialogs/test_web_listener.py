"""The web listener over real TLS: two faces on one port, live news, an end that waits for nobody, new certificates."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from certs.authority import Authority
from certs.contexts import KeyPair
from gateway.domain.account import digest_of
from gateway.listening import ListeningPort, bound
from gateway.services.sign_in.application_tokens import issue_token
from gateway.web.listener import WebPlace, WebServices, serving_web
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site
from tests.builders.store import ram_folder
from webmail.sessions import SESSION_COOKIE, BrowserSession

COOKIE = "un-jeton-de-navigateur"


@dataclass(slots=True)
class Door:
    """A served space, its certificate, and a client that trusts it."""

    site: PatientSite
    pair: KeyPair
    authority: Authority
    origin: str
    client: aiohttp.ClientSession
    serving: AsyncExitStack
    seconds: list[float]

    def issue(self) -> None:
        """Put a new certificate in the place of the one that is used."""
        self.pair.certificate.unlink()
        self.pair.key.unlink()
        self.authority.issue_server(["localhost"], datetime.now(UTC)).save(self.pair.certificate, self.pair.key)

    async def sign_in(self) -> dict[str, str]:
        """Open a session for Camille; gives its cookie."""
        now = self.site.at.clock.now()
        sessions = self.site.stored_sessions
        await sessions.put(digest_of(COOKIE), BrowserSession(self.site.person, now, now))
        return {"Cookie": f"{SESSION_COOKIE}={COOKIE}"}


def _place() -> WebPlace:
    return WebPlace(port=ListeningPort(bound("127.0.0.1", 0)), hostname="localhost", typed="espace.example")


def _services(site: PatientSite) -> WebServices:
    return WebServices(space=site.services, clock=site.at.clock, sign_ins=site.sign_ins)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Serve Camille's and Louis's spaces."""
    with ram_folder() as folder:
        authority = Authority.create(folder, datetime.now(UTC))
        pair = KeyPair(folder / "web.pem", folder / "web.key")
        authority.issue_server(["localhost"], datetime.now(UTC)).save(pair.certificate, pair.key)
        trust = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        async with patient_site(folder / "store") as site, AsyncExitStack() as serving:
            seconds = [0.0]
            served = serving_web(_services(site), _place(), pair, monotonic=lambda: seconds[0])
            port = (await serving.enter_async_context(served)).pages
            connector = aiohttp.TCPConnector(ssl=trust, force_close=True)
            async with aiohttp.ClientSession(connector=connector) as client:
                yield Door(site, pair, authority, f"https://localhost:{port}", client, serving, seconds)


async def test_pages_ask_to_sign_in_and_programs_for_a_token(door: Door) -> None:
    async with door.client.get(f"{door.origin}/documents", allow_redirects=False) as page:
        assert (page.status, page.headers["Location"].startswith("/connexion")) == (303, True)
    for path in ("", "DocumentReference", "inconnu"):
        async with door.client.get(f"{door.origin}/fhir/{path}", allow_redirects=False) as refused:
            assert (refused.status, refused.content_type) == (401, "application/fhir+json")


async def test_session_of_a_browser_opens_no_resource_and_a_token_no_page(door: Door) -> None:
    cookie = await door.sign_in()
    async with door.client.get(f"{door.origin}/fhir/Observation", headers=cookie) as refused:
        assert refused.status == 401
    token = await issue_token(door.site.at.store, door.site.at.clock, door.site.camille.vault, timedelta(days=1))
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"{SESSION_COOKIE}={token}"}
    async with door.client.get(f"{door.origin}/documents", headers=headers, allow_redirects=False) as page:
        assert page.status == 303


async def test_page_names_the_address_that_notices_name(door: Door) -> None:
    async with door.client.get(f"{door.origin}/vrai-message") as page:
        text = await page.text()
    assert "espace.example" in text
    assert "localhost" not in text


async def test_page_keeps_its_policy_beside_the_other_face(door: Door) -> None:
    async with door.client.get(f"{door.origin}/connexion") as page:
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    async with door.client.get(f"{door.origin}/fhir/metadata") as resource:
        assert "Set-Cookie" not in resource.headers
        assert "sandbox" in resource.headers["Content-Security-Policy"]


async def test_open_page_is_told_of_a_message_and_not_what_it_says(door: Door) -> None:
    cookie, since = await door.sign_in(), (await door.site.pages.pulse(door.site.person.actor)).revision
    async with door.client.get(f"{door.origin}/evenements?depuis={since}", headers=cookie) as stream:
        await door.site.receive(a_letter(CLAIRE))
        event = b""
        while b"\n\n" not in event.partition(b"event: pulse")[2]:
            event += await stream.content.readany()
        assert b'"unread":1' in event
        assert b"Martin" not in event


async def test_end_does_not_wait_for_open_pages(door: Door) -> None:
    cookie = await door.sign_in()
    async with door.client.get(f"{door.origin}/evenements?depuis=0", headers=cookie) as stream:
        assert await stream.content.readline() == b"retry: 3000\n"
        async with asyncio.timeout(5):
            await door.serving.aclose()
    with pytest.raises(aiohttp.ClientConnectionError):
        await door.client.get(f"{door.origin}/connexion")


@pytest.mark.parametrize(
    ("path", "answer"), [("/connexion", b"200 OK"), ("/connexion/code", b"200 OK"), ("/documents", b"303 See Other")]
)
async def test_cookies_that_are_no_text_are_nobody_s(door: Door, path: str, answer: bytes) -> None:
    cookies = b"; ".join(name + b"=eA.\xff\xfe" for name in (b"__Host-pli", b"__Host-pli-visite", b"__Host-pli-code"))
    asked = b"GET " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookies
    reader, writer = await _connected(door)
    writer.write(asked + b"\r\nConnection: close\r\n\r\n")
    assert (await reader.readline()).strip() == b"HTTP/1.1 " + answer
    writer.close()


async def test_renewed_certificate_is_shown_from_the_next_look_on(door: Door) -> None:
    first = await _certificate(door)
    door.issue()
    assert await _certificate(door) == first
    door.seconds[0] += 60
    assert await _certificate(door) != first


async def _certificate(door: Door) -> bytes:
    _, writer = await _connected(door)
    try:
        shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return shown
    finally:
        writer.close()
        await writer.wait_closed()


async def _connected(door: Door) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = ssl.create_default_context(cafile=str(door.pair.certificate.parent / "ca.pem"))
    return await asyncio.open_connection("localhost", int(door.origin.rpartition(":")[2]), ssl=context)

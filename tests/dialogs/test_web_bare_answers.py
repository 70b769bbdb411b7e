"""Octets that are no request, and requests that no page answers: our headers on each, and no name of a product."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from certs.authority import Authority
from certs.contexts import KeyPair
from gateway.listening import ListeningPort, bound
from gateway.web.listener import WebPlace, WebServices, serving_web
from tests.builders import edges
from tests.builders.patient_site import patient_site
from tests.builders.store import ram_folder

HOST = b"Host: localhost\r\nConnection: close\r\n"
LOGIN = b"POST /connexion HTTP/1.1\r\n" + HOST
REQUESTS = {
    "no HTTP at all": b"\x00\x01\x02\r\n\r\n",
    "another protocol": b"EHLO client.example\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "unknown version": b"GET / HTTP/7.7\r\n" + HOST + b"\r\n",
    "method of odd letters": b"G{T / HTTP/1.1\r\n" + HOST + b"\r\n",
    "unknown method": b"PLIER /connexion HTTP/1.1\r\n" + HOST + b"\r\n",
    "unknown method at the programs' face": b"PLIER /fhir/metadata HTTP/1.1\r\n" + HOST + b"\r\n",
    "method of another page": b"DELETE /connexion HTTP/1.1\r\n" + HOST + b"\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    "CONNECT": b"CONNECT localhost:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "OPTIONS of all": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "no such page": b"GET /nulle-part HTTP/1.1\r\n" + HOST + b"\r\n",
    "no such page of programs": b"GET /fhir/NullePart HTTP/1.1\r\n" + HOST + b"\r\n",
    "another site's page": b"GET http://ailleurs.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "address that is none": b"GET http://[::1/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "address that is too long": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "header that is too long": b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n" + HOST + b"\r\n",
    "header without a name": b"GET / HTTP/1.1\r\n: x\r\n" + HOST + b"\r\n",
    "header with a control": b"GET / HTTP/1.1\r\nX: a\x00b\r\n" + HOST + b"\r\n",
    "two lengths": b"POST /connexion HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n" + HOST + b"\r\nabcd",
    "length that is none": b"POST /connexion HTTP/1.1\r\nContent-Length: -1\r\n" + HOST + b"\r\n",
    "length and pieces": LOGIN + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    "odd coding": b"POST /connexion HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" + HOST + b"\r\n",
    "bad piece": b"POST /connexion HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\nzz\r\n",
    "expectation": b"POST /connexion HTTP/1.1\r\nExpect: 200-ok\r\nContent-Length: 0\r\n" + HOST + b"\r\n",
    "upgrade": b"GET /connexion HTTP/1.1\r\nUpgrade: websocket\r\n" + HOST.replace(b"close", b"Upgrade") + b"\r\n",
    "form that is too large": LOGIN + b"Content-Length: 90000000\r\n\r\n" + b"a" * 2_000_000,
    "form without a session": b"POST /documents HTTP/1.1\r\nContent-Length: 0\r\n" + HOST + b"\r\n",
}
NAMES = b"aiohttp", b"python", b"uvloop", b"traceback", b"server:", b"llhttp", b"<class"


@dataclass(frozen=True)
class RawWeb:
    """A served space, and a way to say anything to it."""

    port: int
    trust: ssl.SSLContext

    async def answer(self, octets: bytes) -> bytes:
        opening = asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust, server_hostname="localhost")
        reader, writer = await opening
        writer.write(octets)
        try:
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
                return head + await reader.read(100_000)
        finally:
            writer.transport.abort()


@pytest.fixture
async def raw() -> AsyncIterator[RawWeb]:
    with ram_folder() as folder:
        now = datetime.now(UTC)
        authority = Authority.create(folder, now)
        pair = KeyPair(folder / "web.pem", folder / "web.key")
        authority.issue_server(["localhost"], now).save(pair.certificate, pair.key)
        place = WebPlace(port=ListeningPort(bound("127.0.0.1", 0)), hostname="localhost", origin="https://espace.example")
        async with patient_site(folder / "store") as site:
            services = WebServices(space=site.services, clock=site.at.clock, sign_ins=site.sign_ins)
            async with serving_web(services, place, pair) as ports:
                yield RawWeb(ports.pages, ssl.create_default_context(cafile=str(folder / "ca.pem")))


@pytest.mark.parametrize("octets", REQUESTS.values(), ids=REQUESTS)
async def test_answer_bears_our_headers_and_no_product_s_name(raw: RawWeb, octets: bytes) -> None:
    answer = await raw.answer(octets)
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/")
    assert {b"x-content-type-options: nosniff", b"cache-control: no-store"} <= set(head.split(b"\r\n")[1:])
    assert b"content-security-policy: default-src 'none'" in head
    assert [name for name in NAMES if name in answer.lower()] == []


async def test_octets_that_are_no_request_bear_every_header_and_are_not_quoted(raw: RawWeb) -> None:
    with capture_logs() as logs:
        answer = await raw.answer(b"GET / HTTP/1.1\r\nCookie: secret\x00secret\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    for name in (b"Strict-Transport-Security", b"X-Frame-Options", b"Referrer-Policy", b"Permissions-Policy"):
        assert b"\r\n" + name + b": " in answer
    assert answer.decode().endswith("Demande incomprise : ce n’est pas une demande HTTP bien formée.\n")
    assert "secret" not in answer.decode() + repr(logs)
    assert [entry["event"] for entry in logs] == ["web.not_understood"]


async def test_failure_of_an_application_itself_is_an_incident_without_its_words(tmp_path: Path) -> None:
    async def fails(_: web.Request) -> web.Response:
        raise ValueError("secret")

    site = web.Application()
    site.router.add_get("/", fails)
    with capture_logs() as logs:
        async with edges.serving_web(tmp_path, site) as edge, edge.connected() as client:
            client.writer.write(edges.GET)
            answer = await client.reader.readuntil(b"\r\n\r\n") + await client.reader.read()
    [failed] = [entry for entry in logs if entry["event"] == "web.failed"]
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert f"Incident {failed['incident']}\n" in answer.decode()
    assert "secret" not in answer.decode() + repr(logs)

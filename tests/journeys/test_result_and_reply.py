"""Journeys a to c through public faces: SMTP with a laboratory's certificate, pages, IMAP with IDLE, FHIR."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest
from imapclient import IMAPClient

from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import LABORATORIES, PATIENTS, PROFESSIONALS
from gateway.demonstration.opening import open_exchanges, send_result, wait_until_filed
from tests.builders.running_world import Site, running_world

CAMILLE, LOUIS, CLAIRE, LABORATORY = PATIENTS[0], PATIENTS[1], PROFESSIONALS[0], LABORATORIES[0]
ANSWER = "Bonjour docteur, je me sens mieux."
_RESULT = re.compile(r'data-document-id="[0-9a-f]+" data-loinc="([^"]+)" data-value="([^"]+)" data-unit="([^"]*)"')
Resource = dict[str, Any]  # Any: JSON of a FHIR resource


@pytest.fixture(params=["SQLite and files", "PostgreSQL and S3"])
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """A served world in which doctors have written and a result is filed."""
    servers = request.param == "PostgreSQL and S3"
    database = request.getfixturevalue("empty_postgres") if servers else ""
    place = request.getfixturevalue("s3").place() if servers else None
    async with running_world(database, place) as served:
        await open_exchanges(served.world, served.post)
        await send_result(served.world, served.post)
        await wait_until_filed(served.running.core)
        yield served


async def test_result_sent_by_smtp_is_read_on_a_page(site: Site) -> None:
    async with site.browser() as browser:
        home = await site.sign_in(browser, CAMILLE)
        document = await browser.get(_path(r'href="(/documents/[0-9a-f]+)"', home))
        assert ("718-7", "13.2", "g/dL") in _RESULT.findall(document)
        assert "Ouvrir le PDF" in document
        assert "Laboratoire des Lilas" in document


async def test_doctor_who_waits_in_imap_is_told_of_the_patients_answer(site: Site) -> None:
    async with _mailbox(site, str(CLAIRE.address)) as mailbox:
        await asyncio.to_thread(mailbox.idle)
        async with site.browser() as browser:
            await site.sign_in(browser, CAMILLE)
            path = await _conversation(browser, "Dr Claire Martin")
            after = await browser.submit(await browser.get(path), f"{path}/reponse", {"texte": ANSWER})
        assert "Votre réponse est partie." in after
        assert ANSWER in after
        assert (1, b"EXISTS") in await asyncio.to_thread(mailbox.idle_check, 10)
        await asyncio.to_thread(mailbox.idle_done)
        message = await asyncio.to_thread(_message, mailbox, 1)
        assert message["From"].addresses[0].display_name == "Camille Lefèvre"
        assert message.get_content().strip() == ANSWER


async def test_laboratory_finds_its_receipt_in_imap(site: Site) -> None:
    async with _mailbox(site, str(LABORATORY.address)) as mailbox:
        async with asyncio.timeout(10):
            while not (found := await asyncio.to_thread(mailbox.search)):
                await asyncio.to_thread(mailbox.noop)
        message = await asyncio.to_thread(_message, mailbox, found[-1])
        assert message.get_content_type() == "multipart/report"


async def test_patient_cannot_answer_once_the_doctor_has_ended(site: Site) -> None:
    async with site.browser() as browser:
        await site.sign_in(browser, LOUIS)
        page = await browser.get(await _conversation(browser, "Dr Paul Nguyen"))
        assert "a mis fin à vos échanges" in page
        assert "<textarea" not in page


async def test_result_cannot_be_answered(site: Site) -> None:
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        page = await browser.get(await _conversation(browser, "Laboratoire des Lilas"))
        assert "<textarea" not in page


async def test_program_with_the_patients_token_counts_what_was_filed(site: Site) -> None:
    documents = await _fhir(site, "DocumentReference")
    results = await _fhir(site, "Observation?code=http://loinc.org|718-7")
    assert (documents["total"], results["total"]) == (1, 1)
    value = {"value": 13.2, "unit": "g/dL", "code": "g/dL", "system": "http://unitsofmeasure.org"}
    assert results["entry"][0]["resource"]["valueQuantity"] == value


async def _conversation(browser: Browser, correspondent: str) -> str:
    page = await browser.get("/messages")
    items = re.finditer(r'href="(/messages/[0-9a-f]+)"(.*?)</a>', page, re.DOTALL)
    return next(str(item[1]) for item in items if correspondent in item[2])


@asynccontextmanager
async def _mailbox(site: Site, address: str) -> AsyncIterator[IMAPClient]:
    """Open a mailbox; the server shares this test's loop, so the client blocks a thread of its own."""

    def opened() -> IMAPClient:
        tls = ssl.create_default_context(cafile=str(site.authority))
        client = IMAPClient("localhost", site.running.ports["imap"], ssl_context=tls, timeout=10)
        client.login(address, site.world.passwords[address])
        client.select_folder("INBOX")
        return client

    client = await asyncio.to_thread(opened)
    try:
        yield client
    finally:
        await asyncio.to_thread(client.logout)


def _message(mailbox: IMAPClient, uid: int) -> EmailMessage:
    raw = mailbox.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


async def _fhir(site: Site, path: str) -> Resource:
    headers = {"Authorization": f"Bearer {site.world.tokens[CAMILLE.address]}"}
    tls = ssl.create_default_context(cafile=str(site.authority))
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.get(f"{site.web}/fhir/{path}", ssl=tls, raise_for_status=True) as answer,
    ):
        resource: Resource = await answer.json(content_type="application/fhir+json")
        return resource


def _path(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found is not None
    return found[1]

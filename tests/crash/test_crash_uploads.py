"""The server is killed while a patient adds documents: what was acknowledged is there, and nothing is there twice."""

import asyncio
import os
import signal
from contextlib import suppress

import aiohttp
import pytest

from gateway.demonstration.browser import Browser
from tests.builders.gateway_site import GatewaySite, Patient, lives_of_a_gateway
from tests.builders.patient_browser import signed_in
from tests.builders.pdfs import a_pdf

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]
DATA = [a_pdf(f"Ordonnance {number}") for number in range(4)]


async def _added(browser: Browser, data: bytes) -> bool:
    """Add a document; False when the server was gone before it answered."""
    with suppress(aiohttp.ClientError, OSError, TimeoutError):
        page = await browser.get("/documents/ajouter")
        fields = {"titre": "Ordonnance", "categorie": "ordonnances", "date": ""}
        answer = await browser.submit(page, "/documents/ajouter", fields, {"fichier": ("ordonnance.pdf", data)})
        return "Votre document est ajouté." in answer or "est déjà dans vos documents" in answer
    return False


async def _add_and_be_killed(site: GatewaySite, patient: Patient) -> list[bool]:
    async with signed_in(site, patient) as browser:
        first = await _added(browser, DATA[0])
        under_way = [asyncio.create_task(_added(browser, data)) for data in DATA[1:]]
        await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        os.kill(site.pid, signal.SIGKILL)
        return [first, *(await asyncio.gather(*under_way))]


async def _add_all_again(site: GatewaySite, patient: Patient) -> None:
    async with signed_in(site, patient) as browser:
        for data in DATA:
            assert await _added(browser, data)


def test_upload_that_was_acknowledged_survives_a_kill_and_is_never_doubled() -> None:
    with lives_of_a_gateway(processes=2) as life:
        with life() as site:
            patient = site.new_patient()
            acknowledged = asyncio.run(_add_and_be_killed(site, patient))
        with life() as site:
            assert acknowledged[0]
            assert sum(acknowledged) >= 2
            assert len(site.documents(patient)) >= sum(acknowledged)
            asyncio.run(_add_all_again(site, patient))
            filed = site.documents(patient)
            assert len(filed) == len(DATA)
            assert {site.file(patient, document, "original") for document in filed} == set(DATA)

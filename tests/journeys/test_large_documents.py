"""Documents with thousands of values: whoever opens them waits for themselves, and nobody else does."""

import asyncio
import time
from datetime import timedelta

import aiohttp
import orjson
import pytest

from dossier_bridge.synthetic import example_results, laboratory_report
from gateway.services.sign_in.application_tokens import issue_token
from tests.builders.gateway_mail import LILAS, a_report_on, relay, with_attachments
from tests.builders.gateway_site import GatewaySite, Patient
from tests.builders.patient_browser import signed_in

pytestmark = pytest.mark.xdist_group("gateway")
PATIENCE = 2.0
"""Seconds in which another patient's page must be there."""


def filed_large(site: GatewaySite, patient: Patient, values: int) -> str:
    """Have a report of many values filed; give the path of its page."""
    results = (example_results(1) * values)[:values]
    report = laboratory_report(a_report_on(patient, results=results))
    letter = with_attachments(LILAS, patient, ("resultats.xml", "text/xml", report))
    assert relay(site, LILAS, patient.address, letter.raw).status == "250 2.0.0"
    site.settle()
    (document,) = site.documents(patient)
    assert document.result_count == values
    return f"/documents/{document.id:x}"


async def found(site: GatewaySite, patient: Patient) -> int:
    """Have a program look through all results of a patient; count those of a code that none has."""
    it = site.observer.core
    token = site.observer.run(issue_token(it.store, it.clock, site.vault(patient.address), timedelta(hours=1)))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as client:
        path = f"https://localhost:{site.ports['web']}/fhir/Observation?code=0-0"
        async with client.get(path, headers={"Authorization": f"Bearer {token}"}) as answer:
            return int(orjson.loads(await answer.read())["total"])


async def test_another_patient_s_page_comes_while_one_is_opened_many_times(site: GatewaySite) -> None:
    patient, other = site.new_patients(2)
    path = filed_large(site, patient, 3_000)
    async with signed_in(site, patient) as reader, signed_in(site, other) as neighbour:
        opened = [asyncio.ensure_future(reader.get(path)) for _ in range(3)]
        searches = [asyncio.ensure_future(found(site, patient)) for _ in range(3)]
        slowest = 0.0
        while not all(one.done() for one in (*opened, *searches)):
            begun = time.monotonic()
            await neighbour.get("/")
            slowest = max(slowest, time.monotonic() - begun)
        pages, totals = await asyncio.gather(*opened), await asyncio.gather(*searches)
    assert slowest < PATIENCE
    assert totals == [0, 0, 0]
    assert all(len(page) > 1_000_000 for page in pages)

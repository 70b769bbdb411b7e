"""The server is killed while documents are deposited: what was acknowledged is there, and nothing is there twice.

So is what the patient has just written into their agenda by its page.
"""

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException

import pytest

from dossier_bridge.synthetic import pdf_page
from tests.builders.depositor import PAYER, DepositAnswer, Depositor
from tests.builders.gateway_site import GatewaySite, Patient, lives_of_a_gateway
from tests.builders.patient_browser import signed_in

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]
DATA = [pdf_page([f"Attestation {number}"]) for number in range(4)]


def _post(site: GatewaySite, patient: str, data: bytes) -> DepositAnswer | None:
    """Deposit; None when the server was gone before it answered."""
    payer = Depositor.of(site.ports["deposit"], site.world.authority, site.world.senders[PAYER])
    with suppress(OSError, HTTPException):
        return payer.post(patient, data)
    return None


async def _note(site: GatewaySite, patient: Patient, title: str) -> None:
    async with signed_in(site, patient) as browser:
        form = await browser.get("/agenda/nouveau")
        made = await browser.submit(form, "/agenda/nouveau", {"titre": title, "jour": "2027-03-15", "debut": "09:30"})
        assert title in made


async def _agenda(site: GatewaySite, patient: Patient) -> str:
    async with signed_in(site, patient) as browser:
        return await browser.get("/agenda?vue=mois&mois=2027-03")


def test_deposit_that_was_acknowledged_survives_a_kill_and_is_never_doubled() -> None:
    with lives_of_a_gateway(processes=2) as life:
        with life() as site, ThreadPoolExecutor() as threads:
            patient = site.new_patient()
            first = _post(site, patient.address, DATA[0])
            assert first is not None
            asyncio.run(_note(site, patient, "Échographie du genou"))
            under_way = [threads.submit(_post, site, patient.address, data) for data in DATA[1:]]
            os.kill(site.pid, signal.SIGKILL)
            before = [first, *(one.result() for one in under_way)]
        with life() as site:
            after = [_post(site, patient.address, data) for data in DATA]
            for was, now in zip(before, after, strict=True):
                assert now is not None
                assert now.status in ({200} if was else {200, 201})
                assert was is None or was.documents == now.documents
            site.settle()
            assert len(site.documents(patient)) == len(DATA)
            assert "Échographie du genou" in asyncio.run(_agenda(site, patient))

"""Hostile letters and documents under way: somebody else's page, an honest result and a stop do not wait for them."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path

import pytest

from dossier_bridge.synthetic import example_results
from gateway.demonstration.browser import Browser
from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    PAUL,
    a_report_on,
    archive_of,
    relay,
    result_letter,
    submit,
    with_attachments,
    xdm,
)
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient, invented_patient, serving, until
from tests.builders.hostile_letters import DECLARATION, HTML, TEXTS, html_letter, text_letter, xml_letter
from tests.builders.patient_browser import conversation_with, signed_in

pytestmark = pytest.mark.timeout(90)
_SOON = 2.0
_END = 10.0
_NOT_SHOWN = "ne peut pas être affichée"


async def _timed(work: Awaitable[object]) -> float:
    began = time.monotonic()
    await work
    return time.monotonic() - began


async def _filed(site: GatewaySite, patient: Patient) -> None:
    """Have a laboratory send a result, and wait until it is filed."""
    before = len(site.documents(patient))
    raw = result_letter(BIOLAB, patient).raw
    answer = await asyncio.to_thread(relay, site, BIOLAB, patient.address, raw, holder=BIOLAB)
    assert answer.code == 250
    await asyncio.to_thread(until, lambda: len(site.documents(patient)) > before, "an honest result was not filed")


async def _others(site: GatewaySite, browser: Browser, letter: str, patient: Patient) -> float:
    """Open another patient's pages and have them sent a result: give what took longest."""
    return max(
        await _timed(browser.get("/messages")),
        await _timed(browser.get(letter)),
        await _timed(_filed(site, patient)),
    )


async def _html_page(site: GatewaySite, browser: Browser, sender: str, patient: Patient, markup: str) -> str:
    """Send a letter of HTML, and give the path of its page."""
    raw = html_letter(sender, patient.address, markup)
    answer = await asyncio.to_thread(submit, site, sender, patient.address, raw)
    assert answer.code == 250
    page = await browser.get(await conversation_with(browser, "Dr"))
    at = page.rindex("/mise-en-forme")
    return page[page.rindex("/messages/", 0, at) : at] + "/mise-en-forme"


@cache
def _heavy_archive() -> bytes:
    """Write a report of somebody else that takes seconds to be read."""
    return archive_of(a_report_on(invented_patient(), results=tuple(example_results(1) * 3_000)))


def _heavy_letter(patient: Patient) -> bytes:
    return with_attachments(LILAS, patient, xdm(_heavy_archive())).raw


@pytest.mark.parametrize("markup", HTML.values(), ids=HTML)
async def test_letter_under_way_holds_up_nobody(site: GatewaySite, markup: str) -> None:
    hit, other = site.new_patients(2)
    async with signed_in(site, hit) as browser, signed_in(site, other) as others:
        own = await _html_page(site, others, PAUL, other, "<p>Bonjour</p>")
        quiet = await _others(site, others, own, other)
        hostile = await _html_page(site, browser, CLAIRE, hit, markup)
        began = time.monotonic()
        page = asyncio.create_task(browser.get(hostile))
        assert await _others(site, others, own, other) <= _SOON + 10 * quiet
        assert len(await page) < 32_000_000
        assert time.monotonic() - began < _END + 10 * quiet


async def test_letter_of_which_no_page_can_be_made_offers_its_words(site: GatewaySite, patient: Patient) -> None:
    async with signed_in(site, patient) as browser:
        path = await _html_page(site, browser, CLAIRE, patient, "<p>Bonjour</p>" + HTML["nested"])
        assert _NOT_SHOWN in await browser.get(path)
        kind, text = await browser.file(path.replace("/mise-en-forme", "/texte"))
        assert kind == "text/plain"
        assert text.startswith(b"Bonjour")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_page_of_a_long_letter_stays_small(site: GatewaySite, patient: Patient, text: str) -> None:
    assert submit(site, CLAIRE, patient.address, text_letter(CLAIRE, patient.address, text)).code == 250
    async with signed_in(site, patient) as browser:
        page = await browser.get(await conversation_with(browser, "Dr"))
    assert len(page.encode()) < 1_000_000


def test_declaration_of_xml_that_does_not_end_is_answered_at_once(site: GatewaySite) -> None:
    hit, other = site.new_patients(2)
    for _ in range(4):
        assert relay(site, LILAS, hit.address, xml_letter(LILAS, hit.address, DECLARATION)).code == 250
    asyncio.run(_filed(site, other))
    site.settle()
    assert site.seen_by(other).documents == 1


async def test_documents_that_take_long_hold_up_no_other_sender(site: GatewaySite) -> None:
    hit, other = site.new_patients(2)
    async with signed_in(site, other) as others:
        quiet = await _others(site, others, "/messages", other)
        for _ in range(4):
            raw = _heavy_letter(hit)
            assert (await asyncio.to_thread(relay, site, LILAS, hit.address, raw)).code == 250
        assert await _others(site, others, "/messages", other) <= _SOON + 10 * quiet
    assert site.seen_by(hit) == NOTHING


async def test_stop_waits_for_no_hostile_letter_and_no_hostile_document() -> None:
    async with AsyncExitStack() as stack:
        with serving() as site:
            patient = site.new_patient()
            browser = await stack.enter_async_context(signed_in(site, patient))
            hostile = await _html_page(site, browser, CLAIRE, patient, HTML["nested"])
            assert relay(site, LILAS, patient.address, _heavy_letter(patient)).code == 250
            pages = [asyncio.create_task(browser.get(hostile)) for _ in range(5)]
            await asyncio.sleep(0)
            began = time.monotonic()
            os.kill(site.pid, signal.SIGTERM)
            await asyncio.to_thread(until, lambda: not Path(f"/proc/{site.pid}/fd/0").exists(), "it still runs")
            assert time.monotonic() - began <= _END
            await asyncio.gather(*pages, return_exceptions=True)

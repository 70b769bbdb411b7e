"""Documents seen in place (E57), and attachments kept among them (F68)."""

import asyncio

import pytest

from gateway.domain.access import Actor
from gateway.services.filing.added_files import AddFault
from gateway.services.filing.added_reading import NewDocument
from tests.builders.web_client import Browser
from tests.builders.web_world import WebWorld
from tests.dialogs.webmail.test_web_add_document import send
from webmail.shown_documents import AddedDocument


async def test_pdf_is_shown_in_place_and_framed_by_our_page_alone(browser: Browser) -> None:
    page = (await browser.get("/documents/d-bilan")).text
    assert 'src="/documents/d-bilan/ouvrir/pdf?apercu=1"' in page
    framed = await browser.get("/documents/d-bilan/ouvrir/pdf?apercu=1")
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    assert "script-src" not in framed.headers["Content-Security-Policy"]
    alone = await browser.get("/documents/d-bilan/ouvrir/pdf")
    assert alone.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]


async def _attachment(browser: Browser, world: WebWorld) -> str:
    message = next(m for c in world.conversations_by_id.values() for m in c.messages if m.attachments)
    return f"/documents/garder/{message.id}/{message.attachments[0].section}"


async def test_attachment_is_kept_as_the_patients_own(browser: Browser, world: WebWorld) -> None:
    path = await _attachment(browser, world)
    answer = await browser.post(path, {"csrf": await browser.token()})
    assert answer.location == "/documents/d-own-0?ajout=1"
    assert len(world.added) == 1
    assert (await browser.get(path)).location == "/documents"


async def test_letter_offers_to_keep_its_files(browser: Browser, world: WebWorld) -> None:
    conversation = next(
        c for c in world.conversations_by_id.values() if any(m.attachments and not m.withheld for m in c.messages)
    )
    assert "Garder dans mes documents" in (await browser.get(f"/messages/{conversation.id}")).text


@pytest.mark.parametrize("section", ["9", "x"])
async def test_attachment_that_is_not_there_is_not_kept(browser: Browser, world: WebWorld, section: str) -> None:
    path = (await _attachment(browser, world)).rpartition("/")[0]
    assert (await browser.post(f"{path}/{section}", {"csrf": await browser.token()})).status == 404
    assert not world.added


@pytest.mark.parametrize("adds", [True, False])
async def test_files_of_one_account_are_held_in_memory_one_at_a_time(
    browser: Browser, world: WebWorld, monkeypatch: pytest.MonkeyPatch, *, adds: bool
) -> None:
    held, most, kept = list[NewDocument](), list[int](), world.add_own_document

    async def slow(actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        held.append(new)
        most.append(len(held))
        for _ in range(200):  # others have their turn of the loop
            await asyncio.sleep(0)
        held.remove(new)
        return await kept(actor, new)

    monkeypatch.setattr(world, "add_own_document", slow)
    path, form = await _attachment(browser, world), {"csrf": await browser.token()}
    await asyncio.gather(*(send(browser) if adds else browser.post(path, form) for _ in range(4)))
    assert (len(most), max(most)) == (4, 1)

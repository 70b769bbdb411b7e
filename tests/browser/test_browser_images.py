"""Pictures of a scanner in a browser: scrolled, windowed, measured, by keys and mouse, and without scripts (F58)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from gateway.domain.document import DocumentCategory
from gateway.domain.readable import CLOSING, Opening, ReadableText, TextTag, kept_words
from gateway.services.filing.added_files import NamedFile
from gateway.services.filing.added_reading import Added, NewDocument
from tests.browser.conftest import Visiting
from tests.browser.page_faults import found_by_axe
from tests.builders.dicom_pictures import JPEG_LOSSLESS, MPEG, a_picture, a_slope
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE
from tests.builders.typing_site import typing_site
from tests.builders.web_contents import demo_world
from tests.builders.web_images import SCAN, sample_scan, scan_document, with_which
from tests.builders.web_people import PNG, invented_pdf
from tests.builders.web_server import Site, serving

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow, pytest.mark.timeout(60)]
MIDDLE = """() => { const c = document.querySelector('canvas'), copy = document.createElement('canvas');
  copy.width = copy.height = 1;
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(c, -c.width / 2, -c.height / 2);
  return pen.getImageData(0, 0, 1, 1).data[0] }"""
SPAN = """() => { const c = document.querySelector('canvas'), copy = document.createElement('canvas');
  [copy.width, copy.height] = [c.width, 1];
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(c, 0, -c.height / 2);
  const row = pen.getImageData(0, 0, c.width, 1).data, lit = [...Array(c.width).keys()].filter(x => row[4 * x] > 40);
  return [lit[0], lit[lit.length - 1]] }"""
"""Where the picture begins and ends in the middle of the stage."""
TO_VIEW = "frame => frame.scrollIntoView()"
"""At once: a page that is told of a change puts another frame into its place."""
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PATIENT = "MARTIN CAMILLE"
TOLD = kept_words(ReadableText((Opening(TextTag.PARAGRAPH), "Le foie est normal.", CLOSING)))
APPOINTMENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Cabinet//FR
BEGIN:VEVENT
UID:genou@cabinet.example
DTSTAMP:20260301T080000Z
DTSTART:20260312T093000Z
DTEND:20260312T100000Z
SUMMARY:Contrôle du genou
END:VEVENT
END:VCALENDAR
"""
FILES = {
    "radio.pdf": invented_pdf("Radio"),
    "photo.png": PNG,
    "notes.txt": b"Vaccin le 3 mai.",
    "rendez-vous.ics": APPOINTMENT.replace("\n", "\r\n").encode(),
}


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """One examination: an abdomen, a projection with a scale of its own, and a film that nobody decodes."""
    world = demo_world()
    detected = a_picture(
        [a_slope(100, 100)], JPEG_LOSSLESS, Modality="DX", ImagerPixelSpacing=[0.2, 0.2], SeriesInstanceUID="1.2.9",
        SeriesDescription="Thorax de face", SeriesNumber="2",
    )  # fmt: skip
    film = a_picture([a_slope()], MPEG, SeriesInstanceUID="1.2.10", SeriesDescription="Film", SeriesNumber="3")
    world.scans[SCAN] = with_which((*sample_scan(), detected, film))
    world.add_document(scan_document(world.scans[SCAN]))
    async with serving(world) as running:
        yield running


async def _opened(page: Page) -> None:
    await expect(page.locator(".stage img")).to_be_hidden()
    await page.evaluate(DRAWN)


async def test_examination_is_scrolled_windowed_and_measured(visiting: Visiting) -> None:
    async with visiting() as visit:
        page = visit.page
        await visit.goto(f"/documents/{SCAN}")
        await page.get_by_role("link", name="Voir les images").click()
        stage, place = page.get_by_role("application"), page.locator("output[data-place]")
        await _opened(page)
        await expect(stage).to_have_attribute("aria-label", "Abdomen, coupes axiales, image 3 sur 6. ")
        assert PATIENT not in await page.locator("main").inner_text()
        await page.get_by_text("Patient indiqué sur les images").click()
        assert PATIENT in await page.locator("main").inner_text()

        await stage.hover()
        await page.mouse.wheel(0, 100)
        await expect(place).to_have_text("4")
        await stage.focus()
        for key, at in (("ArrowDown", "5"), ("Home", "1"), ("PageDown", "6"), ("ArrowUp", "5")):
            await stage.press(key)
            await expect(place).to_have_text(at)
        await page.get_by_role("slider", name="Image").fill("3")
        await expect(stage).to_have_attribute("aria-label", "Abdomen, coupes axiales, image 3 sur 6. ")

        await _opened(page)
        soft = await page.evaluate(MIDDLE)
        await page.get_by_label("Réglage du contraste").select_option("Poumons")
        await expect(page.locator(".stage-window")).to_have_text("C -600 L 1 500 UH", use_inner_text=True)
        await page.evaluate(DRAWN)
        assert await page.evaluate(MIDDLE) > soft
        await page.get_by_role("button", name="Inverser").click()
        await page.evaluate(DRAWN)
        assert await page.evaluate(MIDDLE) < 128
        await page.get_by_role("button", name="Rétablir").click()
        await _zoomed_and_moved(page)
        await page.get_by_role("button", name="Contraste", exact=True).click()
        box = await stage.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 100, box["y"] + 100)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 160, box["y"] + 100, steps=3)
        await page.mouse.up()
        await expect(page.get_by_label("Réglage du contraste")).to_have_value("own")

        await stage.focus()
        await stage.press("m")
        for _ in range(32):
            await stage.press("ArrowRight")
        await stage.press("m")
        await expect(page.locator(".viewer-lengths li")).to_have_text("Image 3 : 90 mm")
        assert await found_by_axe(page) == []

        await page.get_by_role("link", name="Thorax de face").click()
        await _opened(page)
        await expect(page.get_by_text("Les longueurs sont celles de l’appareil.")).to_be_visible()
        await page.get_by_role("link", name="Film").click()
        await expect(page.get_by_text("sous une forme que nous ne savons pas afficher")).to_be_visible()
        assert visit.strangers == []
        assert visit.complaints == []


async def _zoomed_and_moved(page: Page) -> None:
    """By buttons, by the wheel with a key, and by a drag."""
    stage = page.get_by_role("application")

    async def span() -> tuple[int, int]:
        await page.evaluate(DRAWN)
        begin, end = await page.evaluate(SPAN)
        return begin, end

    begin, end = await span()
    await page.get_by_role("button", name="Réduire").click()
    small_begin, small_end = await span()
    assert (small_end - small_begin) / (end - begin) == pytest.approx(0.8, abs=0.02)
    await page.get_by_role("button", name="Déplacer").click()
    await stage.hover()
    await page.mouse.down()
    box = await stage.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x + 30, y, steps=2)
    await page.mouse.up()
    assert [at - 30 for at in await span()] == pytest.approx([small_begin, small_end], abs=2)
    await stage.dispatch_event("wheel", {"deltaY": -40, "ctrlKey": True, "clientX": x, "clientY": y})
    wide_begin, wide_end = await span()
    assert wide_end - wide_begin > small_end - small_begin + 5
    await page.get_by_role("button", name="Rétablir").click()
    assert await span() == (begin, end)


async def test_pictures_are_there_without_scripts_on_a_phone(visiting: Visiting) -> None:
    async with visiting(scripts=False, phone=True, dark=True) as visit:
        page = visit.page
        await visit.goto(f"/documents/{SCAN}/images")
        shown = page.get_by_role("img", name="Image 3 sur 6, Abdomen, coupes axiales")
        assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256
        await page.get_by_role("link", name="Image suivante").click()
        await page.get_by_role("link", name="Poumons").click()
        await expect(page.get_by_role("img", name="Image 4 sur 6, Abdomen, coupes axiales")).to_be_visible()
        assert page.url.endswith("?serie=1&image=4&fenetre=poumon")
        assert await page.locator("canvas, [data-scripted]:visible").count() == 0


async def test_fingers_scroll_and_measure(visiting: Visiting) -> None:
    async with visiting(phone=True) as visit:
        page = visit.page
        await visit.goto(f"/documents/{SCAN}/images?image=1")
        await _opened(page)
        stage = page.get_by_role("application")

        async def drag(right: int, down: int) -> None:
            await stage.scroll_into_view_if_needed()
            box, link = await stage.bounding_box(), await visit.context.new_cdp_session(page)
            assert box is not None
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            for kind, share in (("touchStart", 0), ("touchMove", 0.5), ("touchMove", 1)):
                point = {"x": x + right * share, "y": y + down * share}
                await link.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            await link.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

        await drag(0, 120)
        await expect(page.locator("output[data-place]")).to_have_text("6")
        await _opened(page)
        await page.get_by_role("button", name="Mesurer").click()
        await drag(60, 0)
        await expect(page.locator(".viewer-lengths li")).to_have_count(1)


async def test_six_kinds_are_looked_at_in_place(chromium: Browser, tmp_path: Path) -> None:
    async with typing_site(tmp_path) as typing:
        site, add = typing.site, typing.site.services.added_documents.add
        scan = await site.file(scans=sample_scan()[:2], words=TOLD)
        letter = await site.receive(a_letter(CLAIRE, files=(("lettre.pdf", invented_pdf("Lettre")), ("vue.png", PNG))))
        numbers = {"scan": scan.id}
        for name, data in FILES.items():
            file = NamedFile(name, data)
            added = await add(site.actor, NewDocument(file=file, title=name, category=DocumentCategory.OTHER))
            assert isinstance(added, Added)
            numbers[name] = added.number
        for phone in (False, True):
            context = await chromium.new_context(
                ignore_https_errors=True, locale="fr-FR", color_scheme="dark" if phone else "light",
                viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
            )  # fmt: skip
            page = await context.new_page()
            await page.goto(f"{typing.origin}/connexion")
            await typing.sign_in(page, site.camille, "camille")
            await _all_seen(page, typing.origin, numbers, f"{letter:x}")
            await context.close()


async def _all_seen(page: Page, origin: str, numbers: dict[str, int], letter: str) -> None:
    async def opened(name: str) -> None:
        await page.goto(f"{origin}/documents/{numbers[name]:x}")
        await page.evaluate("document.querySelectorAll('main details').forEach(e => { e.open = true })")

    await opened("radio.pdf")
    async with page.expect_response("**/ouvrir/original?apercu=1"):
        await page.locator("iframe.preview").evaluate(TO_VIEW)
    await opened("photo.png")
    assert await page.locator(".preview-picture").evaluate("image => image.decode().then(() => image.naturalWidth)")
    await opened("notes.txt")
    await expect(page.get_by_text("Vaccin le 3 mai.")).to_be_visible()
    await opened("rendez-vous.ics")
    await expect(page.get_by_role("heading", name="Contrôle du genou")).to_be_visible()
    await expect(page.get_by_text("Quand : 12 mars 2026, 10 h 30 à 11 h 00")).to_be_visible()
    await opened("scan")
    await expect(page.get_by_text("Le foie est normal.")).to_be_visible()
    await page.get_by_role("link", name="Voir les images").click()
    await _opened(page)
    async with asyncio.timeout(10):  # the first picture comes from a process that has just begun
        while not await page.evaluate(MIDDLE):
            await page.evaluate(DRAWN)
    await page.goto(f"{origin}/messages/{letter}")
    await page.evaluate("document.querySelectorAll('main details').forEach(e => { e.open = true })")
    assert await page.locator(".preview-picture").evaluate("image => image.decode().then(() => image.naturalWidth)")
    async with page.expect_response("**/pieces/2?apercu=1"):
        await page.locator("iframe.preview").evaluate(TO_VIEW)
    await expect(page.get_by_role("button", name="Garder « vue.png »")).to_be_visible()

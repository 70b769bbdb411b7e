"""A photographed paper in a browser: cropped, turned, black and white, and sent as nothing but what was kept (E21)."""

from collections.abc import Sequence

# Any: arrays of numpy.
from typing import Any

import imagecodecs
import numpy
import pypdfium2
import pytest
import zxingcpp
from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import Visit, Visiting
from tests.browser.page_faults import faults_at_every_size
from tests.builders.photographed_pages import CORNERS, a_photo

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow, pytest.mark.timeout(90)]
PHOTO: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": a_photo("ordonnance")}
TOP_RIGHT = ["Shift+ArrowLeft"] * 2 + ["ArrowLeft"] * 2 + ["Shift+ArrowDown"] * 3 + ["ArrowDown"] * 3
NAMES = [f"Coin en {where}" for where in ("haut à gauche", "haut à droite", "bas à droite", "bas à gauche")]


def _words(picture: Any) -> Sequence[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


async def _spots(page: Page) -> list[tuple[float, float]]:
    """Give where the corners of the sheet are on the screen."""
    stage = page.locator(".scan-stage canvas")
    await stage.scroll_into_view_if_needed()
    box = await stage.bounding_box()
    assert box is not None
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in CORNERS]


async def _crop_by_mouse_and_keys(page: Page) -> None:
    await page.get_by_role("button", name=NAMES[1]).focus()
    for key in TOP_RIGHT:
        await page.keyboard.press(key)
    await expect(page.get_by_text(f"{NAMES[1]} : 88 % depuis la gauche, 18 % depuis le haut.")).to_be_visible()
    spots = await _spots(page)
    await page.get_by_role("button", name=NAMES[0]).hover()
    await page.mouse.down()
    await page.mouse.move(*spots[0], steps=3)
    await page.mouse.up()
    for spot in spots[2:]:
        await page.mouse.click(*spot)
    # A corner that is drawn over to the other side stays where a page is still one.
    await page.get_by_role("button", name=NAMES[3]).hover()
    await page.mouse.down()
    await page.mouse.move(*spots[1], steps=2)
    await page.mouse.move(*spots[3], steps=2)
    await page.mouse.up()


async def _crop_by_fingers(visit: Visit) -> None:
    spots, touch = await _spots(visit.page), await visit.context.new_cdp_session(visit.page)
    for name, (x, y) in zip(NAMES, spots, strict=True):
        box = await visit.page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        start = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind, points in (("touchStart", [start]), ("touchMove", [{"x": x, "y": y}]), ("touchEnd", [])):
            await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def _describe(page: Page) -> None:
    await page.get_by_label("Titre").fill("Ordonnance du médecin")
    await page.get_by_label("Type de document").select_option("ordonnances")


async def test_pages_are_cropped_and_become_one_pdf_and_the_photo_is_never_sent(visiting: Visiting) -> None:
    async with visiting() as visit:
        page, sent = visit.page, visit.page.get_by_role("button", name="Ajouter un document")
        await visit.goto("/documents/ajouter")
        await page.get_by_label("Fichier", exact=True).set_input_files(PHOTO)
        await page.get_by_role("button", name="Recadrer cette photo").click()
        await expect(page.get_by_role("heading", name="Recadrez votre photo")).to_be_focused()
        await _crop_by_mouse_and_keys(page)
        await page.get_by_label("Couleurs").select_option("Noir et blanc, pour un papier")
        await _describe(page)
        await sent.click()
        await expect(page.get_by_text("Gardez d’abord cette page, ou annulez.")).to_be_visible()
        await page.get_by_role("button", name="Garder cette page").click()
        await expect(page.get_by_text("Une page est prête.")).to_be_visible()
        await page.get_by_label("Ajouter une page").set_input_files([PHOTO, PHOTO])
        await page.get_by_role("button", name="Tourner à droite").click()
        await page.get_by_label("Couleurs").select_option("Gris")
        assert await faults_at_every_size(page) == []
        await page.get_by_role("button", name="Garder cette page").click()
        await expect(page.get_by_text("Page 2", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Annuler cette photo").click()
        await page.get_by_role("button", name="Monter la page 2").click()
        await expect(page.get_by_text("2 pages sont prêtes.")).to_be_visible()
        await sent.click()
        await expect(page.get_by_text("Votre document est ajouté.")).to_be_visible()
        assert visit.complaints == []
        [added] = visit.site.world.added
        assert added.file.name == "numerisation.pdf"
        grey, clear = (one.render(scale=2).to_numpy() for one in pypdfium2.PdfDocument(added.file.data))
        assert grey.shape[1] > grey.shape[0]
        assert numpy.ptp(grey, axis=2).max() == 0
        assert _words(clear) == ["ordonnance"]
        # Paper is white from the lamp to the dark side, and nothing of the table is left but for a seam.
        assert all((strip > 200).mean() > 0.7 for strip in numpy.array_split(clear[..., 0], 4, axis=1))


async def test_photo_of_a_phone_is_cropped_by_fingers_and_kept_as_a_picture(visiting: Visiting) -> None:
    async with visiting(phone=True, dark=True) as visit:
        page = visit.page
        await visit.goto("/documents/ajouter")
        await _describe(page)
        broken: FilePayload = {"name": "photo.heic", "mimeType": "image/heic", "buffer": b"ftypheic"}
        await page.get_by_label("Ou prenez une photo").set_input_files(broken)
        await expect(page.get_by_text("Votre navigateur ne lit pas cette photo.")).to_be_visible()
        await page.get_by_label("Ou prenez une photo").set_input_files(PHOTO)
        await page.get_by_role("button", name="Tourner à gauche").click()
        await page.get_by_role("button", name="Tourner à droite").click()
        await _crop_by_fingers(visit)
        await page.get_by_role("button", name="Garder cette page").click()
        await page.get_by_label("Enregistrer comme").select_option("Une image")
        await page.get_by_role("button", name="Ajouter un document").click()
        await expect(page.get_by_text("Votre document est ajouté.")).to_be_visible()
        [added] = visit.site.world.added
        picture = imagecodecs.jpeg8_decode(added.file.data)
        assert added.file.name == "numerisation.jpg"
        assert _words(picture) == ["ordonnance"]
        # The sheet alone: the table around it was dark.
        assert numpy.median(picture[:, : picture.shape[1] // 4]) > 150

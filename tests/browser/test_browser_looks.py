"""The pages fit a phone, follow the theme, and can be used by keyboard, by touch and by a screen reader."""

from itertools import pairwise

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, Visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAPER = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(244, 242, 236)", "rgb(15, 23, 22)"

TAB_LABELS = """() => [...document.querySelectorAll('.tab > span:not(.badge)')]
  .map(e => e.getBoundingClientRect()).filter(box => box.width > 0).map(box => [box.left, box.right])"""


async def test_tabs_are_under_the_thumb_on_a_phone(visiting: Visiting) -> None:
    async with visiting(phone=True) as visit:
        box = await visit.page.get_by_role("navigation", name="Rubriques").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] == 844


@pytest.mark.parametrize("width", [320, 390])
async def test_labels_of_the_tabs_stand_apart(visiting: Visiting, width: int) -> None:
    async with visiting(phone=True) as visit:
        await visit.page.set_viewport_size({"width": width, "height": 700})
        boxes = await visit.page.evaluate(TAB_LABELS)
        assert len(boxes) == 5
        assert all(right + 4 <= left for (_, right), (left, _) in pairwise(boxes)), boxes


async def test_new_message_below_older_ones_is_one_touch_away(visiting: Visiting) -> None:
    async with visiting(phone=True, scripts=False) as visit:
        await visit.goto("/messages/c-vasseur")
        await visit.page.get_by_role("link", name="Aller au message non lu").click()
        await expect(visit.page.locator(".letter-unread .letter-head")).to_be_in_viewport()
        await visit.goto("/messages/c-vasseur")
        await expect(visit.page.get_by_role("link", name="Aller au message non lu")).to_have_count(0)


async def test_theme_follows_the_device(visiting: Visiting) -> None:
    async with visiting(dark=True, signed_in=False) as dark, visiting(signed_in=False) as light:
        await dark.goto("/connexion")
        await light.goto("/connexion")
        assert await dark.page.evaluate(PAPER) == DARK
        assert await light.page.evaluate(PAPER) == LIGHT


async def test_chosen_theme_wins_over_the_device_without_script(visiting: Visiting) -> None:
    async with visiting(dark=True, scripts=False) as visit:
        await visit.page.locator(".menu summary").click()
        await visit.page.get_by_role("button", name="Claire").click()
        assert await visit.page.evaluate(PAPER) == LIGHT
        await visit.goto("/documents")
        assert await visit.page.evaluate(PAPER) == LIGHT


async def test_keyboard_reaches_the_content_first_and_shows_where_it_is(visit: Visit) -> None:
    await visit.goto("/messages")
    await visit.page.keyboard.press("Tab")
    skip = visit.page.get_by_role("link", name="Aller au contenu")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await visit.page.keyboard.press("Enter")
    await visit.page.keyboard.press("Tab")
    focused = visit.page.locator("main a:focus-visible")
    await expect(focused).to_have_count(1)
    assert await focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


async def test_address_is_copied_with_one_touch(visiting: Visiting) -> None:
    async with visiting(phone=True) as visit:
        await visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await visit.page.get_by_role("button", name="Copier l’adresse").click()
        await expect(visit.page.get_by_role("button", name="Adresse copiée.")).to_be_visible()
        shown = await visit.page.locator(".whole").inner_text()
        assert await visit.page.evaluate("navigator.clipboard.readText()") == shown


async def test_without_script_one_touch_selects_the_address(visiting: Visiting) -> None:
    async with visiting(phone=True, scripts=False) as visit:
        await visit.goto("/")
        await expect(visit.page.get_by_text("Copier l’adresse")).to_be_hidden()
        chosen = await visit.page.locator(".whole").evaluate("e => getComputedStyle(e).userSelect")
        assert chosen == "all"


async def test_keyboard_reaches_the_reply_with_few_keys(visiting: Visiting) -> None:
    async with visiting(scripts=False) as visit:
        await visit.goto("/messages/c-vasseur")
        await visit.page.keyboard.press("Tab")
        await visit.page.keyboard.press("Tab")
        await expect(visit.page.get_by_role("link", name="Aller à la réponse")).to_be_focused()
        await visit.page.keyboard.press("Enter")
        await expect(visit.page.get_by_role("textbox", name="Votre réponse")).to_be_focused()


async def test_value_beyond_the_line_says_so(visit: Visit) -> None:
    await visit.goto("/documents/d-bilan")
    assert await visit.page.get_by_role("img", name="hors échelle").count() == 1
    assert await visit.page.get_by_text("Hors échelle").count() == 1


async def test_results_are_read_as_a_table(visiting: Visiting) -> None:
    async with visiting(phone=True) as visit:
        await visit.goto("/documents/d-bilan")
        table = visit.page.get_by_role("table", name="Biochimie")
        await expect(table.get_by_role("rowheader", name="Potassium")).to_be_visible()
        await expect(table.get_by_role("columnheader")).to_have_count(4)


async def test_paper_shows_the_document_and_not_the_site(visit: Visit) -> None:
    await visit.goto("/documents/d-bilan")
    await visit.page.emulate_media(media="print")
    await expect(visit.page.get_by_role("heading", name="Bilan sanguin complet")).to_be_visible()
    await expect(visit.page.get_by_role("banner")).to_be_hidden()
    await expect(visit.page.get_by_text("Ouvrir le PDF")).to_be_hidden()


async def test_less_movement_is_respected(visit: Visit) -> None:
    await visit.page.emulate_media(reduced_motion="reduce")
    duration = await visit.page.locator(".item").first.evaluate("e => getComputedStyle(e).transitionDuration")
    assert duration == "0s"


@pytest.mark.parametrize("path", ["/", "/messages", "/documents"])
async def test_empty_space_fits_the_narrowest_phone(visiting: Visiting, path: str) -> None:
    async with visiting(phone=True) as visit:
        visit.site.world.conversations_by_id.clear()
        visit.site.world.documents_by_id.clear()
        await visit.page.set_viewport_size({"width": 320, "height": 640})
        await visit.goto(path)
        cut = await visit.page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth).length"
        )
        assert cut == 0

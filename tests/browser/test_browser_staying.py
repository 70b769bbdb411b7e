"""Somebody who reads for long is asked before the session ends, and stays with one press (RGAA 13.1)."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, Visiting
from tests.browser.page_faults import PALE, found_by_axe

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]


async def _read_for_long(visit: Visit) -> None:
    await visit.page.clock.install()
    await visit.goto("/messages")
    await visit.page.clock.fast_forward("27:59")
    await expect(visit.page.get_by_role("dialog")).to_be_hidden()
    await visit.page.clock.fast_forward("00:02")


@pytest.mark.parametrize("dark", [False, True])
async def test_session_that_is_near_its_end_asks_and_goes_on(visiting: Visiting, dark: bool) -> None:
    async with visiting(dark=dark, phone=dark) as visit:
        await _read_for_long(visit)
        asked = visit.page.get_by_role("dialog", name="Êtes-vous toujours là ?")
        await expect(asked).to_be_visible()
        assert await visit.page.evaluate(PALE) == []
        await expect(asked.get_by_role("button", name="Rester connecté")).to_be_focused()
        before = len(visit.requests)
        await visit.page.keyboard.press("Enter")
        await expect(asked).to_be_hidden()
        assert [url.removeprefix(visit.site.origin) for url in visit.requests[before:]] == ["/parametres"]
        await visit.page.clock.fast_forward("28:01")
        await expect(asked).to_be_visible()


async def test_session_that_has_ended_says_that_nothing_is_lost(visit: Visit) -> None:
    await _read_for_long(visit)
    asked = visit.page.get_by_role("dialog")
    await visit.page.clock.fast_forward("02:01")
    await expect(asked).to_be_hidden()  # another tab kept it open
    await visit.page.clock.fast_forward("28:01")
    await expect(asked).to_be_visible()
    await visit.page.keyboard.press("Escape")
    await visit.context.clear_cookies()
    await visit.page.clock.fast_forward("02:01")
    await expect(asked).to_contain_text("Votre session a pris fin.")
    await asked.get_by_role("button", name="Fermer").click()
    await expect(asked).to_be_hidden()


async def test_somebody_signed_out_elsewhere_is_told_so(visit: Visit) -> None:
    await _read_for_long(visit)
    await visit.context.clear_cookies()
    asked = visit.page.get_by_role("dialog")
    await asked.get_by_role("button", name="Rester connecté").click()
    await expect(asked).to_contain_text("Votre session a pris fin.")
    assert await found_by_axe(visit.page) == []

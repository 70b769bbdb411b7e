"""Going about a page as whoever has a keyboard alone."""

from playwright.async_api import Locator, Page

_MOST = 80


async def reach(page: Page, place: Locator) -> None:
    """Press Tab until the keyboard is at this place; a place that it never comes to is a fault of the page."""
    for _ in range(_MOST):
        if await place.evaluate("place => place === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no number of Tab keys reaches {place}")

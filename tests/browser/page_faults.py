"""What is wrong with a page: for axe, for fingers, for pale words, at every width, in large letters."""

from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

SMALL_TARGETS = """() => [...document.querySelectorAll(
    'button, summary, input:not([type=hidden]), select, textarea, a')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('p, dd, .hidden, .skip, .prose, .readable'))
  .map(e => [e.getBoundingClientRect(), e.textContent.trim() || e.id])
  .filter(([box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
  .map(([box, text]) => `${text}: ${box.width}x${box.height}`)"""
TOO_WIDE = """() => { const most = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth <= most ? [] : [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > most + 1)
    .map(e => e.textContent.trim().slice(0, 60)).concat('wider than the window') }"""
PALE = (Path(__file__).parent / "pale_words.js").read_text(encoding="utf-8")
"""A script that lists words whose colour is too near to that of their ground (WCAG 1.4.3)."""
SIZES = ((320, 640, "16px"), (360, 640, "32px"), (1440, 900, "16px"), (1440, 900, "32px"))
"""Widths and heights in CSS pixels, and the size of letters: as they come, and twice as large (WCAG 1.4.4, 1.4.10)."""


async def found_by_axe(page: Page) -> list[str]:
    """Run every rule of axe-core on a page, its advice on good practice included."""
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['html']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


async def faults_at_every_size(page: Page) -> list[str]:
    """List what is wrong with an open page, narrow and wide, in letters of their size and of twice their size.

    The page is left as it was. Axe looks at the narrowest and at the widest; words are measured wherever they stand.
    """
    before, faults = page.viewport_size, []
    for width, height, letters in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate("size => { document.documentElement.style.fontSize = size }", letters)
        found = [*await page.evaluate(TOO_WIDE), *await page.evaluate(SMALL_TARGETS), *await page.evaluate(PALE)]
        if letters == "16px":
            found += await found_by_axe(page)
        faults += [f"{width} px, letters of {letters}: {fault}" for fault in found]
    await page.evaluate("document.documentElement.style.fontSize = ''")
    if before:
        await page.set_viewport_size(before)
    return faults

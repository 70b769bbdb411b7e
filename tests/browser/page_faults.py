"""What is wrong with a page: for axe, for fingers, for pale words, at every width, in large letters."""

from pathlib import Path
from typing import Literal, TypeAlias

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

Theme: TypeAlias = Literal["light", "dark"]
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
LOOKED_AT_BY_AXE = ((320, "16px", "dark"), (1440, "16px", "light"))
RESIZED = "document.documentElement.style.fontSize = size"
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


async def found_by_axe(page: Page) -> list[str]:
    """Run every rule of axe-core on a page, its advice on good practice included."""
    if await page.evaluate("typeof axe === 'undefined'"):
        await page.evaluate(AXE_SCRIPT)
    # Only what is wrong comes back: the whole report takes longer to be handed over than to be made.
    violations = await page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in violations for node in rule["nodes"]]


async def faults_at_every_size(page: Page) -> list[str]:
    """List what is wrong with an open page, narrow and wide, in letters of their size and of twice their size.

    Words are measured in both themes at each size; axe looks at the narrowest in the dark, at the widest in the light.
    The page is left as it was.
    """
    before, was_dark, faults = page.viewport_size, await page.evaluate(DARK), []
    themes: tuple[Theme, ...] = ("light", "dark")
    for width, height, letters in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        wide, small = await page.evaluate(
            f"size => {{ {RESIZED}; return [({TOO_WIDE})(), ({SMALL_TARGETS})()] }}", letters
        )
        found = [*wide, *small]
        for theme in themes:
            await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"in {theme}: {words}" for words in await page.evaluate(PALE)]
            if (width, letters, theme) in LOOKED_AT_BY_AXE:
                found += [f"in {theme}: {words}" for words in await found_by_axe(page)]
        faults += [f"{width} px, letters of {letters}: {fault}" for fault in found]
    await page.evaluate("document.documentElement.style.fontSize = ''")
    await page.emulate_media(color_scheme="dark" if was_dark else "light")
    if before:
        await page.set_viewport_size(before)
    return faults

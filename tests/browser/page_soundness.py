"""Whether a page is sound: on paper, on a phone, by its names and places, in both themes, narrow, in large letters."""

from playwright.async_api import Page, ViewportSize

from tests.browser.page_faults import PALE, SMALL_TARGETS, found_by_axe

NAMELESS = """() => [...document.querySelectorAll(
    'a, button, input:not([type=hidden]), select, textarea, iframe, summary, svg[role], th')]
  .filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.labels?.length))
  .map(e => e.outerHTML)"""
TWICE = """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i) }"""
SKIPPED_LEVELS = """() => {
  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => +h.tagName[1]);
  return levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1) }"""
EMPTY_HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6, caption, dt, summary')]
  .filter(e => !e.textContent.trim()).map(e => e.outerHTML)"""
LANDMARKS = "['main', 'header.top', 'nav[aria-label=Rubriques]'].map(s => document.querySelectorAll(s).length)"
BARS = """() => [...document.querySelectorAll('.top, .tabs')]
  .filter(e => ['fixed', 'sticky'].includes(getComputedStyle(e).position))
  .map(e => e.getBoundingClientRect().height).reduce((sum, height) => sum + height, 0) / innerHeight"""
CUT_OFF = """() => [document.documentElement, ...document.querySelectorAll('.table-box')]
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))"""
WIDTH = "document.documentElement.scrollWidth"
CAPTIONS = """() => [...document.querySelectorAll('main table')].filter(e => !e.closest('.letter, .prose, .readable'))
  .filter(e => !(e.caption?.textContent.trim() || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')))
  .map(e => e.outerHTML.slice(0, 80))"""
LITTLE_ROOM = ((320, 200, "16px", 0), (320, 256, "16px", 0), (360, 640, "32px", 0.25))
"""Widths, heights, sizes of letters (strong zoom, WCAG 1.4.10; 200 %, WCAG 1.4.4), and the part that bars may take."""
PHONE: ViewportSize = {"width": 390, "height": 844}
OPEN_ALL = "document.querySelectorAll('main details').forEach(e => { e.open = true })"


async def faults_of_page(page: Page, *, narrow_is_dark: bool) -> list[str]:
    """List what is wrong with a page that was opened on a phone; axe sees it narrow in one theme and wide in the other.

    The page is left wide, in light.
    """
    found = [*await _faults_on_paper(page)]
    await page.set_viewport_size(PHONE)
    await page.evaluate(OPEN_ALL)
    found += await _faults_under_fingers(page)
    found += await _faults_of_names(page)
    found += await _faults_in_both_themes(page, narrow_is_dark=narrow_is_dark)
    return found + await _faults_where_room_is_little(page)


async def _faults_on_paper(page: Page) -> list[str]:
    await page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    await page.emulate_media(media="print")
    of_the_site = page.locator(".top, .tabs, .foot, .openers, .technical")
    found = [f"cut off on paper: {words}" for words in await page.evaluate(CUT_OFF)]
    if await of_the_site.filter(visible=True).count():
        found.append("the site's own parts are on paper")
    if not await page.locator("h1").is_visible():
        found.append("no heading on paper")
    await page.emulate_media(media="screen")
    return found


async def _faults_under_fingers(page: Page) -> list[str]:
    small, width = await page.evaluate(f"[({SMALL_TARGETS})(), {WIDTH}]")
    return [*small, f"{width} px wide"] if width != PHONE["width"] else [*small]


async def _faults_of_names(page: Page) -> list[str]:
    wrong = {"no name": NAMELESS, "twice": TWICE, "level": SKIPPED_LEVELS, "empty": EMPTY_HEADINGS, "table": CAPTIONS}
    # All at once: each question to the browser takes as long as its answer.
    *lists, headings, places = await page.evaluate(
        f"[{', '.join(f'({script})()' for script in wrong.values())},"
        f" document.querySelectorAll('h1').length, {LANDMARKS}]"
    )
    found = [f"{what}: {words}" for what, said in zip(wrong, lists, strict=True) for words in said]
    if headings != 1:
        found.append(f"{headings} first headings")
    if places != [1, 1, 1]:
        found.append(f"landmarks {places}")
    return found


async def _faults_in_both_themes(page: Page, *, narrow_is_dark: bool) -> list[str]:
    # Axe looks at each page narrow in one theme and wide in the other.
    found = []
    for dark in (False, True):
        await page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        width = 320 if dark == narrow_is_dark else 1440
        await page.set_viewport_size({"width": width, "height": 900})
        theme = "dark" if dark else "light"
        found += [f"pale in {theme}: {words}" for words in await page.evaluate(PALE)]
        found += [f"axe in {theme} at {width} px: {words}" for words in await found_by_axe(page)]
    await page.emulate_media(color_scheme="light")
    return found


async def _faults_where_room_is_little(page: Page) -> list[str]:
    found = []
    for width, height, letters, most in LITTLE_ROOM:
        await page.set_viewport_size({"width": width, "height": height})
        share, real = await page.evaluate(
            f"size => {{ document.documentElement.style.fontSize = size; return [({BARS})(), {WIDTH}] }}", letters
        )
        if share > most:
            found.append(f"bars take {share:.0%} of {width} × {height} px, letters of {letters}")
        if real > width:
            found.append(f"{real} px wide at {width} × {height} px, letters of {letters}")
    await page.evaluate("document.documentElement.style.fontSize = ''")
    return found

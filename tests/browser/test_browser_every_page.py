"""Every page of the site, found by its links as a person finds it: on a phone, in large letters, on paper, safely.

No page is listed here: one that is added is walked as soon as something leads to it, and fails until something does.
"""

import re
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import hdrs, web
from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import Visit, Visiting
from tests.browser.page_faults import PALE, SMALL_TARGETS, found_by_axe
from tests.builders.web_rare_contents import full_world
from tests.builders.web_server import Site, example_app, serving

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]
NOT_WALKED = re.compile(
    r"/(static|favicon|evenements|decouvrir|documents/.*/(fichiers|ouvrir|images/|pixels|epingle|visibilite|dossier|suppression|reprendre)|documents/garder"
    r"|resultats/.*/(csv|fhir)|messages/tout-lu|calendrier|mes-donnees/archive|historique/fichier|cle-des-archives|agenda/abonnement/fin|partage/fin|lecture"
    r"|connexion|activation|conditions|nouvelles-conditions|mot-de-passe-oublie|identifiant-oublie|demande-envoyee|nouveau-mot-de-passe"
    r"|profil/(?!allergies|vaccinations|entourage|premiere-visite|pieces|historique-|synthese$|carte-urgence$|mesures$|mesures/(poids|tension/?|suivis))"
    r"|agenda\?vue=mois&amp;mois|espace-ferme|parametres/effacer/code"
    r"|messages/.*/(pieces|texte|mise-en-forme|reponse))"
)
"""Most sections of the profile, which are all of one template.

Files, streams, the door, activation and the sample space, which are walked on their own, and what is no page."""
ONCE = [
    re.compile(form)
    for form in (
        r"/documents/[^/?]+/titre", r"/documents/[^/?]+/pas-le-mien", r"/documents\?categorie=.*",
        r"/documents/ajouter.*", r"/historique\?liste=.*", r"/agenda/[^/]+/modifier", r"/agenda/[0-9a-f]+",
        r"/documents/[^/]+/images\?.*", r"/profil/mesures/[^/]+/[0-9a-f]+", r"/profil/mesures/[^/]+\?periode=.*",
        r"/profil/mesures/[^/]+/ajouter", r"/profil/mesures/[^/]+/objectif",
        r"/parametres/securite/coordonnees/changer\?.*",
    )
]  # fmt: skip
"""Pages that differ in what was typed alone: one of each is looked at."""
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)[^"]*"[^>]*>')

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
SHARES = 6
"""Each test below looks at a part of the pages, so that several processes share the walk."""
OPEN_ALL = "document.querySelectorAll('main details').forEach(e => { e.open = true })"


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serve a space that has something of everything."""
    async with serving(full_world()) as running:
        yield running


_FOUND: list[str] = []


async def pages_of(visit: Visit) -> list[str]:
    """Find every page that links lead to, and one that is nowhere; the world is always the same, so once is enough."""
    if _FOUND:
        return list(_FOUND)
    found, waiting = ["/rien"], ["/"]
    while waiting:
        path = waiting.pop()
        answer = await visit.context.request.get(visit.site.origin + path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        found.append(path)
        for link in _LINK.finditer(await answer.text()):
            if not (NOT_WALKED.match(link[1]) or _is_known(link[1], (*found, *waiting))):
                waiting.append(link[1])
    _FOUND.extend(found)
    return found


def _is_known(path: str, pages: Collection[str]) -> bool:
    alike = [form for form in ONCE if form.fullmatch(path)]
    return path in pages or any(form.fullmatch(page) for form in alike for page in pages)


def _infos(routes: Sequence[web.AbstractRoute]) -> list[Any]:
    # Any: a resource says of itself what its kind has.
    return [route.resource.get_info() for route in routes if route.resource]


async def test_every_page_of_the_site_is_walked(visit: Visit) -> None:
    walked = await pages_of(visit)
    routes = [route for route in example_app().router.routes() if route.method == hdrs.METH_GET and route.resource]
    known = [(info.get("formatter", ""), info["pattern"]) for info in _infos(routes) if "pattern" in info]
    known += [(info["path"], re.compile(re.escape(info["path"]))) for info in _infos(routes) if "path" in info]
    paths = [page.partition("?")[0] for page in walked]
    missed = [path for path, pattern in known if not NOT_WALKED.match(path) and not any(map(pattern.fullmatch, paths))]
    assert missed == []
    assert {"/documents/d-ecbu", "/documents/d-abime", "/messages/c-garde", "/documents/d-autre-version"} < set(walked)


@pytest.mark.parametrize("share", range(SHARES))
async def test_page_is_sound(visiting: Visiting, share: int) -> None:
    """Load each page once: on paper, on a phone, by its names and places, in both themes, narrow and in large letters.

    What another site was asked, and what the browser complained of, is told at the end.
    """
    faults = []
    async with visiting(phone=True) as visit:
        for number, path in enumerate((await pages_of(visit))[share::SHARES]):
            await visit.page.set_viewport_size(PHONE)
            await visit.goto(path)
            found = [*await _faults_on_paper(visit.page)]
            await visit.page.set_viewport_size(PHONE)
            await visit.page.evaluate(OPEN_ALL)
            found += await _faults_under_fingers(visit.page)
            found += await _faults_of_names(visit.page)
            found += await _faults_in_both_themes(visit.page, narrow_is_dark=number % 2 == 1)
            found += await _faults_where_room_is_little(visit.page)
            faults += [(path, fault) for fault in found]
    assert not faults, "\n".join(f"{path}: {fault}" for path, fault in faults)
    assert visit.strangers == []
    # A page that is not there, and one that is damaged, are said so by the browser too.
    assert [said for said in visit.complaints if "404" not in said and "410" not in said] == []


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


async def test_axe_finds_what_is_wrong(visit: Visit) -> None:
    await visit.page.set_content("<html lang=fr><title>x</title><main><h1>x</h1><img src=x></main>")
    assert [found.partition(":")[0] for found in await found_by_axe(visit.page)] == ["image-alt"]


@pytest.mark.parametrize(
    "path", ["", "/", "/messages", "/messages/exemple-2", "/messages/nouveau", "/documents/exemple-1", "/nouveautes"]
)
async def test_sample_space_is_as_good_as_the_real_one(visiting: Visiting, path: str) -> None:
    async with visiting(phone=True, dark=True) as visit:
        await visit.goto(f"/decouvrir{path}")
        await visit.page.evaluate(OPEN_ALL)
        assert await visit.page.evaluate("document.documentElement.scrollWidth") == 390
        for wrong in (SMALL_TARGETS, NAMELESS, TWICE, PALE):
            assert await visit.page.evaluate(wrong) == []
        assert await found_by_axe(visit.page) == []

"""Every page of the site, found by its links as a person finds it: on a phone, in large letters, on paper, safely.

No page is listed here: one that is added is walked as soon as something leads to it, and fails until something does.
"""

import re
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import hdrs, web

from tests.browser.conftest import Visit, Visiting
from tests.browser.page_faults import PALE, SMALL_TARGETS, found_by_axe
from tests.browser.page_soundness import NAMELESS, OPEN_ALL, PHONE, TWICE, faults_of_page
from tests.builders.web_rare_contents import full_world
from tests.builders.web_server import Site, example_app, serving

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]
NOT_WALKED = re.compile(
    r"/(static|favicon|evenements|decouvrir|documents/.*/(fichiers|ouvrir|images/|pixels|epingle|visibilite|dossier|suppression|reprendre)|documents/garder"
    r"|resultats/.*/(csv|fhir)|messages/tout-lu|calendrier|mes-donnees/archive|historique/(fichier|journal|preuve)|cle-des-archives|agenda/abonnement/fin|partage/fin|lecture"
    r"|connexion|activation|conditions|nouvelles-conditions|mot-de-passe-oublie|identifiant-oublie|demande-envoyee|nouveau-mot-de-passe"
    r"|profil/(?!allergies|vaccinations|entourage|premiere-visite|pieces|historique-|synthese$|carte-urgence$|mesures$|mesures/(poids|tension/?|suivis))"
    r"|agenda\?vue=mois&amp;mois|espace-ferme|parametres/effacer/code"
    r"|messages/.*/(pieces|texte|mise-en-forme|reponse)|proches/(agir|moi|fin)$|proches/(representants|preuves/)|parametres/(aidants/.*/(preuve|fin)$|droits/demandes|plus-tard/tout-voir|codes-acces/(fin|annuler)|confidentialite/urgences)$)"
)
"""Most sections of the profile, which are all of one template.

Files, streams, the door, activation and the sample space, which are walked on their own, pages of a space in which one
acts for somebody, and what is no page, as an address that only leads back."""
ONCE = [
    re.compile(form)
    for form in (
        r"/documents/[^/?]+/titre", r"/documents/[^/?]+/pas-le-mien", r"/documents/[^/?]+/qui-voit",
        r"/(documents|profil/vaccinations)/[^/?]+/correction",
        r"/parametres/aidants/a\d+", r"/parametres/confidentialite/apercu\?.*", r"/documents\?categorie=.*",
        r"/documents/ajouter.*", r"/historique\?liste=.*", r"/agenda/[^/]+/modifier", r"/agenda/[0-9a-f]+",
        r"/documents/[^/]+/images\?.*", r"/profil/mesures/[^/]+/[0-9a-f]+", r"/profil/mesures/[^/]+\?periode=.*",
        r"/profil/mesures/[^/]+/ajouter", r"/profil/mesures/[^/]+/objectif",
        r"/parametres/securite/coordonnees/changer\?.*",
    )
]  # fmt: skip
"""Pages that differ in what was typed alone: one of each is looked at."""
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)[^"]*"[^>]*>')

SHARES = 6
"""Each test below looks at a part of the pages, so that several processes share the walk."""


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
    assert not missed, missed
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
            found = await faults_of_page(visit.page, narrow_is_dark=number % 2 == 1)
            faults += [(path, fault) for fault in found]
    assert not faults, "\n".join(f"{path}: {fault}" for path, fault in faults)
    assert visit.strangers == []
    # A page that is not there, and one that is damaged, are said so by the browser too.
    assert [said for said in visit.complaints if "404" not in said and "410" not in said] == []


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

"""What a carer finds with rights on one part alone: every page that a link leads to, and nothing of another part.

One visit walks the pages with the rights of each line, as a person would follow the links.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
import pytest_asyncio

from gateway.domain.access import SpacePart
from gateway.domain.carers import CarerLevel, CarerTerms
from gateway.domain.mandates import MandateKind
from tests.builders.agenda import an_entry
from tests.builders.carer_visit import CarerVisit, carer_visit
from tests.builders.family import a_mandate
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE
from tests.builders.store import ram_folder
from tests.builders.web_care import an_act
from tests.builders.web_results import measured

pytestmark = pytest.mark.asyncio(loop_scope="module")
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
_FORM = re.compile(r'<form\b[^>]*method="post" action="(/[^"#]*)')
_OF_READERS = {"/deconnexion", "/apparence", "/proches/moi", "/messages/tout-lu", "/nouveautes"}
_ELSEWHERE = re.compile(
    r"/(static|evenements|decouvrir|proches|conditions|aide|plan|vrai-message|accessibilite)|"
    r"/agenda\?vue=mois&mois|/profil/(?!allergies|mesures$|mesures/poids|historique-|pieces|synthese|volontes)"
)
"""Nobody's pages, and most sections and months, which are all of one template."""
WORDS = {
    SpacePart.MESSAGES: "Objet du message", SpacePart.DOCUMENTS: "Bilan de contrôle",
    SpacePart.PROFILE: "Allergie rare", SpacePart.AGENDA: "Rendez-vous secret",
    SpacePart.CARE_HISTORY: "Soin particulier",
}  # fmt: skip
PAGES = {
    SpacePart.MESSAGES: ("/messages",),
    SpacePart.DOCUMENTS: ("/documents", "/documents/ajouter", "/resultats", "/documents/telecharger?tout=1"),
    SpacePart.PROFILE: ("/profil", "/profil/allergies", "/profil/allergies/ajouter", "/profil/mesures", "/partage"),
    SpacePart.AGENDA: ("/agenda", "/agenda/nouveau", "/agenda/abonnement"),
    SpacePart.CARE_HISTORY: ("/profil/historique-de-soins",),
    SpacePart.TRACE: ("/historique", "/historique/fichier"),
}
NEVER = ("/documents/telecharger?tout=1", "/partage", "/historique/fichier", "/profil/synthese/pdf")
"""What takes data away, or shows them to others, whatever the rights."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def visit() -> AsyncIterator[CarerVisit]:
    """Put something into every part of Camille's space, and let Louis be her carer."""
    with ram_folder() as ram:
        async with carer_visit(ram) as made:
            site, vault = made.site, made.site.camille.vault
            await site.receive(a_letter(CLAIRE, subject=WORDS[SpacePart.MESSAGES]))
            await site.file([measured("Potassium", "2823-3", "4.1", "mmol/L")])
            await an_entry(site, title=WORDS[SpacePart.AGENDA])
            await site.write_allergy(WORDS[SpacePart.PROFILE])
            await site.write_weight()
            await site.propose_weight()
            act = an_act(1, day=date(2026, 2, 20), source=None)
            act = replace(act, lines=(replace(act.lines[0], label=WORDS[SpacePart.CARE_HISTORY]),))
            await site.at.store.write(lambda tx: tx.care_acts.put(vault, act))
            yield made


async def _with_rights(visit: CarerVisit, part: SpacePart, level: CarerLevel) -> None:
    site = visit.site
    terms = CarerTerms(levels={part: level}, last_day=date(2026, 4, 1))
    until, store = site.at.clock.now() + timedelta(days=30), site.at.store
    kept = await store.read(lambda tx: tx.mandates.all_of(site.camille.vault))
    mandate = kept[0] if kept else await a_mandate(store, site.camille, site.louis, MandateKind.CARER)
    await store.write(lambda tx: tx.mandates.save(replace(mandate, rights=terms.rights, until=until)))
    await visit.sign_in(site.louis)
    assert (await visit.act_for(site.camille)).location == "/"


async def _walked(visit: CarerVisit) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in found or _ELSEWHERE.match(path):
            continue
        answer = await visit.visit.browser.get(path)
        found[path] = answer.status, unescape(answer.text)
        if "text/html" in answer.headers.get("Content-Type", ""):
            waiting += map(unescape, _LINK.findall(answer.text))
    return found


@pytest.mark.parametrize(
    ("part", "level"),
    [
        *((part, CarerLevel.READ) for part in PAGES),
        *((part, CarerLevel.ACT) for part in PAGES if part not in (SpacePart.CARE_HISTORY, SpacePart.TRACE)),
    ],
)
async def test_carer_finds_their_part_by_its_links_and_nothing_of_another(
    visit: CarerVisit, part: SpacePart, level: CarerLevel
) -> None:
    await _with_rights(visit, part, level)
    pages = await _walked(visit)
    assert {path: status for path, (status, _) in pages.items() if status >= 400} == {}
    shown = {name for name, words in WORDS.items() if any(words in text for _, text in pages.values())}
    assert shown == ({part} & WORDS.keys())
    assert PAGES[part][0] in pages
    if level is CarerLevel.READ:
        forms = {form for _, text in pages.values() for form in _FORM.findall(text)}
        assert forms <= _OF_READERS
    for other, paths in PAGES.items():
        for path in paths if other is not part else ():
            assert (await visit.visit.browser.get(path)).status == 403, path
    for path in NEVER:
        assert (await visit.visit.browser.get(path)).status == 403, path
        assert path not in pages
    for path in filter(re.compile(r"/resultats/[0-9a-f]+").fullmatch, pages):
        for form in ("csv", "fhir"):  # an export, too
            assert f"{path}/{form}" not in pages
            assert (await visit.visit.browser.get(f"{path}/{form}")).status == 403

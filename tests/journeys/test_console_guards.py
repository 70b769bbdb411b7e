"""What every page of the console is guarded by, and that somebody else's patient is answered as nobody.

Pages and forms are found in the routing table: one that is added is asked by itself; a reference of a new name needs
its value in `WITHIN`.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from certs.authority import Subject
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.domain.address import MailAddress
from tests.builders.console_site import (
    ConsoleBrowser,
    ShownPage,
    authorised,
    card_of,
    console_app,
    console_browser,
    form_token,
    written_world,
)
from tests.builders.running_world import Site
from webpro.app import FEATURES

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CAMILLE, CLAIRE, PAUL = PATIENTS[0], PROFESSIONALS[0], PROFESSIONALS[1]
PUBLIC = {name for feature in FEATURES for name in feature.public}
WITHIN = {
    "document": "3123456789abcdef", "examination": "3123456789abcdef", "fiche": "3123456789abcdef",
    "kind": "poids", "which": "original", "demande": "3123456789abcdef", "rubrique": "allergies",
    "scan": "media-1", "image": "1",
}  # fmt: skip
"""Names in routes of what stands in a record; `patient` says whose record it is."""
NOBODY = "2123456789abcdef"
_NAME = re.compile(r"\{(\w+)\}")
ROUTES = [
    (route.method, route.resource.canonical, route.name or "")
    for route in console_app().router.routes()
    if route.resource and route.method in ("GET", "POST")
]
GUARDED = [(method, path) for method, path, name in ROUTES if name not in PUBLIC]
FORMS = [path for method, path in GUARDED if method == "POST"]
WITH_REFERENCE = [(method, path) for method, path, _ in ROUTES if _NAME.search(path)]


@dataclass(frozen=True)
class Two:
    """Camille's doctor, who has opened her record, and another; `camille` is how the console calls her."""

    claire: ConsoleBrowser
    paul: ConsoleBrowser
    stranger: ConsoleBrowser
    camille: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two() -> AsyncIterator[Two]:
    async with (
        written_world() as site,
        _with_card(site, CLAIRE.identifier) as claire,
        _with_card(site, PAUL.identifier) as paul,
        _with_card(site, "nobody") as stranger,
    ):
        await claire.come_in()
        await paul.come_in()
        address = MailAddress.parse(CAMILLE.address)
        found = await site.running.core.store.read(lambda tx: tx.spaces.resolve(address))
        assert found is not None
        place = f"/pro/patients/{found[0]:x}/dossier"
        await authorised(site, place, CLAIRE)
        opened = await claire.post(place, {"csrf": form_token(await claire.get(place)), "par": "accord"})
        assert opened.status == 303
        yield Two(claire, paul, stranger, f"{found[0]:x}")


def _with_card(site: Site, name: str) -> AbstractAsyncContextManager[ConsoleBrowser]:
    return console_browser(site, card_of(site, Subject(common_name=name)))


def at(path: str, reference: str) -> str:
    """Fill in the references of a route: the patient, and what is nowhere in the record."""
    return _NAME.sub(lambda name: reference if name[1] == "patient" else WITHIN[name[1]], path)


def told(shown: ShownPage, reference: str) -> tuple[int, str, str]:
    """Give what an answer says, whatever was asked for, without what each form has of its own."""
    text = re.sub(r'value="[0-9a-f]{64}"', "", shown.text.replace(reference, "reference"))
    return shown.status, shown.place.replace(reference, "reference"), text


async def test_every_route_but_these_needs_a_session_and_every_reference_is_known() -> None:
    assert {
        "console_login", "console_bare", "console_provider", "console_provider_return", "console_exercise",
    } == PUBLIC  # fmt: skip
    assert {name for _, path in WITH_REFERENCE for name in _NAME.findall(path)} == {"patient", *WITHIN}
    assert len(FORMS) >= 4


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_without_a_session_nothing_is_shown_and_nothing_done(two: Two, method: str, path: str) -> None:
    place = at(path, two.camille)
    if method == "GET":
        assert (await two.stranger.get(place)).place.startswith("/pro/connexion")
    else:
        shown = await two.stranger.post(place, {"csrf": "0" * 64})
        assert (shown.status, "Votre session a pris fin" in shown.text) == (403, True)


@pytest.mark.parametrize("path", FORMS)
async def test_form_without_its_token_or_from_another_site_is_refused(two: Two, path: str) -> None:
    token = form_token(await two.claire.get("/pro/recherche"))
    others = form_token(await two.paul.get("/pro/recherche"))
    for form, site in (({"csrf": ""}, ""), ({"csrf": others}, ""), ({"csrf": token}, "cross-site")):
        place = at(path, two.camille)
        if path.endswith("/documents/ajouter"):
            shown = await two.claire.send_file(place, form, "note.txt", b"Bonjour", site=site)
        else:
            shown = await two.claire.post(place, form, site=site)
        assert shown.status == 403


@pytest.mark.parametrize(("method", "path"), WITH_REFERENCE)
async def test_patient_of_somebody_else_is_answered_as_nobody(two: Two, method: str, path: str) -> None:
    answers = []
    for reference in (two.camille, NOBODY):
        place = at(path, reference)
        token = form_token(await two.paul.get("/pro/recherche"))
        shown = await (two.paul.get(place) if method == "GET" else two.paul.post(place, {"csrf": token}))
        answers.append(told(shown, reference))
        if path.endswith("/confirmation"):
            assert (await two.paul.come_in()).place == place.removesuffix("/confirmation")
    assert answers[0] == answers[1]
    assert CAMILLE.identity.traits.birth_name.title() not in answers[0][2]

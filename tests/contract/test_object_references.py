"""Somebody else's object is answered as one that does not exist: every route with a reference, found in the routers.

A route that is added with a reference is asked by itself; one of a new name needs its value in `Strangers.mine`. The
same holds for fields of forms: a new one is a reference, or is said to be none.
"""

import inspect
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, FormData, web
from aiohttp.test_utils import TestServer

from gateway.domain.document import LabResult
from gateway.domain.examinations import examination_number
from gateway.domain.lab_result import ResultValue, ValueKind
from gateway.domain.mandates import MandateKind
from gateway.domain.observed import loinc_key
from gateway.fhir import api as fhir_api
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.application_tokens import issue_token
from gateway.services.sign_in.own_sign_in import name_of
from tests.builders.agenda import an_entry
from tests.builders.family import A_CARER, a_carer_asked, a_child, a_mandate
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PDF, PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.soft_passkey import SoftPasskey
from tests.builders.store import NOON
from tests.builders.web_client import ORIGIN, Answer, Browser
from tests.builders.web_images import sample_scan
from tests.builders.web_results import measured
from tests.builders.web_server import example_app
from webmail.app import make_app
from webmail.identifiers import DocumentId
from webmail.references import person_of
from webmail.sessions import SESSION_COOKIE, MemorySessions, Sessions
from webmail.settings import WebSettings

_NAME = re.compile(r"\{(\w+)\}")
OF_EVERYBODY = ("/static/", "/decouvrir/", "/conditions/", "/calendrier/")
"""Files of the program, the sample space, the terms of use: nobody's."""
PARTS = {"section": "2", "which": "pdf", "scan": "media-1", "image": "1", "rubrique": "allergies", "mesure": "poids"}
"""Names within an object."""
FIELDS = ("session", "cle", "dossier", "professionnel")
"""Fields of forms that name an object: a session, a passkey, a folder of documents, somebody in contact."""
OTHER_FIELDS = {
    "a", "accepte", "aide", "aussi", "categorie", "choix", "code", "confirmation", "contact", "date", "demarche",
    "destinataire", "envoi", "identifiant", "jusque", "lien", "naissance", "nom", "numero", "objet", "personne",
    "pour", "retour", "sans_cles", "texte", "theme", "titre", "version", "voie",
    "abonnement", "conseil", "details", "vus", "partage",
    "empreinte",
    "a_faire", "apporter", "lesquels", "avec", "confirme", "entree", "etape", "fiche", "geste", "lieu", "note", "rien",
    "cible", "suivi", "reponse", "certifie", "invitation", "valable", "acces", "refus", "document", "urgence",
    "representant", "dernier_jour", "acte", "demande", "documents",
    "corriger", "motif", "partie", "qui", "recit", "sujet",
}  # fmt: skip
"""Words, choices, what is looked up among one's own only, and what names nobody (`lien`, `demarche` …)."""
AN_ENTRY = {"titre": "Contrôle", "jour": "2026-03-09", "version": "1", "geste": "annuler", "certifie": "1"}
_FIELD = re.compile(r'form\.text\("(\w+)"\)')
FACE = ("DocumentReference", "Observation", "Binary")


def _routes(app: web.Application) -> list[str]:
    named = [
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource and route.method != "HEAD"
    ]
    with_object = [one for one in named if {*_NAME.findall(one)} - PARTS.keys()]
    return [one for one in with_object if not one.partition(" ")[2].startswith(OF_EVERYBODY)]


def _form_routes(app: web.Application) -> dict[str, tuple[str, ...]]:
    read = {
        route.resource.canonical: tuple(_FIELD.findall(inspect.getsource(route.handler)))
        for route in app.router.routes()
        if route.resource and route.method == "POST"
    }
    return {path: found for path, fields in read.items() if (found := tuple(one for one in fields if one in FIELDS))}


FORMS = _form_routes(example_app())
ROUTES = [*_routes(example_app()), *(f"GET /fhir/{kind}/{{id}}" for kind in FACE)]


@dataclass(frozen=True)
class Strangers:
    """Camille's objects, and browsers and tokens of Camille and of Louis."""

    site: PatientSite
    mine: dict[str, str]
    camille: tuple[Browser, str]
    louis: tuple[Browser, str]

    async def ask(self, who: tuple[Browser, str], route: str, names: dict[str, str]) -> Answer:
        """Go through a route with these references."""
        browser, bearer = who
        method, _, path = route.partition(" ")
        if path.startswith("/fhir/"):
            end = {"Observation": "-0", "Binary": "-pdf"}.get(path.split("/")[2], "")
            path = path.replace("{id}", names["document"] + end)
            return await browser.get(path, Authorization=f"Bearer {bearer}")
        path = _NAME.sub(lambda name: names[name[1]], path)
        if method == "GET":
            return await browser.get(path)
        fields = {"csrf": await browser.token(), "texte": "Merci.", "envoi": "reference", **AN_ENTRY}
        fields |= {"version": "1", "geste": "supprimer"} if path.startswith("/profil/") else {}
        fields |= A_CARER | {"dernier_jour": "2026-04-01"} if path.startswith("/parametres/aidants/") else {}
        fields |= {"version": "0"} if path.startswith("/documents/") else {}
        fields["corriger"] = "Le nom est faux."
        if path.endswith("/qui-voit"):
            fields |= {"choix": "cacher", "professionnel": (await self.references(self.camille))["professionnel"]}
        fields["cible"] = "mesure:poids" if path.startswith("/profil/") else f"allergies:{self.mine['fiche']}"
        return await browser.post(path, FormData(fields, default_to_multipart=path.startswith("/messages/")))

    async def received(self, route: str) -> dict[str, str]:
        """Give what a doubt is said of, and what takes it back: a document that somebody sent."""
        if route.endswith("{fiche}/correction"):
            await self.site.confirm_allergy(int(self.mine["fiche"], 16))
            return {}
        if not route.endswith(("/pas-le-mien", "/reprendre", "/correction")):
            return {}
        document = await self.site.file()
        if route.endswith("/reprendre"):
            await self.site.pages.doubt_document(self.site.actor, DocumentId(f"{document.id:x}"))
        return {"document": f"{document.id:x}"}

    async def references(self, who: tuple[Browser, str]) -> dict[str, str]:
        """Give what forms call a session, a passkey and a folder of somebody."""
        person = self.site.camille if who is self.camille else self.site.louis
        (session,) = await self.site.services.own_sign_in.sessions(holder_of(person, "web"))
        (passkey,) = await self.site.services.own_passkeys.mine(holder_of(person, "web"))
        (folder,) = await self.site.pages.document_folders(holder_of(person, "web"))
        return {
            "session": name_of(session),
            "cle": self.site.services.own_passkeys.reference_of(passkey),
            "dossier": folder.id,
            "professionnel": (await self.site.services.care_circle.known(holder_of(person, "web")))[0].reference,
        }

    def told(self, answer: Answer, names: dict[str, str]) -> tuple[int, str, str]:
        """Give what an answer says, whatever reference was asked for."""
        text = answer.text
        for name, value in names.items():
            text = text if name in PARTS else text.replace(value, "reference")
        return answer.status, answer.headers.get("Content-Type", ""), text


@pytest.fixture
async def strangers(ram: Path) -> AsyncIterator[Strangers]:
    async with patient_site(ram) as site:
        sessions, settings = site.stored_sessions, WebSettings(origin=ORIGIN)
        face = fhir_api.make_app(
            fhir_api.FhirServices(
                store=site.at.store,
                clock=site.at.clock,
                sign_ins=site.sign_ins,
                queries=site.queries,
                documents=site.documents,
            ),
            ORIGIN,
        )
        app = make_app(everywhere(site.pages), sessions, site.at.clock, settings, beside={"/fhir/": face})
        letter = await site.receive(a_letter(CLAIRE, html="<p>Bonjour</p>", files=(("a.pdf", PDF),)))
        potassium = measured("Potassium", "2823-3", "4.1", "mmol/L")
        aspect = LabResult(label="Aspect", value=ResultValue(kind=ValueKind.ABSENT))
        document = await site.file([aspect, potassium], scans=sample_scan()[:1], is_own=True)
        examination = f"{examination_number(site.camille.vault, loinc_key(potassium.code)):x}"
        entry, fiche = await an_entry(site), await site.write_allergy()
        mine = {"conversation": f"{letter:x}", "message": f"{letter:x}", "document": f"{document.id:x}", **PARTS}
        mine |= {"entry": f"{entry.id:x}", "fiche": f"{fiche.id:x}", "examination": examination}
        mine |= {"proche": f"{(await a_child(site.at.store, site.camille)).vault:x}"}
        mine |= {"aidant": f"{(await a_carer_asked(site.at.store, site.camille)).number:x}"}
        other, until = await a_child(site.at.store), NOON + timedelta(days=90)
        held = await a_mandate(site.at.store, other, site.camille, MandateKind.CARER, until=until)
        mine |= {"mandat": f"{held.number:x}"}
        mine |= {"releve": f"{(await site.write_weight()).id:x}"}
        mine |= {"proposition": f"{await site.propose_weight():x}"}
        async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as client:
            base, both = str(server.make_url("/"))[:-1], []
            for space in (site.camille, site.louis):
                token = await Sessions(sessions, site.at.clock, settings).open(person_of(space))
                device, own = SoftPasskey(), site.services.own_passkeys
                made = device.made(await own.ask_new(holder_of(space, "web"), token, ORIGIN))
                await own.add(holder_of(space, "web"), made, token, ORIGIN, "")
                await site.pages.save_document_folder(holder_of(space, "web"), "Genou", "")
                bearer = await issue_token(site.at.store, site.at.clock, space.vault, timedelta(days=1))
                both.append((Browser(client, base, MemorySessions(), {SESSION_COOKIE: token}), bearer))
            yield Strangers(site, mine, both[0], both[1])


def test_every_reference_has_a_value(strangers: Strangers) -> None:
    assert len(ROUTES) >= 9
    named = {name for route in ROUTES for name in _NAME.findall(route)}
    assert named - {"id"} == set(strangers.mine)


@pytest.mark.parametrize("route", ROUTES)
async def test_object_of_somebody_else_is_answered_as_none(strangers: Strangers, route: str) -> None:
    nowhere = {name: value if name in PARTS else "1234567890abcde" for name, value in strangers.mine.items()}
    theirs = strangers.told(await strangers.ask(strangers.louis, route, strangers.mine), strangers.mine)
    nobody_s = strangers.told(await strangers.ask(strangers.louis, route, nowhere), nowhere)
    assert theirs == nobody_s
    own = await strangers.ask(strangers.camille, route, strangers.mine | await strangers.received(route))
    assert own.status < 400
    # An address that only leads elsewhere, whatever it names; a deletion that was sent twice is calm.
    if not (own.status == 303 and (route.startswith("GET") or route.endswith("/suppression"))):
        assert theirs[0] == 404


async def test_trace_of_the_owner_says_nothing_of_who_guessed(strangers: Strangers) -> None:
    before = await strangers.site.at.store.read(lambda tx: tx.audit.events(strangers.site.camille.vault))
    for route in ROUTES:
        await strangers.ask(strangers.louis, route, strangers.mine)
    assert await strangers.site.at.store.read(lambda tx: tx.audit.events(strangers.site.camille.vault)) == before


def test_every_field_of_a_form_is_known() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path("webmail").rglob("*.py"))
    assert set(_FIELD.findall(text)) == {*FIELDS, *OTHER_FIELDS}
    assert {one for fields in FORMS.values() for one in fields} == set(FIELDS)


@pytest.mark.parametrize("path", FORMS)
async def test_form_that_names_an_object_of_somebody_else_is_answered_as_one_of_none(
    strangers: Strangers, path: str
) -> None:
    theirs = await strangers.references(strangers.camille)
    before = await strangers.references(strangers.camille)
    answers = []
    nobody_s = {"session": "0123456789abcdef", "cle": "0" * len(theirs["cle"]), "dossier": "1234567890abcde"}
    nobody_s["professionnel"] = "0" * 32
    choice = "cacher" if path.endswith("/qui-voit") else "bloquer"
    for named in (theirs, nobody_s):
        typed = {"nom": "Tablette", "choix": choice, "refus": "professionnel"}
        fields = {"csrf": await strangers.louis[0].token(), **typed}
        fields |= {name: value for name, value in named.items() if name in FORMS[path]}
        # A path with a reference is of Camille's document: it is not Louis' either.
        there = _NAME.sub(lambda name: strangers.mine[name[1]], path)
        answers.append(strangers.told(await strangers.louis[0].post(there, FormData(fields)), named))
    assert answers[0] == answers[1]
    assert await strangers.references(strangers.camille) == before
    own = {"csrf": await strangers.camille[0].token(), **typed}
    own |= {name: value for name, value in theirs.items() if name in FORMS[path]}
    assert (await strangers.camille[0].post(there, FormData(own))).status < 400

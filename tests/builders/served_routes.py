"""Every route that a gateway serves, found in its applications, and what each of them names."""

import inspect
import re
from dataclasses import dataclass

from aiohttp import web

from tests.builders.marked_space import IDENTITY

OF_EVERYBODY = ("/static/", "/decouvrir/", "/conditions/", "/shl/", "/calendrier/")
"""Files of the program, the sample space, the terms of use; and what a secret in the address opens by itself."""
LIVE = "/evenements"
"""A stream that ends when its reader does: what it may say is asked where it is made."""
SHOWN = {
    "/proches/preuves/": "carer with documents", "/fhir/": "application", "/caldav/": "calendar",
    "/pro/": "professional allowed", "/agent/": "agent",
}  # fmt: skip
"""Who is shown what routes name, if it is not the patient: a value that names nothing would hide every difference."""
NOT_YET = {
    "/agent/personnes/{person}/preuve", "/agent/file/{kind}/{person}/{number}", "/profil/{rubrique}/{fiche}/correction",
}  # fmt: skip
"""What nobody is shown before something else was done."""
ENDS_A_SESSION = re.compile(r"/pro/.*/confirmation")
"""Forms that answer once: `tests/journeys/test_console_guards.py` asks them."""
ELSEWHERE = {"/pro/connexion/carte": "card", "/patients/": "deposit"}
"""Applications that are served only to whoever shows a certificate."""
WITHIN = {
    "section": "2", "which": "pdf", "scan": "media-1", "image": "1", "rubrique": "allergies", "mesure": "poids",
    "rest": "ailleurs", "kind": "poids", "number": "0",
}  # fmt: skip
"""Names of something within an object."""
ASKED_WITH = (
    "/historique?liste=professionnels", "/historique?liste=services", "/documents?q=zib", "/resultats?q=zib",
    "/documents/telecharger?document={document}", "/parametres/confidentialite/apercu?professionnel={professionnel}",
)  # fmt: skip
"""What is asked besides of pages that choose by a query."""
PART_OF = {
    "conversation": "messages", "message": "messages", "document": "documents", "id": "documents",
    "examination": "documents", "entry": "agenda", "name": "agenda", "fiche": "profile", "releve": "profile",
    "demande": "profile", "proposition": "profile", "dossier": "documents", "proche": "relatives", "patient": IDENTITY,
    "professionnel": "rights", "aidant": "rights", "mandat": "mandate", "person": IDENTITY,
}  # fmt: skip
"""Of which part of a space an object is that a route names."""
KNOWN = PART_OF.keys() | WITHIN.keys()
FIELDS = {"dossier", "professionnel"}
"""Fields of forms that name an object."""
HELP = (
    "{name} in {route} is new here. If it names an object of a person, give it a value in tests/builders/"
    "marked_space.py (references) and say in PART_OF of which part it is; if it only names something within an "
    "object, give its value in WITHIN."
)
_NAME = re.compile(r"\{(\w+)\}")
_FIELD = re.compile(r'form\.text\("(\w+)"\)')
_METHODS = {"*": "PUT"}


@dataclass(frozen=True)
class Route:
    """One route of one application."""

    method: str
    path: str
    fields: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of what it is about, those that are no object among them."""
        return tuple(_NAME.findall(self.path))

    @property
    def objects(self) -> frozenset[str]:
        """Give the parts that its objects are of."""
        named = {PART_OF[name] for name in self.names if name not in WITHIN}
        return frozenset(named | {PART_OF[name] for name in self.fields})

    def at(self, references: dict[str, str]) -> str:
        """Fill in what it is about."""
        path = self.path
        if path.startswith("/fhir/"):
            path += {"Observation": "-0", "Binary": "-pdf"}.get(path.split("/")[2], "")
        within = WITHIN | ({"kind": "code"} if path.startswith("/agent/") else {})
        return _NAME.sub(lambda name: (references | within)[name[1]], path)

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.method} {self.path}"


def routes_of(applications: tuple[web.Application, ...]) -> list[Route]:
    """List what is served to whoever shows no certificate."""
    found = {Route("GET", path): None for path in ASKED_WITH}
    for application in applications:
        served = [route for route in application.router.routes() if route.resource and route.method != "HEAD"]
        paths = [route.resource.canonical for route in served if route.resource]
        if any(path.startswith(door) for path in paths for door in ELSEWHERE):
            continue
        for route, path in zip(served, paths, strict=True):
            read = _FIELD.findall(inspect.getsource(route.handler)) if route.method == "POST" else []
            method = _METHODS.get(route.method, route.method)
            found[Route(method, path, tuple(name for name in read if name in FIELDS))] = None
    asked = [one for one in found if not one.path.startswith(OF_EVERYBODY) and one.path != LIVE]
    return [one for one in asked if not ENDS_A_SESSION.fullmatch(one.path)]


def unknown_names(applications: tuple[web.Application, ...]) -> list[tuple[str, Route]]:
    """List the names in routes of which nobody has said what they are."""
    return [(name, route) for route in routes_of(applications) for name in route.names if name not in KNOWN]


def known_routes(applications: tuple[web.Application, ...]) -> list[Route]:
    """List those of which every name is known: the others are for the test that asks for their names."""
    return [route for route in routes_of(applications) if KNOWN.issuperset(route.names)]

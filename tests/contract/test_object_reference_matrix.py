"""Everybody around a patient asks for everything, and is told of the parts that are theirs to know and of no other.

Routes are those of every application that the gateway serves: one that is added is asked by itself, as everybody. What
is somebody's is told apart from what is not there by no status, header or word; by time only as far as one rule comes
first for both.
"""

import inspect
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import web

from gateway.core import store_paths
from tests.builders.asking import Asking, Heard, asking
from tests.builders.everybody import Everybody, everybody
from tests.builders.marked_space import IDENTITY, MARKS, marks_in
from tests.builders.somebody import Somebody
from tests.builders.store import behind_the_store

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
OF_EVERYBODY = ("/static/", "/decouvrir/", "/conditions/", "/shl/", "/calendrier/")
"""Files of the program, the sample space, the terms of use; and what a secret in the address opens by itself."""
LIVE = "/evenements"
"""A stream that ends when its reader does: what it may say is asked where it is made."""
SHOWN = {"/fhir/": "application", "/caldav/": "calendar", "/pro/": "professional allowed", "/agent/": "agent"}
"""Who is shown what routes name, if it is not the patient: a value that names nothing would hide every difference."""
NOT_YET = {"/agent/personnes/{person}/preuve"}
"""What nobody is shown before something else was done."""
ENDS_A_SESSION = re.compile(r"/pro/.*/confirmation")
"""Forms that answer once: `tests/journeys/test_console_guards.py` asks them."""
ELSEWHERE = {"/pro/connexion/carte": "card", "/patients/": "deposit"}
"""Applications that are served only to whoever shows a certificate."""
WITHIN = {
    "section": "2", "which": "pdf", "scan": "media-1", "image": "1", "rubrique": "allergies", "mesure": "poids",
    "rest": "ailleurs", "kind": "poids",
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
    "proposition": "profile", "dossier": "documents", "proche": "relatives", "patient": IDENTITY,
    "professionnel": "rights", "aidant": "rights", "person": IDENTITY,
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
LEAST = {
    "nobody": (), "patient": MARKS, "other patient": (), "application": ("documents",),
    "application of another": (), "calendar": ("agenda",), "calendar of another": (),
    "guardian": ("documents", "messages", "profile", "agenda", IDENTITY),
    "former guardian": (IDENTITY,),
    **{f"carer with {part}": (part, IDENTITY)
       for part in ("documents", "messages", "profile", "care-history", "agenda", "trace")},
    "carer who reads": ("documents", "messages", "profile", "care-history", "agenda", "trace"),
    "professional allowed": ("profile", IDENTITY), "delegate": ("profile", IDENTITY),
    "agent": (IDENTITY,), "agent who did not look": (),
    "professional blocked": (), "professional unknown": (), "professional who left": (),
}  # fmt: skip
"""Of what each is told at least: what nobody is ever told would be no proof that others are not."""
OWNERS = {"patient", "guardian", "application", "calendar"}
FORM = {
    "texte": "Merci.", "envoi": "reference", "titre": "Contrôle", "jour": "2026-12-09", "version": "1",
    "geste": "supprimer", "certifie": "1", "reponse": "oui", "choix": "bloquer", "nom": "Genou", "par": "accord",
    "cible": "mesure:poids", "refus": "professionnel",
}  # fmt: skip
"""What is typed where it is asked for."""
_NAME, _HEX = re.compile(r"\{(\w+)\}"), re.compile(r"[0-9a-f]{8,}")
_FIELD = re.compile(r'form\.text\("(\w+)"\)')
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f.]+)"')
_OWN = re.compile(r'type="hidden" name="(?:csrf|auteur|entree|fiche|envoi)" value="[^"]*"')
_NOT_COMPARED = frozenset({"Date", "Set-Cookie"})
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
        return _NAME.sub(lambda name: (references | WITHIN)[name[1]], path)

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


def known_routes(around: Everybody) -> list[Route]:
    """List those of which every name is known: the others are for the test that asks for their names."""
    return [route for route in routes_of(around.applications) if KNOWN.issuperset(route.names)]


def of_nobody(references: dict[str, str]) -> dict[str, str]:
    """Give references as long as these, to what is not there."""
    nowhere = "1234567890abcdef" * 4
    return {name: _HEX.sub(lambda found: nowhere[: len(found[0])], value) for name, value in references.items()}


def told(heard: Heard, references: dict[str, str]) -> tuple[int, dict[str, str], str]:
    """Give what an answer says, whatever was asked for, without what each page has of its own."""
    text = heard.body.decode("utf-8", "replace")
    headers = {name: value for name, value in heard.headers.items() if name not in _NOT_COMPARED}
    for value in sorted(set(references.values()), key=len, reverse=True):
        text = text.replace(value, "reference")
        headers = {name: told_of.replace(value, "reference") for name, told_of in headers.items()}
    return heard.status, headers, _OWN.sub("", text)


@dataclass(frozen=True)
class Sweep:
    """Somebody asks for everything."""

    around: Everybody
    asking: Asking
    name: str
    faults: list[str]
    seen: set[str]

    @property
    def who(self) -> Somebody:
        """Give them."""
        return self.around.people[self.name]

    async def both(self, route: Route, form: dict[str, str] | None = None) -> tuple[Heard, bool]:
        """Ask for what is Ada's, and for what is not there; give the first answer, and whether both say the same."""
        mine = self.around.ada.references
        nowhere, answers = of_nobody(mine), []
        for references in (mine, nowhere):
            filled = None if form is None else form | {name: references[name] for name in route.fields}
            answers.append(await self.asking.ask(self.who, route.method, route.at(references), filled))
        self._hear(route, *answers)
        same = told(answers[0], mine) == told(answers[1], nowhere)
        if not same and not route.objects <= self.who.sees:
            statuses = " and ".join(str(one.status) for one in answers)
            self.faults.append(f"{self.name}: {route} tells what is Ada's from what is not there ({statuses})")
        return answers[0], same

    async def read(self, route: Route) -> None:
        """Ask for a page or a file."""
        if route.objects:
            heard, same = await self.both(route)
            shown_to = next((who for path, who in SHOWN.items() if route.path.startswith(path)), "patient")
            is_bare = heard.status >= 400 or (same and heard.status != 303)
            if self.name == shown_to and route.path not in NOT_YET and is_bare:
                self.faults.append(f"{route} does not show {self.name} what is there: its value here is wrong")
        else:
            self._hear(route, await self.asking.ask(self.who, route.method, route.at({})))

    def _hear(self, route: Route, *answers: Heard) -> None:
        for heard in answers:
            marks = marks_in(heard.text)
            self.seen.update(marks)
            if heard.status >= 500 and heard.status != 501:
                self.faults.append(f"{self.name}: {route} failed ({heard.status})")
            if marks - self.who.sees:
                self.faults.append(f"{self.name}: {route} tells of {', '.join(sorted(marks - self.who.sees))}")


def kept_of(around: Everybody) -> dict[str, list[tuple[object, ...]]]:
    """Give all that is kept in Ada's vault, by table; but for the trace, which says who asked."""
    paths = store_paths(around.site.world.settings)
    tables = behind_the_store(
        paths,
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = ?",
        "vault",
    )
    vault = around.ada.space.vault
    return {
        name: sorted(behind_the_store(paths, f"SELECT * FROM {name} WHERE vault = ?", vault), key=repr)
        for (name,) in tables
        if name not in {"audit", "audit_head", "outbox", "session"}
    }


async def form_token(ask: Asking, who: Somebody) -> str:
    """Give the token of somebody's forms; of no form, where they see none."""
    for page in ("/parametres", "/pro/recherche", "/agent/"):
        found = _TOKEN.search((await ask.ask(who, "GET", page)).text)
        if found:
            return found[1]
    return "0" * 64


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def around() -> AsyncIterator[Everybody]:
    async with everybody() as world:
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ask(around: Everybody) -> AsyncIterator[Asking]:
    async with asking(around.site) as client:
        yield client


async def test_every_name_in_a_route_is_known(around: Everybody) -> None:
    unknown = [(name, route) for route in routes_of(around.applications) for name in route.names if name not in KNOWN]
    assert not unknown, "\n".join(HELP.format(name=name, route=route) for name, route in unknown)
    assert set(PART_OF) <= around.ada.references.keys()
    assert around.people.keys() == LEAST.keys()


@pytest.mark.parametrize("name", LEAST)
async def test_everybody_is_told_of_what_is_theirs_to_know_and_of_nothing_else(
    around: Everybody, ask: Asking, name: str
) -> None:
    sweep = Sweep(around, ask, name, [], set())
    for route in known_routes(around):
        if route.method != "POST":
            await sweep.read(route)
    assert not sweep.faults, "\n".join(sweep.faults)
    assert sweep.seen >= {*LEAST[name]}


@pytest.mark.parametrize("name", [name for name in LEAST if name not in OWNERS])
async def test_nobody_changes_what_is_not_theirs_to_change(around: Everybody, ask: Asking, name: str) -> None:
    sweep, before = Sweep(around, ask, name, [], set()), kept_of(around)
    assert all(before[table] for table in ("document", "entry", "profile_entry", "agenda_event", "mandate"))
    token = await form_token(ask, sweep.who)
    for route in known_routes(around):
        if route.method == "POST" and route.objects and not route.objects & sweep.who.changes:
            await sweep.both(route, FORM | {"csrf": token})
    assert not sweep.faults, "\n".join(sweep.faults)
    assert kept_of(around) == before

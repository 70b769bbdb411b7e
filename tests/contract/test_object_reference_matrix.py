"""Everybody around a patient asks for everything, and is told of the parts that are theirs to know and of no other.

Routes are those of every application that the gateway serves: one that is added is asked by itself, as everybody. What
is somebody's is told apart from what is not there by no status, header or word; by time only as far as one rule comes
first for both.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

import pytest
import pytest_asyncio

from gateway.core import store_paths
from gateway.domain.activity import ActivitySide
from gateway.domain.agents import AgentEntry
from gateway.domain.dossier import ORIGINAL
from gateway.domain.errors import AccessRefused
from gateway.services.access.actors import agent_in, operator_of
from gateway.services.agenda.own_agenda import OwnAgenda
from gateway.services.happenings.notification_centre import NotificationCentre
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.profile.care_reading import CareReading
from gateway.services.profile.profile_reading import ProfileReading
from gateway.services.record.document_access import DocumentAccess
from gateway.services.record.document_words import DocumentWords
from gateway.services.record.record_queries import RecordQueries, Window
from gateway.services.sharing.health_links import HealthLinks
from gateway.services.trace.activity_history import ActivityHistory, ActivitySearch
from tests.builders.asking import Asking, Heard, asking
from tests.builders.depositor import PAYER, Depositor
from tests.builders.everybody import Everybody, everybody
from tests.builders.marked_space import IDENTITY, MARKS, marks_in
from tests.builders.patient_site import PDF
from tests.builders.served_routes import HELP, NOT_YET, PART_OF, SHOWN, Route, known_routes, unknown_names
from tests.builders.somebody import Somebody
from tests.builders.store import an_ins, behind_the_store

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
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
_HEX = re.compile(r"[0-9a-f]{8,}")
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f.]+)"')
_OWN = re.compile(r'type="hidden" name="(?:csrf|auteur|entree|fiche|envoi)" value="[^"]*"')
_NOT_COMPARED = frozenset({"Date", "Set-Cookie"})


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
            is_hidden = heard.status >= 400 or (same and heard.status != 303)
            if is_hidden and self.name == shown_to and route.path not in NOT_YET:
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
        if not name.startswith(("audit", "head_")) and name not in {"outbox", "session"}
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
    unknown = unknown_names(around.applications)
    assert not unknown, "\n".join(HELP.format(name=name, route=route) for name, route in unknown)
    assert set(PART_OF) <= around.ada.references.keys()
    assert around.people.keys() == LEAST.keys()


@pytest.mark.parametrize("name", LEAST)
async def test_everybody_is_told_of_what_is_theirs_to_know_and_of_nothing_else(
    around: Everybody, ask: Asking, name: str
) -> None:
    sweep = Sweep(around, ask, name, [], set())
    for route in known_routes(around.applications):
        if route.method != "POST":
            await sweep.read(route)
    assert not sweep.faults, "\n".join(sweep.faults)
    assert sweep.seen >= {*LEAST[name]}


@pytest.mark.parametrize("name", [name for name in LEAST if name not in OWNERS])
async def test_nobody_changes_what_is_not_theirs_to_change(around: Everybody, ask: Asking, name: str) -> None:
    sweep, before = Sweep(around, ask, name, [], set()), kept_of(around)
    assert all(before[table] for table in ("document", "entry", "profile_entry", "agenda_event", "mandate"))
    token = await form_token(ask, sweep.who)
    for route in known_routes(around.applications):
        if route.method == "POST" and route.objects and not route.objects & sweep.who.changes:
            await sweep.both(route, FORM | {"csrf": token})
    assert not sweep.faults, "\n".join(sweep.faults)
    assert kept_of(around) == before


async def test_object_of_somebody_else_is_none_in_the_record_of_a_patient_of_ones_own(
    around: Everybody, ask: Asking
) -> None:
    mine, who = around.ada.references, around.people["professional allowed"]
    several = [one for one in known_routes(around.applications) if len({*one.names} & PART_OF.keys()) > 1]
    asked = [one for one in several if "documents" in one.objects]
    assert asked
    for route in (one for one in asked if one.method == "GET"):
        answers = []
        for other in (around.other_document, of_nobody(mine)["document"]):
            here = mine | {name: other for name in route.names if PART_OF.get(name) == "documents"}
            answers.append(told(await ask.ask(who, "GET", route.at(here)), {"other": other}))
        assert answers[0] == answers[1], route
        assert answers[0][0] == 404, route


async def test_whoever_the_patient_blocked_is_answered_as_if_nobody_were_there(around: Everybody) -> None:
    site, ada = around.site, str(around.ada.space.address.mail)
    nobody = f"{an_ins(777_001).value}@{around.ada.space.address.domain}"
    depositor = Depositor.of(site.running.deposit_port or 0, site.authority, site.world.senders[PAYER])
    for path in ("documents", "care-history"):
        paths = [f"/patients/{to}/{path}" for to in (ada, nobody)]
        said = [await asyncio.to_thread(depositor.ask, "POST", one, PDF, {}) for one in paths]
        assert (said[0].status, said[0].raw) == (said[1].status, said[1].raw), path
        assert said[0].status >= 400


async def test_operator_and_agents_are_shown_nothing_by_any_service(around: Everybody) -> None:
    it, vault, first, last = around.site.running.core, around.ada.space.vault, date(2026, 11, 1), date(2026, 12, 31)
    number, at = int(around.ada.references["document"], 16), (it.store, it.clock)
    documents = DocumentAccess(it.store, it.blobs, it.clock, DocumentWords(it.store, it.blobs))
    for actor in (operator_of(vault), agent_in(vault, AgentEntry(number=1, name="Agent", key=""), "appel")):
        for asked in (
            documents.listed(actor), documents.read(actor, number), documents.open_file(actor, number, ORIGINAL),
            RecordQueries(*at).documents(actor, Window(0, 9)), RecordQueries(*at).results(actor, Window(0, 9)),
            it.conversations.recent(actor), it.conversations.mark_all_read(actor), ProfileReading(*at).overview(actor),
            CareReading(*at).history(actor), HealthLinks(*at).mine(actor),
            OwnAgenda(*at).between(actor, first, last),
            ActivityHistory(*at).page(actor, ActivitySearch(side=ActivitySide.OWN)),
            NotificationCentre(*at).recent(actor), CareCircle(*at, it.trust.entry).known(actor),
        ):  # fmt: skip
            with pytest.raises(AccessRefused):
                await asked

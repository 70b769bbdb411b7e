"""Agents come in by a certificate alone, and help a person on the telephone, who reads it (F11, F12, A21, A26)."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from certs.authority import Subject
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.domain.access import Role
from gateway.domain.mailbox import OPERATOR
from gateway.domain.space import SpaceState
from gateway.services.agents.agent_looks import MOST_MISSES
from tests.builders.agent_site import DOOR, added_agent, agent_browser, agents_app, register_of, trace_of
from tests.builders.console_site import ConsoleBrowser, ShownPage, card_of, console_browser, form_token
from tests.builders.running_world import Site, running_world
from webagent.app import FEATURES

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
NOTIFIED = next(one for one in PATIENTS if one.state is SpaceState.NOTIFIED)
ACTIVE = PATIENTS[0]
ASKED = "appelle pour refuser son espace"
NOBODY = "2123456789abcdef"
_NAME = re.compile(r"\{(\w+)\}")
PUBLIC = {name for feature in FEATURES for name in feature.public}
ROUTES = [
    (route.method, route.resource.canonical)
    for route in agents_app().router.routes()
    if route.resource and route.method in ("GET", "POST") and route.name not in PUBLIC
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with running_world() as running:
        yield running


def at(path: str, reference: str) -> str:
    """Fill in the names of a route: a person, and what waits of theirs."""
    known = {"kind": "code", "number": "0"}
    return _NAME.sub(lambda name: known.get(name[1], reference), path)


async def looked_for(browser: ConsoleBrowser, number: str, born: str, reason: str = ASKED) -> ShownPage:
    """Look for somebody; give the answer, or the page to which it leads."""
    token = form_token(await browser.get("/agent/"))
    form = {"csrf": token, "numero": number, "naissance": born, "motif": reason}
    shown = await browser.post("/agent/", form)
    return await browser.get(shown.place) if shown.place else shown


async def acted(browser: ConsoleBrowser, path: str, **fields: str) -> ShownPage:
    """Send a form of a person's page."""
    form = {"csrf": form_token(await browser.get("/agent/")), "motif": ASKED, **fields}
    return await browser.post(path, form)


async def test_refusal_by_telephone_is_the_agents_act_with_its_reason_proof_and_way_back(site: Site) -> None:
    identity = NOTIFIED.identity
    number, born = identity.ins.value, str(identity.traits.birth_date)
    vault, _ = await trace_of(site, number)
    place = f"/agent/personnes/{vault:x}"
    async with agent_browser(site, "Agent Lilas") as browser:
        # Before the agent has looked for them, the page is like that of nobody.
        before = await browser.get(place)
        nobody = await browser.get(f"/agent/personnes/{NOBODY}")
        assert (before.status, before.text.replace(f"{vault:x}", NOBODY)) == (404, nobody.text)
        shown = await looked_for(browser, number, born)
        assert (shown.status, "Annoncé" in shown.text, identity.traits.birth_name.title() in shown.text) == (
            200, True, True
        )  # fmt: skip
        refused = await acted(browser, f"{place}/opposition", motif="  ")
        assert (refused.status, "Écrivez le motif" in refused.text) == (400, True)
        assert (await acted(browser, f"{place}/opposition")).place == f"{place}?fait=opposition"
        done = await browser.get(f"{place}?fait=opposition")
        assert "L’opposition est enregistrée" in done.text
        assert f"{place}/preuve" in done.text
        given = await acted(browser, f"{place}/code", motif="a changé d’avis")
        assert re.search(r"data-code>\w{8}", given.text)
        assert "data-code" not in (await browser.get(place)).text
    _, events = await trace_of(site, number)
    ours = [(one.action, one.person, one.role, one.reason) for one in events if one.role == Role.AGENT.value]
    assert list(reversed(ours)) == [
        ("agent.looked", "Agent Lilas", "agent", ASKED),
        ("space.opposed", "Agent Lilas", "agent", ASKED),
        ("activation.code", "Agent Lilas", "agent", "a changé d’avis"),
    ]


async def test_death_is_noted_with_its_day_ends_what_is_open_and_can_be_taken_back(site: Site) -> None:
    identity = ACTIVE.identity
    async with site.browser() as patient, agent_browser(site, "Agent Iris") as browser:
        await site.sign_in(patient, ACTIVE)
        assert "/documents" in await patient.get("/")
        await looked_for(browser, identity.ins.value, str(identity.traits.birth_date), "appel de la famille")
        vault, _ = await trace_of(site, identity.ins.value)
        place = f"/agent/personnes/{vault:x}"
        assert (await acted(browser, f"{place}/deces", jour="hier")).status == 400
        for day in ("2999-01-01", "1848-02-24"):
            refused = await acted(browser, f"{place}/deces", jour=day)
            told = ("Ce jour n’est pas possible" in refused.text, f'value="{day}"' in refused.text)
            assert (refused.status, told) == (400, (True, True))
        assert (await acted(browser, f"{place}/deces/erreur")).status == 409
        assert (await acted(browser, f"{place}/deces", jour="2026-01-02")).place == f"{place}?fait=deces"
        assert "Identifiant" in await patient.get("/")
        _, events = await trace_of(site, identity.ins.value)
        died = next(one for one in events if one.action == "space.died")
        assert (died.person, died.role, died.detail) == ("Agent Iris", "agent", f"2026-01-02: {ASKED}")
        assert (await acted(browser, f"{place}/deces/erreur")).place == f"{place}?fait=erreur"
        await site.sign_in(patient, ACTIVE)
        history = await patient.get("/historique?liste=services")
        assert "Agent Iris" in history
        assert ASKED in history


async def test_nobody_else_comes_in_and_who_is_taken_away_is_out_at_once(site: Site) -> None:
    for subject in (Subject(common_name=PROFESSIONALS[0].identifier), Subject(common_name="Agent Lilas")):
        async with console_browser(site, card_of(site, subject), DOOR) as browser:
            shown = await browser.get(browser.card_page)
            assert (shown.status, "n’est celui d’aucun agent" in shown.text) == (403, True)
            assert (await browser.post(browser.card_page, {"csrf": browser.visit_token})).status == 403
            bare = await browser.get(browser.card_page, without_card=True)
            assert (bare.status, "n’a montré aucun certificat" in bare.text) == (403, True)
    async with console_browser(site, await added_agent(site, "Agent Muguet"), DOOR) as browser:
        assert browser.card_page in (await browser.get("/agent/connexion")).text
        assert "Agent Muguet" in (await browser.get(browser.card_page)).text
        await browser.come_in()
        first = await browser.get("/agent/")
        # The cookie opens nothing of the patients', nor of the professionals'.
        assert (await browser.get("/documents")).place.startswith("/connexion")
        assert (await browser.get("/pro/")).place == "/pro/connexion"
        out = await browser.post("/agent/deconnexion", {"csrf": form_token(first)})
        assert (out.place, out.clears) == ("/agent/connexion", '"cache"')
        await browser.come_in()
        await register_of(site).remove("agent muguet", "a quitté le service")
        assert (await browser.get("/agent/")).place == "/agent/connexion"
        assert (await browser.get(browser.card_page)).status == 403
    events = await site.running.core.store.read(lambda tx: tx.audit.events(OPERATOR, 40))
    acts = [one.action for one in reversed(events) if "Muguet" in one.person or one.action.startswith("agent.")]
    assert acts[-5:] == ["agent.added", "sign-in", "sign-out", "sign-in", "agent.removed"]


async def test_numbers_of_nobody_are_counted_and_stopped(site: Site) -> None:
    async with agent_browser(site, "Agent Chardon") as browser:
        assert (await looked_for(browser, "123", "30/02", "")).text.count("aria-invalid") == 3
        born = str(ACTIVE.identity.traits.birth_date)
        for _ in range(MOST_MISSES):
            shown = await looked_for(browser, NOTIFIED.identity.ins.value, born)
            assert (shown.status, "Personne n’a ce numéro" in shown.text) == (404, True)
        assert (await looked_for(browser, ACTIVE.identity.ins.value, born)).status == 429


async def test_every_page_needs_a_session_a_token_and_that_this_agent_looked(site: Site) -> None:
    vault, _ = await trace_of(site, ACTIVE.identity.ins.value)
    async with (
        agent_browser(site, "Agent Genêt") as browser,
        agent_browser(site, "Agent Sureau") as other,
        console_browser(site, card_of(site, Subject(common_name="nobody")), DOOR) as stranger,
    ):
        await looked_for(other, ACTIVE.identity.ins.value, str(ACTIVE.identity.traits.birth_date))
        assert len(ROUTES) >= 10
        for method, path in ROUTES:
            place = at(path, f"{vault:x}")
            if method == "GET":
                assert (await stranger.get(place)).place.startswith("/agent/connexion")
            else:
                assert (await stranger.post(place, {"csrf": "0" * 64})).status == 403
                foreign = form_token(await other.get("/agent/"))
                assert (await browser.post(place, {"csrf": foreign})).status == 403
            if place != path:
                answers = []
                for reference in (f"{vault:x}", NOBODY):
                    asked = at(path, reference)
                    fields = {"jour": "2026-01-02"}
                    shown = await (browser.get(asked) if method == "GET" else acted(browser, asked, **fields))
                    answers.append((shown.status, shown.place, shown.text.replace(reference, "reference")))
                assert answers[0] == answers[1]
                assert answers[0][0] == 404

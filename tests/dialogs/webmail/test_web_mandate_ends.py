"""Mandates ended by hand, and a right that ended an hour ago: page open, form sent, link followed (E34, A22)."""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.web import RouteDef

from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.domain.health_links import LinkLife
from gateway.domain.mandates import MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import representative_of
from gateway.services.agenda.subscriptions import AgendaSubscriptions
from gateway.services.representation.recorded_measures import RecordedMeasures
from gateway.services.sharing.health_links import HealthLinks, LinkFile
from tests.builders.family import NEARLY_OF_AGE, a_child, a_mandate
from tests.builders.outbox import A_WORKER
from tests.builders.parent_visit import Parent, parent_visit
from tests.builders.store import ram_folder
from tests.builders.web_client import ORIGIN
from webmail.own_contacts.feature import FEATURE as OWN_CONTACTS
from webmail.safety.feature import FEATURE as SAFETY
from webmail.sessions import SESSION_COOKIE

OF_SIGN_IN = [
    route.path
    for feature in (SAFETY, OWN_CONTACTS)
    for table in feature.routes
    for route in table
    if isinstance(route, RouteDef) and route.method == "POST"
]
MIDNIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
"""The first instant at which a child of `NEARLY_OF_AGE` is 18, in Paris."""


@pytest.fixture
async def parent() -> AsyncIterator[Parent]:
    with ram_folder() as ram:
        async with parent_visit(ram) as made:
            yield made


async def told(parent: Parent) -> set[tuple[NoticeKind, str]]:
    far = parent.site.at.clock.now() + timedelta(days=1)
    steps = await parent.site.at.store.write(lambda tx: tx.outbox.lease(far, far, 50, holder=A_WORKER))
    return {(one.payload.kind, one.payload.to) for one in steps if isinstance(one.payload, TellHolder)}


async def states(parent: Parent, space: Space) -> list[tuple[int, MandateState]]:
    kept = await parent.site.at.store.read(lambda tx: tx.mandates.all_of(space.vault))
    return [(one.home, one.state) for one in kept]


async def test_guardian_acts_no_more_at_once_and_both_are_told(parent: Parent) -> None:
    site, browser = parent.site, parent.visit.browser
    await parent.certify(parent.lea)
    await parent.sign_in(site.louis)
    await parent.certify(parent.lea)
    await parent.sign_in(site.camille)
    await parent.act_for(parent.lea)
    elsewhere = browser.cookies[SESSION_COOKIE]
    token = await browser.token("/profil/allergies/ajouter")
    await parent.sign_in(site.camille)
    assert "Ne plus agir pour" in await parent.visit.text("/proches")
    assert (await parent.post("/proches/fin", personne=f"{parent.lea.vault:x}")).location == "/proches?fait=fin#fait"
    assert "Vous n’agissez plus pour cette personne" in await parent.visit.text("/proches?fait=fin")
    for again in (parent.lea, parent.site.louis):
        assert (await parent.post("/proches/fin", personne=f"{again.vault:x}")).status == 404
    assert (await parent.act_for(parent.lea)).status == 404
    # A page that is open in another browser.
    browser.cookies[SESSION_COOKIE] = elsewhere
    answer = await browser.post("/profil/allergies/ajouter", {"csrf": token, "fiche": "2a", "nom": "Arachide"})
    assert (answer.status, "Arachide" in answer.text) == (409, True)
    assert (await browser.get("/messages")).location == "/proches?fin=1"
    assert {
        (NoticeKind.REPRESENTATIVE_GONE, ""), (NoticeKind.REPRESENTATION_RENOUNCED, site.camille.email)
    } <= await told(parent)  # fmt: skip
    assert await site.trace("profile.added", parent.lea.vault) == []
    (line,) = await site.trace("mandate.renounced", parent.lea.vault)
    assert line.actor == str(site.camille.address.mail)
    assert dict(await states(parent, parent.lea)) == {
        site.camille.vault: MandateState.ENDED, site.louis.vault: MandateState.ACCEPTED,
    }  # fmt: skip


async def test_who_renounces_where_they_act_is_in_their_own_space_again(parent: Parent) -> None:
    await parent.certify(parent.lea)
    await parent.act_for(parent.lea)
    assert (await parent.post("/proches/fin", personne=f"{parent.lea.vault:x}")).status == 303
    assert "Bonjour Camille" in await parent.visit.text("/")
    # They are still her legal representative: they may certify it again.
    assert "Vous pouvez y agir si vous êtes son représentant légal." in await parent.visit.text("/proches")


async def test_first_guardian_takes_back_what_they_gave_and_the_second_takes_back_nothing(parent: Parent) -> None:
    site, browser = parent.site, parent.visit.browser
    zoe = await a_child(site.at.store, site.camille, first_name="Zoé")
    await parent.certify(zoe)
    await parent.act_for(zoe)
    code = await parent.invite()
    await parent.sign_in(site.louis)
    assert (await parent.post("/proches/code", code=code, reponse="oui")).status == 303
    await parent.act_for(zoe)
    kept = await site.at.store.read(lambda tx: tx.mandates.all_of(zoe.vault))
    numbers = {one.home: f"{one.number:x}" for one in kept}
    assert "Retirer ce droit" not in await parent.visit.text("/proches/representants")
    for number in (*numbers.values(), "1", "x"):
        assert (await parent.post("/proches/representants/fin", representant=number)).status == 404
    token, open_page = await browser.token("/profil/allergies/ajouter"), browser.cookies[SESSION_COOKIE]
    await parent.sign_in(site.camille)
    await parent.act_for(zoe)
    assert "Retirer ce droit" in await parent.visit.text("/proches/representants")
    answer = await parent.post("/proches/representants/fin", representant=numbers[site.camille.vault])
    assert answer.status == 404
    answer = await parent.post("/proches/representants/fin", representant=numbers[site.louis.vault])
    assert answer.location == "/proches/representants?fait=fin#fait"
    page = await parent.visit.text("/proches/representants?fait=fin")
    assert "Cette personne n’a plus accès à cet espace" in page
    assert "Bernard" not in page
    browser.cookies[SESSION_COOKIE] = open_page
    answer = await browser.post("/profil/allergies/ajouter", {"csrf": token, "fiche": "2a", "nom": "Arachide"})
    assert answer.status == 409
    assert (await browser.get("/documents")).location == "/proches?fin=1"
    assert (await parent.act_for(zoe)).status == 404
    assert {
        (NoticeKind.REPRESENTATIVE_GONE, ""), (NoticeKind.REPRESENTATION_TAKEN_BACK, site.louis.email)
    } <= await told(parent)  # fmt: skip
    assert len(await site.trace("mandate.taken-back", zoe.vault)) == 1
    assert await site.trace("profile.added", zoe.vault) == []


async def test_parents_of_the_import_take_nothing_back_from_each_other(parent: Parent) -> None:
    await parent.certify(parent.lea)
    await parent.sign_in(parent.site.louis)
    await parent.certify(parent.lea)
    await parent.act_for(parent.lea)
    assert "Retirer ce droit" not in await parent.visit.text("/proches/representants")
    for one in await parent.site.at.store.read(lambda tx: tx.mandates.all_of(parent.lea.vault)):
        answer = await parent.post("/proches/representants/fin", representant=f"{one.number:x}")
        assert answer.status == 404


@pytest.mark.parametrize(("kind", "status"), [(MandateKind.CURATELLE, 303), (MandateKind.TUTELLE, 404)])
async def test_adult_takes_back_what_takes_their_agreement(parent: Parent, kind: MandateKind, status: int) -> None:
    site = parent.site
    assert "Qui agit pour moi" not in await parent.visit.text("/proches")
    mandate = await a_mandate(site.at.store, site.camille, site.louis, kind)
    assert "Qui agit pour moi" in await parent.visit.text("/proches")
    page = await parent.visit.text("/proches/representants")
    assert ("Retirer ce droit" in page, "Inviter un second" in page) == (status == 303, False)
    answer = await parent.post("/proches/representants/fin", representant=f"{mandate.number:x}")
    assert answer.status == status
    await parent.sign_in(site.louis)
    assert (await parent.act_for(site.camille)).status == (404 if status == 303 else 303)


@pytest.mark.parametrize(
    ("kind", "is_express", "reads", "chooses"),
    [
        (MandateKind.TUTELLE, False, 200, 200),
        (MandateKind.CURATELLE, False, 403, 403),
        (MandateKind.SAUVEGARDE, True, 200, 403),
    ],
)
async def test_measure_that_an_operator_records_gives_what_it_gives(
    parent: Parent, kind: MandateKind, is_express: bool, reads: int, chooses: int
) -> None:
    site, browser = parent.site, parent.visit.browser
    people = str(site.camille.address), str(site.louis.address)
    measures = RecordedMeasures(site.at.store, site.at.clock)
    for _ in range(2):
        await measures.record(*people, kind, "jugement; copie reçue", is_express=is_express)
    assert len(await site.trace("mandate.recorded")) == 1
    await parent.sign_in(site.louis)
    assert (await parent.act_for(site.camille)).status == 303
    assert (await browser.get("/messages")).status == reads
    assert (await browser.get("/parametres/confidentialite")).status == chooses
    assert {
        (NoticeKind.REPRESENTATIVE_ADDED, ""), (NoticeKind.REPRESENTATION_RECORDED, site.louis.email)
    } <= await told(parent)  # fmt: skip
    await measures.end(*people, "mainlevée")
    assert (await browser.get("/messages")).location == "/proches?fin=1"


async def test_right_that_ended_an_hour_ago_gives_nothing(parent: Parent) -> None:
    site, browser, clock = parent.site, parent.visit.browser, parent.site.at.clock
    tom = await a_child(site.at.store, site.camille, first_name="Tom", born=NEARLY_OF_AGE)
    clock.advance(MIDNIGHT - timedelta(minutes=1) - clock.now())
    await parent.sign_in(site.camille)
    await parent.certify(tom)
    await parent.act_for(tom)
    token = await browser.token("/profil/allergies/ajouter")
    actor = representative_of(site.camille, MandateKind.MINOR, tom.vault, "web")
    feed = await AgendaSubscriptions(site.at.store, clock).make(actor, says_all=True, seen=frozenset())
    links = HealthLinks(site.at.store, clock)
    made = await links.make(actor, b"{}", ("allergies",), LinkLife.DAY, f"{ORIGIN}/shl/")
    secret = json.loads(urlsafe_b64decode(made.shlink.partition("/")[2] + "=="))["url"].rpartition("/")[2]
    assert isinstance(await links.open(secret, made.passcode, "Dr Martin"), LinkFile)
    assert (await browser.get(f"/calendrier/{feed}.ics")).status == 200
    # The page stays open; whoever has it goes on clicking in it.
    pages = ("/", "/messages", "/documents", "/agenda", "/mes-donnees", "/proches/representants")
    for path in pages:
        clock.advance(timedelta(minutes=61) / len(pages))
        assert (await browser.get(path)).location == "/proches?fin=1", path
    forms = ("/profil/allergies/ajouter", "/mes-donnees", "/proches/representants", "/messages/tout-lu", "/partage")
    for path in forms:
        answer = await browser.post(path, {"csrf": token, "fiche": "2a", "nom": "Arachide"})
        assert (answer.status, "Tom" in answer.text) == (409, False), path
    assert (await browser.get(f"/calendrier/{feed}.ics")).status == 404
    with pytest.raises(NotFound):
        await links.open(secret, made.passcode, "Dr Martin")
    await parent.sign_in(site.camille)
    assert (await parent.act_for(tom)).status == 404
    since = await site.trace("profile.added", tom.vault) + await site.trace("export.asked", tom.vault)
    assert since == []
    assert await parent.state(tom) is SpaceState.ACTIVE


async def test_nobody_gives_themself_a_key_to_the_space_of_whom_they_act_for(parent: Parent) -> None:
    await parent.certify(parent.lea)
    await parent.act_for(parent.lea)
    assert len(OF_SIGN_IN) > 8
    for path in OF_SIGN_IN:
        answer = await parent.post(path)
        assert (answer.status, "Cette page ne concerne que vous" in answer.text) == (403, True), path

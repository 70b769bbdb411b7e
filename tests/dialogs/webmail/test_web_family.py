"""« Mes proches »: a child's space activated and used by a guardian, and what is refused (F14, F15, E34, E74)."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.account import digest_of
from gateway.domain.mailbox import ThreadId
from gateway.domain.mandates import MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import representative_of
from gateway.services.conversation.patient_post import Draft
from gateway.services.space.agent_queue import AgentQueue, Unserved
from tests.builders.family import NEARLY_OF_AGE, a_child
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.parent_visit import Parent, parent_visit
from tests.builders.patient_site import CLAIRE
from tests.builders.store import ram_folder
from webmail.sessions import SESSION_COOKIE


@pytest.fixture
async def parent() -> AsyncIterator[Parent]:
    with ram_folder() as ram:
        async with parent_visit(ram) as made:
            yield made


async def test_guardian_activates_the_space_of_a_child_and_acts_in_it(parent: Parent) -> None:
    page = await parent.visit.text("/proches")
    assert "Son espace santé attend d’être activé." in page
    assert (await parent.act_for(parent.lea)).status == 404
    assert (await parent.post(f"/proches/{parent.lea.vault:x}", reponse="oui")).status == 422
    assert await parent.state(parent.lea) is SpaceState.OPEN
    assert (await parent.certify(parent.lea)).location == "/proches?fait=active#fait"
    assert await parent.state(parent.lea) is SpaceState.ACTIVE
    await parent.site.receive(a_letter(CLAIRE, subject="Vaccins de Léa"), space=parent.lea)
    assert "1\u00a0message non lu" in await parent.visit.text("/proches")
    assert (await parent.act_for(parent.lea)).location == "/"
    home = await parent.visit.text("/")
    assert "Vous agissez pour Léa" in home
    assert "Vaccins de Léa" in home
    assert str(parent.lea.address.mail) in home
    # What concerns the signed-in person alone is not shown meanwhile.
    assert (await parent.visit.browser.get("/parametres/securite")).location == "/proches?soi=1"
    for form in ("cles/retirer", "cles", "sessions", "confirmation", "mot-de-passe", "coordonnees/retirer"):
        answer = await parent.post(f"/parametres/securite/{form}", cle="toutes", session="autres", voie="email")
        assert answer.status == 403, form
    lines = await parent.site.trace("conversations.listed", parent.lea.vault)
    assert {(line.actor, line.role, line.purpose) for line in lines} == {
        (str(parent.site.camille.address.mail), "guardian", "FAMRQT")
    }
    assert len(await parent.site.trace("acting.began", parent.lea.vault)) == 1
    assert (await parent.post("/proches/moi")).status == 303
    own = await parent.visit.text("/")
    assert "Vous agissez pour" not in own
    assert "Vaccins de Léa" not in own


async def test_message_says_who_wrote_it_for_whom(parent: Parent) -> None:
    await parent.certify(parent.lea)
    mid = await parent.site.receive(a_letter(CLAIRE, subject="Vaccins de Léa"), space=parent.lea)
    actor = representative_of(parent.site.camille, MandateKind.MINOR, parent.lea.vault, "web")
    sent = await parent.site.replies.reply(actor, ThreadId(mid), Draft("", "Merci."))
    assert sent.mid is not None
    text = (await parent.site.parts.texts(actor, [sent.mid]))[sent.mid]
    assert text.split("\n")[0].strip() == "Merci."
    assert "– Rédigé par Camille Lefèvre, représentant légal de Léa Lefèvre" in text


async def test_form_of_another_person_does_nothing_and_gives_back_what_was_typed(parent: Parent) -> None:
    await parent.certify(parent.lea)
    own = await parent.visit.browser.token("/profil/allergies/ajouter")
    await parent.act_for(parent.lea)
    sent = {"csrf": own, "fiche": "2a", "nom": "Arachide", "remarque": "Depuis l’enfance"}
    answer = await parent.visit.browser.post("/profil/allergies/ajouter", sent)
    assert answer.status == 409
    assert "Vous agissez maintenant pour Léa" in answer.text
    assert re.search(r"Arachide\s+Depuis l’enfance", answer.text)
    for space in (parent.lea, parent.site.camille):
        assert await parent.site.trace("profile.added", space.vault) == []
    hers = await parent.visit.browser.token("/profil/allergies/ajouter")
    await parent.post("/proches/moi")
    answer = await parent.visit.browser.post("/profil/allergies/ajouter", sent | {"csrf": hers})
    assert answer.status == 409
    assert "Vous êtes maintenant dans votre espace." in answer.text
    assert (await parent.visit.browser.post("/profil/allergies/ajouter", sent | {"csrf": "ab"})).status == 403
    # A page that is read again meanwhile is led to a whole one.
    answer = await parent.visit.browser.get("/messages", **{"Pli-Live": "0" * 16})
    assert (answer.status, answer.location) == (303, "/messages")


@pytest.mark.parametrize(
    ("postal_code", "midnight"),
    [("35000", datetime(2026, 3, 2, 23, tzinfo=UTC)), ("97410", datetime(2026, 3, 2, 20, tzinfo=UTC))],
)
async def test_coming_of_age_ends_the_mandate_at_midnight_where_the_child_lives(
    parent: Parent, postal_code: str, midnight: datetime
) -> None:
    store, clock = parent.site.at.store, parent.site.at.clock
    tom = await a_child(
        store, parent.site.camille, first_name="Tom", born=NEARLY_OF_AGE, postal_code=postal_code
    )
    clock.advance(midnight - timedelta(seconds=60) - clock.now())
    await parent.sign_in(parent.site.camille)
    await parent.certify(tom)
    await parent.act_for(tom)
    clock.advance(timedelta(seconds=59))
    assert "Vous agissez pour Tom" in await parent.visit.text("/messages")
    token = await parent.visit.browser.token("/profil/allergies/ajouter")
    clock.advance(timedelta(seconds=1))
    assert (await parent.visit.browser.get("/messages")).location == "/proches?fin=1"
    sent = {"csrf": token, "fiche": "2a", "nom": "Arachide"}
    answer = await parent.visit.browser.post("/profil/allergies/ajouter", sent)
    assert (answer.status, "Arachide" in answer.text) == (409, True)
    page = await parent.visit.text("/proches?fin=1")
    assert "Vous n’agissez plus pour Tom" in page
    assert "Agir pour Tom" not in page
    assert (await parent.act_for(tom)).status == 404
    assert (await parent.visit.browser.get(f"/proches/{tom.vault:x}")).status == 404
    assert (await parent.post("/proches/moi")).status == 303
    assert "Bonjour" in await parent.visit.text("/")
    assert await parent.site.trace("profile.added", tom.vault) == []


async def test_who_says_not_to_be_the_guardian_stops_the_opening_and_an_agent_looks(parent: Parent) -> None:
    store, site = parent.site.at.store, parent.site
    tom = await a_child(store, site.camille, site.louis, first_name="Tom", state=SpaceState.NOTIFIED)
    assert (await parent.post(f"/proches/{tom.vault:x}", reponse="non")).location == "/proches?fait=refus#fait"
    assert (await store.read(lambda tx: tx.spaces.space(tom.vault))).opening_stopped
    assert "Un agent vérifie" in await parent.visit.text("/proches")
    assert (await parent.certify(tom)).status == 409
    assert await store.read(lambda tx: tx.spaces.due(datetime(2030, 1, 1, tzinfo=UTC).date(), 9)) == []
    waiting = await AgentQueue(store, site.at.clock).waiting()
    assert [(one.space and one.space.vault, one.why) for one in waiting] == [
        (tom.vault, Unserved.NOT_REPRESENTATIVE)
    ]
    # The other parent is, and says so; then the first one's answer changes nothing for them.
    await parent.sign_in(site.louis)
    assert (await parent.certify(tom)).status == 303


async def test_no_after_the_other_parent_said_yes_leaves_the_other_parent_in(parent: Parent) -> None:
    site = parent.site
    await parent.certify(parent.lea)
    await parent.sign_in(site.louis)
    assert "Son espace santé est déjà activé." in await parent.visit.text("/proches")
    assert (await parent.post(f"/proches/{parent.lea.vault:x}", reponse="non")).status == 303
    assert (await parent.act_for(parent.lea)).status == 404
    kept = await site.at.store.read(lambda tx: tx.mandates.all_of(parent.lea.vault))
    assert {(one.home, one.state) for one in kept} == {
        (site.camille.vault, MandateState.ACCEPTED), (site.louis.vault, MandateState.REFUSED),
    }  # fmt: skip
    (waiting,) = await AgentQueue(site.at.store, site.at.clock).waiting()
    assert waiting.why is Unserved.NOT_REPRESENTATIVE
    await parent.sign_in(site.camille)
    await parent.act_for(parent.lea)
    assert "Vous agissez pour Léa" in await parent.visit.text("/")


async def test_second_guardian_is_invited_answers_with_a_code_and_both_are_told(parent: Parent) -> None:
    site, store = parent.site, parent.site.at.store
    child = await a_child(store, site.camille, first_name="Zoé")
    await parent.certify(child)
    assert (await parent.visit.browser.get("/proches/representants")).status == 404
    await parent.act_for(child)
    assert (await parent.post("/proches/representants", nom="Bernard", prenom="", naissance="1980")).status == 422
    code = await parent.invite()
    # Somebody else who has the code, another code, the same name with another birth date: nobody learns anything.
    await parent.post("/proches/moi")
    for tried in (code, "abcd-efgh-jkmn-pqrs", ""):
        assert (await parent.post("/proches/code", code=tried)).status == 404
        assert (await parent.post("/proches/code", code=tried, reponse="oui")).status == 404
    assert len(await site.trace("mandate.not-for-them", child.vault)) == 2
    await parent.sign_in(site.louis)
    page = await parent.post("/proches/code", code=code.upper().replace("-", " "))
    assert "vous invite à agir pour" in page.text
    assert (await parent.act_for(child)).status == 404
    assert (await parent.post("/proches/code", code=code, reponse="oui")).location == "/proches?fait=accepte#fait"
    assert (await parent.post("/proches/code", code=code, reponse="oui")).status == 404
    assert (await parent.act_for(child)).location == "/"
    assert "Vous agissez pour Zoé" in await parent.visit.text("/")
    far = site.at.clock.now() + timedelta(days=1)
    steps = await store.write(lambda tx: tx.outbox.lease(far, far, 20, holder=A_WORKER))
    told = {(one.payload.kind, one.payload.to) for one in steps if isinstance(one.payload, TellHolder)}
    assert {(NoticeKind.REPRESENTATIVE_ADDED, ""), (NoticeKind.REPRESENTATION_BEGAN, site.louis.email)} <= told
    assert "Bernard" in await parent.visit.text("/proches/representants")


async def test_invitation_that_is_late_withdrawn_or_refused_gives_nothing(parent: Parent) -> None:
    site = parent.site
    child = await a_child(site.at.store, site.camille, first_name="Zoé")
    await parent.certify(child)
    await parent.act_for(child)
    late, other, refused = [await parent.invite() for _ in range(3)]
    assert (await parent.post("/proches/representants", nom="B", prenom="L", naissance="1980-01-15")).status == 409
    page = (await parent.visit.browser.get("/proches/representants")).text
    found = re.search(r'name="invitation" value="(\w+)"', page)
    assert found is not None
    assert (await parent.post("/proches/representants/retrait", invitation=found[1])).status == 303
    await parent.sign_in(site.louis)
    answers = [(await parent.post("/proches/code", code=code)).status for code in (late, other, refused)]
    assert sorted(answers) == [200, 200, 404]
    still = [code for code, status in zip((late, other, refused), answers, strict=True) if status == 200]
    assert (await parent.post("/proches/code", code=still[0], reponse="non")).location == "/proches?fait=decline#fait"
    site.at.clock.advance(timedelta(days=14))
    await parent.sign_in(site.louis)
    for code in (late, other, refused):
        assert (await parent.post("/proches/code", code=code, reponse="oui")).status == 404
    assert (await parent.act_for(child)).status == 404


async def test_invitation_of_a_guardian_who_acts_no_more_lets_nobody_in(parent: Parent) -> None:
    child = await a_child(parent.site.at.store, parent.site.camille, first_name="Zoé")
    await parent.certify(child)
    await parent.act_for(child)
    code = await parent.invite()
    await parent.post("/proches/fin", personne=f"{child.vault:x}")
    await parent.sign_in(parent.site.louis)
    for answer in ({}, {"reponse": "oui"}):
        assert (await parent.post("/proches/code", code=code, **answer)).status == 404
    assert (await parent.act_for(child)).status == 404


async def test_person_of_nobody_s_is_answered_as_none(parent: Parent) -> None:
    stranger = await a_child(parent.site.at.store, first_name="Zoé")
    for vault in (f"{parent.site.louis.vault:x}", f"{stranger.vault:x}", "1234567890abcde", "x", "0"):
        assert (await parent.visit.browser.get(f"/proches/{vault}")).status == 404
        assert (await parent.post(f"/proches/{vault}", certifie="1")).status == 404
        assert (await parent.post("/proches/agir", personne=vault)).status == 404
    session = digest_of(parent.visit.browser.cookies[SESSION_COOKIE])
    row = await parent.site.at.store.read(lambda tx: tx.spaces.session(session))
    assert row is not None
    assert await parent.site.at.store.read(lambda tx: tx.spaces.acts_for(row)) is None
    assert [one.state for one in await parent.site.at.store.read(lambda tx: tx.mandates.all_of(stranger.vault))] == []

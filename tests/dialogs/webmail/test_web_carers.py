"""Carers in the web space: invited with rights by part, accepted or not, acting within them, ended (E12, E8)."""

import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from gateway.domain.access import Role
from gateway.domain.errors import AccessRefused
from gateway.domain.mailbox import ThreadId, VaultId
from gateway.domain.mandates import MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import representative_of
from gateway.services.conversation.patient_post import Draft
from gateway.services.space.space_keeper import SpaceKeeper
from tests.builders.carer_visit import AIDANTS, CarerVisit, carer_visit
from tests.builders.family import NEARLY_OF_AGE, a_child, a_mandate
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE
from tests.builders.store import ram_folder


@pytest.fixture
async def visit() -> AsyncIterator[CarerVisit]:
    with ram_folder() as ram:
        async with carer_visit(ram) as made:
            yield made


async def told(visit: CarerVisit) -> set[tuple[NoticeKind, str]]:
    """Give what waits to be told, and to whom; empty for the holder of the space."""
    far = visit.site.at.clock.now() + timedelta(days=1)
    steps = await visit.site.at.store.write(lambda tx: tx.outbox.lease(far, far, 40, holder=A_WORKER))
    return {(one.payload.kind, one.payload.to) for one in steps if isinstance(one.payload, TellHolder)}


async def test_carer_is_invited_accepts_acts_within_their_rights_and_is_ended(visit: CarerVisit) -> None:
    site, camille, louis = visit.site, visit.site.camille, visit.site.louis
    mid = await site.receive(a_letter(CLAIRE, subject="Votre ordonnance"))
    await site.file()
    assert "Inviter un aidant" in await visit.visit.text(AIDANTS)
    code = await visit.code(messages="act", agenda="read")
    await visit.sign_in(louis)
    page = (await visit.post("/proches/code", code=code)).text
    for words in ("vous invite à être son aidant", "Messages\u00a0: lire, écrire et classer", "Agenda\u00a0: lire"):
        assert words in page
    assert "Documents et résultats" not in page
    assert (await visit.act_for(camille)).status == 404
    assert (await visit.post("/proches/code", code=code, reponse="oui")).status == 303
    assert (await visit.act_for(camille)).location == "/"
    home = await visit.visit.text("/")
    assert "Vous agissez pour Camille" in home
    assert "Votre ordonnance" in home
    assert 'href="/agenda"' in home
    for hidden in ('href="/documents"', 'href="/profil"', "Bilan de contrôle", "nouveau document", "/historique"):
        assert hidden not in home, hidden
    assert "Bilan de contrôle" not in await visit.visit.text("/nouveautes")
    await visit.sign_in(camille)
    carer = await visit.first_carer()
    assert (await visit.send(f"{carer}/fin")).location == f"{AIDANTS}?fait=fin#fait"
    assert "Louis" not in await visit.visit.text(AIDANTS)
    assert {
        (NoticeKind.CARER_ADDED, ""), (NoticeKind.REPRESENTATION_BEGAN, louis.email),
        (NoticeKind.REPRESENTATIVE_GONE, ""), (NoticeKind.REPRESENTATION_TAKEN_BACK, louis.email),
    } <= await told(visit)  # fmt: skip
    await visit.sign_in(louis)
    assert (await visit.act_for(camille)).status == 404
    actor = representative_of(louis, MandateKind.CARER, camille.vault, "web")
    with pytest.raises(AccessRefused):
        await site.replies.reply(actor, ThreadId(mid), Draft("", "Merci."))


async def test_carer_gives_up_one_part_and_keeps_the_others(visit: CarerVisit) -> None:
    site, camille, louis = visit.site, visit.site.camille, visit.site.louis
    code = await visit.code(messages="act", documents="read", agenda="read")
    await visit.sign_in(louis)
    assert (await visit.post("/proches/code", code=code, reponse="oui")).status == 303
    person = f"{camille.vault:x}"
    page = await visit.visit.text("/proches")
    assert re.findall(r'<option value="([a-z-]+)">', page) == ["messages", "documents", "agenda"]
    assert (await visit.act_for(camille)).location == "/"
    assert (await visit.visit.browser.get("/documents")).status == 200
    for part in ("trace", "profile", "rights", "x"):
        assert (await visit.post("/proches/fin", personne=person, partie=part)).status == 404
    gone = await visit.post("/proches/fin", personne=person, partie="documents")
    assert gone.location == "/proches?fait=partie#fait"
    assert "Vous n’avez plus ce droit" in await visit.visit.text("/proches?fait=partie")
    assert (await visit.visit.browser.get("/documents")).status == 403
    assert (await visit.visit.browser.get("/messages")).status == 200
    assert (await visit.post("/proches/fin", personne=person, partie="documents")).status == 404
    assert (await visit.post("/proches/fin", personne=person, partie="messages")).status == 303
    assert "Renoncer à un de mes droits" not in await visit.visit.text("/proches")  # the last one
    assert (await visit.post("/proches/fin", personne=person, partie="agenda")).status == 404
    assert {(NoticeKind.CARER_CHANGED, ""), (NoticeKind.CARER_CHANGED, louis.email)} <= await told(visit)
    assert sorted(one.detail for one in await site.trace("mandate.part-renounced")) == ["documents", "messages"]


async def test_message_of_a_carer_says_so_to_whoever_reads_it(visit: CarerVisit) -> None:
    site = visit.site
    mid = await site.receive(a_letter(CLAIRE, subject="Votre ordonnance"))
    await visit.become(site.louis, site.camille, messages="act")
    actor = representative_of(site.louis, MandateKind.CARER, site.camille.vault, "web")
    assert actor.role is Role.CARER
    sent = await site.replies.reply(actor, ThreadId(mid), Draft("", "Merci."))
    assert sent.mid is not None
    assert "– Rédigé par Louis Bernard, aidant de Camille" in (await site.parts.texts(site.actor, [sent.mid]))[sent.mid]


async def test_carer_cannot_close_export_change_credentials_nor_share_on(visit: CarerVisit) -> None:
    site = visit.site
    everything = dict.fromkeys(("messages", "documents", "profile", "agenda"), "act")
    await visit.become(site.louis, site.camille, **everything, **dict.fromkeys(("care-history", "trace"), "read"))
    settings = await visit.visit.text("/parametres")
    for entry in ("Fermer mon espace", "Effacer mes données", "Sécurité", "Confidentialité", "Aidants", "code d’accès"):
        assert entry not in settings, entry
    assert "/mes-donnees" not in settings
    for path in (
        "/parametres/fermer", "/parametres/effacer", "/mes-donnees", AIDANTS, f"{AIDANTS}/inviter",
        "/parametres/codes-acces", "/parametres/confidentialite", "/proches/representants",
    ):  # fmt: skip
        assert (await visit.visit.browser.get(path)).status == 403, path
    assert (await visit.visit.browser.get("/parametres/securite")).location == "/proches?soi=1"
    for form in (
        f"{AIDANTS}/inviter", "/parametres/codes-acces", "/parametres/fermer", "/parametres/effacer", "/mes-donnees",
        "/partage", "/agenda/abonnement", "/parametres/notifications", "/parametres/securite/mot-de-passe",
    ):  # fmt: skip
        answer = await visit.ask() if form.endswith("inviter") else await visit.send(form, parties="allergies")
        assert answer.status in (403, 422), (form, answer.status)
    for made in ("mandate.offered", "access-code.made", "export.asked", "share.made", "agenda.link-made"):
        lines = await site.trace(made)
        assert all(line.role == "patient" for line in lines), made


async def test_invitation_of_a_carer_is_for_one_person_once_and_in_time(visit: CarerVisit) -> None:
    site = visit.site
    code = await visit.code()
    # Whoever invites does not accept for the other, and no third person does: it is a code that never was.
    assert (await visit.post("/proches/code", code=code, reponse="oui")).status == 404
    other = await visit.code(prenom="Noé")
    await visit.sign_in(site.louis)
    assert (await visit.post("/proches/code", code=other, reponse="oui")).status == 404
    assert len(await site.trace("mandate.not-for-them")) == 1
    assert (await visit.post("/proches/code", code=code, reponse="non")).location == "/proches?fait=decline#fait"
    assert (await visit.post("/proches/code", code=code, reponse="oui")).status == 404
    assert (NoticeKind.REPRESENTATIVE_DECLINED, "") in await told(visit)
    await visit.sign_in(site.camille)
    short = await visit.code(dernier_jour=str(site.at.clock.now().date()))
    site.at.clock.advance(timedelta(days=1))
    await visit.sign_in(site.louis)
    assert (await visit.post("/proches/code", code=short, reponse="oui")).status == 404
    assert (await visit.act_for(site.camille)).status == 404


async def test_terms_that_give_nothing_or_last_too_long_are_refused_and_what_was_typed_stays(visit: CarerVisit) -> None:
    now = visit.site.at.clock.now()
    for wrong in (
        {"messages": "nothing"}, {"messages": "everything"}, {"messages": "", "trace": "act"}, {"dernier_jour": ""},
        {"dernier_jour": "2026-13-45"}, {"dernier_jour": str((now - timedelta(days=1)).date())},
        {"dernier_jour": str((now + timedelta(days=368)).date())}, {"naissance": "1980"}, {"nom": " "},
    ):  # fmt: skip
        answer = await visit.ask(**wrong)
        assert answer.status == 422, wrong
        assert 'value="louis"' in answer.text
    assert await visit.site.trace("mandate.offered") == []
    for prenom in ("Un", "Deux", "Trois"):
        await visit.code(prenom=prenom)
    assert (await visit.ask()).status == 409
    assert "Inviter un aidant" not in await visit.visit.text(AIDANTS)


async def test_end_is_reached_while_a_page_is_open_and_rights_change_at_once(visit: CarerVisit) -> None:
    site, camille = visit.site, visit.site.camille
    await site.receive(a_letter(CLAIRE, subject="Votre ordonnance"))
    await visit.become(site.louis, camille, profile="act", messages="read")
    carer_cookies = dict(visit.visit.browser.cookies)
    token = await visit.visit.browser.token("/profil/allergies/ajouter")
    await visit.sign_in(camille)
    carer = await visit.first_carer()
    assert (await visit.send(carer, messages="nothing", profile="nothing", dernier_jour=visit.last_day)).status == 422
    assert (await visit.send(carer, profile="act", dernier_jour=visit.last_day)).status == 303
    assert {(NoticeKind.CARER_CHANGED, ""), (NoticeKind.CARER_CHANGED, site.louis.email)} <= await told(visit)
    assert len(await site.trace("mandate.changed")) == 1
    visit.visit.browser.cookies.update(carer_cookies)
    assert (await visit.visit.browser.get("/messages")).status == 403
    home = await visit.visit.text("/")
    assert 'href="/messages"' not in home
    assert "Votre ordonnance" not in home
    site.at.clock.advance(timedelta(days=62))
    await visit.sign_in(site.louis)
    assert (await visit.act_for(camille)).status == 404
    sent = {"csrf": token, "fiche": "2a", "nom": "Arachide"}
    assert (await visit.visit.browser.post("/profil/allergies/ajouter", sent)).status in (403, 409)
    assert await site.trace("profile.added") == []


async def test_carer_helps_five_persons_at_most_and_stays_a_patient(visit: CarerVisit) -> None:
    site, store = visit.site, visit.site.at.store
    until = site.at.clock.now() + timedelta(days=20)
    names = ("Un", "Deux", "Trois", "Quatre", "Cinq")
    helped = [await a_child(store, first_name=name, state=SpaceState.ACTIVE) for name in names]
    held = [await a_mandate(store, one, site.louis, MandateKind.CARER, until=until) for one in helped]
    code = await visit.code(messages="act")
    await visit.sign_in(site.louis)
    answer = await visit.post("/proches/code", code=code, reponse="oui")
    assert answer.status == 409
    assert "Vous êtes déjà l’aidant de 5 personnes." in answer.text
    assert (await visit.post("/proches/fin", personne=f"{helped[0].vault:x}")).status == 303
    assert (await visit.post("/proches/code", code=code, reponse="oui")).status == 303
    ended = await store.read(lambda tx: tx.mandates.get(helped[0].vault, held[0].number))
    assert ended is not None
    assert ended.state is MandateState.ENDED
    # Whoever is a carer stays the patient of their own space.
    await visit.act_for(site.camille)
    assert "Vous agissez pour Camille" in await visit.visit.text("/")
    assert (await visit.post("/proches/moi")).status == 303
    assert "Inviter un aidant" in await visit.visit.text(AIDANTS)
    assert "Vous agissez pour" not in await visit.visit.text("/")


async def test_carer_of_a_child_is_asked_by_a_parent_and_ends_when_the_child_is_of_age(visit: CarerVisit) -> None:
    site, clock = visit.site, visit.site.at.clock
    tom = await a_child(site.at.store, site.camille, first_name="Tom", born=NEARLY_OF_AGE, state=SpaceState.ACTIVE)
    await a_mandate(site.at.store, tom, site.camille)
    assert (await visit.act_for(tom)).location == "/"
    assert "Aidants de Tom" in await visit.visit.text(AIDANTS)
    await visit.become(site.louis, tom, agenda="read")
    assert "Vous agissez pour Tom" in await visit.visit.text("/")
    clock.advance(timedelta(days=1))
    await visit.sign_in(site.louis)
    assert (await visit.act_for(tom)).status == 404


async def test_minor_signs_in_and_consents_to_nothing(visit: CarerVisit) -> None:
    site = visit.site
    zoe = await a_child(site.at.store, site.camille, first_name="Zoé", state=SpaceState.ACTIVE)
    born = str(zoe.identity.traits.birth_date)
    code = await visit.code(nom="Lefèvre", prenom="Zoé", naissance=born)
    await visit.sign_in(zoe)
    for path in ("/messages", "/documents", "/historique", AIDANTS, "/parametres/confidentialite"):
        assert (await visit.visit.browser.get(path)).status == 200, path
    for path, action in (
        (AIDANTS, 'href="/parametres/aidants/inviter"'),
        ("/parametres/codes-acces", 'action="/parametres/codes-acces"'),
        ("/parametres/confidentialite", "Enregistrer mes choix"), ("/parametres/confidentialite/refus", ">Accepter<"),
        ("/parametres/plus-tard", 'action="/parametres/plus-tard"'),
    ):  # fmt: skip
        text = await visit.visit.text(path)
        assert ("Vos représentants légaux font ce choix pour vous" in text, action in text) == (True, False), path
    assert (await visit.ask()).status == 403
    assert (await visit.send("/parametres/codes-acces")).status == 403
    assert (await visit.send("/parametres/confidentialite/urgences", services="1")).status == 403
    assert (await visit.post("/proches/code", code=code, reponse="oui")).status == 403
    refused = await site.trace("access.refused", zoe.vault)
    assert {line.outcome for line in refused} == {"ACC-16"}
    assert (await visit.post("/proches/code", code=code, reponse="non")).status == 303


async def test_either_side_has_the_proof_on_paper_and_nobody_else(visit: CarerVisit) -> None:
    site = visit.site
    await visit.become(site.louis, site.camille, agenda="act")
    page = await visit.visit.text("/proches")
    found = re.search(r'href="(/proches/preuves/[0-9a-f]+)"', page)
    assert found is not None
    held = await visit.visit.browser.get(found[1])
    await visit.sign_in(site.camille)
    given = await visit.visit.browser.get(f"{await visit.first_carer()}/preuve")
    texts = [PdfReader(io.BytesIO(paper.body)).pages[0].extract_text() for paper in (held, given)]
    assert texts[0] == texts[1]
    for words in ("Aidant : Louis Bernard", "Agenda : Lire et modifier", "Dernier jour : 1er mai 2026", "Numéro :"):
        assert words in texts[0], texts[0]
    assert [line.person for line in await site.trace("mandate.proved")] == ["Camille Lefèvre", "Louis Bernard"]
    assert (await visit.visit.browser.get(found[1])).status == 404


async def erases_nobody(vault: VaultId, event: SpaceEvent) -> None:
    raise AssertionError(f"{vault:x} is not to be erased: {event}")


async def test_both_are_told_when_the_last_day_is_over_and_not_of_one_that_was_prolonged(visit: CarerVisit) -> None:
    site, clock = visit.site, visit.site.at.clock
    await visit.become(site.louis, site.camille)
    await visit.sign_in(site.camille)
    carer, later = await visit.first_carer(), clock.now() + timedelta(days=90)
    assert (await visit.send(carer, messages="read", dernier_jour=str(later.date()))).status == 303
    keeper, midnight = SpaceKeeper(site.at.store, clock, erases_nobody), timedelta(hours=22)  # midnight in Paris
    assert await site.at.store.write(lambda tx: tx.outbox.bring_near(clock.now())) == 0, "no step waits for months"
    for day, over in ((datetime(2026, 5, 1, tzinfo=UTC), 0), (datetime(2026, 5, 31, tzinfo=UTC), 1)):
        clock.advance(day + midnight - timedelta(seconds=1) - clock.now())
        await keeper.keep()
        assert await site.trace("mandate.over") == []
        clock.advance(timedelta(seconds=1))
        for _ in range(2):
            await keeper.keep()
        assert len(await site.trace("mandate.over")) == over
    assert {(NoticeKind.CARER_OVER, ""), (NoticeKind.CARER_OVER, site.louis.email)} <= await told(visit)

"""« Demander un accès »: asked of anybody, real or not, with one answer; decided by whom it is about (F89)."""

import re

from gateway.domain.rights_requests import Relation, RightsRequest
from gateway.services.access.actors import holder_of
from gateway.services.requests.access_requests import AccessQuestion, AccessRequests, RequestPassing
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.store import ram_folder
from tests.contract.test_access_requests import Two

PATH = "/parametres/droits"
ACCESS, REQUESTS = f"{PATH}/acces", f"{PATH}/demandes"


def two_of(visit: RecordVisit) -> Two:
    store, clock = visit.site.at.store, visit.site.at.clock
    return Two(visit.site, AccessRequests(store, clock), RequestPassing(store, clock))


async def test_access_is_asked_for_on_the_page_and_reads_alike_for_whoever_is_named() -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|demande", PATH) as visit:
            assert f'href="{ACCESS}"' in await visit.text(PATH)
            louis = visit.site.louis.identity
            assert louis.traits.birth_date is not None
            typed = {
                "csrf": await visit.browser.token(), "nom": "Bernard", "prenom": "Louis", "lien": "heir",
                "naissance": f"{louis.traits.birth_date}", "numero": louis.ins.value, "motif": "Un <b>deuil</b>.",
            }  # fmt: skip
            for wrong in ({"numero": "123"}, {"naissance": "hier"}, {"lien": "voisin"}, {"nom": " "}):
                refused = await visit.browser.post(ACCESS, typed | wrong)
                assert (refused.status, "Chaque champ doit être rempli" in refused.text) == (422, True)
                assert "Un &lt;b&gt;deuil" in refused.text
            known = await visit.browser.post(ACCESS, typed)
            await two_of(visit).work()
            there = re.sub(r"[0-9a-f]{12,16}", "", await visit.text(PATH))
            taken_back = {"csrf": typed["csrf"], "demande": (await visit.fields(PATH))["demande"], "acte": "retirer"}
            assert (await visit.browser.post(REQUESTS, taken_back)).status == 303
            unknown = await visit.browser.post(ACCESS, typed | {"nom": "Personne"})
            await two_of(visit).work()
            assert (known.status, known.headers["Location"]) == (unknown.status, unknown.headers["Location"])
            waits = "Demande d’accès aux données de Louis Bernard"
            assert waits in there
            now = await visit.text(PATH)
            assert waits.replace("Bernard", "Personne") in now
            assert there.count("En attente de réponse") == now.count("En attente de réponse") == 1


async def test_whoever_is_asked_reads_who_asks_and_decides_on_the_page() -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|demande", PATH) as visit:
            two, camille = two_of(visit), visit.site.camille.identity
            assert camille.traits.birth_date is not None
            question = AccessQuestion(
                birth_name="Lefèvre", first_name="Camille", born=camille.traits.birth_date, number=camille.ins,
                relation=Relation.TRUSTED, words="Elle me l’a <b>demandé</b>.",
            )  # fmt: skip
            louis = holder_of(visit.site.louis, "web")
            assert isinstance(await two.asks.ask(louis, question), RightsRequest)
            await two.work()
            page = (await visit.browser.get(PATH)).text
            for words in ("Louis Bernard", "demande à lire vos données", "votre personne de confiance", "&lt;b&gt;"):
                assert words in page, words
            assert "Demande d’accès" in await visit.text("/nouveautes")
            own = await visit.fields(PATH)
            assert (await visit.browser.post(REQUESTS, {**own, "acte": "retirer"})).status == 404
            assert (await visit.browser.post(REQUESTS, {**own, "acte": "accorder"})).status == 303
            page = await visit.text(f"{PATH}?fait=accord")
            assert ("Acceptée par vous" in page, "/parametres/aidants/inviter" in page) == (True, True)
            assert (await visit.browser.post(REQUESTS, {**own, "acte": "refuser"})).status == 404
            await two.work()
            assert [one.state.value for one in await two.of(louis)] == ["answered"]

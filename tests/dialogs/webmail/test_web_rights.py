"""« Vos droits »: a doctor is asked on the page, both clocks are shown, and the request is taken back (F90, F94)."""

from gateway.services.requests.request_queue import RequestQueue
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE
from tests.builders.record_pages import record_visit
from tests.builders.store import ram_folder

PATH = "/parametres/droits"
DOCTOR, REQUESTS = f"{PATH}/medecin", f"{PATH}/demandes"


async def test_a_doctor_is_asked_on_the_page_and_the_request_follows_its_clocks() -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|demande", PATH) as visit:
            assert "Vos droits" in await visit.text("/parametres")
            page = await visit.text(PATH)
            for right in ("/documents", "/mes-donnees", DOCTOR, "/parametres/effacer", "/historique"):
                assert f'href="{right}"' in page
            await visit.site.receive(a_letter(CLAIRE))
            (known,) = await visit.site.pages.askable_doctors(visit.site.actor)
            own = {"csrf": await visit.browser.token(), "medecin": known.reference, "age": "recent"}
            empty = await visit.browser.post(DOCTOR, {**own, "documents": " "})
            assert (empty.status, "Écrivez quels documents" in empty.text) == (422, True)
            assert f'value="{known.reference}" checked' in empty.text
            typed = {**own, "adresse": "personne@ailleurs.example", "documents": "Le <b>compte</b> rendu."}
            unknown = await visit.browser.post(DOCTOR, typed)
            assert (unknown.status, "pas dans l’annuaire" in unknown.text) == (422, True)
            assert "Le &lt;b&gt;compte&lt;/b&gt; rendu.</textarea>" in unknown.text
            sent = await visit.browser.post(DOCTOR, {**own, "documents": "Le <b>compte</b> rendu."})
            assert (sent.status, sent.headers["Location"]) == (303, f"{PATH}?fait=demande#fait")
            page = await visit.text(f"{PATH}?fait=demande")
            for words in ("demande est envoyée", "Dr Claire Martin", "mercredi 4 mars 2026", "mardi 10 mars 2026"):
                assert words in page.replace("\u00a0", " "), words
            assert "Le <b>compte" not in (await visit.browser.get(PATH)).text
            again = await visit.browser.post(DOCTOR, {**own, "documents": "Encore."})
            assert "déjà une demande en cours" in again.text
            fields = await visit.fields(PATH)
            assert (await visit.browser.post(REQUESTS, {**fields, "acte": "autre"})).status == 404
            assert (await visit.browser.post(REQUESTS, {**fields, "demande": "2a", "acte": "recu"})).status == 404
            assert (await visit.browser.post(REQUESTS, {**fields, "acte": "retirer"})).status == 303
            assert "Retirée le" in await visit.text(PATH)
            assert (await visit.browser.post(REQUESTS, {**fields, "acte": "retirer"})).status == 404
            # What the operator says was answered brought no document: the page does not say that one came.
            assert (await visit.browser.post(DOCTOR, {**own, "documents": "Encore."})).status == 303
            queue = RequestQueue(visit.site.at.store, visit.site.at.clock)
            (one,) = await queue.waiting()
            space = str(visit.site.camille.address.mail)
            await queue.answer(space, one.number, is_granted=True, reason="Le cabinet vous rappelle.")
            page = await visit.text(PATH)
            assert ("Réponse reçue le" in page, "Documents reçus" in page) == (True, False)


async def test_a_correction_is_asked_for_on_the_page_and_stands_beside_its_document() -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|demande", PATH) as visit:
            document = await visit.site.file()
            page = f"/documents/{document.id:x}"
            form = f"{page}/correction"
            assert f'href="{form}"' in await visit.text(page)
            own = {"csrf": await visit.browser.token()}
            empty = await visit.browser.post(form, {**own, "corriger": " "})
            assert (empty.status, "Écrivez ce qui est à corriger" in empty.text) == (422, True)
            sent = await visit.browser.post(form, {**own, "corriger": "La <b>date</b> est fausse."})
            assert (sent.status, sent.headers["Location"]) == (303, f"{form}?fait=correction#fait")
            asked = await visit.text(form)
            assert ("Retirer cette demande" in asked, "Qu’est-ce qui est faux" in asked) == (True, False)
            shown = (await visit.browser.get(page)).text
            assert "Correction demandée le" in shown
            assert "La &lt;b&gt;date&lt;/b&gt; est fausse." in shown
            assert "Bilan de contrôle" in await visit.text(PATH)
            assert (await visit.browser.post(form, {**own, "corriger": "Encore."})).status == 422
            taken_back = {**own, "demande": (await visit.fields(form))["demande"], "acte": "retirer"}
            assert (await visit.browser.post(REQUESTS, taken_back)).status == 303
            assert "Correction demandée le" not in await visit.text(page)


async def test_a_professional_is_reported_on_the_page_and_the_operator_answers_there() -> None:
    with ram_folder() as ram:
        async with record_visit(ram, "csrf|demande", PATH) as visit:
            report, own = f"{PATH}/signaler", {"csrf": await visit.browser.token(), "sujet": "application"}
            assert f'href="{report}"' in await visit.text(PATH)
            empty = await visit.browser.post(report, {**own, "qui": "Dr X", "recit": " "})
            assert (empty.status, 'value="Dr X"' in empty.text) == (422, True)
            typed = {**own, "qui": "Santé <b>Plus</b>", "recit": "Elle lit tout."}
            assert (await visit.browser.post(report, typed)).headers["Location"] == f"{PATH}?fait=signalement#fait"
            page = await visit.text(PATH)
            assert "Signalement d’une application" in page
            assert "Santé &lt;b&gt;Plus" in (await visit.browser.get(PATH)).text
            assert "en cours à ce nom" in (await visit.browser.post(report, typed)).text
            queue = RequestQueue(visit.site.at.store, visit.site.at.clock)
            (one,) = await queue.waiting()
            assert one.request is not None
            assert (one.request.words, one.request.to_address) == ("Elle lit tout.", "")
            space = str(visit.site.camille.address.mail)
            await queue.answer(space, one.number, is_granted=True, reason="Cette application n’a plus d’accès.")
            page = await visit.text(PATH)
            assert ("Cette application n’a plus d’accès." in page, "Traité le" in page) == (True, True)
            assert "Demande réglée" in await visit.text("/nouveautes")

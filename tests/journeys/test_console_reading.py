"""A doctor reads documents, results and measures of a record at the console; the patient reads which (F37)."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from certs.authority import Subject
from gateway.config_access import AccessSection
from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.demonstration.opening import send_result, send_scan, wait_until_filed
from gateway.domain.access import Audience
from gateway.domain.directory import MailboxKind
from gateway.domain.document import DocumentCategory
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_choices import PatientChoices
from tests.builders.clinical import a_report
from tests.builders.command_line import pli
from tests.builders.console_site import (
    ConsoleBrowser,
    access_code_of,
    authorised,
    card_of,
    console_browser,
    form_token,
    note_weights,
    written_world,
)
from tests.builders.pdfs import a_pdf
from tests.builders.running_world import Site

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CAMILLE, CLAIRE = PATIENTS[0], PROFESSIONALS[0]
PHYSIOTHERAPIST, CAMILLE_BORN = "810000000045", "12/03/1984"
_CONVERSATION = re.compile(r'href="(/messages/[0-9a-f]+)"')
_LISTED = re.compile(r'data-patient="([0-9a-f]+)"')


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    """Camille has a result, and has noted her weight twice; doctors may know that something is hidden from them."""
    async with written_world(AccessSection(tell_hidden=True)) as running:
        await send_result(running.world, running.post)
        await wait_until_filed(running.running.core)
        await note_weights(running, CAMILLE, ("2026-01-05", "71,5"), ("2026-03-05", "70,2"))
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def claire(site: Site) -> AsyncIterator[ConsoleBrowser]:
    async with console_browser(site, card_of(site, Subject(common_name=CLAIRE.identifier))) as browser:
        await browser.come_in()
        yield browser


async def entered(site: Site, claire: ConsoleBrowser) -> str:
    """Have Camille authorise her doctor, who opens her record; give its address."""
    while not (found := _LISTED.findall((await claire.get("/pro/")).text)):
        pass  # the answer is on its way to the mailbox
    place = f"/pro/patients/{found[0]}/dossier"
    await authorised(site, place, CLAIRE)
    opened = await claire.post(place, {"csrf": form_token(await claire.get(place)), "par": "accord"})
    assert opened.status == 303, opened.text
    return place


async def test_doctor_reads_documents_results_and_measures_and_the_patient_reads_it(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await entered(site, claire)
    listed = await claire.get(f"{place}/documents")
    number = re.search(r'data-document-id="([0-9a-f]+)"', listed.text)
    assert number is not None, listed.text
    assert "Naissance" in listed.text
    shown = await claire.get(f"{place}/documents/{number[1]}")
    file = re.search(rf'href="({place}/documents/{number[1]}/(?:ouvrir|fichiers)/[^"]+)"', shown.text)
    assert file is not None
    assert (await claire.get(file[1])).text.startswith("%PDF")
    examination = re.search(rf'href="({place}/resultats/[0-9a-f]+)"', shown.text)
    assert examination is not None
    assert "Évolution" in (await claire.get(examination[1])).text
    assert examination[1] in (await claire.get(f"{place}/resultats")).text
    assert f"{place}/mesures/poids" in (await claire.get(f"{place}/mesures")).text
    weights = (await claire.get(f"{place}/mesures/poids?periode=tout")).text
    assert 'aria-label="Courbe de 2 mesures' in weights
    assert "5 janvier 2026" in weights
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        form = f"/documents/{number[1]}/correction"
        await browser.submit(await browser.get(form), form, {"corriger": "Je n’étais pas à jeun."})
        assert "Je n’étais pas à jeun." in (await claire.get(f"{place}/documents/{number[1]}")).text
        told = await browser.get("/historique?liste=professionnels")
        for line in ("liste des documents", "Lecture d’un document", "Ouverture du fichier", "Lecture de résultats",
                     "Consultation des mesures"):  # fmt: skip
            assert line in told, line


async def test_what_is_hidden_is_nowhere_and_a_record_that_closed_leads_to_its_door(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await entered(site, claire)
    listed = (await claire.get(f"{place}/documents")).text
    number = re.search(r'data-document-id="([0-9a-f]+)"', listed)
    assert number is not None
    vault, store = VaultId(int(place.split("/")[3], 16)), site.running.core.store
    hidden = int(number[1], 16)
    await store.write(lambda tx: tx.documents.withhold(vault, hidden, Audience.PROFESSIONALS))
    assert number[1] not in (await claire.get(f"{place}/documents")).text
    assert "Aucun résultat à lire" in (await claire.get(f"{place}/resultats")).text
    lists = [f"{place}{one}" for one in ("", "/documents?q=bilan", "/resultats", "/mesures", "/vaccinations")]
    lists.append(f"{place.removesuffix('dossier')}urgence")
    told = "Des documents de ce dossier sont masqués."
    assert [told in (await claire.get(one)).text for one in lists] == [True] * len(lists)
    gone, nothing = [await claire.get(f"{place}/documents/{one}") for one in (number[1], f"{1 << 60 | 5:x}")]
    without_names = [re.sub(r"[0-9a-f]{12,}", "", one.text) for one in (gone, nothing)]
    assert (gone.status, without_names[0]) == (404, without_names[1])
    await store.write(lambda tx: tx.documents.withhold(vault, hidden, Audience.NOBODY))
    assert [told in (await claire.get(one)).text for one in lists] == [False] * len(lists)
    await store.write(lambda tx: tx.patient_choices.put(vault, PatientChoices()))
    pages = ("documents", f"documents/{number[1]}", f"documents/{number[1]}/fichiers/original", "resultats", "mesures")
    answers = [await claire.get(f"{place}/{page}") for page in pages]
    assert [(one.status, one.place) for one in answers] == [(303, place)] * len(pages)
    nobody = f"/pro/patients/{1 << 61 | 77:x}/dossier"
    assert (await claire.get(f"{nobody}/documents")).place == nobody


async def test_patient_reads_that_whoever_left_is_not_reached_here_any_more(site: Site) -> None:
    core, persons = site.running.core, frozenset({MailboxKind.PERSON})
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        listed = await browser.get("/messages")
        asked = f"Votre réponse à {CLAIRE.name}"
        (link, *_) = [one for one in _CONVERSATION.findall(listed) if asked in await browser.get(one)]
        await core.mailbox_endings.suspend(core.local_mailboxes.find(CLAIRE.address, persons), "a quitté le cabinet")
        try:
            while asked in (shown := await browser.get(link)):
                pass  # told by a file, which is looked at once a second
            assert f"{CLAIRE.name} n’exerce plus à cette adresse." in shown
        finally:
            away = core.local_mailboxes.find(CLAIRE.address, persons)
            await core.mailbox_endings.end_suspension(away, "revenue")
        while asked not in await browser.get(link):
            pass


async def test_doctor_adds_a_prescription_and_a_physiotherapist_finds_it_with_a_code(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await entered(site, claire)
    form = {
        "csrf": form_token(await claire.get(f"{place}/documents/ajouter")),
        "titre": "Dix séances de kinésithérapie", "categorie": "ordonnances", "date": "",
    }  # fmt: skip
    add = f"{place}/documents/ajouter"
    for data, why in ((b"MZ" + bytes(200), "programme"), (b"%PDF-1.7", "abîmé"), (a_report(), "identité")):
        refused = await claire.send_file(add, form, "ordonnance.pdf", data)
        assert (refused.status, why in refused.text, form["titre"] in refused.text) == (422, True, True), refused.text
    added = await claire.send_file(add, form, "ordonnance.pdf", a_pdf("Dix séances"))
    assert (added.status, added.place.endswith("?ajout=1")) == (303, True), added.text
    again = await claire.send_file(add, form, "ordonnance.pdf", a_pdf("Dix séances"))
    assert again.place == added.place.replace("ajout=1", "ajout=2")
    assert "Identité non vérifiée" not in (await claire.get(added.place)).text
    words = ("professional", "add", "--name", "Léo Marchand", "--rpps", PHYSIOTHERAPIST, "--profession",
             "Masseur-kinésithérapeute", "--city", "Rennes")  # fmt: skip
    made = await asyncio.to_thread(pli, *words, "--config", site.world.settings.root / "pli.toml")
    assert made.code == 0, made.talk
    async with site.browser() as browser, console_browser(
        site, card_of(site, Subject(common_name=PHYSIOTHERAPIST))
    ) as leo:  # fmt: skip
        while not (await leo.get(leo.card_page)).choices:
            pass  # the directory is read anew
        await leo.come_in()
        await site.sign_in(browser, CAMILLE)
        own = await browser.get("/documents?categorie=ordonnances")
        assert "Dix séances de kinésithérapie" in own
        assert "Dr Claire Martin" in own
        page = await browser.get(f"/documents/{added.place.partition('?')[0].rpartition('/')[2]}")
        assert "<dt>Envoyé par</dt><dd>Dr Claire Martin</dd>" in page
        who = {"numero": CAMILLE.identity.ins.value, "naissance": CAMILLE_BORN}
        found = await leo.post("/pro/recherche", {"csrf": form_token(await leo.get("/pro/recherche")), **who})
        record = f"{found.place}/dossier"
        code = {"csrf": form_token(await leo.get(record)), "par": "code", "code": await access_code_of(browser)}
        assert (await leo.post(record, code)).status == 303
        listed = await leo.get(f"{record}/documents?categorie=ordonnances")
        shown = re.search(rf'href="({record}/documents/[0-9a-f]+)" data', listed.text)
        assert shown is not None
        assert "Dix séances de kinésithérapie" in (await leo.get(shown[1])).text
        told = await browser.get("/historique?liste=professionnels")
        assert "Ajout d’un document" in told
        (read,) = [
            line for line in told.split('<li class="activity-line"')
            if "Léo Marchand" in line and "Lecture d’un document" in line
        ]  # fmt: skip
        assert "Dix séances de kinésithérapie" in read
        assert "masseur-kinésithérapeute" in read


async def test_doctor_keeps_the_profile_that_was_entrusted_and_the_patient_reads_who_wrote(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await entered(site, claire)
    kept, privacy = f"{place}/profil", "/parametres/confidentialite"
    refused = await claire.get(kept)
    assert (refused.status, f'href="{kept}"' in (await claire.get(place)).text) == (403, False)
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        page = await browser.get(privacy)
        reference = re.search(r'name="professionnel" value="([^"]+)"(?:(?!</form>).)*value="confier"', page, re.DOTALL)
        assert reference is not None
        chosen = {"professionnel": reference[1], "choix": "confier"}
        assert "tient maintenant votre profil" in await browser.submit(page, privacy, chosen)
        assert "Tient votre profil médical" in await browser.get(privacy)
        shown = await claire.get(kept)
        assert ("Allergies" in shown.text, "Volontés" in shown.text) == (True, False)
        assert (await claire.get(f"{kept}/volontes/ajouter")).status == 404
        form = await claire.get(f"{kept}/allergies/ajouter")
        fiche = re.search(r'name="fiche" value="([^"]+)"', form.text)
        assert fiche is not None
        typed = {"csrf": form_token(form), "fiche": fiche[1], "nom": "Iode <b>", "debut": "hier"}
        faulty = await claire.post(f"{kept}/allergies/ajouter", typed)
        assert (faulty.status, "Iode &lt;b&gt;" in faulty.text, "pas comprise" in faulty.text) == (422, True, True)
        for _ in range(2):  # sent twice, it is one entry
            saved = await claire.post(f"{kept}/allergies/ajouter", typed | {"debut": "2019"})
            assert saved.place.endswith("?fait=enregistre#allergies")
        entry = f"{kept}/allergies/{fiche[1]}"
        assert (await claire.get(kept)).text.count(f'href="{entry}"') == 1
        changed = {"csrf": typed["csrf"], "nom": "Iode", "version": "1"}
        assert (await claire.post(entry, changed)).status == 303
        late = await claire.post(entry, changed | {"nom": "Autre"})
        assert (late.status, "a changé depuis" in late.text, 'value="Autre"' in late.text) == (409, True, True)
        own = f"/profil/allergies/{int(fiche[1], 16):x}"
        for where, words in (
            ("/profil/allergies", "Écrit par Dr Claire Martin"), (own, "Modifié par Dr Claire Martin"),
            ("/nouveautes", "Profil complété"), ("/historique?liste=professionnels", "Ajout dans le profil médical"),
        ):  # fmt: skip
            assert words in await browser.get(where), where
        assert (await claire.post(entry, changed | {"version": "1", "geste": "supprimer"})).status == 409
        deleted = await claire.post(entry, changed | {"version": "2", "geste": "supprimer"})
        assert deleted.place.endswith("?fait=supprime#allergies")
        assert (await claire.get(entry)).status == 404
        assert "Iode" in await browser.get("/profil/allergies")  # to be taken back
        assert (await claire.post(kept, {"csrf": typed["csrf"]})).place == place
        assert (await claire.get(kept)).status == 403
        assert "ne tient plus votre profil" in await browser.get("/nouveautes")
        assert "Confier mon profil" in await browser.get(privacy)


async def corrected(browser: Browser, claire: ConsoleBrowser, place: str, own: str) -> None:
    """Have Camille ask for a correction of what her doctor confirmed, who answers and takes nothing back (E52)."""
    page, asks = await browser.get(own), f"{own}/correction"
    for words in ("Dr Claire Martin", "Vous ne pouvez plus le modifier", "Confirmé par Dr Claire Martin", asks):
        assert words in page, words
    asked = await browser.submit(await browser.get(asks), asks, {"corriger": "C’était <b>en 2020</b>."})
    assert "Elle est notée à côté de la fiche" in asked
    shown = await claire.get(f"{place}/vaccinations")
    answer = re.search(rf'action="({place}/vaccinations/corrections/[0-9a-f]+)"', shown.text)
    assert answer is not None
    assert ("C’était &lt;b&gt;en 2020" in shown.text, "En attente de réponse" in shown.text) == (True, True)
    csrf = {"csrf": form_token(shown)}
    empty = await claire.post(answer[1], csrf | {"reponse": " "})
    assert (empty.status, "Écrivez une réponse" in empty.text) == (422, True)
    assert (await claire.post(answer[1], csrf | {"reponse": "Le carnet dit 2021."})).place.endswith("?fait=repondu")
    assert (await claire.post(answer[1], csrf | {"reponse": "Encore."})).status == 404
    for text in ((await claire.get(f"{place}/vaccinations")).text, await browser.get(own)):
        assert "Dr Claire Martin a répondu le" in text
        assert "Le carnet dit 2021." in text
    assert "Réponse à une correction" in await browser.get("/nouveautes")
    assert "Tétanos" in await browser.get("/parametres/droits")


async def test_doctor_confirms_a_vaccination_and_sets_a_goal_that_the_patient_reads_as_theirs(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await entered(site, claire)
    async with site.browser() as browser:
        await site.sign_in(browser, CAMILLE)
        form = await browser.get("/profil/vaccinations/ajouter")
        entry = re.search(r'name="fiche" value="([^"]+)"', form)
        assert entry is not None
        noted = {"fiche": entry[1], "version": "0", "nom": "Tétanos", "date": "12/05/2021"}
        await browser.submit(form, "/profil/vaccinations/ajouter", noted)
        shown = await claire.get(f"{place}/vaccinations")
        path = re.search(rf'action="({place}/vaccinations/[0-9a-f]+)"', shown.text)
        assert path is not None
        assert "Tétanos" in shown.text
        csrf = {"csrf": form_token(shown)}
        late = await claire.post(path[1], csrf | {"version": "7", "geste": "confirmer"})
        assert late.place.endswith("?fait=trop-tard")
        for _ in range(2):
            done = await claire.post(path[1], csrf | {"version": "1", "geste": "confirmer"})
            assert done.place.endswith("?fait=confirme")
        assert "Confirmée par Dr Claire Martin" in (await claire.get(f"{place}/vaccinations")).text
        own = f"/profil/vaccinations/{int(path[1].rpartition('/')[2], 16):x}"
        await corrected(browser, claire, place, own)
        nothing = await claire.post(f"{place}/vaccinations/{1 << 60 | 9:x}", csrf | {"version": "1"})
        assert nothing.status == 404
        listed = (await claire.get(f"{place}/resultats?q=cholesterol")).text
        examination = re.search(rf'href="({place}/resultats/[0-9a-f]+)"', listed)
        assert examination is not None
        goal = f"{examination[1]}/objectif"
        for low, high, why in (("", "", "au moins une"), ("1,8 g", "", "des nombres"), ("2", "1,5", "plus petite")):
            refused = await claire.post(goal, csrf | {"de": low, "a": high})
            assert (refused.status, why in refused.text, f'value="{low}"' in refused.text) == (422, True, True)
        assert (await claire.post(goal, csrf | {"de": "", "a": "4,50"})).status == 303
        assert "Objectif de ce patient" in (await claire.get(examination[1])).text
        read = await browser.get(examination[1].removeprefix(place))
        assert re.search(r"Jusqu’à 4,50.{1,20}, fixé par Dr Claire Martin", read)
        assert "Objectif fixé" in await browser.get("/nouveautes")
        told = await browser.get("/historique?liste=professionnels")
        assert "Vaccination confirmée" in told
        assert "Objectif fixé pour un examen" in told
        assert (await claire.post(goal, csrf | {"geste": "retirer"})).status == 303
        assert "Votre objectif" not in await browser.get(examination[1].removeprefix(place))


async def test_doctor_looks_at_pictures_of_a_scanner_and_each_opening_is_in_the_trace(
    site: Site, claire: ConsoleBrowser
) -> None:
    place = await entered(site, claire)
    await send_scan(site.world, site.post, CAMILLE)
    listed = f"{place}/documents?categorie={DocumentCategory.IMAGING.value}"
    while not (found := re.search(r'data-document-id="([0-9a-f]+)"', (await claire.get(listed)).text)):
        pass  # it is being filed
    document = f"{place}/documents/{found[1]}"
    images = f"{document}/images"
    assert f'href="{images}"' in (await claire.get(document)).text
    shown = await claire.get(images)
    assert ("Camille Lefèvre" in shown.text, "Image 12 sur 24" in shown.text) == (True, True), shown.text
    picture = re.search(rf'<img src="({images}/[^"?]+)" alt="Image', shown.text)
    assert picture is not None
    values = picture[1].replace("/images/", "/pixels/")
    assert "PNG" in (await claire.get(picture[1])).text[:8]
    assert (await claire.get(values)).status == 200
    vault, store, number = VaultId(int(place.split("/")[3], 16)), site.running.core.store, int(found[1], 16)
    lines = [line for line in await store.read(lambda tx: tx.audit.events(vault)) if line.detail == "pro pictures"]
    assert [(line.person, line.objects) for line in lines] == [(CLAIRE.name, (f"document:{number:x}",))]
    await store.write(lambda tx: tx.documents.withhold(vault, number, Audience.PROFESSIONALS))
    assert [(await claire.get(path)).status for path in (images, picture[1], values)] == [404] * 3
    await store.write(lambda tx: tx.patient_choices.put(vault, PatientChoices()))
    answers = [await claire.get(path) for path in (images, picture[1], values)]
    assert [(one.status, one.place) for one in answers] == [(303, place)] * 3

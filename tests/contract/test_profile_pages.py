"""« Profil médical » as its holder uses it, in pages: written, corrected, deleted, taken back, in two tabs (F29)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from gateway.domain.document import DocumentCategory
from gateway.domain.profile import ProfileSection, Writer
from gateway.domain.vocabulary import Term, VocabularyKind, read_terms_of
from gateway.ports.store import Tx
from gateway.vocabulary.vocabulary_files import VocabularyFiles
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.store import NOON
from tests.builders.web_client import Answer

ALLERGIES = "/profil/allergies"


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[RecordVisit]:
    async with record_visit(ram, "csrf|fiche|version", ALLERGIES) as signed_in:
        yield signed_in


async def test_entry_is_written_corrected_deleted_and_taken_back(visit: RecordVisit) -> None:
    answer = await visit.add(nom="Pénicilline", gravite="grave", debut="06/2001")
    assert (answer.status, answer.location) == (303, f"{ALLERGIES}?fait=enregistre")
    assert "Grave · depuis juin 2001" in await visit.text(ALLERGIES)
    entry = await visit.first()
    await visit.browser.post(entry, await visit.fields(entry) | {"nom": "Amoxicilline"})
    assert "Historique (2)" in await visit.text(entry)
    gone = await visit.browser.post(entry, await visit.fields(entry) | {"geste": "supprimer"})
    assert "C’est supprimé." in (text := await visit.text(gone.location))
    assert "Annuler" in text
    await visit.browser.post(entry, {"csrf": await visit.browser.token(), "version": "3", "geste": "retablir"})
    assert "Amoxicilline" in await visit.text("/profil")


async def test_second_tab_sees_what_stands_and_gets_back_what_it_typed(visit: RecordVisit) -> None:
    await visit.add(nom="Latex")
    entry = await visit.first()
    first, second = await visit.fields(entry), await visit.fields(entry)
    await visit.browser.post(entry, first | {"nom": "Latex naturel"})
    told = await visit.browser.post(entry, second | {"nom": "Latex", "remarque": "Gants \"bleus\""})
    assert told.status == 409
    assert "<dd>Latex naturel</dd>" in told.text
    assert "Gants &#34;bleus&#34;" in told.text
    again = dict(re.findall(r'name="(csrf|version)" value="(\w+)"', told.text))
    assert (await visit.browser.post(entry, again | {"nom": "Latex"})).status == 303
    gone = await visit.fields(entry)
    await visit.browser.post(entry, gone | {"geste": "supprimer"})
    told = await visit.browser.post(entry, gone | {"nom": "Latex, bien sûr"})
    assert (told.status, "Cela a été supprimé" in told.text) == (409, True)
    assert f'action="{ALLERGIES}/ajouter"' in told.text
    told = await visit.browser.post(entry, gone | {"geste": "refuser"})
    assert told.status == 409


async def test_form_sent_twice_makes_one_entry(visit: RecordVisit) -> None:
    fields = await visit.fields(f"{ALLERGIES}/ajouter") | {"nom": "Latex"}
    for _ in range(2):
        assert (await visit.browser.post(f"{ALLERGIES}/ajouter", fields)).status == 303
    assert (await visit.text(ALLERGIES)).count(f'class="item" href="{ALLERGIES}/') == 1


async def test_form_that_was_sent_and_is_filled_anew_shows_both(visit: RecordVisit) -> None:
    fields = await visit.fields(f"{ALLERGIES}/ajouter") | {"nom": "Latex"}
    await visit.browser.post(f"{ALLERGIES}/ajouter", fields)
    told = await visit.browser.post(f"{ALLERGIES}/ajouter", fields | {"nom": "Arachide"})
    assert (told.status, 'value="Arachide"' in told.text, "Latex" in told.text) == (409, True, True)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"nom": "Latex", "debut": "1900"}, "Cette date est avant la naissance."),
        ({"nom": "Latex", "debut": "2099"}, "Cette date n’est pas encore passée."),
        ({"nom": "", "remarque": "gardée"}, "Remplissez ce champ."),
        ({"nom": "Latex", "remarque": "x" * 20_000}, "Ce texte est trop long."),
    ],
)
async def test_fault_is_told_beside_its_field_and_nothing_is_lost(
    visit: RecordVisit, typed: dict[str, str], told: str
) -> None:
    answer = await visit.add(**typed)
    assert answer.status == 422
    assert told in unescape(answer.text)
    assert all(value in answer.text for value in typed.values())
    await visit.add(nom="Latex")
    entry = await visit.first()
    assert (await visit.browser.post(entry, await visit.fields(entry) | typed)).status == 422


async def test_what_is_far_too_long_or_no_form_of_ours_is_refused(visit: RecordVisit) -> None:
    assert (await visit.add(nom="x" * 100_000)).status == 413
    await visit.add(nom="Latex\x00\x07")
    entry = await visit.first()
    token = await visit.browser.token()
    for version in ("", "0", "-1", "1" * 12, "x"):
        assert (await visit.browser.post(entry, {"csrf": token, "version": version})).status == 400
    for path in ("/profil/ailleurs", "/profil/premiere-visite/2a", f"{ALLERGIES}/zz", f"{ALLERGIES}/2a"):
        assert (await visit.browser.get(path)).status == 404


async def test_nothing_to_declare_is_said_and_taken_back(visit: RecordVisit) -> None:
    token = await visit.browser.token()
    await visit.browser.post(ALLERGIES, {"csrf": token, "rien": "oui"})
    assert "C’est ce que vous avez indiqué." in await visit.text(ALLERGIES)
    await visit.browser.post(ALLERGIES, {"csrf": token, "rien": "non"})
    assert "Rien d’écrit pour l’instant" in await visit.text(ALLERGIES)


async def test_second_treating_doctor_is_told_and_the_first_contact_is_chosen(visit: RecordVisit) -> None:
    doctors = "/profil/professionnels"
    await visit.add(doctors, nom="Dr Ana Modèle", role="traitant")
    told = await visit.add(doctors, nom="Dr Luc Modèle", role="traitant")
    assert (told.status, "Une autre fiche le dit déjà." in told.text) == (422, True)
    entry = await visit.first(doctors)
    await visit.browser.post(entry, await visit.fields(entry) | {"geste": "supprimer"})
    await visit.add(doctors, nom="Dr Luc Modèle", role="traitant")
    back = {"csrf": await visit.browser.token(), "version": "2", "geste": "retablir"}
    assert (await visit.browser.post(entry, back)).status == 409
    for name in ("Anne", "Bruno"):
        await visit.add("/profil/entourage", nom=name)
    last = re.findall(r'action="(/profil/entourage/\w+)"', await visit.text("/profil/entourage"))[-1]
    await visit.browser.post(last, {"csrf": await visit.browser.token(), "version": "1", "geste": "monter"})
    text = await visit.text("/profil/entourage")
    assert text.index("Bruno") < text.index("Anne")
    assert "Historique (" not in await visit.text(last)


async def test_every_question_of_the_first_visit_is_skipped_in_one_touch(visit: RecordVisit) -> None:
    assert 'href="/profil/premiere-visite"' in await visit.text("/")
    token, path = await visit.browser.token(), "/profil/premiere-visite"
    for step in range(1, 7):
        assert "Passer" in await visit.text(f"{path}?etape={step}")
        skipped = await visit.browser.post(path, {"csrf": token, "etape": str(step), "geste": "passer"})
    assert skipped.location == "/profil?fait=visite"
    assert path not in await visit.text("/")
    assert path not in await visit.text("/profil")


async def test_answers_of_the_first_visit_stand_in_the_profile(visit: RecordVisit) -> None:
    path = "/profil/premiere-visite"

    async def answered(step: int, **typed: str) -> Answer:
        return await visit.browser.post(path, await visit.fields(f"{path}?etape={step}") | {"etape": str(step)} | typed)

    assert (await answered(1, valeur="168")).location == f"{path}?etape=2"
    assert (await answered(2, valeur="1000")).status == 422
    assert 'name="confirme" value="25 kg"' in (await answered(2, valeur="25")).text
    assert (await answered(2, geste="rien")).location == f"{path}?etape=3"
    assert (await answered(2, valeur="72,5")).location == f"{path}?etape=3"
    assert (await answered(3, nom="Latex")).location == f"{path}?etape=3"
    assert "Latex" in await visit.text(f"{path}?etape=3")
    assert (await answered(3, geste="rien")).location == f"{path}?etape=4"
    assert (await answered(4, geste="rien")).location == f"{path}?etape=5"
    assert (await answered(6, nom="Anne Modèle", telephone="06 12 34 56 78")).location == "/profil?fait=visite"
    text = await visit.text("/profil")
    for said in ("Latex", "Rien à déclarer", "Anne Modèle"):
        assert said in text
    measures = await visit.text("/profil/mesures")
    for said in ("168\u00a0cm", "72,5\u00a0kg"):
        assert said in measures


async def test_another_answer_of_the_same_form_is_asked_for_once_more(visit: RecordVisit) -> None:
    path = "/profil/premiere-visite"
    fields = await visit.fields(f"{path}?etape=1") | {"etape": "1"}
    await visit.browser.post(path, fields | {"valeur": "168"})
    told = await visit.browser.post(path, fields | {"valeur": "186"})
    assert (told.status, 'value="186"' in told.text, fields["fiche"] in told.text) == (422, True, False)
    assert (await visit.browser.post(path, fields | {"valeur": "168"})).status == 303


async def test_all_questions_are_put_away_at_once(visit: RecordVisit) -> None:
    done = await visit.browser.post(
        "/profil/premiere-visite", {"csrf": await visit.browser.token(), "geste": "finir", "etape": "x"}
    )
    assert "Merci." in await visit.text(done.location)


async def test_administrative_pieces_are_listed_in_the_profile(visit: RecordVisit) -> None:
    text = await visit.text("/profil/pieces-administratives")
    assert "Aucune pièce pour l’instant" in text
    assert 'href="/documents/ajouter?categorie=pieces-administratives"' in text


async def test_directives_deposited_as_a_file_stand_among_the_wishes(visit: RecordVisit) -> None:
    other = await visit.site.file()
    entry = replace(other.entry, unique_id="2.2", category=DocumentCategory.DIRECTIVES)
    kept = await visit.site.file(entry=entry)
    text = await visit.text("/profil/volontes")
    assert f'href="/documents/{kept.id:x}"' in text
    assert f"{other.id:x}" not in text
    assert f"{kept.id:x}" not in await visit.text(ALLERGIES)
    (form,) = set(re.findall(r'href="(/documents/ajouter[^"]*)"', text))
    assert '<option value="directives-anticipees" selected>' in await visit.text(form)
    assert " selected>" not in await visit.text("/documents/ajouter?categorie=romans")


async def test_illness_is_searched_chosen_and_kept_with_its_code(visit: RecordVisit, ram: Path) -> None:
    path = "/profil/maladies"
    assert "Chercher dans la liste" not in await visit.text(f"{path}/ajouter")
    files, terms = VocabularyFiles(ram), (Term("J45", "Asthme"), Term("J46", "État de mal asthmatique"))
    files.put(VocabularyKind.ILLNESSES, terms[:1], "cim.csv", NOON)
    files.put(VocabularyKind.ILLNESSES, terms, "cim.csv", NOON)
    asked = await visit.add(path, nom="etat asthm", remarque="Gardée", geste="chercher")
    assert (asked.status, "État de mal asthmatique" in asked.text, "Gardée" in asked.text) == (200, True, True)
    assert "Rien de tel dans la liste." in (await visit.add(path, nom="rien", geste="chercher")).text
    await visit.add(path, nom="etat asthm", nom_code="J46", geste="enregistrer")
    entry = await visit.first(path)
    fields = await visit.fields(entry)
    assert "Asthme" in (await visit.browser.post(entry, fields | {"nom": "Asthme", "geste": "chercher"})).text
    await visit.browser.post(entry, fields | {"nom": "État de mal asthmatique", "remarque": "Vue", "nom_code": "Z9"})
    number = int(entry.rpartition("/")[2], 16)
    kept = await visit.site.at.store.read(
        lambda tx: tx.profile.get(visit.site.camille.vault, ProfileSection.ILLNESSES, number)
    )
    assert kept is not None
    assert kept.fields == {"nom": "État de mal asthmatique", "nom_code": "J46", "remarque": "Vue"}
    fields = await visit.fields(entry)
    await visit.browser.post(entry, fields | {"nom": "Asthme ancien"})
    asked = await visit.browser.post(entry, fields | {"nom": "Asthme", "geste": "chercher"})
    late = fields | dict(re.findall(r'name="(version)" value="(\w+)"', asked.text)[:1])
    told = await visit.browser.post(entry, late | {"nom": "Asthme", "nom_code": "J45"})
    assert (told.status, "<dd>Asthme ancien</dd>" in told.text) == (409, True)
    assert (await visit.add(ALLERGIES, nom="x", geste="chercher")).status == 404


async def test_medicine_is_searched_in_the_published_list_and_kept_with_its_code(visit: RecordVisit, ram: Path) -> None:
    published = "60002283\tANASTROZOLE ACCORD 1 mg, comprimé pelliculé\tcomprimé\torale\r\n".encode("cp1252")
    terms = read_terms_of(VocabularyKind.MEDICINES, published)
    VocabularyFiles(ram).put(VocabularyKind.MEDICINES, terms, "CIS_bdpm.txt", NOON)
    path, label = "/profil/traitements", "ANASTROZOLE ACCORD 1 mg, comprimé pelliculé"
    asked = await visit.add(path, nom="anastrozole accord", geste="chercher")
    assert (asked.status, 'name="nom_code" value="60002283"' in asked.text, label in asked.text) == (200, True, True)
    await visit.add(path, nom="anastrozole accord", nom_code="60002283", geste="enregistrer")
    assert label in await visit.text(path)


async def test_vaccination_that_a_professional_confirmed_offers_no_change(visit: RecordVisit) -> None:
    path = "/profil/vaccinations"
    await visit.add(path, nom="Tétanos", date="12/05/2021")
    entry = await visit.first(path)
    late = await visit.fields(entry)
    vault, number = visit.site.camille.vault, int(entry.rpartition("/")[2], 16)

    def confirm(tx: Tx) -> None:
        noted = tx.profile.get(vault, ProfileSection.VACCINATIONS, number)
        assert noted is not None
        tx.profile.add(vault, replace(noted, revision=2, written_by=Writer.PROFESSIONAL, is_locked=True))

    await visit.site.at.store.write(confirm)
    assert "Confirmé par un professionnel" in await visit.text(path)
    text = await visit.text(entry)
    assert "Vous ne pouvez plus le modifier" in text
    assert f'action="{entry}"' not in text
    for version in ("1", "2"):
        for act in ({"nom": "Autre"}, {"geste": "supprimer"}):
            refused = await visit.browser.post(entry, late | {"version": version} | act)
            assert refused.status == 409
    assert "Tétanos" in await visit.text(path)
    form, own = f"{entry}/correction", {"csrf": await visit.browser.token()}
    assert f'href="{form}"' in text
    empty = await visit.browser.post(form, own | {"corriger": " "})
    assert (empty.status, "Écrivez ce qui est à corriger" in empty.text) == (422, True)
    assert "Votre demande va à l’opérateur" in await visit.text(form)
    assert (await visit.browser.post(form, own | {"corriger": "En 2020."})).status == 303
    assert "En 2020." in await visit.text(entry)
    assert "pour cette fiche" in (await visit.browser.post(form, own | {"corriger": "Encore."})).text


@pytest.mark.parametrize(
    ("path", "typed", "shown"),
    [
        (
            "/profil/traitements",
            {"nom": "Amlodipine", "debut": "03/2019", "fin": "06/2021"},
            ("Passés", "Amlodipine", "juin 2021"),
        ),
        ("/profil/antecedents", {"nom": "Appendicite", "date": "1998"}, ("Appendicite", "1998")),
        (
            "/profil/hospitalisations",
            {"motif": "Fracture du poignet", "lieu": "Hôpital de Rennes", "debut": "02/01/2020", "fin": "04/01/2020"},
            ("Fracture du poignet", "Hôpital de Rennes", "2 janvier 2020"),
        ),
        (
            "/profil/vaccinations",
            {"nom": "Tétanos", "date": "12/05/2021", "lot": "AX-12", "par": "Dr Essai"},
            ("Tétanos", "AX-12", "Dr Essai", "12 mai 2021"),
        ),
        (
            "/profil/volontes",
            {"sujet": "organes", "texte": "Je suis donneuse.", "proches": "oui"},
            ("Don d’organes", "Je suis donneuse."),
        ),
        (
            "/profil/volontes",
            {"sujet": "directives", "texte": "Pas d’acharnement."},
            ("Directives anticipées", "Pas d’acharnement."),
        ),
        (
            "/profil/antecedents-familiaux",
            {"nom": "Glaucome", "parent": "grand-mere", "age": "vers 60 ans"},
            ("Glaucome", "Grand-mère", "vers 60 ans"),
        ),
        ("/profil/handicaps", {"genre": "sensoriel", "nom": "Surdité légère"}, ("Sensoriel", "Surdité légère")),
        ("/profil/habitudes-de-vie", {"genre": "sommeil", "texte": "Je dors peu."}, ("Sommeil", "Je dors peu.")),
    ],
    ids=[
        "treatment", "antecedent", "stay", "vaccine", "donation", "directives", "family", "disability", "habit",
    ],
)  # fmt: skip
async def test_section_shows_what_was_noted_with_its_dates(
    visit: RecordVisit, path: str, typed: dict[str, str], shown: tuple[str, ...]
) -> None:
    assert (await visit.add(path, **typed)).status == 303
    text = await visit.text(path) + await visit.text(await visit.first(path))
    text = text.replace("\xa0", " ")
    assert [words for words in shown if words not in text] == []

"""« Mesures » as its holder uses it, in pages: noted, corrected, deleted, taken back, in two tabs (F36, E22, E89)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from gateway.domain.identity import BirthDate
from gateway.ports.store import Tx
from gateway.services.agenda.reminder_keeper import ReminderKeeper
from gateway.services.profile.measure_reading import PAGE
from tests.builders.record_pages import RecordVisit, record_visit

WEIGHT, PRESSURE, GLUCOSE = (f"/profil/mesures/{name}" for name in ("poids", "tension", "glycemie"))
SETS = "/profil/mesures/suivis"


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[RecordVisit]:
    async with record_visit(ram, "csrf|entree|version|jour|heure", WEIGHT) as signed_in:
        yield signed_in


async def test_three_weights_are_three_dated_points_and_a_curve(visit: RecordVisit) -> None:
    for hour, value in ((8, "74"), (9, "73,5"), (10, "72,5")):
        answer = await visit.add(valeur=value, heure=f"{hour}:00")
        assert (answer.status, answer.location) == (303, f"{WEIGHT}?fait=enregistre")
    text = await visit.text(f"{WEIGHT}?periode=mois")
    assert "Courbe de 3 mesures, en kg" in text
    assert text.count('class="marker marker-inside"') == 3
    for value in ("74\u00a0kg", "73,5\u00a0kg", "72,5\u00a0kg"):
        assert value in text
    assert "72,5\u00a0kg" in await visit.text("/profil/mesures")
    profile = await visit.text("/profil")
    assert 'href="/profil/mesures"' in profile
    assert "Poids 72,5\u00a0kg, le " in profile


async def test_correction_is_marked_and_what_is_deleted_comes_back(visit: RecordVisit) -> None:
    await visit.add(valeur="47")
    one = await visit.first()
    await visit.browser.post(one, await visit.fields(one) | {"valeur": "74"})
    assert '<span class="tag">corrigé</span>' in await visit.text(WEIGHT)
    text = await visit.text(one)
    assert "Historique (2)" in text
    assert "47\u00a0kg" in text
    gone = await visit.browser.post(one, await visit.fields(one) | {"geste": "supprimer"})
    text = await visit.text(gone.location)
    assert "C’est supprimé." in text
    assert "Aucune mesure pour l’instant" in text
    assert "Cette mesure est supprimée." in await visit.text(one)
    await visit.browser.post(one, await visit.fields(one) | {"geste": "retablir"})
    assert "74\u00a0kg" in await visit.text(WEIGHT)


async def test_thousand_kilograms_are_refused_with_why_and_what_to_do(visit: RecordVisit) -> None:
    told = await visit.add(valeur="1000", note="gardée")
    text = unescape(told.text)
    assert told.status == 422
    assert "1000\u00a0kg, ce n’est pas possible. Un poids va de 0,3 à 500\u00a0kg." in text
    assert "Vérifiez le nombre et son unité." in text
    assert 'value="gardée"' in text


async def test_unlikely_weight_is_asked_again_and_kept_when_it_is_said_again(visit: RecordVisit) -> None:
    fields = await visit.fields(f"{WEIGHT}/ajouter") | {"valeur": "250"}
    told = await visit.browser.post(f"{WEIGHT}/ajouter", fields)
    assert "Est-ce bien 250\u00a0kg\u00a0?" in unescape(told.text)
    said = re.search(r'name="confirme" value="([^"]+)"', told.text)
    assert said is not None
    assert (await visit.browser.post(f"{WEIGHT}/ajouter", fields | {"confirme": said[1]})).status == 303
    assert "250\u00a0kg" in await visit.text(WEIGHT)


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        (WEIGHT, {"valeur": "72", "jour": "1800-01-01"}, "Cette date est avant votre naissance."),
        (WEIGHT, {"valeur": "72", "jour": "2099-01-01"}, "Ce moment n’est pas encore passé."),
        (WEIGHT, {"valeur": "lourd"}, "Écrivez un nombre, par exemple 35."),
        (WEIGHT, {"valeur": "72,12345"}, "3 chiffres après la virgule au plus."),
        ("/profil/mesures/pas", {"valeur": "10,5"}, "Écrivez un nombre entier."),
        (PRESSURE, {"valeur": "79", "valeur_2": "128"}, "Le premier nombre est le plus grand des deux."),
        (PRESSURE, {"valeur": "128", "valeur_2": "10"}, "10\u00a0mmHg, ce n’est pas possible."),
    ],
)
async def test_fault_is_told_beside_its_field(
    visit: RecordVisit, path: str, typed: dict[str, str], told: str
) -> None:
    answer = await visit.add(path, **typed)
    assert answer.status == 422
    assert told in unescape(answer.text)


async def test_second_tab_sees_what_stands_and_gets_back_what_it_typed(visit: RecordVisit) -> None:
    await visit.add(valeur="74")
    one = await visit.first()
    first, second = await visit.fields(one), await visit.fields(one)
    await visit.browser.post(one, first | {"valeur": "73"})
    told = await visit.browser.post(one, second | {"valeur": "75"})
    assert told.status == 409
    assert "<dd>73\u00a0kg</dd>" in unescape(told.text)
    assert 'value="75"' in told.text
    late = await visit.browser.post(one, second | {"geste": "supprimer"})
    assert "Cette mesure a changé entre-temps." in await visit.text(late.location)
    gone = await visit.fields(one)
    await visit.browser.post(one, gone | {"geste": "supprimer"})
    told = await visit.browser.post(one, gone | {"valeur": "75"})
    assert (told.status, f'action="{WEIGHT}/ajouter"' in told.text) == (409, True)


async def test_form_sent_twice_makes_one_measure(visit: RecordVisit) -> None:
    fields = await visit.fields(f"{WEIGHT}/ajouter") | {"valeur": "74"}
    for _ in range(2):
        assert (await visit.browser.post(f"{WEIGHT}/ajouter", fields)).status == 303
    assert (await visit.text(WEIGHT)).count('<tr role="row">') == 2


async def test_blood_pressure_is_drawn_beside_its_goal(visit: RecordVisit) -> None:
    goal = f"{PRESSURE}/objectif"
    aimed = await visit.fields(goal) | {"a": "135", "a_2": "85"}
    assert (await visit.browser.post(goal, aimed)).location == f"{PRESSURE}?fait=objectif"
    for value in ("142/88", "128/79"):
        systolic, diastolic = value.split("/")
        await visit.add(PRESSURE, valeur=systolic, valeur_2=diastolic)
    text = await visit.text(PRESSURE)
    assert "Systolique 135\u00a0mmHg au plus, diastolique 85\u00a0mmHg au plus" in text
    assert "142/88\u00a0mmHg" in text
    assert "Au-dessus de votre objectif" in text
    assert text.count('class="trend-band"') == 4
    told = await visit.browser.post(goal, aimed | {"a": "130"})
    assert (told.status, "Cela a changé entre-temps" in told.text) == (409, True)
    wrong = await visit.browser.post(goal, await visit.fields(goal) | {"de": "140", "a": "130"})
    assert "Ce nombre est plus petit que celui d’avant." in unescape(wrong.text)


async def test_other_unit_is_kept_and_said_in_both(visit: RecordVisit) -> None:
    await visit.add(GLUCOSE, valeur="5,5", unite="mmol/L")
    text = await visit.text(GLUCOSE)
    assert "5,5\u00a0mmol/L" in text
    assert "soit environ 0,99\u00a0g/L" in text


async def test_body_mass_is_computed_from_weight_and_height(visit: RecordVisit) -> None:
    assert "Notez d’abord votre" in await visit.text("/profil/mesures/imc")
    await visit.add("/profil/mesures/taille", valeur="170")
    await visit.add(valeur="72")
    assert "24,9\u00a0kg/m²" in await visit.text("/profil/mesures/imc")
    for path in ("imc/ajouter", "inconnue", "poids/2a", "poids/zz", "poids?avant=2a"):
        assert (await visit.browser.get(f"/profil/mesures/{path}")).status == 404


async def test_older_measures_are_on_further_pages(visit: RecordVisit) -> None:
    for place in range(PAGE + 1):
        await visit.add(valeur=f"{60 + place}")
    older = re.search(r'href="([^"]+avant=[^"]+)#toutes"', await visit.text(WEIGHT))
    assert older is not None
    text = await visit.text(older[1])
    assert "Mesures plus anciennes" in text
    assert text.count('<tr role="row">') == 2


async def test_childs_measures_lie_among_the_lines_of_a_named_reference(visit: RecordVisit) -> None:
    await _is_born(visit, BirthDate(2025, 3, 2))
    for day, value in (("2025-03-02", "2,2"), ("2025-09-02", "8,3"), ("2026-03-01", "12,5")):
        await visit.add(jour=day, heure="", valeur=value)
    told = await visit.add(jour="2025-03-01", heure="", valeur="3")
    assert (told.status, "Cette date est avant votre naissance." in told.text) == (422, True)
    text = await visit.text(f"{WEIGHT}?periode=tout")
    assert "3 mesures parmi les lignes de référence 3, 15, 50, 85 et 97." in text
    assert "Référence\u00a0: standards de croissance de l’OMS" in text
    assert "À la naissance, sous la ligne 3" in text
    assert "À 6\u00a0mois, entre les lignes 50 et 85" in text
    assert "À 11\u00a0mois, au-dessus de la ligne 97" in text
    assert text.count("vector-effect") == 5


async def test_grown_person_has_no_lines_of_growth(visit: RecordVisit) -> None:
    for hour in ("8:00", "9:00"):
        await visit.add(valeur="74", heure=hour)
    text = await visit.text(WEIGHT)
    assert "Courbe de 2 mesures" in text
    assert "lignes de référence" not in text


async def test_set_that_is_followed_says_what_is_due_and_reminds_until_it_is_noted(visit: RecordVisit) -> None:
    follow = {"csrf": await visit.browser.token(), "suivi": "grossesse", "geste": "suivre"}
    for _ in range(2):
        assert (await visit.browser.post(SETS, follow)).location == f"{SETS}?fait=suivre"
    text = await visit.text(SETS)
    assert text.count("À noter aujourd’hui") == 2
    assert "Assurance maladie, Suivi mensuel de la grossesse" in text
    assert "2\u00a0mesures à noter" in await visit.text("/profil/mesures")
    assert (await visit.text("/agenda")).count("Mesures à noter\u00a0: grossesse") == 4
    await visit.add(valeur="61")
    await visit.add(PRESSURE, valeur="118", valeur_2="76")
    text = await visit.text(SETS)
    assert text.count("Prochaine fois le ") == 2
    keeper = ReminderKeeper(visit.site.at.store, visit.site.at.clock)
    assert await keeper.keep() == 0
    visit.site.at.clock.advance(timedelta(days=30))
    assert await keeper.keep() == 1
    assert (await visit.site.trace("agenda.reminder"))[0].outcome == "ok"


async def test_hypertension_is_followed_by_its_one_measure(visit: RecordVisit) -> None:
    await visit.browser.post(
        SETS, {"csrf": await visit.browser.token(), "suivi": "hypertension", "geste": "suivre"}
    )
    text = await visit.text(SETS)
    assert (text.count("À noter aujourd’hui"), "Comité français de lutte contre l’hypertension" in text) == (1, True)
    assert "Mesures à noter\u00a0: hypertension" in await visit.text("/agenda")
    await visit.add(PRESSURE, valeur="128", valeur_2="79")
    assert (await visit.text(SETS)).count("Prochaine fois le ") == 1


async def test_set_that_is_stopped_reminds_no_more_and_leaves_measures(visit: RecordVisit) -> None:
    await visit.add(valeur="61")
    act = {"csrf": await visit.browser.token(), "suivi": "diabete", "geste": "suivre"}
    await visit.browser.post(SETS, act)
    found = re.search(r'href="(/agenda/[0-9a-f]+)"', await visit.text(SETS))
    assert found is not None
    await visit.browser.post(f"{found[1]}/suppression", {"csrf": act["csrf"]})
    assert "Le rappel n’est plus dans votre agenda." in await visit.text(SETS)
    await visit.add(valeur="60", heure="8:00")
    assert "Mesures à noter" not in await visit.text("/agenda")
    await visit.browser.post(SETS, act | {"geste": "arreter"})
    assert "Suivi depuis" not in await visit.text(SETS)
    assert "60\u00a0kg" in await visit.text(WEIGHT)
    for wrong in ({"suivi": "rhume"}, {"geste": "effacer"}):
        assert (await visit.browser.post(SETS, act | wrong)).status == 404


async def _is_born(visit: RecordVisit, on: BirthDate) -> None:
    def change(tx: Tx) -> None:
        space = tx.spaces.space(visit.site.camille.vault)
        traits = replace(space.identity.traits, birth_date=on)
        tx.spaces.save(replace(space, identity=replace(space.identity, traits=traits)))

    await visit.site.at.store.write(change)

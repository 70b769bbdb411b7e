"""The pages of the agenda: list, month, forms that give back what was typed."""

import re

import pytest

from gateway.domain.agenda.events import EventState
from tests.builders.web_agenda import AN_ENTRY
from tests.builders.web_client import Browser
from tests.builders.web_world import WebWorld

NEW = {
    "titre": "Visite de contrôle", "jour": "2026-12-15", "debut": "09:30", "fin": "10:00", "lieu": "Rennes",
    "avec": "Dr Iris Modèle", "rappel": "1440", "note": "Troisième étage", "apporter": "Carnet",
}  # fmt: skip


async def _posted(browser: Browser, path: str, **fields: str) -> tuple[int, str, str]:
    answer = await browser.post(path, {"csrf": await browser.token(), **fields})
    return answer.status, answer.text, answer.location or ""


async def test_list_shows_what_comes_by_month_and_folds_what_is_over(browser: Browser) -> None:
    text = (await browser.get("/agenda")).text
    coming, past = text.split('<details class="agenda-past">')
    assert coming.index("Échographie du genou") < coming.index("Séance de kinésithérapie")
    assert "Annulé" in coming
    assert "À confirmer" in coming
    assert "Vaccin contre la grippe" in past
    assert "Vaccin contre la grippe" not in coming


async def test_month_is_a_table_of_weeks_and_leads_to_its_neighbours(browser: Browser) -> None:
    text = (await browser.get("/agenda?vue=mois&mois=2026-12")).text
    assert "<h1>Décembre 2026</h1>" in text
    assert len(re.findall("<tr>", text)) == 6  # its head and five weeks
    assert "mois=2026-11" in text
    assert "mois=2027-01" in text


@pytest.mark.parametrize("asked", ["2026-13", "0000-01", "9999-12", "١٢٣٤-12", "x"])
async def test_month_that_is_none_is_the_present_one(browser: Browser, asked: str) -> None:
    answer = await browser.get(f"/agenda?vue=mois&mois={asked}")
    assert answer.status == 200
    assert 'aria-current="date"' in answer.text


async def test_entry_is_added_shown_and_changed(browser: Browser) -> None:
    form = (await browser.get("/agenda/nouveau?jour=2026-12-15")).text
    assert 'value="2026-12-15"' in form
    reference = re.findall(r'name="entree" value="(\w+)"', form)[0]
    assert (await _posted(browser, "/agenda/nouveau", entree=reference, **NEW))[2] == (
        f"/agenda/{reference}?fait=ajout#fait"
    )
    status, told, _ = await _posted(browser, "/agenda/nouveau", entree=reference, **NEW | {"titre": "Radiographie"})
    assert (status, 'value="Radiographie"' in told, "<dd>Visite de contrôle</dd>" in told) == (409, True, True)
    text = (await browser.get(f"/agenda/{reference}?fait=ajout")).text
    assert "9\u00a0h\u00a030 – 10\u00a0h\u00a000" in text
    assert "Mardi 15\u00a0décembre 2026" in text
    assert "1\u00a0jour avant" in text
    assert "C’est noté" in text
    changed = NEW | {"titre": "Visite reportée", "jour": "16/12/2026"}
    assert (await _posted(browser, f"/agenda/{reference}/modifier", version="1", **changed))[0] == 303
    assert "Visite reportée" in (await browser.get("/agenda")).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"titre": ""}, "Donnez un titre"),
        ({"jour": "31/02/2026"}, "Écrivez la date ainsi"),
        ({"jour": "demain"}, "Écrivez la date ainsi"),
        ({"jour": "2199-01-01"}, "Cette date est trop lointaine"),
        ({"debut": "25:00"}, "Écrivez l’heure ainsi"),
        ({"fin": "9h99"}, "Écrivez l’heure ainsi"),
        ({"debut": "", "fin": "10:00"}, "Donnez aussi l’heure de début"),
        ({"fin": "08:00"}, "La fin vient avant le début"),
        ({"dernier_jour": "hier"}, "Écrivez la date ainsi"),
        ({"rappel": "7"}, "Choisissez un rappel"),
        ({"jour": "2026-03-29", "debut": "2h30", "fin": ""}, "Cette heure n’existe pas"),
        ({"note": "x" * 4001}, "Un des textes est trop long"),
    ],
)
async def test_refused_form_says_why_and_gives_back_what_was_typed(
    browser: Browser, wrong: dict[str, str], sentence: str
) -> None:
    status, text, _ = await _posted(browser, "/agenda/nouveau", entree="1234", **NEW | wrong)
    assert status == 400
    assert sentence in text
    assert "Troisième étage" in text or "x" * 4000 in text
    assert 'name="entree" value="1234"' in text


async def test_second_tab_is_told_sees_what_stands_and_loses_nothing(browser: Browser) -> None:
    path = f"/agenda/{AN_ENTRY}/modifier"
    assert (await _posted(browser, path, version="1", **NEW | {"titre": "Premier onglet"}))[0] == 303
    status, text, _ = await _posted(browser, path, version="1", **NEW | {"titre": "Second onglet"})
    assert status == 409
    assert "Cela a changé entre-temps" in text
    assert "Premier onglet" in text
    assert 'value="Second onglet"' in text
    assert 'name="version" value="2"' in text
    assert (await _posted(browser, path, version="2", **NEW | {"titre": "Second onglet"}))[0] == 303


async def test_of_a_professionals_entry_the_form_has_the_notes_only(browser: Browser, world: WebWorld) -> None:
    path = "/agenda/1a2c/modifier"
    text = (await browser.get(path)).text
    assert "sont fixés par Hugo Essai" in text
    assert 'name="titre"' not in text
    await _posted(browser, path, version="1", titre="Autre", note="Sonner deux fois", rappel="")
    entry = (world.entries or {})[0x1A2C]
    assert (entry.title, entry.note) == ("Séance de kinésithérapie", "Sonner deux fois")


async def test_entry_is_called_off_once_and_taken_away(browser: Browser, world: WebWorld) -> None:
    path = f"/agenda/{AN_ENTRY}"
    assert (await _posted(browser, f"{path}/suite", version="1", geste="annuler"))[2] == f"{path}?fait=annuler#fait"
    assert (world.entries or {})[0x1A2B].state is EventState.CANCELLED
    late = (await _posted(browser, f"{path}/suite", version="1", geste="annuler"))[2]
    assert "Rien n’a été fait" in (await browser.get(late.partition("#")[0])).text
    assert (await _posted(browser, f"{path}/suppression"))[2] == "/agenda?fait=supprime#fait"
    assert (await browser.get(path)).status == 404


async def test_stay_of_several_days_says_how_long(browser: Browser) -> None:
    fields = {"entree": "1234", "titre": "Séjour", "jour": "2026-12-15", "dernier_jour": "2026-12-18"}
    await _posted(browser, "/agenda/nouveau", **fields)
    assert "Jusqu’au 18\u00a0décembre 2026" in (await browser.get("/agenda/1234")).text
    assert 'value="2026-12-18"' in (await browser.get("/agenda/1234/modifier")).text


async def test_invitation_is_accepted_and_the_page_says_that_the_answer_left(browser: Browser) -> None:
    text = (await browser.get("/agenda/1a2c")).text
    assert "Viendrez-vous\u00a0?" in text
    where = (await _posted(browser, "/agenda/1a2c/reponse", version="1", choix="accepter"))[2]
    assert where == "/agenda/1a2c?fait=accepte#fait"
    assert "Vous avez accepté. Votre réponse est partie." in (await browser.get("/agenda/1a2c")).text
    late = (await _posted(browser, "/agenda/1a2c/reponse", version="1", choix="decliner"))[2]
    assert late == "/agenda/1a2c?fait=trop-tard#fait"


async def test_answer_that_may_not_go_is_kept_and_the_page_says_why(browser: Browser) -> None:
    status, text, _ = await _posted(browser, "/agenda/1a2c/reponse", version="1", choix="decliner")
    assert status == 200
    assert "Elle n’est pas partie" in text
    assert "a mis fin à vos échanges" in text
    assert "Refusé" in (await browser.get("/agenda")).text


async def test_recommendation_is_noted_as_done_hidden_and_shown_again(browser: Browser) -> None:
    text = (await browser.get("/agenda")).text
    assert "Dépistage du cancer colorectal" in text
    assert "Institut national du cancer" in text
    assert "À titre indicatif" in text
    assert "ne comptent pas d’eux-mêmes ici" in text
    where = (await _posted(browser, "/agenda/prevention", conseil="colorectal", choix="fait"))[2]
    assert where == "/agenda#prevention"
    await _posted(browser, "/agenda/prevention", conseil="breast", choix="masquer")
    text = (await browser.get("/agenda")).text
    assert "Faits ou masqués (2)" in text
    assert "À refaire vers le 12\u00a0mars 2028" in text
    await _posted(browser, "/agenda/prevention", conseil="breast", choix="pas-encore")
    assert "Faits ou masqués (1)" in (await browser.get("/agenda")).text
    assert (await _posted(browser, "/agenda/prevention", conseil="breast", choix="x"))[0] == 400


async def test_link_is_shown_once_ended_and_followed_without_a_session(browser: Browser) -> None:
    assert "Liens en service" in (await browser.get("/agenda/abonnement")).text
    assert (await _posted(browser, "/agenda/abonnement"))[0] == 409
    status, text, _ = await _posted(browser, "/agenda/abonnement", vus="a1b2")
    assert status == 200
    assert "/calendrier/secret-heures.ics" in text
    assert "secret-tout" in (await _posted(browser, "/agenda/abonnement", details="1", vus="a1b2"))[1]
    assert (await _posted(browser, "/agenda/abonnement/fin", abonnement="a1b2"))[0] == 303
    assert (await _posted(browser, "/agenda/abonnement/fin", abonnement="other"))[0] == 404
    browser.cookies.clear()
    answer = await browser.get("/calendrier/secret-heures.ics")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert (await browser.get("/calendrier/guess.ics")).status == 404
    assert (await browser.get("/calendrier/souvent.ics")).status == 429

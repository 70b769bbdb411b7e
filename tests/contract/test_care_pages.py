"""« Historique de soins » as its holder uses it, in pages: by kind, by piece, no older than 24 months, hidden (E78)."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.domain.access import SpacePart
from gateway.domain.care_history import CareAct, CareKind, first_day
from gateway.domain.local_days import local_day
from gateway.ports.store import Tx
from gateway.services.access.permission import access_facts
from gateway.services.profile.care_reading import PAGE, remove_outdated_care
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.store import NOON
from tests.builders.web_care import an_act

CARE = "/profil/historique-de-soins"
TODAY = local_day(NOON)


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[RecordVisit]:
    async with record_visit(ram, "csrf", CARE) as signed_in:
        yield signed_in


async def tell(visit: RecordVisit, *acts: CareAct) -> None:
    vault = visit.site.camille.vault

    def put(tx: Tx) -> None:
        for act in acts:
            tx.care_acts.put(vault, act)

    await visit.site.at.store.write(put)


async def test_acts_are_listed_by_month_and_by_kind(visit: RecordVisit) -> None:
    assert "Aucun soin pour l’instant" in await visit.text(CARE)
    handed_out = an_act(7, CareKind.DISPENSING, TODAY - timedelta(days=40), "Paracétamol 1 g", "Amoxicilline 500 mg")
    await tell(visit, an_act(5, CareKind.VISIT, TODAY), handed_out)
    text = await visit.text(CARE)
    assert text.index("Consultation de médecine générale") < text.index("Amoxicilline 500 mg")
    assert text.count('class="year"') == 2
    only = await visit.text(f"{CARE}?type=pharmacie")
    assert "Paracétamol 1 g" in only
    assert "Consultation de médecine générale" not in only
    assert "Historique de soins" in await visit.text("/profil")


async def test_what_is_older_than_24_months_is_not_shown_and_goes(visit: RecordVisit) -> None:
    oldest = first_day(TODAY)
    older = an_act(6, CareKind.VISIT, oldest - timedelta(days=1), "Trop vieux")
    await tell(visit, an_act(5, CareKind.VISIT, oldest, "À temps"), older)
    text = await visit.text(CARE)
    assert "À temps" in text
    assert "Trop vieux" not in text
    store, vault = visit.site.at.store, visit.site.camille.vault
    assert await remove_outdated_care(store, visit.site.at.clock) == 1
    assert await store.read(lambda tx: len(tx.care_acts.listed(vault, date.min, 9))) == 1


async def test_long_history_is_read_in_pieces(visit: RecordVisit) -> None:
    await tell(visit, *(an_act(100 + number, day=TODAY - timedelta(days=number)) for number in range(PAGE + 2)))
    first = await visit.text(CARE)
    assert first.count('class="care-act"') == PAGE
    more = first[first.index("avant=") + 6 :].split('"')[0]
    assert (await visit.text(f"{CARE}?avant={more}")).count('class="care-act"') == 2


async def test_one_switch_hides_all_of_it_from_others_and_shows_it_again(visit: RecordVisit) -> None:
    await tell(visit, an_act(5, day=TODAY))
    actor, store = visit.site.actor, visit.site.at.store
    for pressed, said in (("oui", "Vous seul le voyez"), ("non", "n’est plus masqué")):
        done = await visit.browser.post(CARE, await visit.fields(CARE) | {"masquer": pressed})
        text = await visit.text(done.location)
        assert said in text
        assert "Consultation de médecine générale" in text
        # No page of somebody else exists yet; the one function that each will ask reads this fact.
        facts = await store.read(lambda tx: access_facts(tx, actor, SpacePart.CARE_HISTORY, NOON))
        assert facts.care_hidden is (pressed == "oui")
    events = await store.read(lambda tx: tx.audit.events(actor.vault))
    said_of = {"care.hidden", "care.shown"}
    assert [one.action for one in events if one.action in said_of] == ["care.shown", "care.hidden"]


async def test_what_a_document_told_goes_with_it(visit: RecordVisit) -> None:
    await tell(visit, an_act(5, day=TODAY, source=77))
    assert "Consultation de médecine générale" not in await visit.text(CARE)

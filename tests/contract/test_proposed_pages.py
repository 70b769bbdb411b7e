"""What documents propose, in pages: accepted or refused, once for several, gone with its document (F33, F34, F38)."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.brought import Brought, BroughtAct, ProposedEntry
from gateway.domain.care_history import CareKind
from gateway.domain.dossier import FiledDocument
from gateway.domain.local_days import local_day
from gateway.domain.profile import EntryState, ProfileSection
from gateway.services.filing.brought_entries import keep_brought
from gateway.services.profile.source_documents import stands
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.store import NOON

ALLERGIES = "/profil/allergies"
TITLE = "Proposé par un document"
_PROPOSED = re.compile(rf'<form method="post" action="({ALLERGIES}/[0-9a-f]+)">(?:(?!</form>).)*value="accepter"')


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[RecordVisit]:
    async with record_visit(ram, "csrf|fiche|version", ALLERGIES) as signed_in:
        yield signed_in


def penicillin(**more: str) -> ProposedEntry:
    return ProposedEntry(ProfileSection.ALLERGIES, {"nom": "Pénicilline", **more})


async def propose(visit: RecordVisit, *entries: ProposedEntry, acts: tuple[BroughtAct, ...] = ()) -> FiledDocument:
    """File a document that brings something, as filing does."""
    document = await visit.site.file()
    brought = Brought(entries=entries, acts=acts)
    vault = visit.site.camille.vault
    await visit.site.at.store.write(lambda tx: keep_brought(tx, vault, document.id, brought, NOON))
    return document


async def proposed(visit: RecordVisit) -> list[str]:
    return _PROPOSED.findall((await visit.browser.get(ALLERGIES)).text)


async def press(visit: RecordVisit, path: str, act: str) -> int:
    return (await visit.browser.post(path, await visit.fields(path) | {"version": "1", "geste": act})).status


async def test_proposal_names_its_document_and_enters_the_profile_when_it_is_accepted(visit: RecordVisit) -> None:
    document = await propose(visit, penicillin())
    text = await visit.text(ALLERGIES)
    assert TITLE in text
    assert f'<a href="/documents/{document.id:x}">Bilan de contrôle</a>' in text
    assert "1\u00a0proposition" in await visit.text("/profil")
    (one,) = await proposed(visit)
    assert await press(visit, one, "accepter") == 303
    text = await visit.text(ALLERGIES)
    assert TITLE not in text
    assert "Pénicilline" in text
    assert "d’après un document" in await visit.text(one)


async def test_what_is_refused_or_said_already_is_not_proposed_again(visit: RecordVisit) -> None:
    await propose(visit, penicillin())
    (one,) = await proposed(visit)
    assert await press(visit, one, "refuser") == 303
    await visit.add(nom="Latex")
    await propose(visit, penicillin(), ProposedEntry(ProfileSection.ALLERGIES, {"nom": "LATEX"}))
    assert await proposed(visit) == []


async def test_two_documents_that_propose_the_same_are_one_line(visit: RecordVisit) -> None:
    await propose(visit, penicillin())
    await propose(visit, penicillin(), penicillin(reaction="plaques"))
    (one,) = await proposed(visit)
    await press(visit, one, "accepter")
    assert await proposed(visit) == []


async def test_proposal_goes_with_a_document_that_is_withheld_or_taken_away(visit: RecordVisit) -> None:
    document, vault, store = await propose(visit, penicillin()), visit.site.camille.vault, visit.site.at.store
    (one,) = await proposed(visit)
    for hidden, count in ((Audience.PATIENT, 0), (Audience.NOBODY, 1)):
        await store.write(lambda tx, hidden=hidden: tx.documents.withhold(vault, document.id, hidden))  # type: ignore[misc]
        assert len(await proposed(visit)) == count
    await store.write(lambda tx: tx.documents.take_away(vault, document.id))
    assert await proposed(visit) == []
    assert (await visit.browser.get(one)).status == 404
    assert await press(visit, one, "accepter") == 404


async def test_impossible_entries_are_not_proposed(visit: RecordVisit) -> None:
    await propose(visit, penicillin(debut="2199-01-01"), penicillin(debut="1800"), penicillin(gravite="terrible"))
    assert await proposed(visit) == []


async def test_day_of_care_out_of_its_time_is_not_kept(visit: RecordVisit) -> None:
    acts = tuple(
        BroughtAct(kind=CareKind.DISPENSING, day=day, lines=(("Paracétamol", "1"),))
        for day in ("2199-01-01", "2001-01-01", "hier", "2026-02-28")
    )
    await propose(visit, acts=acts)
    assert (await visit.text("/profil/historique-de-soins")).count('class="care-act"') == 1


async def test_no_count_tells_of_care_of_a_withheld_document(visit: RecordVisit) -> None:
    kinds = (CareKind.DISPENSING, CareKind.VISIT)
    acts = tuple(BroughtAct(kind=kind, day="2026-02-28", lines=(("Paracétamol", "1"),)) for kind in kinds)
    document, vault = await propose(visit, acts=acts), visit.site.camille.vault
    for hidden in (Audience.NOBODY, Audience.EVERYBODY):
        await visit.site.at.store.write(
            lambda tx, hidden=hidden: tx.documents.withhold(vault, document.id, hidden)  # type: ignore[misc]
        )
        text = await visit.text("/profil/historique-de-soins")
        assert ('class="count"' in text) == (hidden is Audience.NOBODY)


async def test_archive_has_no_proposal_of_a_document_that_is_withheld(visit: RecordVisit) -> None:
    document, vault, store = await propose(visit, penicillin()), visit.site.camille.vault, visit.site.at.store
    (entry,) = await store.read(lambda tx: tx.profile.newest(vault, ProfileSection.ALLERGIES))
    assert entry.state is EntryState.PROPOSED
    await store.write(lambda tx: tx.documents.withhold(vault, document.id, Audience.PATIENT))
    assert not await store.read(lambda tx: stands(tx, visit.site.actor, entry, visit.site.at.clock.now()))


async def test_measure_of_a_document_is_a_measure_once_it_is_accepted(visit: RecordVisit) -> None:
    number = await visit.site.propose_weight("72,5")
    text = await visit.text("/profil/mesures")
    assert TITLE in text
    assert "72,5\u00a0kg" in text
    assert "72,5" not in await visit.text("/profil/mesures/poids")
    path = f"/profil/mesures/propositions/{number:x}"
    for _ in range(2):
        pressed = await visit.browser.post(path, {"csrf": await visit.browser.token(), "geste": "accepter"})
        assert pressed.status == 303
    assert TITLE not in await visit.text("/profil/mesures")
    assert (await visit.text("/profil/mesures/poids")).count('role="rowheader"') == 1


async def test_accepted_measure_moves_the_reminder_of_a_set_that_is_followed(visit: RecordVisit) -> None:
    store, vault, token = visit.site.at.store, visit.site.camille.vault, await visit.browser.token()
    await visit.browser.post("/profil/mesures/suivis", {"csrf": token, "suivi": "hypertension", "geste": "suivre"})
    day = local_day(visit.site.at.clock.now())
    said = {"mesure": "tension", "valeur": "118", "valeur_2": "76", "unite": "mm[Hg]", "jour": day.isoformat()}
    await propose(visit, ProposedEntry(ProfileSection.PROPOSED_MEASURES, said))
    (one,) = await store.read(lambda tx: tx.profile.newest(vault, ProfileSection.PROPOSED_MEASURES))
    path = f"/profil/mesures/propositions/{one.id:x}"
    assert (await visit.browser.post(path, {"csrf": token, "geste": "accepter"})).status == 303
    reminder = (await store.read(lambda tx: tx.measures.plan(vault).followed))["hypertension"].event
    event = await store.read(lambda tx: tx.agendas.get(vault, reminder))
    assert event is not None
    assert event.start == day + timedelta(days=91)

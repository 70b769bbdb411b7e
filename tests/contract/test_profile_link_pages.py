"""What goes together in a record is linked by its holder and shown on both sides (E77)."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.services.profile import entry_links
from tests.builders.record_pages import RecordVisit, record_visit
from tests.builders.store import NOON

ILLNESSES, TREATMENTS = "/profil/maladies", "/profil/traitements"


@pytest.fixture
async def visit(ram: Path) -> AsyncIterator[RecordVisit]:
    async with record_visit(ram, "csrf|fiche|version", ILLNESSES) as signed_in:
        yield signed_in


async def _added(visit: RecordVisit, section: str, name: str) -> str:
    """Add an entry and give the name by which it is linked."""
    assert (await visit.add(section, nom=name)).status == 303
    line = rf'href="{section}/([0-9a-f]{{3,16}})">\s*<span class="item-main"><span class="item-title"><span>{name}<'
    found = re.search(line, (await visit.browser.get(section)).text)
    assert found is not None
    return f"{section.removeprefix('/profil/')}:{found[1]}"


async def _change(visit: RecordVisit, one: str, other: str, act: str = "relier") -> int:
    form = {"csrf": await visit.browser.token(), "cible": other, "geste": act}
    return (await visit.browser.post(f"{_page_of(one)}/liens", form)).status


async def _linked(visit: RecordVisit, name: str) -> set[str]:
    """Read what the page of something says that it is linked to."""
    text = await visit.text(f"{_page_of(name)}/liens")
    return set(re.findall(r'name="cible" value="([^"]+)"', text))


def _page_of(name: str) -> str:
    first, _, number = name.partition(":")
    return f"/documents/{number}" if first == "document" else f"/profil/{first}/{number}"


async def test_illness_treatment_document_and_curve_are_linked_and_shown_on_both_sides(visit: RecordVisit) -> None:
    illness = await _added(visit, ILLNESSES, "Hypertension")
    treatment = await _added(visit, TREATMENTS, "Amlodipine")
    letter = f"document:{(await visit.site.file([])).id:x}"
    for other in (treatment, letter, "mesure:tension"):
        assert await _change(visit, illness, other) == 303
    assert await _linked(visit, illness) == {treatment, letter, "mesure:tension"}
    for other in (treatment, letter):
        assert await _linked(visit, other) == {illness}
    assert "Hypertension" in await visit.text(_page_of(treatment))
    shown = await visit.text(_page_of(illness))
    for path in (_page_of(treatment), _page_of(letter), "/profil/mesures/tension"):
        assert f'href="{path}"' in shown
    assert f'href="{_page_of(letter)}/liens"' in await visit.text(_page_of(letter))


async def test_link_asked_for_twice_from_either_side_is_one_and_ends_from_either_side(visit: RecordVisit) -> None:
    illness = await _added(visit, ILLNESSES, "Asthme")
    treatment = await _added(visit, TREATMENTS, "Salbutamol")
    for one, other in ((illness, treatment), (illness, treatment), (treatment, illness)):
        assert await _change(visit, one, other) == 303
    assert "Historique (" not in await visit.text(_page_of(treatment))
    assert await _change(visit, treatment, illness, "retirer") == 303
    assert await _linked(visit, illness) == set()
    assert await _change(visit, treatment, illness, "retirer") == 303


async def test_what_is_deleted_takes_its_link_out_of_sight_and_brings_it_back(visit: RecordVisit) -> None:
    illness = await _added(visit, ILLNESSES, "Asthme")
    treatment = await _added(visit, TREATMENTS, "Salbutamol")
    await _change(visit, illness, treatment)
    gone = await visit.fields(_page_of(treatment))
    await visit.browser.post(_page_of(treatment), gone | {"geste": "supprimer"})
    assert await _linked(visit, illness) == set()
    assert (await visit.browser.get(f"{_page_of(treatment)}/liens")).status == 404
    back = {"csrf": await visit.browser.token(), "version": "2", "geste": "retablir"}
    assert (await visit.browser.post(_page_of(treatment), back)).status == 303
    assert await _linked(visit, illness) == {treatment}


async def test_link_leaves_an_entry_to_the_document_that_wrote_it(visit: RecordVisit) -> None:
    illness, document = await _added(visit, ILLNESSES, "Anémie"), await visit.site.file([])
    store, vault, group = visit.site.at.store, visit.site.camille.vault, "groupe-sanguin:1000"
    entry = ProfileEntry(
        section=ProfileSection.BLOOD_GROUP, id=0x1000, revision=1, state=EntryState.KEPT, fields={"groupe": "a-plus"},
        written_by=Writer.DOCUMENT, written_at=NOON, source=document.id,
    )  # fmt: skip
    await store.write(lambda tx: tx.profile.add(vault, entry))
    assert await _change(visit, group, illness) == 303
    assert await _linked(visit, illness) == {group}
    assert "A+" in await visit.text("/profil/groupe-sanguin")
    await store.write(lambda tx: tx.documents.withhold(vault, document.id, Audience.EVERYBODY))
    assert await _linked(visit, illness) == set()
    assert (await visit.browser.get(_page_of(group))).status == 404
    assert "A+" not in await visit.text("/profil/groupe-sanguin")
    assert await _change(visit, illness, group) == 404
    # The place is free for the person's own word.
    assert (await visit.add("/profil/groupe-sanguin", groupe="b-plus")).status == 303


async def test_what_is_not_there_not_linked_or_not_a_name_is_not_found(visit: RecordVisit) -> None:
    illness = await _added(visit, ILLNESSES, "Asthme")
    assert await _change(visit, illness, illness) == 404
    for other in ("document:2a", "maladies:2a", "mesure:rien", "rien:2a", "", "maladies:0", f"document:{'f' * 16}"):
        assert await _change(visit, illness, other) == 404, other
    for page in ("/documents/2a", "/profil/maladies/2a", "/profil/rien/2a", "/profil/maladies/0"):
        assert (await visit.browser.get(f"{page}/liens")).status == 404, page
    letter = f"document:{(await visit.site.file()).id:x}"
    assert await _change(visit, letter, "mesure:tension") == 404


async def test_what_is_somebody_else_s_is_not_found(visit: RecordVisit) -> None:
    illness = await _added(visit, ILLNESSES, "Asthme")
    other = visit.site.louis
    theirs = f"document:{(await visit.site.file(space=other)).id:x}"
    allergy = f"allergies:{(await visit.site.write_allergy(space=other)).id:x}"
    for name in (theirs, allergy):
        assert await _change(visit, illness, name) == 404
        assert (await visit.browser.get(f"{_page_of(name)}/liens")).status == 404


async def test_entry_that_holds_as_many_links_as_it_may_is_told(
    visit: RecordVisit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry_links, "MOST_LINKS", 2)
    illness = await _added(visit, ILLNESSES, "Asthme")
    answers = [await _change(visit, illness, f"mesure:{kind}") for kind in ("poids", "taille", "tension")]
    assert answers == [303, 303, 409]
    assert await _linked(visit, illness) == {"mesure:poids", "mesure:taille"}

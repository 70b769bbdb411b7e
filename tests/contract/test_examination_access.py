"""Examinations of a space over a real store: what is left out, what is made again, the lines of the trace."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.domain.access import Audience
from gateway.domain.errors import NotFound
from gateway.domain.examinations import Examination, examination_number
from gateway.domain.goals import Goal
from gateway.domain.lab_result import LabResult
from gateway.domain.mailbox import VaultId
from gateway.domain.observed import loinc_key
from gateway.services.record.examinations import Examinations
from gateway.store.rows.document_records import results_of
from gateway.store.seal.records import ResultsRecord
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.store import a_number
from tests.builders.web_results import measured
from webmail.examination_views import goal_of

CHOLESTEROL = measured("Cholestérol total", "2093-3", "2.41", "g/L", ("", "2.00"))
POTASSIUM = measured("Potassium", "2823-3", "6.9", "mmol/L", ("3.5", "5.1"), ("HH",))
GLUCOSE = measured("Glycémie à jeun", "1558-6", "0.95", "g/L", ("0.74", "1.06"))


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille's and Louis's spaces."""
    async with patient_site(ram) as opened:
        yield opened


def _examinations(site: PatientSite) -> Examinations:
    return Examinations(site.at.store, site.at.clock)


async def _labels(site: PatientSite, words: str = "", page: int = 1, *, only_outside: bool = False) -> list[str]:
    found = await _examinations(site).listed(site.actor, words, page, only_outside=only_outside)
    return [one.label for one in found.examinations]


async def _read(site: PatientSite, key: int, vault: VaultId | None = None) -> Examination:
    number = examination_number(vault or site.camille.vault, key)
    return (await _examinations(site).read(site.actor, number, 1, 60)).examination


async def _key(site: PatientSite) -> int:
    return (await _examinations(site).listed(site.actor, "", 1)).examinations[0].key


async def test_critical_comes_first_then_what_is_outside_then_by_name(site: PatientSite) -> None:
    await site.file([GLUCOSE, CHOLESTEROL, POTASSIUM])
    assert await _labels(site) == ["Potassium", "Cholestérol total", "Glycémie à jeun"]
    assert await _labels(site, only_outside=True) == ["Potassium", "Cholestérol total"]
    found = await _examinations(site).listed(site.actor, "", 1)
    assert (found.total, found.outside, found.has_more) == (3, 2, False)
    assert await _labels(site, page=2) == []


async def test_words_are_found_without_their_accents(site: PatientSite) -> None:
    await site.file([GLUCOSE, CHOLESTEROL])
    assert await _labels(site, "CHOLESTEROL tot") == ["Cholestérol total"]
    assert await _labels(site, "rien") == []


async def test_examination_is_found_by_the_words_of_everyday(site: PatientSite) -> None:
    await site.file([GLUCOSE, CHOLESTEROL, measured("x", "", "1", "g/L")])
    assert await _labels(site, "sucre") == ["Glycémie à jeun"]
    assert await _labels(site, "bon") == []


async def test_results_of_several_documents_are_one_examination(site: PatientSite) -> None:
    documents = [await site.file([CHOLESTEROL], filed_at=site.at.clock.now()) for _ in range(2)]
    await site.file([measured("Cholestérol", "14647-2", "5.7", "mmol/L")])
    found = await _read(site, await _key(site))
    assert {point.document for point in found.points} & {document.id for document in documents}
    assert (found.count, found.last.laboratory) == (3, "Laboratoire des Lilas")


async def test_what_is_withheld_or_replaced_is_left_out(site: PatientSite) -> None:
    await site.file([POTASSIUM], hidden_from=Audience.PATIENT)
    first = await site.file([GLUCOSE])
    assert await _labels(site) == ["Glycémie à jeun"]
    await site.at.store.write(lambda tx: tx.documents.withhold(site.camille.vault, first.id, Audience.PATIENT))
    assert await _labels(site) == []


async def test_results_of_others_are_not_found(site: PatientSite) -> None:
    await site.file([GLUCOSE], space=site.louis)
    assert await _labels(site) == []
    with pytest.raises(NotFound):
        await _examinations(site).read(site.actor, a_number(), 1, 60)


async def test_documents_that_were_filed_before_are_listed_when_somebody_looks(site: PatientSite) -> None:
    await site.file([GLUCOSE])
    await site.file()
    site.at.behind_its_back("DELETE FROM observed")
    assert (await _missing(site)) == 2
    assert await _labels(site) == ["Glycémie à jeun"]
    assert (await _missing(site)) == 0


async def _missing(site: PatientSite) -> int:
    _, missing = await site.at.store.read(lambda tx: tx.observed.all_of(site.camille.vault, Audience.PATIENT))
    return len(missing)


async def test_readings_leave_their_lines(site: PatientSite) -> None:
    document = await site.file([GLUCOSE])
    await _read(site, await _key(site))
    (listed,), (read,) = await site.trace("results.listed"), await site.trace("results.read")
    assert (listed.objects, read.objects, read.detail) == ((), (f"document:{document.id:x}",), "web")


async def test_whole_results_are_taken_away_as_a_bundle(site: PatientSite) -> None:
    document = await site.file([GLUCOSE, CHOLESTEROL])
    await site.file([measured("Cholestérol", "14647-2", "5.7", "mmol/L")])
    number = examination_number(site.camille.vault, loinc_key("2093-3"))
    file = await site.pages.result_file(site.actor, f"{number:x}", "fhir")
    bundle = json.loads(file.data)
    assert (file.media_type, bundle["type"], len(bundle["entry"])) == ("application/fhir+json", "collection", 2)
    values = {entry["resource"]["valueQuantity"]["value"] for entry in bundle["entry"]}
    assert values == {2.41, 5.7}
    assert {entry["resource"]["id"].partition("-")[0] for entry in bundle["entry"]} >= {f"{document.id:x}"}
    assert (await site.trace("results.read"))[0].detail == "web fhir"
    with pytest.raises(NotFound):
        await _examinations(site).taken_away(site.actor, a_number(), "csv")


async def test_document_of_many_results_is_read_once_for_a_bundle(
    site: PatientSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list[int]()

    def counted(record: ResultsRecord) -> list[LabResult]:
        read.append(1)
        return results_of(record)

    await site.file([measured("Cholestérol", "2093-3", f"2.{at}", "g/L") for at in range(9)])
    monkeypatch.setattr("gateway.store.rows.documents.results_of", counted)
    number = examination_number(site.camille.vault, loinc_key("2093-3"))
    taken = await _examinations(site).taken_away(site.actor, number, "fhir")
    assert ([one.index for one in taken.results], len(read)) == ([*range(9)], 1)


async def test_spreadsheet_is_named_by_its_examination(site: PatientSite) -> None:
    await site.file([GLUCOSE])
    number = examination_number(site.camille.vault, await _key(site))
    file = await site.pages.result_file(site.actor, f"{number:x}", "csv")
    assert (file.name, b"0,95" in file.data) == ("Glycémie à jeun - résultats.csv", True)


async def test_goal_of_a_doctor_comes_with_its_examination(site: PatientSite) -> None:
    await site.file([CHOLESTEROL])
    vault, key = site.camille.vault, await _key(site)
    number = examination_number(vault, key)
    goal = Goal(low=None, high=Decimal("1.80"), unit="g/L", set_by="Dr Claire Essai", set_on=date(2026, 3, 2))
    await site.at.store.write(lambda tx: tx.goals.save(vault, number, replace(goal, high=Decimal(2))))
    await site.at.store.write(lambda tx: tx.goals.save(vault, number, goal))
    page = await _examinations(site).read(site.actor, number, 1, 60)
    assert page.goal == goal
    shown = goal_of(goal, page.examination)
    assert (shown.words, shown.reading and shown.reading.words) == (
        "jusqu’à 1,80\u00a0g/L", "au-dessus de l’intervalle, de 0,61\u00a0g/L",
    )  # fmt: skip
    assert goal_of(replace(goal, unit="U/L"), page.examination).reading is None
    site.at.behind_its_back("UPDATE goal SET record = ?", b"x")
    assert (await _examinations(site).read(site.actor, number, 1, 60)).goal is None

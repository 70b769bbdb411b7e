"""All one's data as one archive: whole or not at all, for its owner alone, for some days (E20, F94)."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import orjson
import pytest

from gateway.domain.access import Actor, Audience
from gateway.domain.account import digest_of
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import NotFound
from gateway.domain.examinations import SpaceObservations, examination_number
from gateway.domain.goals import Goal
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.measures import Measure, MeasureKind
from gateway.domain.notices import NoticeKind
from gateway.domain.own_export import KEPT_FOR, ExportState
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.readable import ReadableText, readable_to_json
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of, operator_of
from gateway.services.export import own_files
from gateway.services.export.exported import NOT_EXPORTED, SUBJECTS
from gateway.services.export.own_exports import remove_old_exports
from gateway.services.export.signing import is_signed_by, public_key_of, signing_key
from gateway.services.outbox.steps import nothing
from gateway.services.sign_in.recent_proof import LASTS
from gateway.services.space.erasure import Erasure
from gateway.store import schema
from tests.builders.agenda import an_entry
from tests.builders.archives import archive_of, files_of, made, making, manifest_of, octets_of, waiting
from tests.builders.clinical import a_result
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.passkeys import SESSION, a_session
from tests.builders.patient_site import CDA, CLAIRE, PDF, PatientSite, patient_site
from tests.builders.web_measures import a_measured

PRESENT = digest_of(SESSION)
LETTER = a_letter(CLAIRE)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    """Camille has just signed in; she has a document with a result, a message, an allergy, an appointment."""
    async with patient_site(ram) as opened:
        await a_session(opened, opened.camille, SESSION)
        words = readable_to_json(ReadableText(("Le cholestérol a baissé.",)))
        await opened.file([a_result()], words=words)
        await opened.receive(LETTER)
        allergy = ProfileEntry(
            section=ProfileSection.ALLERGIES,
            id=9,
            revision=1,
            state=EntryState.KEPT,
            fields={"nom": "Pénicilline"},
            written_by=Writer.PATIENT,
            written_at=opened.at.clock.now(),
        )
        await opened.at.store.write(lambda tx: tx.profile.add(opened.camille.vault, allergy))
        await an_entry(opened)
        yield opened


def camille(site: PatientSite) -> Actor:
    return holder_of(site.camille, "web")


async def _state(site: PatientSite) -> ExportState | None:
    found = await site.services.exports.present(camille(site))
    return found.state if found else None


def _held(site: PatientSite) -> int:
    return len(site.at.behind_its_back("SELECT 1 FROM blob WHERE vault = ?", site.camille.vault))


# ---------------------------------------------------------------- what is in it


def test_every_table_of_the_store_is_exported_or_says_why_not() -> None:
    exported = [table for subject in SUBJECTS for table in subject.tables]
    tables = {table.name for table in schema.metadata.sorted_tables}
    assert sorted([*exported, *NOT_EXPORTED]) == sorted(tables)


async def test_archive_holds_all_that_the_space_holds(site: PatientSite) -> None:
    files = files_of(await archive_of(site))
    by_end = {name.rpartition("/")[2]: data for name, data in files.items()}
    assert by_end["original.xml"] == CDA
    assert by_end["pdf.pdf"] == PDF
    assert "Le cholestérol a baissé." in by_end["lecture.html"].decode()
    assert any(name.startswith("messages/") and data == LETTER for name, data in files.items())
    assert "Pénicilline" in files["profil/allergies.json"].decode()
    assert orjson.loads(files["agenda/agenda.json"])["entries"]
    kinds = [one["resource"]["resourceType"] for one in orjson.loads(files["fhir/bundle.json"])["entry"]]
    assert kinds == ["DocumentReference", "Observation"]


async def test_archive_holds_the_goal_of_a_doctor_and_says_which_does_not_open(site: PatientSite) -> None:
    observed, _ = await site.at.store.read(lambda tx: tx.observed.all_of(site.camille.vault, camille(site).audience))
    number = examination_number(site.camille.vault, SpaceObservations(observed).keys[0])
    goal = Goal(low=None, high=Decimal("1.8"), unit="g/L", set_by="Dr Claire Essai", set_on=date(2026, 3, 2))
    await site.at.store.write(lambda tx: tx.goals.save(site.camille.vault, number, goal))
    (kept,) = orjson.loads(files_of(await archive_of(site))["profil/objectifs-examens.json"])
    assert (kept["goal"]["high"], kept["goal"]["set_by"], kept["examination"]) == ("1.8", goal.set_by, a_result().label)
    site.at.behind_its_back("UPDATE goal SET record = ?", b"x")
    files = files_of(await archive_of(site))
    assert "profil/objectifs-examens.json" not in files
    assert "Objectif d’un examen" in files["index.html"].decode()


async def test_archive_holds_every_measure_once(site: PatientSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "_MEASURES", 2)
    for number in (1, 2, 3, 4, 5):
        weight = a_measured(MeasureKind.WEIGHT, number, number, "72.4")
        await site.at.store.write(partial(_measured, vault=site.camille.vault, measure=weight))
    kept = orjson.loads(files_of(await archive_of(site))["mesures/poids.json"])["measures"]
    assert [(one["id"], one["now"]["value"]["numbers"]) for one in kept] == [(n, ["72.4"]) for n in (1, 2, 3, 4, 5)]


def _measured(tx: Tx, *, vault: VaultId, measure: Measure) -> None:
    tx.measures.add(vault, measure)


async def test_profile_and_measures_are_read_as_pages_and_programs_take_the_json(site: PatientSite) -> None:
    illness = ProfileEntry(
        section=ProfileSection.ILLNESSES, id=11, revision=1, state=EntryState.KEPT,
        fields={"nom": "Asthme <b>", "debut": "1998-03", "remarque": "Un spray.\nLe soir."},
        written_by=Writer.PATIENT, written_at=site.at.clock.now(),
    )  # fmt: skip
    again = replace(illness, revision=2, fields={"nom": "Asthme léger", "debut": "2001-04-01"})
    pressure = a_measured(MeasureKind.BLOOD_PRESSURE, 3, 3, "128", "79", note="au calme")

    def write(tx: Tx) -> None:
        for version in (illness, again):
            tx.profile.add(site.camille.vault, version)
        tx.measures.add(site.camille.vault, pressure)

    await site.at.store.write(write)
    files = files_of(await archive_of(site))
    page, measures, index = (files[f"{n}.html"].decode() for n in ("profil/maladies", "mesures/tension", "index"))
    current, _, before = page.partition("Ce qui était noté avant")
    for said in ("Depuis quand ?", "Asthme léger", "1er avril 2001"):
        assert f">{said}<" in current
    for said in ("Asthme &lt;b&gt;", "mars 1998", "Un spray.\nLe soir."):
        assert f">{said}<" in before
    assert ">128/79\u00a0mmHg<" in measures
    assert ">au calme<" in measures
    assert "<script" not in page + measures
    for name in ("profil/maladies", "mesures/tension", "mesures/objectifs"):
        assert index.index(f'href="{name}.html"') < index.index(f'href="{name}.json"')
    assert ">pour un autre logiciel</a>" in index
    assert {"profil/maladies.html", "mesures/tension.html"} <= set(manifest_of(files)["files"])


async def test_bundle_names_files_that_lie_in_the_archive(site: PatientSite) -> None:
    files = files_of(await archive_of(site))
    (reference, _) = orjson.loads(files["fhir/bundle.json"])["entry"]
    urls = [content["attachment"]["url"] for content in reference["resource"]["content"]]
    assert urls
    assert all(url.removeprefix("../") in files for url in urls)


async def test_first_page_leads_to_every_file_that_a_person_reads(site: PatientSite) -> None:
    files = files_of(await archive_of(site))
    page = files["index.html"].decode()
    assert "<script" not in page
    read = [name for name in files if name.endswith((".pdf", ".eml", "lecture.html", ".jsonl"))]
    assert len(read) == 4
    assert all(f'href="{name}"' in page for name in read)


async def test_manifest_knows_every_file_and_is_signed(site: PatientSite) -> None:
    files = files_of(await archive_of(site))
    said = manifest_of(files)["files"]
    assert set(said) == set(files) - {"manifest.json", "manifest.sig"}
    assert all(said[name]["sha256"] == hashlib.sha256(files[name]).hexdigest() for name in said)
    key = public_key_of(files["cle-operateur.pem"])
    assert key is not None
    assert key == signing_key(site.at.store).public_key()
    assert is_signed_by(key, files["manifest.sig"], files["manifest.json"])
    assert not is_signed_by(key, files["manifest.sig"], files["manifest.json"] + b" ")


async def test_trace_is_followed_by_its_hashes(site: PatientSite) -> None:
    files = files_of(await archive_of(site))
    lines = [orjson.loads(line) for line in files["journal/journal.jsonl"].splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[-1]["event"]["action"] == "export.asked"
    assert orjson.loads(files["journal/preuve.json"])["hash"] == lines[-1]["hash"]


async def test_what_is_withheld_from_its_patient_is_in_no_archive(site: PatientSite) -> None:
    await site.file([a_result()], hidden_from=Audience.PATIENT, words=readable_to_json(ReadableText(("Caché.",))))
    files = files_of(await archive_of(site))
    assert sum(name.endswith("/pli.json") for name in files) == 1
    assert len(orjson.loads(files["fhir/bundle.json"])["entry"]) == 2


async def test_trace_in_an_archive_says_nothing_of_what_is_withheld(site: PatientSite) -> None:
    shown, hidden = await site.file(), await site.file(hidden_from=Audience.PATIENT)
    for named in ((shown.id,), (hidden.id,), (shown.id, hidden.id)):
        objects = tuple(f"document:{number:x}" for number in named)
        line = operator_of(site.camille.vault).event(site.at.clock.now(), "document.filed", objects=objects)
        await site.at.store.write(partial(_noted, vault=site.camille.vault, line=line))
    files = files_of(await archive_of(site))
    lines = [orjson.loads(line) for line in files["journal/journal.jsonl"].splitlines()]
    told = [line["event"] and line["event"]["objects"] for line in lines[-4:-1]]
    assert told == [[f"document:{shown.id:x}"], None, [f"document:{shown.id:x}"]]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert f"document:{hidden.id:x}" not in files["journal/journal.jsonl"].decode()


def _noted(tx: Tx, *, vault: VaultId, line: AuditEvent) -> None:
    tx.audit.append(vault, line)


# ---------------------------------------------------------------- asked for, told, downloaded


async def test_archive_is_asked_for_made_and_downloaded_with_a_trace(site: PatientSite) -> None:
    await archive_of(site)
    for action in ("export.asked", "export.made", "export.downloaded"):
        assert len(await site.trace(action)) == 1


async def _told(site: PatientSite) -> list[TellHolder]:
    """Give the notices that wait to leave."""
    now = site.at.clock.now()
    steps = await site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step.payload for step in steps if isinstance(step.payload, TellHolder)]


async def test_person_is_told_once_that_an_archive_is_ready(site: PatientSite) -> None:
    assert await site.services.exports.ask(camille(site), PRESENT)
    assert await _told(site) == []
    assert await made(site) == 1
    (notice,) = await _told(site)
    until = day_in_words(local_day(site.at.clock.now() + KEPT_FOR))
    assert (notice.kind, notice.values) == (NoticeKind.EXPORT_READY, {"until": until})


async def test_one_that_is_being_made_is_not_begun_again(site: PatientSite) -> None:
    for _ in range(2):
        assert await site.services.exports.ask(camille(site), PRESENT)
    assert len(await waiting(site)) == 1


async def test_open_session_alone_neither_asks_nor_downloads(site: PatientSite) -> None:
    await archive_of(site)
    site.at.clock.advance(LASTS + timedelta(seconds=1))
    assert not await site.services.exports.ask(camille(site), PRESENT)
    assert await site.services.exports.open(camille(site), PRESENT) is None


async def test_somebody_else_finds_no_archive(site: PatientSite) -> None:
    await archive_of(site)
    await a_session(site, site.louis, "louis")
    assert await site.services.exports.present(holder_of(site.louis, "web")) is None
    with pytest.raises(NotFound):
        await site.services.exports.open(holder_of(site.louis, "web"), digest_of("louis"))


async def test_new_archive_takes_the_place_of_the_old_one(site: PatientSite) -> None:
    before = _held(site)
    await archive_of(site)
    await archive_of(site)
    assert _held(site) == before + 1


async def test_archive_goes_after_seven_days(site: PatientSite) -> None:
    before = _held(site)
    await archive_of(site)
    site.at.clock.advance(KEPT_FOR)
    assert await _state(site) is None
    assert await remove_old_exports(site.at.store, site.at.clock) == 1
    assert await remove_old_exports(site.at.store, site.at.clock) == 0
    assert _held(site) == before
    assert len(await site.trace("export.removed")) == 1


async def test_archive_is_removed_when_its_owner_says_so(site: PatientSite) -> None:
    before = _held(site)
    await archive_of(site)
    await site.services.exports.remove(camille(site))
    await site.services.exports.remove(camille(site))
    assert (await _state(site), _held(site)) == (None, before)


# ---------------------------------------------------------------- cut short


async def test_making_that_was_cut_short_is_made_anew_and_never_half(site: PatientSite) -> None:
    before = _held(site)
    await site.services.exports.ask(camille(site), PRESENT)
    (step,) = await waiting(site)
    finish = await making(site).make(step)  # killed before its last commit
    assert (await _state(site), _held(site)) == (ExportState.ASKED, before)
    assert await _told(site) == []
    assert await made(site) == 1
    assert files_of(await octets_of(site))
    await site.at.store.write(finish)  # of the first time, which comes late
    assert [notice.kind for notice in await _told(site)] == [NoticeKind.EXPORT_READY]


async def test_making_ends_when_nobody_waits_any_more(site: PatientSite) -> None:
    before = _held(site)
    await site.services.exports.ask(camille(site), PRESENT)
    await site.services.exports.remove(camille(site))
    assert await made(site) == 1
    assert (await _state(site), _held(site)) == (None, before)


async def test_erasure_during_the_making_leaves_no_archive(site: PatientSite) -> None:
    vault: VaultId = site.camille.vault
    await site.services.exports.ask(camille(site), PRESENT)
    (step,) = await waiting(site)
    finish = await making(site).make(step)
    await Erasure(site.at.store, site.at.clock).erase(
        vault, "essai", operator_of(vault), event=SpaceEvent.ERASURE_REQUESTED
    )
    await site.at.store.write(finish)
    assert site.at.behind_its_back("SELECT 1 FROM own_export WHERE vault = ?", vault) == []
    assert _held(site) == 0
    assert await making(site).make(step) is nothing


@pytest.mark.parametrize("is_packed", [False, True])
async def test_archive_of_a_space_that_is_suspended_meanwhile_is_not_made(site: PatientSite, is_packed: bool) -> None:
    before = _held(site)
    await site.services.exports.ask(camille(site), PRESENT)
    (step,) = await waiting(site)
    finish = await making(site).make(step) if is_packed else None
    suspended = replace(site.camille, state=SpaceState.SUSPENDED)
    await site.at.store.write(lambda tx: tx.spaces.save(suspended))
    await site.at.store.write(finish or await making(site).make(step))
    assert (await _state(site), _held(site)) == (ExportState.FAILED, before)
    assert await site.trace("export.made") == []


async def test_lost_octets_cost_their_file_alone_and_are_named(site: PatientSite) -> None:
    gone = await site.file(words=readable_to_json(ReadableText(("Perdu.",))))
    for file in (gone.files[0], gone.files[2]):
        site.at.blobs.delete(file.blob)
    files = files_of(await archive_of(site))
    named = files["fichiers-abimes.txt"].decode()
    assert named.count("Bilan de contrôle") == 3  # the file, its words for people, and those for programs
    assert "le fichier ne s’ouvre pas" in named
    assert "Fichiers abîmés" in files["index.html"].decode()
    assert sum(name.startswith("documents/") and name.endswith("pdf.pdf") for name in files) == 2
    found = await site.services.exports.present(camille(site))
    assert found is not None
    assert found.damaged == 3


async def test_documents_messages_and_entries_that_do_not_open_are_named(site: PatientSite) -> None:
    for table, column in (("document", "record"), ("profile_entry", "record"), ("content", "summary")):
        site.at.behind_its_back(f"UPDATE {table} SET {column} = zeroblob(60) WHERE vault = ?", site.camille.vault)
    files = files_of(await archive_of(site))
    named = files["fichiers-abimes.txt"].decode()
    assert named.count("ne s’ouvre pas") >= 2


async def test_archive_that_cannot_be_made_is_told(site: PatientSite) -> None:
    await site.services.exports.ask(camille(site), PRESENT)
    (step,) = await waiting(site)
    await site.at.store.write(await making(site).give_up(step))
    assert await _state(site) is ExportState.FAILED
    assert len(await site.trace("export.failed")) == 1
    assert await _told(site) == []

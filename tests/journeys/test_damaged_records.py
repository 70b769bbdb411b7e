"""A record that is damaged costs its own line, on pages, for programs and in mail clients; the operator is told."""

import html
import sqlite3
from contextlib import closing

import pytest

from gateway.cli.doctor import damage_findings
from gateway.core import damage_file, store_paths
from gateway.domain.stand_ins import DAMAGED_DOCUMENT, DAMAGED_MESSAGE
from tests.builders.gateway_inbox import inbox
from tests.builders.gateway_mail import LILAS, Letter, a_report_on, letter, relay, result_letter
from tests.builders.gateway_site import ZELIE, GatewaySite, Patient
from tests.builders.patient_browser import signed_in
from tests.journeys.test_withheld_documents import fhir, status_of

pytestmark = pytest.mark.xdist_group("gateway")


def damaged(site: GatewaySite, table: str, column: str, key: str, vault: int, number: int | None) -> None:
    """Change one octet of a record, as a disk does."""
    with closing(sqlite3.connect(store_paths(site.world.settings).database)) as db, db:
        mine = f"WHERE vault = ? AND {key} = ?"
        (record,) = db.execute(f"SELECT {column} FROM {table} {mine}", (vault, number)).fetchone()
        spoiled = record[:30] + bytes([record[30] ^ 1]) + record[31:]
        db.execute(f"UPDATE {table} SET {column} = ? {mine}", (spoiled, vault, number))


def sent(site: GatewaySite, patient: Patient) -> Letter:
    posted = result_letter(LILAS, patient, a_report_on(patient))
    assert relay(site, LILAS, patient.address, posted.raw).status == "250 2.0.0"
    site.settle()
    return posted


def one_of_two_documents(site: GatewaySite, patient: Patient) -> tuple[int, int]:
    """Have two results filed, and damage the record of one; gives both numbers, the damaged one first."""
    sent(site, patient)
    (first,) = site.documents(patient)
    sent(site, patient)
    (second,) = (found for found in site.documents(patient) if found.id != first.id)
    damaged(site, "document", "record", "document", site.vault(patient.address), first.id)
    return first.id, second.id


@pytest.mark.parametrize("path", ["/", "/documents", "/documents?categorie=biologie"])
async def test_a_damaged_document_costs_its_own_line_of_a_page(site: GatewaySite, patient: Patient, path: str) -> None:
    bad, good = one_of_two_documents(site, patient)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(path))
        assert await status_of(browser, f"/documents/{good:x}") == 200
        assert await status_of(browser, f"/documents/{bad:x}") == 410
    assert page.count(DAMAGED_DOCUMENT) == 1
    assert f"{bad:x}" in page
    assert f"{good:x}" in page


async def test_the_operator_is_told_of_a_damaged_document_that_is_opened(site: GatewaySite, patient: Patient) -> None:
    bad, _ = one_of_two_documents(site, patient)
    async with signed_in(site, patient) as browser:
        assert await status_of(browser, f"/documents/{bad:x}") == 410
    assert f"document {bad:x} {site.vault(patient.address):x}" in damage_file(site.world.settings).read_text()


async def test_results_that_do_not_open_leave_the_files_of_their_document(site: GatewaySite, patient: Patient) -> None:
    sent(site, patient)
    (filed,) = site.documents(patient)
    damaged(site, "document", "results", "document", site.vault(patient.address), filed.id)
    async with signed_in(site, patient) as browser:
        page = html.unescape(await browser.get(f"/documents/{filed.id:x}"))
    assert "Les résultats de ce document ne peuvent pas être affichés" in page
    assert "/fichiers/original" in page


async def test_a_program_gets_the_other_documents_and_a_warning(site: GatewaySite, patient: Patient) -> None:
    bad, good = one_of_two_documents(site, patient)
    for kind in ("DocumentReference", "Observation"):
        status, bundle = await fhir(site, patient, kind)
        assert status == 200
        found = [entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "match"]
        assert found
        assert all(resource["id"].startswith(f"{good:x}") for resource in found)
        (told,) = (entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "outcome")
        assert told["issue"][0]["severity"] == "warning"
    assert (await fhir(site, patient, f"DocumentReference/{bad:x}"))[0] >= 500


async def test_results_that_do_not_open_leave_the_other_observations(site: GatewaySite, patient: Patient) -> None:
    sent(site, patient)
    (first,) = site.documents(patient)
    sent(site, patient)
    damaged(site, "document", "results", "document", site.vault(patient.address), first.id)
    for query in ("Observation", "Observation?code=2823-3"):
        status, bundle = await fhir(site, patient, query)
        assert status == 200
        assert [entry["search"]["mode"] for entry in bundle["entry"]][-1] == "outcome"


@pytest.mark.parametrize("column", ["summary", "wire", "headers", "path"])
async def test_a_damaged_message_costs_its_own_line(site: GatewaySite, patient: Patient, column: str) -> None:
    posted = letter(LILAS, patient.address)
    for one in (posted, letter(LILAS, patient.address)):
        assert relay(site, LILAS, patient.address, one.raw).status == "250 2.0.0"
    site.settle()
    vault = site.vault(patient.address)
    number = site.observer.read(lambda tx: tx.mail.by_message_id(vault, posted.message_id))
    damaged(site, "content", column, "mid", vault, number)
    async with signed_in(site, patient) as browser:
        listed = html.unescape(await browser.get("/messages"))
        opened = html.unescape(await browser.get(f"/messages/{number:x}"))
        assert await status_of(browser, "/") == 200
    assert listed.count('href="/messages/') >= 2
    assert DAMAGED_MESSAGE in opened
    if column in {"summary", "wire"}:
        assert DAMAGED_MESSAGE in listed


def test_mail_clients_list_and_fetch_the_other_messages(site: GatewaySite) -> None:
    letters = [letter(LILAS, ZELIE) for _ in range(3)]
    for one in letters:
        assert relay(site, LILAS, ZELIE, one.raw).status == "250 2.0.0"
    site.settle()
    vault = site.vault(ZELIE)
    number = site.observer.read(lambda tx: tx.mail.by_message_id(vault, letters[1].message_id))
    with closing(sqlite3.connect(store_paths(site.world.settings).database)) as db:
        (uid,) = db.execute("SELECT uid FROM entry WHERE vault = ? AND mid = ?", (vault, number)).fetchone()
    for column in ("summary", "wire", "headers", "extract"):
        damaged(site, "content", column, "mid", vault, number)
    damaged(site, "entry_wire", "wire", "uid", vault, uid)
    with inbox(site, ZELIE) as client:
        for items in ("(UID ENVELOPE BODYSTRUCTURE)", "(UID BODY.PEEK[HEADER])", "(UID ENVELOPE BODY.PEEK[HEADER])"):
            status, found = client.uid("FETCH", f"{uid - 1}:{uid + 1}", items)
            assert status == "OK", items
            assert len([item for item in found if item not in {b")"}]) == 3, (items, found)
        assert client.search(None, "TEXT", "Bonjour")[0] == "OK"
        for place, each in enumerate(letters):
            status, whole = client.uid("FETCH", str(uid - 1 + place), "(UID BODY.PEEK[])")
            assert status == ("NO" if place == 1 else "OK")
            bodies = b"".join(item[1] for item in whole if isinstance(item, tuple))
            assert (each.message_id.encode() in bodies) is (place != 1)
        assert client.noop()[0] == "OK"


def test_a_folder_whose_name_is_damaged_is_listed_under_another(site: GatewaySite) -> None:
    vault = site.vault(ZELIE)
    with inbox(site, ZELIE) as client:
        assert client.create("Projets")[0] == "OK"
        names = site.observer.read(lambda tx: {folder.name: folder.id for folder in tx.mail.folders(vault)})
        number = names["Projets"]
        damaged(site, "folder", "name", "folder", vault, number)
        status, listed = client.list()
        assert status == "OK"
        stand_in = f"Dossier {number} (nom illisible)"
        assert any(stand_in.encode() in line for line in listed if isinstance(line, bytes))
        assert client.rename(f'"{stand_in}"', "Projets")[0] == "OK"
        assert client.delete("Projets")[0] == "OK"


async def test_the_operator_is_told_in_the_log_and_by_the_doctor(site: GatewaySite, patient: Patient) -> None:
    bad, _ = one_of_two_documents(site, patient)
    async with signed_in(site, patient) as browser:
        await browser.get("/documents")
        await browser.get("/documents")
    vault = site.vault(patient.address)
    told = [line for line in site.log().splitlines() if '"store.damaged"' in line and f"{bad:x}" in line]
    assert len(told) == 1
    assert f"document {bad:x} {vault:x}" in damage_file(site.world.settings).read_text()
    (finding,) = damage_findings(site.world.settings)
    assert finding.bad
    assert "damaged records were met" in finding.what

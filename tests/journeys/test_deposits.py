"""Documents that reach the record without a message: deposited by API with a certificate (F99, F53)."""

import json
import re
import ssl
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs.authority import Authority, Subject
from dossier_bridge.synthetic import laboratory_report, pdf_page
from gateway.domain.mailbox import OPERATOR
from gateway.domain.space import SpaceState
from tests.builders.depositor import PAYER, DepositAnswer, Depositor
from tests.builders.gateway_mail import BIOLAB, CLAIRE, LILAS, a_report_on, archive_of
from tests.builders.gateway_site import GatewaySite, Patient, Seen, invented_patient
from tests.builders.repository import text

pytestmark = pytest.mark.xdist_group("gateway")
CERTIFICATE = pdf_page(["Attestation de droits", "Document inventé"])
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ONE_DEPOSITED = Seen(documents=1, notices=1)


def depositor(site: GatewaySite, address: str = PAYER) -> Depositor:
    return Depositor.of(site.ports["deposit"], site.world.authority, site.world.senders[address])


def seen(site: GatewaySite, patient: Patient) -> Seen:
    site.settle()
    return site.seen_by(patient)


def refused(site: GatewaySite, patient: Patient, answer: DepositAnswer, status: int, code: str) -> None:
    """Check a refusal, and that nothing is kept."""
    assert (answer.status, answer.code) == (status, code)
    assert seen(site, patient) == Seen()
    refusal = site.observer.read(lambda tx: tx.audit.events(OPERATOR))[0]
    assert (refusal.action, refusal.outcome) == ("deposit.refused", code)


def test_certificate_of_a_payer_is_filed_without_a_message(site: GatewaySite, patient: Patient) -> None:
    answer = depositor(site).post(patient.address, CERTIFICATE, "application/pdf", title="Attestation 2025/2026")
    assert answer.status == 201
    assert seen(site, patient) == ONE_DEPOSITED
    (document,) = site.documents(patient)
    assert answer.documents == [document.id]
    assert "Identité non vérifiée" in answer.json["note"]
    assert (document.entry.title, document.identity_verified) == ("Attestation 2025/2026", False)
    assert [author.organisation for author in document.entry.authors] == ["Assurance santé de l’Ouest"]
    assert (document.mid, document.sender, document.is_own) == (None, PAYER, False)
    vault = site.vault(patient.address)
    events = site.observer.read(lambda tx: tx.audit.events(vault))
    (event,) = (event for event in events if event.action == "document.filed")
    assert (event.actor, event.objects) == (PAYER, (f"document:{document.id:x}",))


@pytest.mark.parametrize("packed", [False, True])
def test_report_is_filed_with_its_results_once_its_patient_was_checked(
    site: GatewaySite, patient: Patient, packed: bool
) -> None:
    report = a_report_on(patient)
    data = archive_of(report) if packed else laboratory_report(report)
    answer = depositor(site, LILAS).post(patient.address, data)
    assert (answer.status, answer.json["note"]) == (201, "")
    (document,) = site.documents(patient)
    assert (document.identity_verified, document.result_count) == (True, len(report.results))
    assert seen(site, patient) == ONE_DEPOSITED


def test_same_document_deposited_again_is_the_same_document(site: GatewaySite, patient: Patient) -> None:
    first, again = (depositor(site).post(patient.address, CERTIFICATE, title=title) for title in ("Un", "Deux"))
    assert (first.status, again.status) == (201, 200)
    assert first.documents == again.documents
    assert seen(site, patient) == ONE_DEPOSITED


def test_document_of_another_patient_is_refused(site: GatewaySite, patient: Patient) -> None:
    data = laboratory_report(a_report_on(invented_patient()))
    answer = depositor(site, LILAS).post(patient.address, data, "text/xml")
    refused(site, patient, answer, 422, "904")
    assert not any(word in answer.raw.decode() for word in (patient.address, patient.identity.traits.birth_name))


@pytest.mark.parametrize(
    ("data", "media_type", "status", "code"),
    [
        (EICAR, "application/pdf", 415, "POL-42"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "image/png", 415, "POL-42"),
        (b"Une note.", "text/plain", 415, "906"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "application/pdf", 415, "906"),
        (CERTIFICATE[:100], "application/pdf", 422, "906"),
        (b"<ClinicalDocument xmlns='urn:hl7-org:v3'><id", "text/xml", 422, "906"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_filed_is_refused(
    site: GatewaySite, patient: Patient, data: bytes, media_type: str, status: int, code: str
) -> None:
    refused(site, patient, depositor(site).post(patient.address, data, media_type), status, code)


def _chunks(total: int) -> Iterable[bytes]:
    return (bytes(1_000_000) for _ in range(total // 1_000_000))


@pytest.mark.parametrize("data", [b"%PDF-" + bytes(25_999_995), _chunks(26_000_000)])
def test_document_of_26_megabytes_is_refused(
    site: GatewaySite, patient: Patient, data: bytes | Iterable[bytes]
) -> None:
    try:
        answer = depositor(site).post(patient.address, data)
    except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        answer = None  # refused while it was still being sent
    assert answer is None or (answer.status, answer.code) == (413, "too-large")
    assert seen(site, patient) == Seen()


def test_whoever_shows_no_certificate_or_anothers_is_refused(site: GatewaySite, patient: Patient) -> None:
    payer = depositor(site)
    nobody = Depositor(payer.port, payer.authority, None)
    refused(site, patient, nobody.post(patient.address, CERTIFICATE), 403, "POL-02")
    refused(site, patient, payer.post(patient.address, CERTIFICATE, as_=LILAS), 403, "POL-03")
    refused(site, patient, depositor(site, BIOLAB).post(patient.address, CERTIFICATE), 403, "POL-13")
    # A doctor's key is bound to no mailbox here.
    refused(site, patient, depositor(site, CLAIRE).post(patient.address, CERTIFICATE, as_=CLAIRE), 403, "POL-03")


def test_certificate_of_an_unknown_authority_ends_the_handshake(
    site: GatewaySite, patient: Patient, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    holder = Subject(common_name=PAYER, unit="1350000045", organisation="Faux", state="Rennes (35)")
    pair = tmp_path / "faux.pem", tmp_path / "faux.key"
    Authority.create(tmp_path, now).issue_client(holder, now).save(*pair)
    payer = depositor(site)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        Depositor(payer.port, payer.authority, pair).post(patient.address, CERTIFICATE)
    assert seen(site, patient) == Seen()


def test_mailbox_of_another_operator_deposits_under_its_own_name(site: GatewaySite, patient: Patient) -> None:
    answer = depositor(site, BIOLAB).post(patient.address, laboratory_report(a_report_on(patient)), as_=BIOLAB)
    assert answer.status == 201
    (document,) = site.documents(patient)
    assert (document.sender, document.identity_verified) == (BIOLAB, True)


def test_every_space_that_cannot_be_reached_is_answered_alike(site: GatewaySite) -> None:
    states = SpaceState.NOTIFIED, SpaceState.CREATED, SpaceState.OPPOSED, SpaceState.CLOSED, SpaceState.SUSPENDED
    patients = [site.new_patient(state) for state in states]
    unknown = invented_patient()
    answers = [depositor(site, LILAS).post(one.address, CERTIFICATE) for one in (unknown, *patients)]
    assert {(answer.status, answer.code) for answer in answers} == {(404, "POL-24")}
    assert len({answer.raw for answer in answers}) == 1
    assert [site.documents(one) for one in patients] == [[]] * len(patients)


def test_wrong_address_is_answered_before_any_space_is_considered(site: GatewaySite) -> None:
    payer = depositor(site)
    wrong_key = "279035121518980@patient.mssante.fr"
    for address, code in ((wrong_key, "POL-24"), (CLAIRE, "POL-22"), ("personne", "invalid")):
        answer = payer.post(address, CERTIFICATE)
        assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize("state", [SpaceState.CREATED, SpaceState.NOTIFIED])
def test_issuer_gives_a_piece_ahead_and_nobody_is_told_yet(site: GatewaySite, state: SpaceState) -> None:
    told = site.new_patient(state)
    answer = depositor(site).post(told.address, CERTIFICATE, title="Attestation de droits")
    assert answer.status == 201
    assert seen(site, told) == Seen(documents=1)
    for gone in (SpaceState.OPPOSED, SpaceState.CLOSED):
        assert depositor(site).post(site.new_patient(gone).address, CERTIFICATE).status == 404


def test_other_requests_are_answered_with_what_to_do(site: GatewaySite, patient: Patient) -> None:
    payer, path = depositor(site), f"/patients/{patient.address}/documents"
    wrong_method, nowhere = payer.ask("GET", path, None, {}), payer.ask("POST", "/fhir/Binary", b"x", {})
    assert (wrong_method.status, wrong_method.headers["Allow"], wrong_method.code) == (405, "POST", "http")
    assert (nowhere.status, nowhere.code) == (404, "http")
    packed = payer.post(patient.address, CERTIFICATE, **{"Content-Encoding": "gzip"})
    assert (packed.status, packed.code) == (415, "encoding")
    assert payer.post(patient.address, b"").status == 400
    assert payer.post(patient.address, CERTIFICATE, Slug="%FF").code == "invalid"
    assert seen(site, patient) == Seen()


def test_whoever_sends_slowly_leaves_room_for_other_depositors(site: GatewaySite, patient: Patient) -> None:
    payer, laboratory = depositor(site), depositor(site, LILAS)
    with ExitStack() as slow:
        for _ in range(4):
            slow.enter_context(payer.slow_post(patient.address))
        # What they have begun is not there at once: until it is, the payer is served.
        answers = (payer.post(patient.address, CERTIFICATE) for _ in range(200))
        full = next(answer for answer in answers if answer.status not in {200, 201})
        assert (full.status, full.code, full.headers["Retry-After"]) == (503, "busy", "60")
        assert laboratory.post(patient.address, CERTIFICATE).status in {200, 201}
    answers = (payer.post(patient.address, CERTIFICATE) for _ in range(200))
    assert any(answer.status in {200, 201} for answer in answers)


def test_line_of_the_manual_deposits(site: GatewaySite, patient: Patient, tmp_path: Path) -> None:
    lines = re.findall(r"```\n(curl .*?)```", text("docs/operations.md"), re.DOTALL)
    block = next(line for line in lines if "Slug" in line)
    payer = site.world.senders[PAYER]
    (tmp_path / "attestation.pdf").write_bytes(CERTIFICATE)
    words = {
        "tls/ca.pem": site.world.authority, "issued/attestations.pem": payer.certificate,
        "issued/attestations.key": payer.key, "localhost:8444": f"localhost:{site.ports['deposit']}",
        "279035121518989@patient.mssante.fr": patient.address,
    }  # fmt: skip
    for shown, real in words.items():
        assert shown in block
        block = block.replace(shown, str(real))
    line = block.replace("curl ", "curl -sS ", 1)
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(done.stdout)["new"] is True
    (document,) = site.documents(patient)
    assert document.entry.title == "Attestation de droits"

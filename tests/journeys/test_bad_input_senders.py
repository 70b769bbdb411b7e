"""Who may not write: certificates missing, foreign, expired or unbound, and senders whom no list knows."""

import base64
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from certs.authority import Authority, Issued
from gateway.demonstration.invented_people import OTHER_OPERATOR, PATIENTS
from gateway.demonstration.world import World
from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    PAUL,
    Answer,
    converse,
    letter,
    pair_of,
    relay,
    relay_connection,
    result_letter,
    reveals_nothing,
    submit,
)
from tests.builders.gateway_site import NOTHING, GatewaySite, Patient, Seen, serving, until
from tests.builders.other_operator import OPERATOR_HOLDER
from tests.builders.smtp_tls import TestAuthority

pytestmark = pytest.mark.xdist_group("gateway")


def refused_in_handshake(site: GatewaySite, certificate: tuple[Path, Path]) -> None:
    """Try to speak under TLS: the server ends it before anything can be asked."""
    before = site.log().count("listening.handshake_failed")
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)), relay_connection(site, certificate) as client:
        client.noop()
    until(lambda: site.log().count("listening.handshake_failed") == before + 1, "the handshake succeeded")


def _plain(client: smtplib.SMTP, login: str, password: str) -> tuple[int, bytes]:
    given = base64.b64encode(f"\0{login}\0{password}".encode()).decode()
    return client.docmd("AUTH", f"PLAIN {given}")


def saved(issued: Issued, folder: Path) -> tuple[Path, Path]:
    issued.save(folder / "client.pem", folder / "client.key")
    return folder / "client.pem", folder / "client.key"


def own_authority(site: GatewaySite) -> Authority:
    return Authority.load(site.world.authority.parent)


def test_client_without_certificate_is_told_what_is_missing_before_it_names_anybody(site: GatewaySite) -> None:
    with relay_connection(site, None) as client:
        code, told = client.mail(LILAS)
    assert (code, told.decode().partition(" / ")[0]) == (
        530, "5.7.0 A client certificate is required; present your operator's"
    )  # fmt: skip


def test_certificate_of_a_self_made_authority_is_refused_in_the_handshake(site: GatewaySite, tmp_path: Path) -> None:
    pair = TestAuthority(tmp_path, "Pli development authority").issue(LILAS)
    refused_in_handshake(site, (pair.path, pair.path))


def test_expired_certificate_is_refused_in_the_handshake(site: GatewaySite, tmp_path: Path) -> None:
    then = datetime.now(UTC) - timedelta(days=2)
    issued = own_authority(site).issue_client(OPERATOR_HOLDER, then, timedelta(days=1))
    refused_in_handshake(site, saved(issued, tmp_path))


def test_our_own_certificate_opens_no_door_here(site: GatewaySite, patient: Patient) -> None:
    # The white list binds it to our own domains, for other operators to know; here it would speak for every doctor.
    tls, settings = site.world.settings.tls, site.world.settings
    ours = settings.path(tls.client_certificate), settings.path(tls.client_key)
    for sender in (CLAIRE, ""):
        with relay_connection(site, ours) as client:
            answer = converse(client, sender, [patient.address], letter(CLAIRE, patient.address).raw)
        assert (answer.stage, answer.status[:3]) == ("MAIL", "530")
    assert site.seen_by(patient) == NOTHING


def test_certificate_for_servers_only_is_refused_in_the_handshake(site: GatewaySite, tmp_path: Path) -> None:
    issued = own_authority(site).issue_server([f"smtps.{OTHER_OPERATOR}"], datetime.now(UTC))
    refused_in_handshake(site, saved(issued, tmp_path))


def test_revoked_certificate_is_refused_in_the_handshake() -> None:
    def revoking_biolab(world: World) -> str:
        authority = Authority.load(world.authority.parent)
        serial = x509.load_pem_x509_certificate(world.senders[BIOLAB].certificate.read_bytes()).serial_number
        (world.settings.root / "tls" / "crl.pem").write_bytes(authority.revocation_list([serial], datetime.now(UTC)))
        return '[tls]\ncrl = "tls/crl.pem"\n'

    with serving(settings=revoking_biolab) as site:
        refused_in_handshake(site, pair_of(site, BIOLAB))
        patient = site.new_patient()
        assert relay(site, LILAS, patient.address, letter(LILAS, patient.address).raw).status == "250 2.0.0"


def refused_as_sender(site: GatewaySite, patient: Patient, answer: Answer, status: str = "550 5.7.1") -> None:
    assert (answer.stage, answer.status) == ("MAIL", status)
    assert reveals_nothing(answer)
    assert site.seen_by(patient) == NOTHING


@pytest.mark.parametrize(
    ("holder", "sender"),
    [
        pytest.param(BIOLAB, LILAS, id="another operator's laboratory as one of ours"),
        pytest.param(LILAS, BIOLAB, id="our laboratory as another operator's"),
        pytest.param(BIOLAB, CLAIRE, id="a laboratory as a doctor"),
        pytest.param(LILAS, f"direction@{LILAS.partition('@')[2]}", id="a laboratory as its neighbour"),
        pytest.param(CLAIRE, CLAIRE, id="a doctor's card on the relay"),
        pytest.param(BIOLAB, "labo@ailleurs.example", id="a domain outside the circle"),
    ],
)
def test_certificate_speaks_for_its_own_sender_only(
    site: GatewaySite, patient: Patient, holder: str, sender: str
) -> None:
    raw = letter(sender, patient.address).raw
    refused_as_sender(site, patient, relay(site, sender, patient.address, raw, holder=holder))


def test_certificate_of_the_operator_domain_under_another_name_is_not_bound(
    site: GatewaySite, patient: Patient, tmp_path: Path
) -> None:
    other = replace(OPERATOR_HOLDER, unit="318000000000003")
    pair = saved(own_authority(site).issue_client(other, datetime.now(UTC)), tmp_path)
    with relay_connection(site, pair) as client:
        answer = converse(client, BIOLAB, [patient.address], letter(BIOLAB, patient.address).raw)
    refused_as_sender(site, patient, answer)


def test_sender_who_is_not_in_the_directory_is_refused(site: GatewaySite, patient: Patient) -> None:
    unlisted = f"inconnu@{OTHER_OPERATOR}"
    raw = letter(unlisted, patient.address).raw
    refused_as_sender(site, patient, relay(site, unlisted, patient.address, raw, holder=BIOLAB))


def test_mailbox_signed_in_may_not_write_as_another(site: GatewaySite, patient: Patient) -> None:
    answer = submit(site, CLAIRE, patient.address, letter(PAUL, patient.address).raw, sender=PAUL)
    refused_as_sender(site, patient, answer)


@pytest.mark.parametrize("holder", [LILAS, BIOLAB])
def test_nobody_writes_as_a_patient_by_smtp(site: GatewaySite, patient: Patient, holder: str) -> None:
    sender = site.new_patient().address
    answer = relay(site, sender, patient.address, letter(sender, patient.address).raw, holder=holder)
    refused_as_sender(site, patient, answer)


@pytest.mark.parametrize("login", [PATIENTS[0].identifier, PATIENTS[0].address])
def test_patient_has_no_sign_in_for_submission(site: GatewaySite, login: str) -> None:
    context = ssl.create_default_context(cafile=str(site.world.authority))
    with smtplib.SMTP_SSL("localhost", site.ports["submission"], context=context, timeout=15) as client:
        client.ehlo()
        code, text = _plain(client, login, PATIENTS[0].password)
    assert (code, text.partition(b" ")[0]) == (535, b"5.7.8")


# ---------------------------------------------------------------- lists that are too old


@pytest.fixture(scope="module")
def stale_site() -> Iterator[GatewaySite]:
    """Give a gateway whose white list and directory are a month old."""
    with serving(lists_made=timedelta(days=30)) as running:
        yield running


def test_another_operator_is_put_off_while_the_lists_are_stale(stale_site: GatewaySite) -> None:
    patient = stale_site.new_patient()
    sent = result_letter(BIOLAB, patient)
    answer = relay(stale_site, BIOLAB, patient.address, sent.raw, holder=BIOLAB)
    refused_as_sender(stale_site, patient, answer, "451 4.3.0")


def test_stale_lists_do_not_say_whether_a_certificate_was_bound(stale_site: GatewaySite) -> None:
    patient = stale_site.new_patient()
    answer = relay(stale_site, BIOLAB, patient.address, letter(BIOLAB, patient.address).raw, holder=LILAS)
    refused_as_sender(stale_site, patient, answer, "451 4.3.0")


def test_no_list_binds_another_operator_s_certificate_to_our_doctors(stale_site: GatewaySite) -> None:
    patient = stale_site.new_patient()
    answer = relay(stale_site, CLAIRE, patient.address, letter(CLAIRE, patient.address).raw, holder=BIOLAB)
    refused_as_sender(stale_site, patient, answer)


def test_our_own_laboratory_is_served_while_the_lists_are_stale(stale_site: GatewaySite) -> None:
    patient = stale_site.new_patient()
    assert relay(stale_site, LILAS, patient.address, result_letter(LILAS, patient).raw).status == "250 2.0.0"
    stale_site.settle()
    assert stale_site.seen_by(patient) == Seen(messages=1, documents=1, notices=1)


def test_our_own_doctor_is_served_while_the_lists_are_stale(stale_site: GatewaySite) -> None:
    patient = stale_site.new_patient()
    assert submit(stale_site, CLAIRE, patient.address, letter(CLAIRE, patient.address).raw).status == "250 2.0.0"
    stale_site.settle()
    assert stale_site.seen_by(patient) == Seen(messages=1, exchanges=1, notices=1)

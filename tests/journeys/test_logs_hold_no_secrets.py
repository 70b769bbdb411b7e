"""No log line holds a person: a thousand secrets go through every door, accepted and refused, and none is found."""

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

import aiohttp
import msgspec
import pytest

from dossier_bridge.synthetic import claimed, laboratory_report, pdf_page
from gateway.demonstration.invented_people import PATIENT_DOMAIN
from gateway.domain.space import SpaceState
from tests.builders.bad_archives import HOSTILE_ARCHIVES, HOSTILE_XML, archive_with
from tests.builders.gateway_inbox import mail_with
from tests.builders.gateway_mail import (
    BIOLAB,
    CLAIRE,
    LILAS,
    a_report_on,
    converse,
    pair_of,
    raw_letter,
    receipt_of,
    relay,
    relay_connection,
    submission_connection,
    submit,
    with_attachments,
    xdm,
)
from tests.builders.gateway_site import GatewaySite, Patient, invented_patient, serving
from tests.builders.patient_browser import conversation_with, signed_in
from tests.builders.secrets_sown import Secrets

pytestmark = pytest.mark.xdist_group("gateway")
SOWN_AT_LEAST = 1_000


class Sower:
    """Sends what it is told to a gateway, every text of it a secret of its own."""

    def __init__(self, site: GatewaySite) -> None:
        self.site = site
        self.secrets = Secrets()
        self._serial = count(1)
        for password in site.world.passwords.values():
            self.secrets.keep(password)

    def patient(self, state: SpaceState = SpaceState.ACTIVE, *, known: bool = True) -> Patient:
        """Invent a patient all of whom is secret."""
        patient, word = invented_patient(state), self.secrets.word
        traits = replace(patient.identity.traits, birth_name=word("N"), given_names=(word("P"),), used_name=word("U"))
        identity = replace(patient.identity, traits=traits)
        patient = replace(patient, identity=identity, email=f"{word()}@courriel.example")
        self.secrets.keep(patient.identity.ins.value[:13])
        if known:
            self.site.import_patients([patient])
        return patient

    def letter(self, sender: str, recipient: str, author: str = "") -> bytes:
        """Write a message: names, subject, identifiers, a field, a body and a file, all secret."""
        word, also = self.secrets.word, self.secrets.word("é")
        return raw_letter(
            f"""From: {word()} <{author or sender}>
To: {word()} <{recipient}>
Subject: {word()} {also}
Message-ID: <{word()}@{word()}.example>
X-Software: {word()}
Content-Type: multipart/mixed; boundary="{word()}b"
""".replace(f'{self.secrets.words[-1]}b"', 'b"'),
            f'--b\r\n\r\n{word()}\r\n--b\r\nContent-Type: application/x-{word()}; name="{word()}.bin"\r\n'
            f'Content-Disposition: attachment; filename="{word()}.bin"\r\n\r\n{word()}\r\n--b--\r\n',
        )

    def result(self, patient: Patient, about: Patient, spoilt: Callable[[bytes], bytes] = bytes) -> bytes:
        """Write a laboratory's message with a report whose title, results and author are secret."""
        word, report = self.secrets.word, a_report_on(about)
        results = tuple(msgspec.structs.replace(result, label=word(), comment=word()) for result in report.results)
        report = replace(
            report, title=word(), results=results, author=replace(report.author, name=f"{word()} {word()}"),
            unique_id=f"1.2.250.1.{next(self._serial)}^{word()}",
        )  # fmt: skip
        archive = archive_with(report, spoilt(laboratory_report(report)))
        beside = (f"{word()}.pdf", "application/pdf", pdf_page([word()]))
        sent = with_attachments(LILAS, patient, xdm(archive, name=f"IHE_XDM_{word()}.zip"), beside)
        self.secrets.keep(sent.message_id)
        return sent.raw


@pytest.fixture(scope="module")
def sower() -> Iterable[Sower]:
    with serving() as site:
        yield Sower(site)


def nothing_found(sower: Sower) -> None:
    sower.site.settle()
    assert sower.secrets.found_in(sower.site.log()) == []


def test_thousand_secrets_of_accepted_and_refused_mail_are_not_logged(sower: Sower) -> None:
    site, secrets = sower.site, sower.secrets
    while len(set(secrets.words)) < SOWN_AT_LEAST:
        patient, unreachable = sower.patient(), sower.patient(SpaceState.CLOSED)
        unknown = sower.patient(known=False)
        assert submit(site, CLAIRE, patient.address, sower.letter(CLAIRE, patient.address)).code == 250
        for refused in (unreachable, unknown):
            assert relay(site, BIOLAB, refused.address, b"", holder=BIOLAB).code == 550
        both = [patient.address, sower.patient().address]
        assert relay(site, LILAS, both, sower.letter(LILAS, patient.address)).code == 550
        forged = f"{secrets.word()}@{secrets.word()}.example"
        assert relay(site, LILAS, patient.address, sower.letter(LILAS, patient.address, forged)).code == 550
        assert relay(site, forged, patient.address, b"", holder=BIOLAB).code == 550
        assert relay(site, LILAS, f"{secrets.word()}@{PATIENT_DOMAIN}", b"").code == 550
        assert relay(site, LILAS, patient.address, sower.letter(LILAS, patient.address) + b"a\nb\r\n").code == 550
    nothing_found(sower)
    assert site.log().count('"event": "message.stored"') > 10


def test_filed_and_quarantined_documents_leave_no_secret(sower: Sower) -> None:
    for _ in range(3):
        patient, other = sower.patient(), sower.patient()
        assert relay(sower.site, LILAS, patient.address, sower.result(patient, patient)).code == 250
        assert relay(sower.site, LILAS, patient.address, sower.result(patient, other)).code == 250
    for _, spoil in HOSTILE_XML.values():
        patient = sower.patient()
        assert relay(sower.site, LILAS, patient.address, sower.result(patient, patient, spoil)).code == 250
    for _, attack in HOSTILE_ARCHIVES.values():
        patient = sower.patient()
        sent = with_attachments(LILAS, patient, xdm(attack(a_report_on(claimed(patient.identity)))))
        assert relay(sower.site, LILAS, patient.address, sent.raw).code == 250
    nothing_found(sower)


def test_reports_leave_no_secret(sower: Sower) -> None:
    patient, secrets = sower.patient(), sower.secrets
    with relay_connection(sower.site, pair_of(sower.site, BIOLAB)) as client:
        report = receipt_of(BIOLAB, patient.address, f"<{secrets.word()}@{secrets.word()}.example>")
        assert converse(client, "", [patient.address], report).code == 550
    nothing_found(sower)


def test_commands_of_no_sense_leave_no_secret(sower: Sower) -> None:
    word = sower.secrets.word
    commands = [
        f"MAIL FROM:{word()}", f"MAIL FROM:<{word()}@{word()}.example> {word()}={word()}", f"RCPT TO:<{word()}",
        f"VRFY {word()}", f"EXPN {word()}", word(), f"HELO {word()} {word()}", f"AUTH {word()} {word()}",
    ]  # fmt: skip
    with relay_connection(sower.site, pair_of(sower.site, LILAS)) as client:
        assert all(client.docmd(command)[0] >= 252 for command in commands)
    with submission_connection(sower.site, CLAIRE) as client:
        assert all(client.docmd(command)[0] >= 252 for command in commands)
    nothing_found(sower)


def test_sign_ins_leave_no_secret(sower: Sower) -> None:
    word, site = sower.secrets.word, sower.site
    context = ssl.create_default_context(cafile=str(site.world.authority))
    for login in (CLAIRE, f"{word()}@{word()}.example", word()):
        sender = smtplib.SMTP_SSL("localhost", site.ports["submission"], context=context, timeout=15)
        with sender, pytest.raises(smtplib.SMTPException):
            sender.login(login, word())
        reader = imaplib.IMAP4_SSL("localhost", site.ports["imap"], ssl_context=context, timeout=15)
        with reader, pytest.raises(imaplib.IMAP4.error):
            reader.login(login, word())
    nothing_found(sower)


def test_reading_by_imap_leaves_no_secret(sower: Sower) -> None:
    word, site = sower.secrets.word, sower.site
    context = ssl.create_default_context(cafile=str(site.world.authority))
    with imaplib.IMAP4_SSL("localhost", site.ports["imap"], ssl_context=context, timeout=15) as client:
        client.login(CLAIRE, site.world.passwords[CLAIRE])
        folder = word()
        client.create(folder)
        client.append(folder, "", "", sower.letter(CLAIRE, f"{word()}@{PATIENT_DOMAIN}"))
        client.select(folder)
        client.search(None, "TEXT", word())
        client.fetch("1", "(ENVELOPE BODYSTRUCTURE BODY[])")
        client.rename(folder, word())
        client.select(word())
        with pytest.raises(imaplib.IMAP4.error):
            client.search(None, word(), word())
    nothing_found(sower)


async def test_patient_s_browser_leaves_no_secret(sower: Sower) -> None:
    site, secrets, patient = sower.site, sower.secrets, sower.patient()
    submit(site, CLAIRE, patient.address, sower.letter(CLAIRE, patient.address))
    site.settle()
    async with signed_in(site, patient, secrets.word()) as browser:
        path = await conversation_with(browser, "Dr Claire Martin")
        answer = secrets.word()
        await browser.submit(await browser.get(path), f"{path}/reponse", {"texte": answer})
        await browser.get(f"/messages?page={secrets.word()}")
        for page in (f"/documents/{secrets.word()}", f"/{secrets.word()}"):
            with pytest.raises(aiohttp.ClientResponseError, match="404"):
                await browser.get(page)
    site.settle()
    assert mail_with(site, CLAIRE, "From", patient.identity.ins.value)
    nothing_found(sower)


def test_broken_requests_leave_no_secret(sower: Sower) -> None:
    word = sower.secrets.word
    context = ssl.create_default_context(cafile=str(sower.site.world.authority))
    bearer = f"Authorization: Bearer {word()}\r\nConnection: close"
    requests = [
        f"GET /{word()} HTTP/9.9\r\nHost: {word()}",
        f"{word()}",
        f"GET /{word()}\0 HTTP/1.1",
        f"POST /connexion HTTP/1.1\r\nHost: localhost\r\nContent-Length: x{word()}",
        f"GET /fhir/Patient?{word()}={word()} HTTP/1.1\r\nHost: localhost\r\n{bearer}",
        f"GET /{word()} HTTP/1.1\r\nHost: localhost\r\nCookie: {word()}={word()}\r\nConnection: close",
    ]
    for request in requests:
        plain = socket.create_connection(("localhost", sower.site.ports["web"]), 15)
        with plain, context.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(f"{request}\r\n\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/")
    nothing_found(sower)


def test_search_finds_a_secret_in_every_disguise() -> None:
    secrets = Secrets()
    plain, accented = secrets.word(), secrets.word("é")
    assert secrets.found_in(f'{{"to": "{plain.upper()}"}}') == [plain]
    assert secrets.found_in(f"\\u00e9{accented[1:-2]}\\u00c9w") == [accented]

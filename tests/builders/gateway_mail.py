"""Mail to a whole gateway: real SMTP over TLS with a certificate or a password, and the messages it carries."""

import itertools
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

from dossier_bridge.synthetic import (
    ResultMail,
    Submitted,
    SyntheticReport,
    claimed,
    example_results,
    laboratory_report,
    result_mail,
    xdm_archive,
)
from gateway.demonstration.mail import Sender
from gateway.domain.identity import ClaimedIdentity
from tests.builders.gateway_site import GatewaySite, Patient

LILAS, BIOLAB = "resultats@labo-lilas.mssante.fr", "resultats@biolab-ouest.mssante.fr"
CLAIRE, PAUL = "claire.martin@medecin.mssante.fr", "paul.nguyen@medecin.mssante.fr"
_ROOT = "1.2.250.1.213.999.7"
_numbers = itertools.count(1)


# ---------------------------------------------------------------- SMTP


@dataclass(frozen=True)
class Answer:
    """The server's last word on a message: at which command, and what."""

    stage: str
    code: int
    text: str

    @property
    def status(self) -> str:
        """Give code and enhanced code, ``550 5.7.1``."""
        return f"{self.code} {self.text.partition(' ')[0]}"


_INTERNALS = re.compile(r"Traceback|Error\b|Exception|\.py\b|sqlite|\w/\w|@|\d{13}", re.IGNORECASE)


def reveals_nothing(answer: Answer) -> bool:
    """Say whether a refusal holds fixed words only: no cause, place, address or number of a person."""
    return _INTERNALS.search(answer.text) is None


@contextmanager
def relay_connection(
    site: GatewaySite, certificate: tuple[Path, Path] | None, authority: Path | None = None
) -> Iterator[smtplib.SMTP]:
    """Connect to the relay listener under TLS, with a certificate or without."""
    context = ssl.create_default_context(cafile=str(authority or site.world.authority))
    if certificate:
        context.load_cert_chain(*certificate)
    client = smtplib.SMTP("localhost", site.ports["relay"], local_hostname="client.example", timeout=15)
    try:
        client.starttls(context=context)
        client.ehlo()
        yield client
    finally:
        client.close()


@contextmanager
def submission_connection(site: GatewaySite, user: str) -> Iterator[smtplib.SMTP]:
    """Sign in to a mailbox over implicit TLS."""
    context = ssl.create_default_context(cafile=str(site.world.authority))
    client = smtplib.SMTP_SSL("localhost", site.ports["submission"], context=context, timeout=15)
    try:
        client.login(user, site.world.passwords[user])
        yield client
    finally:
        client.close()


def pair_of(site: GatewaySite, address: str) -> tuple[Path, Path]:
    """Give the certificate of a laboratory or professional of the world."""
    sender: Sender = site.world.senders[address]
    return sender.certificate, sender.key


def relay(
    site: GatewaySite, sender: str, recipients: str | Sequence[str], raw: bytes, *, holder: str = LILAS
) -> Answer:
    """Send by the relay listener with the holder's certificate."""
    with relay_connection(site, pair_of(site, holder)) as client:
        return converse(client, sender, [recipients] if isinstance(recipients, str) else recipients, raw)


def submit(site: GatewaySite, user: str, recipients: str | Sequence[str], raw: bytes, *, sender: str = "") -> Answer:
    """Send by submission, signed in to a mailbox."""
    with submission_connection(site, user) as client:
        return converse(client, sender or user, [recipients] if isinstance(recipients, str) else recipients, raw)


def converse(client: smtplib.SMTP, sender: str, recipients: Sequence[str], raw: bytes) -> Answer:
    """Send one message; stop at the first refusal."""
    answers = [_answer("MAIL", client.mail(sender))]
    for recipient in recipients:
        if answers[-1].code < 400:
            answers.append(_answer("RCPT", client.rcpt(recipient)))
    if answers[-1].code >= 400:
        return answers[-1]
    return _answer("DATA", client.data(raw))


def _answer(stage: str, reply: tuple[int, bytes]) -> Answer:
    code, text = reply
    return Answer(stage, code, text.decode("ascii").replace("\n", " "))


# ---------------------------------------------------------------- messages


@dataclass(frozen=True)
class Letter:
    """A message ready to be sent, and the marks it is found again by."""

    raw: bytes
    message_id: str
    subject: str


def letter(sender: str, recipient: str, subject: str = "", *, text: str = "Bonjour.", **fields: str) -> Letter:
    """Write a plain message; `fields` are further header fields, underscores standing for hyphens."""
    number = next(_numbers)
    message = EmailMessage()
    message["From"] = Address(addr_spec=sender)
    message["To"] = recipient
    message["Subject"] = subject = subject or f"Sujet confidentiel {number}"
    message["Message-ID"] = f"<lettre.{number}@{sender.partition('@')[2]}>"
    message["Date"] = "Mon, 05 Jan 2026 09:30:00 +0100"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return Letter(message.as_bytes(policy=message.policy.clone(linesep="\r\n")), message["Message-ID"], subject)


def raw_letter(head: str, body: str = "Bonjour.\r\n") -> bytes:
    """Write a message whose header lines are given as they are to stand, apart with LF."""
    return (head.strip("\n").replace("\n", "\r\n") + "\r\n\r\n" + body).encode()


def receipt_of(sender: str, recipient: str, about: str) -> bytes:
    """Write what another operator's software returns when a message has been displayed (RFC 8098)."""
    return raw_letter(
        f"""From: <{sender}>
To: <{recipient}>
Subject: Lu
Message-ID: <recu.{about.strip("<>")}>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"
""",
        "--b\r\n\r\nLu.\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        f"Final-Recipient: rfc822;{sender}\r\nOriginal-Message-ID: {about}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n",
    )


def with_attachments(
    sender: str, patient: Patient, *attachments: tuple[str, str, bytes], asks_receipt: bool = True
) -> Letter:
    """Write a laboratory's message with ``(file name, media type, octets)``."""
    number = next(_numbers)
    subject = f"XDM/1.0/DDM+Compte rendu {number} {patient.identity.traits.birth_name}"
    message_id = f"<resultat.{number}@{sender.partition('@')[2]}>"
    mail = ResultMail(
        sender=sender,
        recipient=patient.address,
        message_id=message_id,
        date="Mon, 05 Jan 2026 09:30:00 +0100",
        subject=subject,
        attachments=attachments,
        headers=(("Disposition-Notification-To", f"<{sender}>"),) if asks_receipt else (),
    )
    return Letter(result_mail(mail), message_id, subject)


def a_report_on(patient: Patient | ClaimedIdentity, **changes: object) -> SyntheticReport:
    """Describe a laboratory report with identifiers of its own."""
    number = next(_numbers)
    about = claimed(patient.identity) if isinstance(patient, Patient) else patient
    report = SyntheticReport(
        patient=about, results=example_results(number), unique_id=f"{_ROOT}.1.{number}", set_id=f"{_ROOT}.2.{number}"
    )
    # mypy cannot see that the names are fields of `Report`; a wrong one raises at once.
    return replace(report, **changes)  # type: ignore[arg-type]


def archive_of(*reports: SyntheticReport, confidentiality: tuple[str, ...] = ("N",)) -> bytes:
    """Write the IHE_XDM.zip of some reports, all marked alike (STD §4.5)."""
    files = [
        Submitted(
            name=f"DOC{n:04}.XML",
            data=laboratory_report(report),
            unique_id=report.unique_id,
            confidentiality=confidentiality,
        )
        for n, report in enumerate(reports, 1)
    ]
    return xdm_archive(files, reports[0].patient)


def xdm(data: bytes, media_type: str = "application/zip", name: str = "IHE_XDM.zip") -> tuple[str, str, bytes]:
    """Name an archive as laboratories do."""
    return name, media_type, data


def result_letter(
    sender: str, patient: Patient, report: SyntheticReport | None = None, *, asks_receipt: bool = True
) -> Letter:
    """Write a message that bears one report."""
    archive = archive_of(report or a_report_on(patient))
    return with_attachments(sender, patient, xdm(archive), asks_receipt=asks_receipt)

"""The mail of the demonstration, as a laboratory's and a doctor's software would write it."""

import smtplib
import ssl
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import msgspec

from dossier_bridge.synthetic import (
    BIOLOGIST,
    ResultMail,
    Submitted,
    SyntheticReport,
    claimed,
    example_results,
    laboratory_report,
    pdf_page,
    result_mail,
    xdm_archive,
    zipped,
)
from gateway.demonstration.invented_people import LABORATORIES
from gateway.domain.directory import DirectoryEntry
from gateway.domain.identity import PatientIdentity
from gateway.domain.timestamp import Timestamp

_NAMES = {str(one.address): one.name for one in LABORATORIES}
_OID = "1.2.250.1.213.999"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who connects to the relay, with which certificate."""

    entry: DirectoryEntry
    certificate: Path
    key: Path

    @property
    def address(self) -> str:
        """Give the sender's address."""
        return str(self.entry.address)


def laboratory_message(
    sender: str, recipient: str, identity: PatientIdentity, number: int, at: datetime, *, pdf_bytes: int = 4_000
) -> bytes:
    """Write a result with its IHE_XDM.zip and PDF, asking for a receipt (STD §1.4–1.7); `number` makes it unique."""
    patient, name = claimed(identity), identity.traits.birth_name
    given, stamp = identity.traits.given_names[0], at.strftime("%Y%m%d%H%M%S")
    unique, moment = f"{_OID}.1.{stamp}.{number}", f"{stamp}+0000"
    results = tuple(msgspec.structs.replace(one, time=Timestamp(moment)) for one in example_results(number))
    lines = ["Compte rendu d'examens biologiques", f"{name} {given}", ""]
    lines += [f"{result.label} : {result.value.display}" for result in results]
    pdf = pdf_page(lines, size=pdf_bytes)
    report = SyntheticReport(
        patient=patient,
        results=results,
        unique_id=unique,
        set_id=f"{_OID}.2.{stamp}.{number}",
        effective_time=moment,
        author=replace(BIOLOGIST, organisation=_NAMES.get(sender, BIOLOGIST.organisation)),
        pdf=pdf,
    )
    submitted = Submitted(name="DOC0001.XML", data=laboratory_report(report), unique_id=unique, effective_time=stamp)
    beside = f"{stamp[:8]}_CR-BIO_{name}_{given}.pdf".encode("ascii", "ignore").decode()
    return result_mail(
        ResultMail(
            sender=sender,
            recipient=recipient,
            message_id=f"<{stamp}.{number}@{sender.partition('@')[2]}>",
            date=format_datetime(at),
            subject=f"XDM/1.0/DDM+Compte rendu d'examens biologiques {name} {given}",
            attachments=(
                ("IHE_XDM.zip", "application/zip", xdm_archive([submitted], patient)),
                (beside, "application/pdf", pdf),
            ),
            headers=(
                ("Disposition-Notification-To", f"<{sender}>"),
                ("X-MSS-CODECDA", "11502-2"),
                ("X-MSS-INS", "O"),
                ("X-MSS-NIL", "pli-demonstration"),
            ),
        )
    )


def letter(sender: DirectoryEntry, recipient: str, subject: str, text: str, at: datetime) -> bytes:
    """Write a plain message of a professional."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{sender.name} <{sender.address}>"
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{at.timestamp():.6f}.{sender.identifier}@{sender.address.domain}>"
    message.set_content(text)
    return message.as_bytes()


def scan_message(sender: str, recipient: str, identity: PatientIdentity, at: datetime) -> bytes:
    """Write a message with the pictures of a scanner, a file for each slice, in one archive."""
    # Here: it loads numpy, which nobody else who imports this needs.
    from dossier_bridge.synthetic.imaging import SyntheticScan, synthetic_scan

    traits = identity.traits
    scan = SyntheticScan(
        name=f"{traits.birth_name}^{traits.given_names[0]}",
        number=identity.ins.value,
        issuer_oid=identity.ins_oid,
        born=str(traits.birth_date).replace("-", ""),
        sex=traits.sex.value,
        day=at.date(),
    )
    return result_mail(
        ResultMail(
            sender=sender,
            recipient=recipient,
            message_id=f"<{at:%Y%m%d%H%M%S}.scan@{sender.partition('@')[2]}>",
            date=format_datetime(at),
            subject="Votre scanner de l’abdomen",
            attachments=(("scanner.zip", "application/zip", zipped(dict(synthetic_scan(scan)))),),
        )
    )


def relay(port: int, authority: Path, sender: Sender, recipients: list[str], raw: bytes) -> None:
    """Send by the relay listener with the sender's certificate; blocks."""
    context = ssl.create_default_context(cafile=str(authority))
    context.load_cert_chain(sender.certificate, sender.key)
    with smtplib.SMTP("localhost", port, timeout=30) as client:
        client.starttls(context=context)
        client.sendmail(sender.address, recipients, raw)


def submit(port: int, authority: Path, user: str, password: str, recipients: list[str], raw: bytes) -> None:
    """Send by submission on implicit TLS with a mailbox's password; blocks."""
    context = ssl.create_default_context(cafile=str(authority))
    with smtplib.SMTP_SSL("localhost", port, context=context, timeout=30) as client:
        client.login(user, password)
        client.sendmail(user, recipients, raw)

"""Receipts and delivery reports, written (RFC 8098, RFC 3464, STD §1.7)."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.mime.compose import ComposedMessage, assemble
from gateway.domain.mime.entities import Entity, fields_entity, headers_entity, multipart_entity, text_entity
from gateway.domain.mime.fields import id_field, text_field, token_field
from gateway.domain.mime.mailboxes import Mailbox

_AUTOMATIC = (("Auto-Submitted", "auto-replied"),)


class ReportKind(Enum):
    """What a multipart/report reports."""

    DISPOSITION = "disposition-notification"
    DELIVERY = "delivery-status"


@dataclass(frozen=True, slots=True, repr=False)
class DeliveryStatus:
    """What became of a message for one recipient (RFC 3464 §2.3).

    Attributes:
        final_recipient: a bare address.
        action: ``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``.
        status: an enhanced status code.
        diagnostic: the other server's words, or empty.
    """

    final_recipient: str
    action: str
    status: str
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Mdn:
    """A receipt to write.

    Attributes:
        original_subject: of the message it answers.
        disposition: ``processed`` or ``displayed``.
        automatic: whether no person did anything for it.
        unasked: whether it leaves without the person being asked.
        error_code: 900 to 906 of STD §1.7 where filing failed, else None.
        warnings: what was not taken although the rest was, a line each (RFC 3798 §3.2.7).
        text: what a person reads.
        title: how the subject begins, where it is no receipt of filing or reading.
    """

    from_: Mailbox
    to: Mailbox
    message_id: str
    date: datetime
    original_subject: str
    original_message_id: str | None
    final_recipient: str
    text: str
    reporting_ua: str
    disposition: str = "processed"
    automatic: bool = True
    unasked: bool = True
    error_code: str | None = None
    error_text: str = ""
    original_recipient: str | None = None
    warnings: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Dsn:
    """A delivery report to write.

    Attributes:
        original_headers: the header block of the message reported on.
        text: what a person reads.
    """

    from_: Mailbox
    to: Mailbox
    message_id: str
    date: datetime
    reporting_mta: str
    recipients: tuple[DeliveryStatus, ...]
    text: str
    original_message_id: str | None = None
    original_headers: bytes = b""
    envelope_id: str | None = None


def compose_mdn(mdn: Mdn) -> bytes:
    """Write a receipt; it is sent with a null reverse path.

    Raises:
        InvalidValue: when an address or an identifier does not fit its grammar.
    """
    fields = fields_before(mdn) + fields_about(mdn) + fields_of_outcome(mdn)
    parts = [text_entity(mdn.text), fields_entity("message/disposition-notification", [fields])]
    return _report(mdn.from_, mdn.to, mdn.message_id, mdn.date, subject_of(mdn), mdn.original_message_id,
                   ReportKind.DISPOSITION, parts)


def subject_of(mdn: Mdn) -> str:
    """Say what a receipt is called: what became of the message, and the message's own subject."""
    if mdn.error_code is not None:
        return f"[KO Intégration système !][{mdn.error_code}] {mdn.original_subject}"
    done = "Lu" if mdn.disposition == "displayed" else "Intégré en partie" if mdn.warnings else "Intégré"
    return f"{mdn.title or done} : {mdn.original_subject}"


def fields_before(mdn: Mdn) -> bytes:
    """Write the first fields of a receipt's machine-readable part."""
    asked = text_field("Original-Recipient", f"rfc822; {mdn.original_recipient}") if mdn.original_recipient else b""
    return text_field("Reporting-UA", mdn.reporting_ua) + asked


def fields_about(mdn: Mdn) -> bytes:
    """Write those of its fields that name one message."""
    final = text_field("Final-Recipient", f"rfc822; {mdn.final_recipient}")
    original = mdn.original_message_id
    return final + (id_field("Original-Message-ID", [original]) if original else b"")


def fields_of_outcome(mdn: Mdn) -> bytes:
    """Write its last fields, those that say what became of the message."""
    action = "automatic-action" if mdn.automatic else "manual-action"
    sent = f"{action}/MDN-sent-{'automatically' if mdn.unasked else 'manually'}"
    failed = mdn.error_code is not None
    modifier = "/error" if failed else "/warning" if mdn.warnings else ""
    return b"".join([
        token_field("Disposition", f"{sent}; {mdn.disposition}{modifier}"),
        text_field("Error", f"{mdn.error_code}^{_plain(mdn.error_text)}") if failed else b"",
        *(text_field("Warning", _plain(warning)) for warning in mdn.warnings),
    ])


def _plain(text: str) -> str:
    """Leave accents out: software reads this field, and RFC 8098 §3.2.7 knows no encoded words in it."""
    return unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode("ascii")


def compose_dsn(dsn: Dsn) -> bytes:
    """Write a delivery report; it is sent with a null reverse path.

    Raises:
        InvalidValue: when an address or an identifier does not fit its grammar.
    """
    about = text_field("Original-Envelope-Id", dsn.envelope_id) if dsn.envelope_id else b""
    about += text_field("Reporting-MTA", f"dns; {dsn.reporting_mta}")
    groups = [about, *map(_status_fields, dsn.recipients)]
    failed = any(recipient.action == "failed" for recipient in dsn.recipients)
    delayed = any(recipient.action == "delayed" for recipient in dsn.recipients)
    subject = "Message non distribué" if failed else "Distribution retardée" if delayed else "Message distribué"
    parts = [text_entity(dsn.text), fields_entity("message/delivery-status", groups)]
    if dsn.original_headers:
        parts.append(headers_entity(dsn.original_headers))
    return _report(dsn.from_, dsn.to, dsn.message_id, dsn.date, subject, dsn.original_message_id,
                   ReportKind.DELIVERY, parts)


def _status_fields(recipient: DeliveryStatus) -> bytes:
    return (
        text_field("Final-Recipient", f"rfc822; {recipient.final_recipient}")
        + token_field("Action", recipient.action)
        + token_field("Status", recipient.status)
        + (text_field("Diagnostic-Code", f"smtp; {recipient.diagnostic}") if recipient.diagnostic else b"")
    )


def _report(
    from_: Mailbox, to: Mailbox, message_id: str, date: datetime, subject: str, original: str | None,
    kind: ReportKind, parts: list[Entity],
) -> bytes:  # fmt: skip
    message = ComposedMessage(
        from_=from_, to=(to,), subject=subject, text="", message_id=message_id, date=date,
        in_reply_to=original, references=(original,) if original else (), headers=_AUTOMATIC,
    )  # fmt: skip
    return assemble(message, multipart_entity("report", parts, message_id, [("report-type", kind.value)]))

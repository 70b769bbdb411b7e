"""Receipts and delivery reports, read (RFC 8098, RFC 3464), in the national spelling too (STD §1.7)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.domain.mime.headers import Headers
from gateway.domain.mime.message import ScannedMessage
from gateway.domain.mime.message_tree import Part
from gateway.domain.mime.reports import DeliveryStatus, ReportKind
from gateway.domain.mime.transfer import EncodedBody

_MAX_REPORT = 256 * 1024
_MAX_RECIPIENTS = 1000
# action-mode/sending-mode; type, then a modifier. National software writes `processed/Error: 904^…` in one.
_DISPOSITION = re.compile(r"[^;]*;\s*([\w-]+)\s*(?:/\s*([\w-]+)\s*:?\s*(.*))?", re.DOTALL)
_ERROR = re.compile(r"(\d{3})?\s*\^?\s*(.*)", re.DOTALL)
_ADDRESS_TYPE = re.compile(r"\s*[\w-]+\s*;\s*")
_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,900}>")


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ReadingReport:
    """A report that was read.

    Attributes:
        original_message_id: of the message reported on, with its angle brackets, or None.
        final_recipient: a bare address, or empty (receipts).
        disposition: ``processed``, ``displayed``…, or empty (delivery reports).
        failed: whether the message was not filed, or not delivered to somebody.
        error_code: 900 to 906 of STD §1.7, or None.
        error_text: the words with it.
        recipients: of delivery reports.
    """

    kind: ReportKind
    original_message_id: str | None
    final_recipient: str
    disposition: str
    failed: bool
    error_code: str | None
    error_text: str
    recipients: tuple[DeliveryStatus, ...]


def parse_report(raw: bytes, scanned: ScannedMessage) -> ReadingReport | None:
    """Read a message that is a receipt or a delivery report; None for any other."""
    if scanned.root.media_type != "multipart/report":
        return None
    for part in scanned.root.parts:
        if part.media_type == "message/disposition-notification":
            return _disposition(_groups(raw, part)[0], scanned)
        if part.media_type == "message/delivery-status":
            return _delivery(raw, _groups(raw, part), scanned)
    return None


def _groups(raw: bytes, part: Part) -> list[Headers]:
    data = EncodedBody(raw, part.body_start, part.body_end, part.encoding).head(_MAX_REPORT).strip(b"\r\n")
    return [Headers.parse(group) for group in data.split(b"\r\n\r\n", _MAX_RECIPIENTS + 1)[: _MAX_RECIPIENTS + 1]]


def _disposition(fields: Headers, scanned: ScannedMessage) -> ReadingReport:
    found = _DISPOSITION.match(fields.text("disposition"))
    disposition, modifier, rest = found.groups(default="") if found else ("", "", "")
    failed = modifier.lower() in {"error", "failed"} or disposition.lower() == "failed"
    error = _ERROR.match(rest.strip() or fields.text("error"))
    code, text = error.groups(default="") if error and failed else ("", "")
    return ReadingReport(
        kind=ReportKind.DISPOSITION,
        original_message_id=_identifier(fields.first("original-message-id")) or scanned.in_reply_to,
        final_recipient=_bare(fields.text("final-recipient")),
        disposition=disposition.lower(),
        failed=failed,
        error_code=code or None,
        error_text=text.strip(),
        recipients=(),
    )


def _delivery(raw: bytes, groups: list[Headers], scanned: ScannedMessage) -> ReadingReport:
    recipients = tuple(
        DeliveryStatus(
            _bare(fields.text("final-recipient") or fields.text("original-recipient")),
            fields.text("action").lower(), fields.text("status"), _bare(fields.text("diagnostic-code")),
        )
        for fields in groups[1:] if fields.count("action")
    )  # fmt: skip
    failed = any(recipient.action == "failed" for recipient in recipients)
    original = next(_returned_ids(raw, scanned), None) or scanned.in_reply_to
    return ReadingReport(
        kind=ReportKind.DELIVERY,
        original_message_id=original,
        final_recipient="",
        disposition="",
        failed=failed,
        error_code=None,
        error_text="",
        recipients=recipients,
    )


def _returned_ids(raw: bytes, scanned: ScannedMessage) -> Iterator[str]:
    for part in scanned.root.parts:
        headers = None
        if part.message:
            headers = part.message.headers
        elif part.media_type in {"text/rfc822-headers", "message/rfc822-headers"}:
            headers = Headers.parse(EncodedBody(raw, part.body_start, part.body_end, part.encoding).head(_MAX_REPORT))
        if headers and (found := _identifier(headers.first("message-id"))):
            yield found


def _identifier(value: bytes | None) -> str | None:
    found = _MESSAGE_ID.search(value) if value else None
    return found[0].decode("ascii", "replace") if found else None


def _bare(text: str) -> str:
    """Take the type off an address or a diagnostic (``rfc822; …``, ``smtp; …``)."""
    found = _ADDRESS_TYPE.match(text)
    return text[found.end() if found else 0 :].strip()

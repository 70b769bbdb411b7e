"""Receipts and delivery reports, written and read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.domain.errors import InvalidValue
from gateway.domain.mime import (
    DeliveryStatus,
    Dsn,
    Kind,
    Mailbox,
    Mdn,
    ReadingReport,
    ReportKind,
    attachments,
    compose_dsn,
    compose_mdn,
    parse_report,
    scan_message,
)

MDN = Mdn(
    from_=Mailbox.of("279035121518989@patient.test"),
    to=Mailbox.of("labo@labo.test"),
    message_id="<mdn@patient.test>",
    date=datetime(2024, 5, 6, tzinfo=UTC),
    original_subject="XDM/1.0/DDM+CR-BIO",
    original_message_id="<1@labo.test>",
    final_recipient="279035121518989@patient.test",
    text="Le document a été intégré.",
    reporting_ua="pli.test; Pli",
)
DSN = Dsn(
    from_=Mailbox.of("postmaster@pli.test"),
    to=Mailbox.of("labo@labo.test"),
    message_id="<dsn@pli.test>",
    date=datetime(2024, 5, 6, tzinfo=UTC),
    reporting_mta="mx.pli.test",
    recipients=(DeliveryStatus("a@b.test", "failed", "5.1.1", "550 5.1.1 no such mailbox"),
                DeliveryStatus("c@d.test", "delivered", "2.0.0")),
    text="Le message n’a pas été distribué.",
    original_headers=b"Message-ID: <1@labo.test>\r\nSubject: a\r\n\r\n",
)  # fmt: skip


def report_of(raw: bytes) -> ReadingReport:
    report = parse_report(raw, scan_message(raw))
    assert report is not None
    return report


def test_receipt_is_read_back() -> None:
    report = report_of(compose_mdn(MDN))
    assert (report.kind, report.original_message_id) == (ReportKind.DISPOSITION, "<1@labo.test>")
    assert (report.final_recipient, report.disposition) == (MDN.final_recipient, "processed")
    assert (report.failed, report.error_code, report.error_text) == (False, None, "")


def test_refused_filing_is_read_back() -> None:
    raw = compose_mdn(replace(MDN, error_code="904", error_text="L’INS est différente"))
    report = report_of(raw)
    assert (report.failed, report.error_code, report.error_text) == (True, "904", "L'INS est differente")
    # Software that knows nothing of encoded words finds code and label (STD §1.7).
    assert b"\r\nError: 904^L'INS est differente\r\n" in raw
    assert scan_message(raw).subject == "[KO Intégration système !][904] XDM/1.0/DDM+CR-BIO"
    assert b"processed/error\r\n" in raw


def test_reports_are_marked_so_that_nobody_answers_them() -> None:
    for raw in (compose_mdn(MDN), compose_dsn(DSN)):
        scanned = scan_message(raw)
        assert scanned.is_automatic_reply
        assert scanned.root.content_type.parameters["report-type"] in {"disposition-notification", "delivery-status"}
        assert scanned.defects == frozenset()
        assert attachments(scanned)[0].kind is Kind.REPORT


def test_disposition_is_a_token() -> None:
    with pytest.raises(InvalidValue):
        compose_mdn(replace(MDN, disposition="traité"))


def test_receipt_answers_its_message() -> None:
    scanned = scan_message(compose_mdn(MDN))
    assert (scanned.in_reply_to, scanned.references) == ("<1@labo.test>", ("<1@labo.test>",))
    assert scan_message(compose_mdn(replace(MDN, original_message_id=None))).in_reply_to is None


@pytest.mark.parametrize(("unasked", "sending"), [(True, b"automatically"), (False, b"manually")])
def test_displayed_receipt_follows_an_act_of_a_person(unasked: bool, sending: bytes) -> None:
    raw = compose_mdn(
        replace(MDN, disposition="displayed", automatic=False, unasked=unasked, original_recipient="x@y.test")
    )
    assert b"manual-action/MDN-sent-" + sending + b"; displayed\r\n" in raw
    assert b"Original-Recipient: rfc822; x@y.test\r\n" in raw
    assert scan_message(raw).subject.startswith("Lu : ")


def mdn_saying(fields: str, subtype: str = "disposition-notification") -> bytes:
    return (
        f"In-Reply-To: <r@x.test>\nContent-Type: multipart/report; boundary=b\n\n--b\n\ntext\n"
        f"--b\nContent-Type: message/{subtype}\n\n{fields}\n--b--\n"
    ).encode().replace(b"\n", b"\r\n")  # fmt: skip


AUTO = "automatic-action/MDN-sent-automatically"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (f"Disposition: {AUTO}; processed", ("processed", False, None, "")),
        (f"Disposition: {AUTO};processed", ("processed", False, None, "")),
        (f"Disposition: {AUTO}; processed/Error: 904^INS différent", ("processed", True, "904", "INS différent")),
        (f"Disposition: {AUTO}; processed/error: 906", ("processed", True, "906", "")),
        (f"Disposition: {AUTO}; processed/Error:\n 903 ^ sans INS", ("processed", True, "903", "sans INS")),
        (f"Disposition: {AUTO}; processed/error\nError: 905^x", ("processed", True, "905", "x")),
        (f"Disposition: {AUTO}; processed/error\nError: disk full", ("processed", True, None, "disk full")),
        (f"Disposition: {AUTO}; processed/error", ("processed", True, None, "")),
        (f"Disposition: {AUTO}; failed", ("failed", True, None, "")),
        (f"Disposition: {AUTO}; displayed/warning", ("displayed", False, None, "")),
        ("Disposition: nonsense", ("", False, None, "")),
        ("X-A: b", ("", False, None, "")),
    ],
)
def test_dispositions_are_read_in_every_spelling(fields: str, expected: tuple[str, bool, str | None, str]) -> None:
    report = report_of(mdn_saying(fields))
    assert (report.disposition, report.failed, report.error_code, report.error_text) == expected
    assert report.original_message_id == "<r@x.test>"


def test_delivery_report_is_read_back() -> None:
    report = report_of(compose_dsn(DSN))
    assert (report.kind, report.original_message_id, report.failed) == (ReportKind.DELIVERY, "<1@labo.test>", True)
    assert report.recipients == DSN.recipients


@pytest.mark.parametrize(
    ("action", "subject", "failed"),
    [
        ("failed", "Message non distribué", True),
        ("delayed", "Distribution retardée", False),
        ("delivered", "Message distribué", False),
    ],
)
def test_subject_of_a_delivery_report_says_what_happened(action: str, subject: str, failed: bool) -> None:
    raw = compose_dsn(replace(DSN, recipients=(DeliveryStatus("a@b.test", action, "0.0.0"),), envelope_id="xyz"))
    assert scan_message(raw).subject == subject
    assert report_of(raw).failed is failed
    assert b"Original-Envelope-Id: xyz\r\n" in raw


def test_original_identifier_comes_from_the_returned_message() -> None:
    recipient = "Original-Recipient: rfc822; a@b.test\nAction: Failed\nStatus: 5.0.0"
    raw = mdn_saying(f"Reporting-MTA: dns; x\n\n{recipient}\n\nX-A: no action", "delivery-status")
    returned = b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <o@x.test>\r\n\r\nx\r\n--b--"
    report = report_of(raw.replace(b"--b--", returned))
    assert report.original_message_id == "<o@x.test>"
    assert report.recipients == (DeliveryStatus("a@b.test", "failed", "5.0.0"),)
    assert report_of(raw).original_message_id == "<r@x.test>"
    nameless = returned.replace(b"Message-ID: <o@x.test>", b"Subject: a")
    assert report_of(raw.replace(b"--b--", nameless)).original_message_id == "<r@x.test>"


def test_delivery_report_without_original_headers() -> None:
    raw = compose_dsn(replace(DSN, original_headers=b"", original_message_id="<2@labo.test>"))
    assert report_of(raw).original_message_id == "<2@labo.test>"


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: a\r\n\r\nb",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--",
        b"Content-Type: multipart/report\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n",
    ],
)
def test_other_messages_are_no_reports(raw: bytes) -> None:
    assert parse_report(raw, scan_message(raw)) is None


def test_empty_report_says_nothing() -> None:
    report = report_of(mdn_saying("", "delivery-status"))
    assert (report.failed, report.recipients) == (False, ())

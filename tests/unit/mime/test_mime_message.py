"""What the scan says of a message as a whole."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.domain.mime import format_date, parse_date, scan_message

HEAD = (
    b"Received: one\r\nReceived: two\r\n"
    b"From: =?utf-8?Q?Laboratoire_L=C3=A9gar=C3=A9?= <labo@labo.test>\r\n"
    b"Sender: secretariat@labo.test\r\nReply-To: medecin@cabinet.test\r\n"
    b"To: a@b.test, c@d.test\r\nCc: e@f.test\r\nBcc: g@h.test\r\n"
    b"Disposition-Notification-To: labo@labo.test\r\n"
    b"Subject: =?utf-8?Q?R=C3=A9sultat?=\r\n =?utf-8?Q?_d'analyse?=\r\n"
    b"Date: Mon, 6 May 2024 07:08:09 +0200\r\n"
    b"Message-ID: <id.1@labo.test>\r\nIn-Reply-To: <r@x.test> (yours)\r\n"
    b"References: <q@x.test>\r\n <r@x.test>\r\n\r\n"
)


def test_scan_gives_decoded_fields() -> None:
    scanned = scan_message(HEAD + b"body\r\n")
    assert scanned.subject == "Résultat d'analyse"
    assert scanned.date == datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2)))
    assert (scanned.message_id, scanned.in_reply_to) == ("<id.1@labo.test>", "<r@x.test>")
    assert scanned.references == ("<q@x.test>", "<r@x.test>")
    assert (scanned.size, scanned.header_length) == (len(HEAD) + 6, len(HEAD))
    assert scanned.received_count == 2


def test_scan_gives_mailboxes() -> None:
    scanned = scan_message(HEAD)
    assert [(box.name, box.address) for box in scanned.from_] == [("Laboratoire Légaré", "labo@labo.test")]
    fields = (scanned.sender, scanned.reply_to, scanned.to, scanned.cc, scanned.bcc)
    assert [[box.address for box in field] for field in (*fields, scanned.disposition_notification_to)] == [
        ["secretariat@labo.test"], ["medecin@cabinet.test"], ["a@b.test", "c@d.test"], ["e@f.test"], ["g@h.test"],
        ["labo@labo.test"],
    ]  # fmt: skip


def test_absent_fields_are_none_or_empty() -> None:
    scanned = scan_message(b"\r\n")
    assert (scanned.message_id, scanned.in_reply_to, scanned.references) == (None, None, ())
    assert (scanned.subject, scanned.date, scanned.from_, scanned.author) == ("", None, (), None)


@pytest.mark.parametrize("value", [b"", b"no brackets", b"<with blank@x>", b"<>"])
def test_senseless_message_identifier_is_none(value: bytes) -> None:
    assert scan_message(b"Message-ID: " + value + b"\r\n\r\n").message_id is None


def test_long_references_keep_the_oldest_and_the_newest() -> None:
    field = b"References:" + b"".join(b"\r\n <%d@x.test>" % n for n in range(200))
    references = scan_message(field + b"\r\n\r\n").references
    assert (len(references), references[0], references[-1]) == (100, "<0@x.test>", "<199@x.test>")


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        (b"From: a@b.test", "a@b.test"),
        (b"From:\r\n A\r\n <a@b.test>", "a@b.test"),
        (b"From : a@b.test", "a@b.test"),
        (b"From: a@b.test\r\nfrom: c@d.test", None),
        (b"From: a@b.test\r\nFrom : a@b.test", None),
        (b"From: a@b.test, c@d.test", None),
        (b"From: a@b.test)<c@d.test>", None),
        (b"From: nobody", None),
        (b"From:", None),
        (b"To: a@b.test", None),
    ],
)
def test_author_is_the_one_valid_mailbox_of_the_one_from(fields: bytes, address: str | None) -> None:
    author = scan_message(fields + b"\r\n\r\n").author
    assert (author and author.address) == address


@pytest.mark.parametrize(
    ("fields", "automatic"),
    [
        (b"Auto-Submitted: auto-replied", True),
        (b"Auto-Submitted: AUTO-Replied; owner=x", True),
        (b"Auto-Submitted: auto-replied(vacation)", True),
        (b"Auto-Submitted: auto-generated", False),
        (b"Auto-Submitted: no", False),
        (b"Auto-Submitted: No (really)", False),
        (b"Auto-Submitted:", False),
        (b"Precedence: bulk", False),
        (b"X-A: b", False),
    ],
)
def test_automatic_replies_are_told(fields: bytes, automatic: bool) -> None:
    assert scan_message(fields + b"\r\n\r\n").is_automatic_reply is automatic


def at(hours: int, minutes: int = 0) -> timezone:
    return timezone(timedelta(hours=hours, minutes=minutes))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Fri, 21 Nov 1997 09:55:06 -0600", datetime(1997, 11, 21, 9, 55, 6, tzinfo=at(-6))),
        (b"Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n       -0330 (Newfoundland Time)",
         datetime(1969, 2, 13, 23, 32, tzinfo=at(-3, -30))),
        (b"21 Nov 97 09:55:06 GMT", datetime(1997, 11, 21, 9, 55, 6, tzinfo=UTC)),
        (b"Fri, 21 Nov 1997 09:55:06 EST", datetime(1997, 11, 21, 9, 55, 6, tzinfo=at(-5))),
        (b"21 Nov 07 09:55 -0000", datetime(2007, 11, 21, 9, 55, tzinfo=UTC)),
        (b"21 Nov 107 09:55:06", datetime(2007, 11, 21, 9, 55, 6, tzinfo=UTC)),
        (b"21-Nov-2024 23:59:60 +01:00", datetime(2024, 11, 21, 23, 59, 59, tzinfo=at(1))),
        (b"Friday, 21 November 1997 09:55:06.123 Z", datetime(1997, 11, 21, 9, 55, 6, tzinfo=UTC)),
        (b"", None),
        (b"yesterday", None),
        (b"31 Feb 2024 00:00:00 +0000", None),
        (b"1 Foo 2024 00:00:00 +0000", None),
        (b"1 Jan 2024 24:00:00 +0000", None),
        (b"1 Jan 2024 00:00:00 +9999", None),
        (b"2024-05-06T07:08:09Z", None),
    ],
)  # fmt: skip
def test_dates(value: bytes, expected: datetime | None) -> None:
    found = parse_date(value.replace(b"\r\n", b""))
    assert found == expected
    if found and expected:
        assert found.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize("zone", [UTC, at(2), at(-3, -30), at(5, 45)])
def test_dates_are_read_back_as_written(zone: timezone) -> None:
    instant = datetime(2024, 5, 6, 7, 8, 9, tzinfo=zone)
    assert parse_date(format_date(instant).encode()) == instant


def test_date_without_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        format_date(datetime(2024, 5, 6))  # noqa: DTZ001 - what is refused

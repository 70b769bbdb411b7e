"""What FETCH gives, octet for octet, and what it changes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from gateway.imap.session.session import ImapSession
from tests.builders.imap_client import ImapClient, flags_in
from tests.builders.imap_site import a_message, running

NESTED = (
    b"From: Labo <labo@biologie.example>\r\nSubject: =?utf-8?q?R=C3=A9sultats?=\r\nMIME-Version: 1.0\r\n"
    b"X-Long: one\r\n two\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\npreamble\r\n"
    b"--outer\r\nContent-Type: text/plain; charset=utf-8\r\nX-Part: un\r\n\r\nBonjour\r\n"
    b"--outer\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nTo: a@b.example\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/alternative; boundary=inner\r\n\r\n"
    b"--inner\r\nContent-Type: text/plain\r\n\r\ndeep\r\n"
    b"--inner\r\nContent-Type: text/html\r\n\r\n<p>deep</p>\r\n--inner--\r\n"
    b"--outer\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--outer--\r\n"
)
INNER = NESTED[NESTED.index(b"Subject: inner") : NESTED.index(b"\r\n--outer\r\nContent-Type: application/pdf")]


async def _section(client: ImapClient, item: str) -> bytes:
    [line] = (await client.good(f"FETCH 1 {item}")).untagged
    found = re.search(rb"\] ?(?:<\d+>)? \{\d+\}\r\n(.*)\)\Z", line, re.DOTALL)
    assert found, line
    return found[1]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("", NESTED),
        ("HEADER", NESTED[: NESTED.index(b"preamble")]),
        ("TEXT", NESTED[NESTED.index(b"preamble") :]),
        ("HEADER.FIELDS (subject x-long)", b"Subject: =?utf-8?q?R=C3=A9sultats?=\r\nX-Long: one\r\n two\r\n\r\n"),
        ("HEADER.FIELDS (X-Absent)", b"\r\n"),
        (
            "HEADER.FIELDS.NOT (From Subject X-Long)",
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n",
        ),
        ("1", b"Bonjour"),
        ("1.MIME", b"Content-Type: text/plain; charset=utf-8\r\nX-Part: un\r\n\r\n"),
        ("2", INNER),
        ("2.HEADER", INNER[: INNER.index(b"--inner")]),
        ("2.HEADER.FIELDS (Subject)", b"Subject: inner\r\n\r\n"),
        ("2.HEADER.FIELDS.NOT (Subject MIME-Version Content-Type)", b"To: a@b.example\r\n\r\n"),
        ("2.TEXT", INNER[INNER.index(b"--inner") :]),
        ("2.1", b"deep"),
        ("2.2", b"<p>deep</p>"),
        ("2.2.MIME", b"Content-Type: text/html\r\n\r\n"),
        ("3", b"JVBERi0="),
        ("4", b""),
        ("1.1", b""),
        ("1.HEADER", b""),
    ],
)
async def test_sections_are_the_octets_of_the_message(section: str, expected: bytes) -> None:
    async with running() as site:
        await site.fill(NESTED)
        async with site.signed_in("INBOX") as client:
            assert await _section(client, f"BODY.PEEK[{section}]") == expected
            if expected:
                assert await _section(client, f"BODY.PEEK[{section}]<2.4>") == expected[2:6]
                assert await _section(client, f"BODY.PEEK[{section}]<{len(expected)}.9>") == b""
                assert await _section(client, f"BODY.PEEK[{section}]<0.99999>") == expected


async def test_partial_names_its_origin() -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client:
            reply = await client.good("FETCH 1 BODY.PEEK[TEXT]<2.3>")
            assert reply.untagged == [b"1 FETCH (BODY[TEXT]<2> {3}\r\nxte)"]


@pytest.mark.parametrize(
    ("item", "label"), [("RFC822", b"RFC822"), ("RFC822.HEADER", b"RFC822.HEADER"), ("RFC822.TEXT", b"RFC822.TEXT")]
)
async def test_old_names_of_sections_are_answered_under_them(item: str, label: bytes) -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client:
            [line] = (await client.good(f"FETCH 1 {item}")).untagged
            assert line.startswith(b"1 FETCH (" + label + b" {")


@pytest.mark.parametrize(
    ("item", "sets"),
    [
        ("BODY[]", True),
        ("BODY[HEADER]", True),
        ("BODY[1]", True),
        ("RFC822", True),
        ("RFC822.TEXT", True),
        ("RFC822.HEADER", False),
        ("BODY.PEEK[]", False),
        ("BODY.PEEK[TEXT]", False),
        ("(ENVELOPE BODYSTRUCTURE BODY FLAGS)", False),
    ],
)
async def test_reading_a_body_sets_seen_and_says_so(item: str, sets: bool) -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            reply = await client.good(f"FETCH 1 {item}")
            assert len(reply.untagged) == 1
            assert (b"\\Seen" in reply.untagged[0]) is sets
            assert (await client.good("FETCH 1 FLAGS")).untagged == [
                b"1 FETCH (FLAGS (\\Seen))" if sets else b"1 FETCH (FLAGS ())"
            ]
            assert flags_in((await other.good("NOOP")).untagged) == ([b"\\Seen"] if sets else [])


async def test_flags_asked_for_are_those_after_seen_is_set() -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client:
            [line] = (await client.good("FETCH 1 (FLAGS BODY[TEXT])")).untagged
            assert flags_in([line]) == [b"\\Seen"]
            assert line.count(b"FLAGS") == 1


async def test_macros_and_attributes() -> None:
    async with running() as site:
        message = a_message("Sujet")
        await site.fill(message)
        async with site.signed_in("INBOX") as client:
            [line] = (await client.good("FETCH 1 FULL")).untagged
            for piece in (
                b"FLAGS ()",
                b'INTERNALDATE " 2-Mar-2026 12:00:00 +0000"',
                b"RFC822.SIZE %d" % len(message),
                b'ENVELOPE ("Mon, 02 Mar 2026 12:00:00 +0100" "Sujet" ',
                b'BODY ("text" "plain"',
            ):
                assert piece in line
            assert (await client.good("UID FETCH 1 RFC822.SIZE")).untagged == [
                b"1 FETCH (UID 1 RFC822.SIZE %d)" % len(message)
            ]


async def test_message_numbers_that_do_not_exist_are_bad_and_uids_are_not() -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client:
            assert (await client.ask("FETCH 2 FLAGS")).completion.startswith("BAD")
            assert (await client.good("UID FETCH 7:9 FLAGS")).untagged == []
            # The star is the last message even beyond it (RFC 3501 §6.4.8).
            assert (await client.good("UID FETCH 9:* UID")).untagged == [b"1 FETCH (UID 1)"]


async def test_large_message_comes_whole_and_in_parts() -> None:
    body = "\r\n".join(f"{number:070}" for number in range(30_000))
    message = a_message("Gros", body)
    async with running() as site:
        await site.fill(message, a_message())
        async with site.signed_in("INBOX") as client:
            assert await _section(client, "BODY.PEEK[]") == message
            assert await _section(client, "BODY.PEEK[TEXT]<1000000.700000>") == (body.encode())[1_000_000:1_700_000]
            reply = await client.good("FETCH 1:2 (UID BODY.PEEK[] BODY.PEEK[TEXT])")
            assert len(reply.untagged) == 2


async def test_many_messages_keep_their_numbers_across_chunks() -> None:
    async with running() as site:
        await site.fill(*[a_message(f"m{number}") for number in range(1_203)])
        async with site.signed_in("INBOX") as client:
            await client.good("STORE 5,600:700 +FLAGS.SILENT \\Deleted")
            await client.good("EXPUNGE")
            reply = await client.good("FETCH 1:* (UID ENVELOPE)")
            gone = {5, *range(600, 701)}
            left = [uid for uid in range(1, 1_204) if uid not in gone]
            expected = [(number, uid, f"m{uid - 1}") for number, uid in enumerate(left, 1)]
            found = [re.match(rb'(\d+) FETCH \(UID (\d+) ENVELOPE \("[^"]*" "(m\d+)"', line) for line in reply.untagged]
            assert [(int(m[1]), int(m[2]), m[3].decode()) for m in found if m] == expected
            some = (await client.good("UID FETCH 3:7,9,1100:1105 FLAGS")).untagged
            assert [int(line.split()[0]) for line in some] == [3, 4, 5, 6, 8, *range(998, 1_004)]


async def test_body_of_many_messages_is_fetched_in_order() -> None:
    async with running() as site:
        messages = [a_message(f"m{number}", "x" * (number * 997 % 20_000)) for number in range(130)]
        await site.fill(*messages)
        async with site.signed_in("INBOX") as client:
            reply = await client.good("FETCH 1:* BODY.PEEK[]")
            assert reply.untagged == [
                b"%d FETCH (BODY[] {%d}\r\n%b)" % (number, len(message), message)
                for number, message in enumerate(messages, 1)
            ]


LONG_HEADERS = a_message("longs", more="".join(f"X-{number}: {'a' * 900}\r\n" for number in range(90)))


async def test_no_more_items_than_the_limit_are_fetched_at_once() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        await site.fill(a_message())
        await client.good("NOOP")
        sections = [f"BODY.PEEK[HEADER.FIELDS.NOT (Z{number})]" for number in range(33)]
        await client.good(f"FETCH 1 ({' '.join(sections[:32])})")
        reply = await client.ask(f"FETCH 1 ({' '.join(sections)})")
        assert reply.completion.startswith("NO [LIMIT]")


@pytest.mark.parametrize("with_octets", ["", " BODY.PEEK[9]", " BODY.PEEK[1]"])
async def test_headers_asked_for_many_times_come_whole_though_put_together_in_batches(with_octets: str) -> None:
    async with running() as site:
        await site.fill(*[LONG_HEADERS] * 5)
        header = LONG_HEADERS[: LONG_HEADERS.index(b"\r\n\r\n") + 4]
        sections = " ".join(f"BODY.PEEK[HEADER.FIELDS.NOT (Z{number})]" for number in range(8))
        async with site.signed_in("INBOX") as client:
            lines = (await client.good(f"FETCH 1:* ({sections}{with_octets})")).untagged
        assert [line.split()[0] for line in lines] == [b"1", b"2", b"3", b"4", b"5"]
        assert [line.count(header) for line in lines] == [8] * 5


async def test_few_octets_are_put_together_before_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    plain = ImapSession.write

    def write(session: ImapSession, data: bytes) -> None:
        written.append(len(data))
        plain(session, data)

    monkeypatch.setattr(ImapSession, "write", write)
    async with running() as site:
        await site.fill(*[LONG_HEADERS] * 20)
        async with site.signed_in("INBOX") as client:
            await client.good("FETCH 1:* BODY.PEEK[HEADER]")
    assert sum(written) > 20 * 80_000
    assert max(written) < 512 * 1024 + len(LONG_HEADERS) + 100


async def test_message_without_its_octets_is_left_out_and_the_log_says_so() -> None:
    async with running() as site:
        await site.fill(a_message("Perdu"), a_message("Là"))
        for ref in list(site.at.blobs.older_than(datetime.now(UTC) + timedelta(days=1)))[:1]:
            site.at.blobs.delete(ref)
        with capture_logs() as logs:
            async with site.signed_in("INBOX") as client:
                reply = await client.good("FETCH 1:2 BODY.PEEK[HEADER.FIELDS (Subject)]")
                lost = await client.ask("FETCH 1:2 BODY.PEEK[TEXT]")
        assert (len(reply.untagged), len(lost.untagged)) == (2, 1)
        assert lost.completion.startswith("NO [CORRUPTION]")
        assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["imap.octets_gone"]


async def test_damaged_message_is_left_out_and_the_others_are_given() -> None:
    async with running() as site:
        await site.fill(a_message("Abîmé"), a_message("Sain"))
        [segment] = site.at.paths.blobs.iterdir()
        octets = bytearray(segment.read_bytes())
        octets[100] ^= 1
        segment.write_bytes(octets)
        with capture_logs() as logs:
            async with site.signed_in("INBOX") as client:
                reply = await client.ask("FETCH 1:2 BODY.PEEK[TEXT]")
        assert len(reply.untagged) == 1
        assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["imap.octets_gone"]

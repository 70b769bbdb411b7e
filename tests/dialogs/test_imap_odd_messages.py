"""Messages that old or strange programs wrote: FETCH and SEARCH show them as they were sent."""

import re

import pytest

from tests.builders.imap_client import ImapClient
from tests.builders.imap_site import running

ADDRESSES = (
    b"From: Cabinet <@relais.example,@b.example:cabinet@soins.example>\r\n"
    b"To: accueil (standard)@ (urgences) clinique.example, <dr.alba (le matin) @ clinique . example>\r\n"
    b"Cc: lea@x.example (avant) (M\\(artin\\)), Groupe: <@r.example:un@x.example>;\r\n"
    b"Subject: adresses\r\n\r\ntexte\r\n"
)
PARTS = (
    b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=lim\r\n\r\n"
    b"--lim\r\nContent-Transfer-Encoding: X-Zip64; v=2\r\n\r\nabc\r\n"
    b"--lim\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: uuencode (old)\r\n\r\n"
    b"--lim\r\n\r\n"
    b"--lim\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: BASE64\r\n\r\nYQ==\r\n--lim--\r\n"
)


async def _envelope(client: ImapClient) -> bytes:
    [line] = (await client.good("FETCH 1 ENVELOPE")).untagged
    return line


async def test_source_routes_and_comments_of_addresses_stand_where_the_envelope_has_a_place_for_them() -> None:
    async with running() as site:
        await site.fill(ADDRESSES)
        async with site.signed_in("INBOX") as client:
            line = await _envelope(client)
    assert line.count(b'(("Cabinet" "@relais.example,@b.example" "cabinet" "soins.example"))') == 3
    assert b'(("urgences" NIL "accueil" "clinique.example")(NIL NIL "dr.alba" "clinique.example"))' in line
    assert b'(("M(artin)" NIL "lea" "x.example")(NIL NIL "Groupe" NIL)(NIL "@r.example" "un" "x.example")' in line


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("TO accueil@clinique.example", True), ("TO dr.alba@clinique.example", True), ("TO standard", True),
        ('CC "M(artin) <lea@x.example>"', True), ("CC un@x.example", True), ("FROM cabinet@soins.example", True),
        ("FROM relais.example", True), ('HEADER To "clinique . example"', True), ('CC "m(ARTIN"', True),
        ("TO accueil@clinique.test", False), ("FROM accueil@clinique.example", False), ("BCC lea", False),
    ],
)  # fmt: skip
async def test_addresses_are_found_whatever_stands_within_them(key: str, found: bool) -> None:
    async with running() as site:
        await site.fill(ADDRESSES)
        async with site.signed_in("INBOX") as client:
            assert (await client.good(f"SEARCH {key}".encode())).numbers == ([1] if found else [])


async def test_unknown_transfer_encodings_are_named_as_they_were_sent() -> None:
    async with running() as site:
        await site.fill(PARTS)
        async with site.signed_in("INBOX") as client:
            for item in ("BODY", "BODYSTRUCTURE"):
                [line] = (await client.good(f"FETCH 1 {item}")).untagged
                assert re.findall(rb'NIL NIL "([^"]+)" (\d+)', line)[:4] == [
                    (b"X-Zip64", b"3"), (b"uuencode", b"0"), (b"7bit", b"0"), (b"base64", b"4"),
                ]  # fmt: skip


async def test_parts_that_are_empty_or_missing_are_empty_literals() -> None:
    async with running() as site:
        await site.fill(PARTS, b"Subject: rien\r\n\r\n")
        async with site.signed_in("INBOX") as client:
            for asked in ("1 2", "1 3", "1 3.MIME", "1 5", "1 1.7.TEXT", "2 1", "2 TEXT"):
                number, section = asked.split()
                [line] = (await client.good(f"FETCH {number} BODY.PEEK[{section}]")).untagged
                assert line == f"{number} FETCH (BODY[{section}] {{0}}\r\n)".encode()
            [line] = (await client.good("FETCH 2 (RFC822.TEXT RFC822.SIZE BODY.PEEK[]<90.5>)")).untagged
            assert line == b"2 FETCH (RFC822.TEXT {0}\r\n RFC822.SIZE 17 BODY[]<90> {0}\r\n FLAGS (\\Seen))"

"""Every search key of RFC 3501 §6.4.4 against messages that differ in it."""

from datetime import UTC, datetime

import pytest

from tests.builders.imap_client import ImapClient
from tests.builders.imap_site import Site, running

FIRST = (
    b"From: =?utf-8?q?H=C3=A9l=C3=A8ne?= <helene@biologie.example>\r\nTo: a@x.example\r\nCc: carl@x.example\r\n"
    b"Bcc: beata@x.example\r\nSubject: =?utf-8?q?R=C3=A9sultats_d=27analyse?=\r\nDate: 3 Mar 2026 23:30:00 -0500\r\n"
    b"X-Folded: alpha\r\n beta\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Cr\xc3\xa9atinine  \xc3\xa9lev\xc3\xa9e\r\n"
)
SECOND = (
    b"From: Paul <paul@clinique.example>\r\nTo: b@x.example\r\nSubject: Bonjour\r\nDate: 10 Mar 2026 10:00:00 +0000\r\n"
    b"\r\n" + b"long texte\r\n" * 100
)
THIRD = b"Subject:\r\n\r\n"


async def _prepared(site: Site) -> None:
    messages = site.mailbox.messages
    await messages.append("INBOX", FIRST, frozenset({"\\Seen", "$Label1"}), datetime(2026, 3, 4, 23, 59, tzinfo=UTC))
    await messages.append("INBOX", SECOND, frozenset({"\\Answered", "\\Flagged"}), datetime(2026, 3, 10, tzinfo=UTC))
    await messages.append("INBOX", THIRD, frozenset({"\\Draft", "\\Deleted"}), datetime(2026, 3, 11, tzinfo=UTC))


KEYS = [
    ("ALL", [1, 2, 3]), ("1,3", [1, 3]), ("2:*", [2, 3]), ("9", []), ("UID 2:3", [2, 3]), ("UID 9:*", [3]),
    ("ANSWERED", [2]), ("UNANSWERED", [1, 3]), ("DELETED", [3]), ("UNDELETED", [1, 2]), ("DRAFT", [3]),
    ("UNDRAFT", [1, 2]), ("FLAGGED", [2]), ("UNFLAGGED", [1, 3]), ("SEEN", [1]), ("UNSEEN", [2, 3]),
    ("KEYWORD $label1", [1]), ("UNKEYWORD $Label1", [2, 3]), ("RECENT", [1, 2, 3]), ("NEW", [2, 3]), ("OLD", []),
    ("BEFORE 10-Mar-2026", [1]), ("ON 10-Mar-2026", [2]), ("SINCE 10-Mar-2026", [2, 3]),
    ("ON 4-Mar-2026", [1]), ("SENTBEFORE 10-Mar-2026", [1]), ("SENTON 3-Mar-2026", [1]), ("SENTON 4-Mar-2026", []),
    ("SENTSINCE 10-Mar-2026", [2]), ("NOT SENTSINCE 10-Mar-2026", [1, 3]),
    (f"LARGER {len(FIRST)}", [2]), (f"SMALLER {len(FIRST)}", [3]), (f"LARGER {len(THIRD) - 1}", [1, 2, 3]),
    ("FROM paul", [2]), ("FROM helene", [1]), ('FROM "hélène"', [1]), ("FROM biologie.EXAMPLE", [1]), ("TO b@x", [2]),
    ("CC carl", [1]), ("BCC beata", [1]), ("SUBJECT resultats", [1]), ("SUBJECT \"d'analyse\"", [1]),
    ("SUBJECT q?R", []), ('SUBJECT ""', [1, 2, 3]), ('HEADER X-Folded ""', [1]), ('HEADER x-folded "alpha beta"', [1]),
    ("HEADER X-Absent x", []), ("HEADER Subject bonjour", [2]), ("HEADER Ject bonjour", []),
    ('BODY "creatinine elevee"', [1]), ('BODY "CRÉATININE"', [1]), ("BODY paul", []), ('BODY ""', [1, 2, 3]),
    ("NOT BODY texte", [1, 3]), ("TEXT paul", [2]), ("TEXT elevee", [1]), ("TEXT helene", [1]), ("TEXT absent", []),
    ("NOT TEXT paul", [1, 3]), ("SEEN TEXT helene", [1]), ("UNSEEN TEXT helene", []),
    ("OR SEEN TEXT texte", [1, 2]), ("OR ANSWERED OR DRAFT BODY absent", [2, 3]), ("(SEEN KEYWORD $Label1)", [1]),
    ("NOT (OR SEEN FLAGGED)", [3]), ("NOT 1", [2, 3]), ("CHARSET UTF-8 TEXT paul", [2]),
    ("CHARSET US-ASCII TEXT paul", [2]),
]  # fmt: skip




def _command(key: str) -> bytes:
    """Give what is not ASCII as a literal: a quoted string may not hold it."""
    if key.isascii():
        return f"SEARCH {key}".encode()
    verb, _, text = key.partition(" ")
    octets = text.strip('"').encode()
    return b"SEARCH %b {%d+}\r\n%b" % (verb.encode(), len(octets), octets)


async def test_every_key_finds_what_it_should() -> None:
    async with running() as site:
        await _prepared(site)
        async with site.signed_in("INBOX") as client:
            found = {key: (await client.good(_command(key))).numbers for key, _ in KEYS}
    assert found == dict(KEYS)


async def test_uid_search_gives_uids() -> None:
    async with running() as site:
        await _prepared(site)
        async with site.signed_in("INBOX") as client:
            await client.good("UID EXPUNGE 3")
            await client.good("UID STORE 1 +FLAGS.SILENT \\Deleted")
            await client.good("EXPUNGE")
            assert (await client.good("SEARCH ALL")).numbers == [1]
            assert (await client.good("UID SEARCH TEXT paul")).numbers == [2]


async def test_unknown_charset_names_those_that_are_known() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        assert (await client.ask("SEARCH CHARSET x-mine TEXT x")).completion.startswith("NO [BADCHARSET (UTF-8)]")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("()", b"ALL 1:3"),
        ("(ALL)", b"ALL 1:3"),
        ("(MIN MAX COUNT)", b"MIN 1 MAX 3 COUNT 3"),
        ("(COUNT)", b"COUNT 3"),
    ],
)
async def test_extended_search_gives_what_is_asked(options: str, expected: bytes) -> None:
    async with running() as site:
        await _prepared(site)
        async with site.signed_in("INBOX") as client:
            [line] = (await client.good(f"SEARCH RETURN {options} ALL")).untagged
            assert line == b'ESEARCH (TAG "t3") ' + expected
            [line] = (await client.good("UID SEARCH RETURN (MIN MAX ALL COUNT) TEXT absent")).untagged
            assert line == b'ESEARCH (TAG "t4") UID COUNT 0'


async def test_new_messages_are_recent_to_the_session_they_arrive_in() -> None:
    async with running() as site:
        await site.fill(FIRST, SECOND, THIRD)
        async with site.signed_in("INBOX") as client:
            await site.fill(SECOND)
            reply = await client.good("NOOP")
            assert reply.untagged == [b"4 EXISTS", b"1 RECENT"]
            for key, found in (("RECENT", [4]), ("NEW", [4]), ("OLD", [1, 2, 3])):
                assert (await client.good(f"SEARCH {key}")).numbers == found
            await client.good("SELECT INBOX")
            assert (await client.good("SEARCH RECENT")).numbers == []


async def test_search_names_only_what_the_client_knows_and_what_is_there() -> None:
    async with running() as site:
        await _prepared(site)
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 1 +FLAGS.SILENT \\Deleted")
            await other.good("UID EXPUNGE 1")
            await site.fill(THIRD)
            reply = await client.good("SEARCH NOT FLAGGED")
            assert (reply.numbers, b"4 EXISTS" in reply.untagged) == ([3], True)
            assert (await client.good("SEARCH NOT (OR FLAGGED BODY elevee)")).numbers == [3, 4]


async def _count(client: ImapClient, key: str) -> int:
    return len((await client.good(f"SEARCH {key}")).numbers)


async def test_search_of_more_messages_than_one_read_holds() -> None:
    async with running() as site:
        await site.fill(*[SECOND if number % 3 else FIRST for number in range(1_050)])
        async with site.signed_in("INBOX") as client:
            await client.good("STORE 1:350 +FLAGS.SILENT \\Seen")
            assert await _count(client, "BODY creatinine") == 350
            assert await _count(client, "UNSEEN") == 700
            assert await _count(client, "SEEN TEXT helene") == 117

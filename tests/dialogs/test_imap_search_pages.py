"""Headers searched by pages: what is found is the same before they are made, with them, and when some are gone."""

from collections.abc import Callable

import pytest

from gateway.domain.header_page import SPAN
from gateway.services.mailbox import header_pages
from tests.builders.imap_client import ImapClient
from tests.builders.imap_site import Site, a_message, running

_MANY = 3 * SPAN + 20
_KEYS: dict[str, Callable[[int], bool]] = {
    'SUBJECT "numero 7 "': lambda uid: uid % 10 == 7,
    "HEADER Message-ID 12@": lambda uid: uid in {112, 212},
    'HEADER Message-ID ""': lambda uid: uid % 3 > 0,
    "FROM labo@biologie.example": lambda _: True,
    "FROM secret": lambda uid: uid % 5 == 0,
    "HEADER X-Sort b": lambda uid: uid % 4 == 1,
    "SENTON 4-Mar-2026": lambda uid: uid % 5 == 0,
    "NOT SENTSINCE 3-Mar-2026": lambda uid: uid % 5 > 0,
    "OR SENTON 4-Mar-2026 SUBJECT absent": lambda uid: uid % 5 == 0,
    "UNSEEN OR SUBJECT etrange SENTSINCE 3-Mar-2026": lambda uid: uid % 5 == 0 and uid != 5,
}  # fmt: skip


def _letter(uid: int) -> bytes:
    more = f"Message-ID: <{uid}@x.example>\r\n" if uid % 3 else ""
    letter = a_message(f"=?utf-8?q?Num=C3=A9ro?= {uid % 10} fini", more=more + f"X-Sort: {'abcd'[uid % 4]}\r\n")
    if uid % 5 == 0:
        letter = letter.replace(b"Labo <labo@", b"labo@biologie.example,\r\n (le secret) <x@")
        letter = letter.replace(b"Mon, 02 Mar", b"Wed, 04 Mar")
    return letter


async def _found(client: ImapClient) -> dict[str, list[int]]:
    return {key: (await client.good(f"UID SEARCH {key}")).numbers for key in _KEYS}


def _expected(uids: list[int]) -> dict[str, list[int]]:
    return {key: [uid for uid in uids if matches(uid)] for key, matches in _KEYS.items()}


def _pages(site: Site) -> int:
    return int(site.at.behind_its_back("SELECT count(*) FROM header_page")[0][0])


async def test_headers_are_found_alike_with_pages_and_without() -> None:
    async with running() as site:
        await site.fill(*map(_letter, range(1, _MANY + 1)))
        async with site.signed_in("INBOX") as client:
            await client.good("UID STORE 5 +FLAGS.SILENT \\Seen")
            uids = list(range(1, _MANY + 1))
            assert await _found(client) == _expected(uids)
            assert _pages(site) == _MANY // SPAN  # the last is not full: messages still come into it
            assert await _found(client) == _expected(uids)

            await client.good("UID STORE 70,71 +FLAGS.SILENT \\Deleted")
            await client.good("EXPUNGE")
            assert _pages(site) == _MANY // SPAN - 1  # nothing of what was expunged stays
            await site.fill(*map(_letter, range(_MANY + 1, _MANY + SPAN)))
            await client.good("NOOP")
            uids = [uid for uid in range(1, _MANY + SPAN) if uid not in {70, 71}]
            assert await _found(client) == _expected(uids)
            assert _pages(site) == (_MANY + SPAN - 1) // SPAN
            site.at.behind_its_back("UPDATE header_page SET record = substr(record, 1, 40)")
            assert await _found(client) == _expected(uids)  # made again


async def test_search_that_finds_no_room_for_pages_still_answers() -> None:
    async with running() as site:
        await site.fill(*map(_letter, range(1, 2 * SPAN)))
        async with site.signed_in("INBOX") as client:
            site.at.behind_its_back("ALTER TABLE header_page RENAME TO elsewhere")
            site.at.behind_its_back("CREATE VIEW header_page AS SELECT * FROM elsewhere")
            assert (await client.good("UID SEARCH SUBJECT fini")).numbers == list(range(1, 2 * SPAN))


async def test_header_too_long_for_a_page_keeps_no_other_page_from_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_pages, "MADE_AT_ONCE", 1)
    async with running() as site:
        long = "".join(f"X-Long-{number}: {'a' * 900}\r\n" for number in range(40))
        await site.fill(a_message("fini", more=long), *map(_letter, range(2, 2 * SPAN + 20)))
        async with site.signed_in("INBOX") as client:
            for _ in range(2):
                found = await client.good("UID SEARCH SUBJECT fini")
                assert found.numbers == list(range(1, 2 * SPAN + 20))
            assert _pages(site) == 2

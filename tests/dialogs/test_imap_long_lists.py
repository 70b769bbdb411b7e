"""Long lists of flags, envelopes and structures: the same before pages of lines are made, and with them."""

import pytest

from gateway.domain.header_page import SPAN
from gateway.imap.verbs import fetch_lines
from tests.builders.imap_client import ImapClient
from tests.builders.imap_site import Site, a_message, running

_MANY = 5 * SPAN


def _pages(site: Site) -> int:
    return int(site.at.behind_its_back("SELECT count(*) FROM line_page")[0][0])


async def _listed(client: ImapClient, numbers: str = "1:*") -> list[bytes]:
    return (await client.good(f"FETCH {numbers} (BODYSTRUCTURE UID ENVELOPE FLAGS)")).named(b"FETCH (")


async def test_long_list_says_of_each_message_what_is_true_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way of reading, with the date of each message, is the measure."""
    monkeypatch.setattr(fetch_lines, "AT_ONCE", 20_000)
    async with running() as site:
        await site.fill(*(a_message(f"m{number}", "x" * number) for number in range(1, _MANY)))
        await site.fill(a_message("neu"), recent=True)
        async with site.signed_in("INBOX") as client:

            async def is_true() -> None:
                listed = await _listed(client)
                apart = await client.good("FETCH 1:* (BODYSTRUCTURE UID ENVELOPE FLAGS INTERNALDATE)")
                assert listed == [each.partition(b" INTERNALDATE")[0] + b")" for each in apart.named(b"FETCH (")]
                assert await _listed(client, "3,70:150,2") == [listed[place] for place in (1, 2, *range(69, 150))]
                flags = (await client.good("FETCH 1:* (UID FLAGS)")).named(b"FETCH (")
                assert [each.split()[0] for each in flags] == [each.split()[0] for each in listed]
                ends = [[each.rsplit(b"FLAGS", 1)[1] for each in found] for found in (flags, listed)]
                assert ends[0] == ends[1]

            await client.good("STORE 5,200 +FLAGS.SILENT (\\Seen $Label)")
            await is_true()
            assert _pages(site) == _MANY // SPAN  # messages still come into the last
            await is_true()
            await client.good("STORE 70,71,319 +FLAGS.SILENT \\Deleted")
            await is_true()
            await client.good("EXPUNGE")
            assert _pages(site) == _MANY // SPAN - 2  # nothing of what was expunged stays
            await site.fill(a_message("plus"))
            await client.good("NOOP")
            await is_true()
            assert _pages(site) == _MANY // SPAN
            site.at.behind_its_back("UPDATE line_page SET record = substr(record, 1, 40)")
            await is_true()


async def test_long_list_without_room_for_pages_is_still_answered() -> None:
    async with running() as site:
        await site.fill(*(a_message(f"m{number}") for number in range(1, _MANY)))
        async with site.signed_in("INBOX") as client:
            site.at.behind_its_back("ALTER TABLE line_page RENAME TO elsewhere")
            site.at.behind_its_back("CREATE VIEW line_page AS SELECT * FROM elsewhere")
            assert len(await _listed(client)) == _MANY - 1

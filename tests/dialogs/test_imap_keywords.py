r"""Keywords are named before they are shown, and \Recent is told to one session alone (RFC 3501 §7.2.6, §2.3.2)."""

from gateway.store.rows.folders import MAX_KEYWORDS
from tests.builders.imap_client import ImapClient, Reply, flags_in
from tests.builders.imap_site import a_message, running

SYSTEM = b"\\Answered \\Flagged \\Deleted \\Seen \\Draft"


def _told(*keywords: bytes) -> list[bytes]:
    known = b" ".join([SYSTEM, *keywords])
    return [b"FLAGS (" + known + b")", b"OK [PERMANENTFLAGS (" + known + b" \\*)] flags kept"]


def _of_flags(reply: Reply) -> list[bytes]:
    return [line for line in reply.untagged if line.startswith((b"FLAGS", b"OK [PERMANENTFLAGS"))]


async def test_keywords_stand_in_flags_and_permanentflags_of_every_session_before_they_are_shown() -> None:
    async with running() as site:
        await site.fill(a_message(), a_message(), a_message())
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            reply = await client.good("STORE 1,3 +FLAGS (urgent $Suivi)")
            assert reply.untagged[:2] == _told(b"$Suivi", b"urgent")
            assert reply.named(b"FETCH") == [b"%d FETCH (FLAGS ($Suivi urgent))" % number for number in (1, 3)]
            assert _of_flags(await client.good("STORE 2 +FLAGS (URGENT)")) == []
            silent = await client.good("STORE 2 +FLAGS.SILENT (Labo)")
            assert silent.untagged == _told(b"$Suivi", b"urgent", b"Labo")
            named: set[bytes] = set()
            heard = [*(await other.good("FETCH 2 FLAGS")).untagged, *(await other.good("FETCH 1:3 FLAGS")).untagged]
            for line in heard:
                [words] = [set(flags.lower().split()) for flags in flags_in([line])]
                assert b"FETCH" not in line or words <= named, "a keyword that was not named before"
                named |= words
            assert {b"$suivi", b"urgent", b"labo"} <= named
            # In use once, it stays named: a client may set it again (RFC 3501 §7.2.6).
            await client.good("STORE 1:3 FLAGS ()")
            assert _of_flags(await client.good("SELECT INBOX")) == _told(b"$Suivi", b"urgent", b"Labo")
            examined = _of_flags(await other.good("EXAMINE INBOX"))
            assert examined == [_told(b"$Suivi", b"urgent", b"Labo")[0], b"OK [PERMANENTFLAGS ()] flags kept"]


async def test_keywords_come_with_messages_that_are_appended_copied_and_moved() -> None:
    async with running() as site, site.signed_in("Corbeille") as client, site.signed_in() as other:
        await other.append("INBOX", a_message(), "(\\Seen $Lu)")
        await other.append("Corbeille", a_message(), "($Tri)")
        assert _of_flags(await client.good("NOOP")) == _told(b"$Tri")
        await other.good("SELECT INBOX")
        await other.good("COPY 1 Corbeille")
        assert _of_flags(await client.good("NOOP")) == _told(b"$Tri", b"$Lu")
        await other.good("MOVE 1 Brouillons")
        assert _of_flags(await other.good("SELECT Brouillons")) == _told(b"$Lu")


async def test_a_folder_has_no_more_keywords_than_can_be_listed() -> None:
    async with running() as site:
        await site.fill(*[a_message() for _ in range(MAX_KEYWORDS // 50 + 1)])
        async with site.signed_in("INBOX") as client:
            for number in range(MAX_KEYWORDS // 50):
                words = " ".join(f"k{number}-{each}" for each in range(50))
                await client.good(f"STORE {number + 1} +FLAGS.SILENT ({words})")
            last = MAX_KEYWORDS // 50 + 1
            assert (await client.ask(f"STORE {last} +FLAGS (mehr)")).completion.startswith("NO [LIMIT]")
            assert (await client.good(f"STORE {last} +FLAGS.SILENT (k0-0 \\Seen)")).untagged == []


async def _recent(client: ImapClient, command: str) -> list[bytes]:
    return [line for line in (await client.good(command)).untagged if line.endswith(b" RECENT")]


async def test_recent_messages_are_told_to_the_first_session_that_selects_the_mailbox() -> None:
    async with running() as site:
        await site.fill(a_message(), recent=False)
        await site.fill(a_message(), a_message(), recent=True)
        async with site.signed_in() as first, site.signed_in() as second, site.signed_in() as third:
            assert (await third.good("STATUS INBOX (RECENT)")).untagged == [b"STATUS INBOX (RECENT 2)"]
            assert await _recent(third, "EXAMINE INBOX") == [b"2 RECENT"]  # it leaves them as they are
            assert await _recent(first, "SELECT INBOX") == [b"2 RECENT"]
            assert await _recent(second, "SELECT INBOX") == [b"0 RECENT"]
            assert (await first.good("SEARCH RECENT")).numbers == [2, 3]
            assert (await second.good("SEARCH RECENT")).numbers == []
            assert (await third.good("STATUS INBOX (RECENT)")).untagged == [b"STATUS INBOX (RECENT 0)"]
            await third.good("UNSELECT")
            await third.append("INBOX", a_message())
            assert (await second.good("NOOP")).untagged == [b"4 EXISTS", b"1 RECENT"]
            assert (await first.good("NOOP")).untagged == [b"4 EXISTS"]
            flags = [flags_in((await client.good("FETCH 2:4 FLAGS")).untagged) for client in (first, second)]
            assert flags == [[b"\\Recent", b"\\Recent", b""], [b"", b"", b"\\Recent"]]
            await first.good("STORE 2 +FLAGS.SILENT (\\Deleted)")
            assert (await first.good("EXPUNGE")).untagged == [b"2 EXPUNGE", b"1 RECENT"]
            for client in (first, second):
                await client.good("CLOSE")
            assert await _recent(third, "SELECT INBOX") == [b"0 RECENT"]


async def test_who_examines_a_mailbox_hears_of_each_recent_message_once() -> None:
    async with running() as site, site.signed_in() as client:
        await site.fill(a_message(), a_message(), recent=True)
        assert await _recent(client, "EXAMINE INBOX") == [b"2 RECENT"]
        for count in (3, 4):
            await site.fill(a_message(), recent=True)
            assert (await client.good("NOOP")).untagged == [b"%d EXISTS" % count, b"%d RECENT" % count]
        assert (await client.good("SEARCH RECENT")).numbers == [1, 2, 3, 4]
        async with site.signed_in("INBOX") as other:  # who selects it is the first to be told of all
            assert (await other.good("SEARCH RECENT")).numbers == [1, 2, 3, 4]


async def test_what_was_told_as_recent_stays_so_after_connections_that_break() -> None:
    async with running() as site:
        await site.fill(a_message(), recent=True)
        async with site.signed_in("INBOX") as client:
            assert (await client.good("SEARCH RECENT")).numbers == [1]
            await site.fill(a_message(), recent=True)
            await client.good("NOOP")
        async with site.signed_in() as client:
            await client.good("LOGOUT")
            assert await client.closed()
        async with site.signed_in() as client:
            assert await _recent(client, "SELECT INBOX") == [b"0 RECENT"]
            await client.good("RENAME INBOX Ancien")
            assert await _recent(client, "SELECT Ancien") == [b"2 RECENT"]  # they are new there

"""Opening, closing and counting mailboxes."""

import pytest

from tests.builders.imap_site import a_message, running


async def test_select_tells_all_that_the_standard_requires() -> None:
    async with running() as site, site.signed_in() as client:
        await site.fill(a_message("un"), flags=["\\Seen"])
        await site.fill(a_message("deux"), a_message("trois"))
        reply = await client.good("SELECT inbox")
        assert reply.completion.startswith("OK [READ-WRITE]")
        text = b"\n".join(reply.untagged)
        assert b"3 EXISTS\n0 RECENT" in text
        assert rb"FLAGS (\Answered \Flagged \Deleted \Seen \Draft)" in text
        assert rb"[PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)]" in text
        assert b"[UNSEEN 2]" in text
        assert b"[UIDNEXT 4]" in text
        assert b"[UIDVALIDITY " in text


async def test_empty_inbox_can_be_examined() -> None:
    async with running() as site, site.signed_in() as client:
        reply = await client.good("EXAMINE INBOX")
        assert reply.completion.startswith("OK [READ-ONLY]")
        assert b"0 EXISTS" in reply.untagged
        assert reply.named(b"PERMANENTFLAGS ()")
        assert not reply.named(b"UNSEEN")


@pytest.mark.parametrize(
    "command", ["STORE 1 +FLAGS \\Seen", "EXPUNGE", "UID EXPUNGE 1", "MOVE 1 Corbeille", "UID MOVE 1 Corbeille"]
)
async def test_nothing_changes_in_a_mailbox_opened_with_examine(command: str) -> None:
    async with running() as site, site.signed_in() as client:
        await site.fill(a_message(), flags=["\\Deleted"])
        await client.good("EXAMINE INBOX")
        assert (await client.ask(command)).completion.startswith("NO")
        await client.good("FETCH 1 BODY[]")
        assert (await client.good("FETCH 1 FLAGS")).untagged == [b"1 FETCH (FLAGS (\\Deleted))"]


async def test_close_after_examine_says_ok_and_expunges_nothing() -> None:
    async with running() as site, site.signed_in() as client:
        await site.fill(a_message(), flags=["\\Deleted"])
        await client.good("EXAMINE INBOX")
        assert (await client.good("CLOSE")).untagged == []
        assert (await client.good("STATUS INBOX (MESSAGES)")).untagged == [b"STATUS INBOX (MESSAGES 1)"]


async def test_close_expunges_silently_and_unselect_does_not() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        await site.fill(a_message(), flags=["\\Deleted"])
        assert (await client.good("UNSELECT")).untagged == []
        assert (await client.good("STATUS INBOX (MESSAGES)")).untagged == [b"STATUS INBOX (MESSAGES 1)"]
        await client.good("SELECT INBOX")
        assert (await client.good("CLOSE")).untagged == []
        assert (await client.good("STATUS INBOX (MESSAGES)")).untagged == [b"STATUS INBOX (MESSAGES 0)"]
        assert (await client.ask("CHECK")).completion.startswith("BAD")


async def test_select_that_fails_leaves_nothing_selected() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        reply = await client.ask("SELECT absent")
        assert reply.completion.startswith("NO [NONEXISTENT]")
        assert reply.named(b"[CLOSED]")
        assert (await client.ask("FETCH 1 FLAGS")).completion.startswith("BAD")


async def test_select_of_another_mailbox_closes_the_first_without_expunging() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        await site.fill(a_message(), flags=["\\Deleted"])
        reply = await client.good("SELECT Corbeille")
        assert reply.untagged[0].startswith(b"OK [CLOSED]")
        assert (await client.good("STATUS INBOX (MESSAGES)")).untagged == [b"STATUS INBOX (MESSAGES 1)"]


async def test_status_gives_every_figure() -> None:
    async with running() as site, site.signed_in() as client:
        message = a_message()
        await site.fill(message, message)
        reply = await client.good("STATUS INBOX (MESSAGES RECENT UIDNEXT UNSEEN SIZE APPENDLIMIT)")
        size = 2 * len(message)
        assert reply.untagged == [
            b"STATUS INBOX (MESSAGES 2 RECENT 0 UIDNEXT 3 UNSEEN 2 SIZE %d APPENDLIMIT 25000000)" % size
        ]


@pytest.mark.parametrize(
    "command",
    [
        "SELECT INBOX (CONDSTORE)",
        "FETCH 1 MODSEQ",
        "FETCH 1 FLAGS (CHANGEDSINCE 0)",
        "UID STORE 1 (UNCHANGEDSINCE 3) +FLAGS \\Seen",
        "SEARCH MODSEQ 3",
        "STATUS INBOX (HIGHESTMODSEQ)",
        "SEARCH RETURN (SAVE) ALL",
    ],
)
async def test_extensions_that_are_not_offered_are_bad_everywhere(command: str) -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        await site.fill(a_message())
        await client.good("NOOP")
        assert (await client.ask(command)).completion.startswith("BAD")
        assert (await client.good("FETCH 1 FLAGS")).untagged == [b"1 FETCH (FLAGS (\\Recent))"]


async def test_uidvalidity_survives_renaming_restarting_sessions_and_other_folders() -> None:
    async with running() as site, site.signed_in() as client:
        [before] = (await client.good("STATUS Corbeille (UIDVALIDITY UIDNEXT)")).untagged
        await client.good("CREATE autre")
        await client.good("RENAME Corbeille Poubelle")
    # And the same after a reconnection.
        async with site.signed_in() as again:
            [after] = (await again.good("STATUS Poubelle (UIDVALIDITY UIDNEXT)")).untagged
    assert after.split(b"(")[1] == before.split(b"(")[1]


async def test_a_folder_of_the_same_name_has_another_uidvalidity() -> None:
    async with running() as site, site.signed_in() as client:
        await client.good("CREATE a")
        [before] = (await client.good("STATUS a (UIDVALIDITY)")).untagged
        await client.good("DELETE a")
        await client.good("CREATE a")
        [after] = (await client.good("STATUS a (UIDVALIDITY)")).untagged
        assert after != before

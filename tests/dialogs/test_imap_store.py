"""STORE, EXPUNGE, COPY and MOVE: what changes, what is said, and in which order."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.ports.store import Priority, Tx
from tests.builders.imap_site import Site, a_message, running

T = TypeVar("T")


async def _filled(site: Site, count: int = 3) -> None:
    await site.fill(*[a_message(f"m{number}") for number in range(1, count + 1)])


@pytest.mark.parametrize(
    ("before", "item", "after"),
    [
        (["\\Seen"], "+FLAGS (\\Deleted)", b"\\Deleted \\Seen"),
        (["\\Seen"], "FLAGS (\\Flagged)", b"\\Flagged"),
        (["\\Seen"], "FLAGS ()", b""),
        (["\\Seen", "$Label1"], "-FLAGS (\\seen $LABEL1)", b""),
        (["$Label1"], "+FLAGS ($label1 $MDNSent)", b"$Label1 $MDNSent"),
        ([], "+FLAGS \\answered \\DRAFT", b"\\Answered \\Draft"),
    ],
)
async def test_store_changes_flags_and_tells_the_result(before: list[str], item: str, after: bytes) -> None:
    async with running() as site:
        await site.fill(a_message(), flags=before)
        async with site.signed_in("INBOX") as client:
            assert (await client.good(f"STORE 1 {item}")).named(b"FETCH (") == [b"1 FETCH (FLAGS (" + after + b"))"]
            assert (await client.good("UID FETCH 1 FLAGS")).untagged == [b"1 FETCH (UID 1 FLAGS (" + after + b"))"]


async def test_silent_store_says_nothing_and_uid_store_names_the_uid() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client:
            assert (await client.good("STORE 1:* +FLAGS.SILENT \\Seen")).untagged == []
            assert (await client.good("NOOP")).untagged == []
            reply = await client.good("UID STORE 2:9 +FLAGS \\Flagged")
            assert reply.untagged == [
                b"2 FETCH (UID 2 FLAGS (\\Flagged \\Seen))",
                b"3 FETCH (UID 3 FLAGS (\\Flagged \\Seen))",
            ]


@pytest.mark.parametrize("flags", ["\\Recent", "\\Foo"])
async def test_flags_that_nobody_may_set_are_bad(flags: str) -> None:
    async with running() as site:
        await _filled(site, 1)
        async with site.signed_in("INBOX") as client:
            assert (await client.ask(f"STORE 1 +FLAGS ({flags})")).completion.startswith("BAD")


@pytest.mark.parametrize("flags", ["x" * 101, " ".join(f"k{number}" for number in range(80))])
async def test_keywords_are_bounded(flags: str) -> None:
    async with running() as site:
        await _filled(site, 1)
        async with site.signed_in("INBOX") as client:
            assert (await client.ask(f"STORE 1 +FLAGS ({flags})")).completion.startswith("NO [LIMIT]")


async def test_expunge_tells_numbers_that_are_right_one_after_the_other() -> None:
    async with running() as site:
        await _filled(site, 6)
        async with site.signed_in("INBOX") as client:
            await client.good("STORE 2,3,5 +FLAGS.SILENT \\Deleted")
            numbers = [int(line.split()[0]) for line in (await client.good("EXPUNGE")).untagged]
            left = [1, 2, 3, 4, 5, 6]
            for number in numbers:
                del left[number - 1]
            assert left == [1, 4, 6]
            reply = await client.good("FETCH 1:* UID")
            assert reply.untagged == [b"1 FETCH (UID 1)", b"2 FETCH (UID 4)", b"3 FETCH (UID 6)"]


async def test_uid_expunge_takes_only_what_is_named_and_marked() -> None:
    async with running() as site:
        await _filled(site, 4)
        async with site.signed_in("INBOX") as client:
            await client.good("STORE 1,2,4 +FLAGS.SILENT \\Deleted")
            assert (await client.good("UID EXPUNGE 2:3")).untagged == [b"2 EXPUNGE"]
            assert (await client.good("UID SEARCH DELETED")).numbers == [1, 4]


async def test_expunged_octets_are_handed_to_the_outbox() -> None:
    async with running() as site:
        await _filled(site, 3)
        async with site.signed_in("INBOX") as client:
            await client.good("COPY 1 Corbeille")
            await client.good("STORE 1:2 +FLAGS.SILENT \\Deleted")
            await client.good("EXPUNGE")
        # The first message is still in another folder; only the second is nowhere any more.
        assert (await site.at.store.read(lambda tx: tx.outbox.counts()))["waiting"] == 1


async def test_copy_keeps_flags_and_dates_and_pairs_uids() -> None:
    async with running() as site:
        await _filled(site)
        await site.fill(a_message(), mailbox="Corbeille")
        async with site.signed_in("INBOX") as client:
            await client.good("STORE 2 +FLAGS.SILENT (\\Flagged $Label1)")
            [status] = (await client.good("STATUS Corbeille (UIDVALIDITY)")).untagged
            validity = status.split()[-1].rstrip(b")").decode()
            reply = await client.good("COPY 2:3 Corbeille")
            assert reply.completion.startswith(f"OK [COPYUID {validity} 2:3 2:3]")
            dates = (await client.good("FETCH 2 INTERNALDATE")).untagged
            await client.good("SELECT Corbeille")
            [line] = (await client.good("FETCH 2 (FLAGS INTERNALDATE)")).untagged
            assert b"FLAGS ($Label1 \\Flagged \\Recent)" in line
            assert dates[0].split(b"(")[1] in line + b")"


async def test_copy_to_an_unknown_mailbox_suggests_to_create_it() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client:
            for verb in ("COPY", "UID COPY", "MOVE", "UID MOVE"):
                assert (await client.ask(f"{verb} 1:2 absent")).completion.startswith("NO [TRYCREATE]")
            assert (await client.good("SEARCH ALL")).numbers == [1, 2, 3]


async def test_copy_of_a_message_that_is_gone_copies_nothing() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 2 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            assert (await client.ask("COPY 1:3 Corbeille")).completion.startswith("NO [EXPUNGEISSUED]")
            assert (await other.good("STATUS Corbeille (MESSAGES)")).untagged == [b"STATUS Corbeille (MESSAGES 0)"]
            assert (await client.good("UID COPY 1:3 Corbeille")).completion.startswith("OK [COPYUID")
            assert (await other.good("STATUS Corbeille (MESSAGES)")).untagged == [b"STATUS Corbeille (MESSAGES 2)"]


async def test_uid_copy_of_nothing_is_ok_without_a_code() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client:
            assert (await client.ask("UID COPY 77 Corbeille")).completion == "OK done"
            assert (await client.ask("COPY 77 Corbeille")).completion.startswith("BAD")


async def test_move_tells_copyuid_before_expunge() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client:
            reply = await client.good("UID MOVE 1,3 Corbeille")
            assert reply.untagged[0].startswith(b"OK [COPYUID ")
            assert reply.untagged[1:] == [b"3 EXPUNGE", b"1 EXPUNGE"]
            assert (await client.good("FETCH 1:* UID")).untagged == [b"1 FETCH (UID 2)"]
            await client.good("SELECT Corbeille")
            assert len((await client.good("FETCH 1:* BODY.PEEK[]")).untagged) == 2


async def test_move_within_one_mailbox_gives_new_uids() -> None:
    async with running() as site:
        await _filled(site)
        async with site.signed_in("INBOX") as client:
            await client.good("MOVE 1 INBOX")
            assert (await client.good("UID SEARCH ALL")).numbers == [2, 3, 4]


async def test_more_messages_than_one_transaction_holds_are_stored_copied_moved_and_expunged() -> None:
    async with running() as site:
        await _filled(site, 1_050)
        async with site.signed_in("INBOX") as client:
            assert len((await client.good("STORE 1:* +FLAGS \\Flagged")).untagged) == 1_050
            assert (await client.good("COPY 1:* Corbeille")).completion.endswith(" 1:1050 1:1050] done")
            assert len((await client.good("MOVE 1:520 Corbeille")).untagged) == 521
            await client.good("STORE 1:* +FLAGS.SILENT \\Deleted")
            assert len((await client.good("EXPUNGE")).untagged) == 530
            [status] = (await client.good("STATUS Corbeille (MESSAGES)")).untagged
            assert status.endswith(b"(MESSAGES 1570)")


async def test_copy_that_fails_midway_leaves_the_target_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as site:
        await _filled(site, 600)
        async with site.signed_in("INBOX") as client:
            write, calls = site.at.store.write, iter(range(9))

            async def fail_second(fn: Callable[[Tx], T], *, priority: Priority = Priority.MAIL) -> T:
                if next(calls) == 1:
                    raise StoreUnavailable("disk full")
                return await write(fn, priority=priority)

            monkeypatch.setattr(site.at.store, "write", fail_second)
            assert (await client.ask("COPY 1:* Corbeille")).completion.startswith("NO [UNAVAILABLE]")
            assert (await client.good("STATUS Corbeille (MESSAGES)")).untagged == [b"STATUS Corbeille (MESSAGES 0)"]
            assert len((await client.good("SEARCH ALL")).numbers) == 600

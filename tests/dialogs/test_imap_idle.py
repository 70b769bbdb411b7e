"""IDLE pushes what is committed, from the first moment, and ends as clients end it."""

from datetime import timedelta

from gateway.domain.mailbox import Flags
from tests.builders.imap_site import Site, a_message, running


async def _flag(site: Site, uid: int, flag: str) -> None:
    def with_flag(flags: Flags) -> Flags:
        return flags | {flag}

    opened = await site.mailbox.open("INBOX")
    await site.mailbox.messages.change_flags(opened.folder.id, [(uid, uid)], with_flag, opened.folder.highest_modseq)


async def test_new_messages_flags_and_expunges_are_pushed() -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client:
            tag = await client.idle()
            await site.fill(a_message())
            assert await client.response() == b"* 2 EXISTS"
            assert await client.response() == b"* 1 RECENT"
            await _flag(site, 1, "\\Deleted")
            assert await client.response() == b"* 1 FETCH (UID 1 FLAGS (\\Deleted))"
            opened = await site.mailbox.open("INBOX")
            await site.mailbox.messages.expunge(opened.folder.id)
            assert await client.response() == b"* 1 EXPUNGE"
            await client.send(b"done\r\n")
            assert (await client.finish(tag)).ok


async def test_what_landed_just_before_idle_is_told() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        # Committed while the session is between two commands: nothing has been told yet.
        await site.fill(a_message())
        tag = await client.begin("IDLE")
        heard = [await client.response() for _ in range(3)]
        assert b"* 1 EXISTS" in heard
        await client.send(b"DONE\r\n")
        assert (await client.finish(tag)).ok


async def test_commands_pipelined_around_idle_are_all_answered() -> None:
    """IOS sends the end of IDLE and the next command in one segment, sometimes with IDLE itself."""
    async with running() as site, site.signed_in("INBOX") as client:
        await client.send(b"a NOOP\r\nb IDLE\r\nDONE\r\nc NOOP\r\nd IDLE\r\n")
        heard = [await client.response() for _ in range(5)]
        assert [line[:2] for line in heard] == [b"a ", b"+ ", b"b ", b"c ", b"+ "]
        await client.send(b"DONE\r\ne NOOP\r\n")
        assert [(await client.response())[:4] for _ in range(2)] == [b"d OK", b"e OK"]


async def test_anything_but_done_ends_idle_as_bad() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        tag = await client.idle()
        await client.send(b"x NOOP\r\n")
        assert (await client.finish(tag)).completion.startswith("BAD")
        await client.good("NOOP")


async def test_idle_without_a_mailbox_waits_in_silence() -> None:
    async with running() as site, site.signed_in() as client:
        tag = await client.idle()
        await site.fill(a_message())
        await client.send(b"DONE\r\n")
        reply = await client.finish(tag)
        assert reply.ok
        assert reply.untagged == []


async def test_idle_that_is_never_renewed_ends() -> None:
    async with running(idle_timeout=timedelta(milliseconds=200)) as site, site.signed_in("INBOX") as client:
        await client.idle()
        assert (await client.response()).startswith(b"* BYE no command in time, closing: connect again / ")
        assert await client.closed()


async def test_many_sessions_on_one_mailbox_all_hear() -> None:
    async with running() as site, site.signed_in("INBOX") as one, site.signed_in("INBOX") as two:
        for client in (one, two):
            await client.idle()
        await site.fill(a_message())
        for client in (one, two):
            assert await client.response() == b"* 1 EXISTS"

"""APPEND: what is taken, what is refused before it travels, and what the answer means."""

import pytest

from gateway.domain.mailbox import BlobKey
from gateway.ports.store import Tx
from tests.builders.imap_site import a_message, running
from tests.builders.store import newest


async def test_message_is_stored_with_flags_and_date_and_named_by_uid() -> None:
    async with running() as site, site.signed_in() as client:
        [status] = (await client.good("STATUS Brouillons (UIDVALIDITY)")).untagged
        validity = status.split()[-1].rstrip(b")").decode()
        arguments = '(\\Draft \\seen $Label1) "01-Jan-2024 03:04:05 +0200"'
        reply = await client.append("Brouillons", a_message("Projet"), arguments)
        assert reply.completion.startswith(f"OK [APPENDUID {validity} 1]")
        await client.good("SELECT Brouillons")
        [line] = (await client.good("FETCH 1 (FLAGS INTERNALDATE BODY.PEEK[])")).untagged
        assert b"FLAGS ($Label1 \\Draft \\Seen \\Recent)" in line
        assert b'INTERNALDATE " 1-Jan-2024 01:04:05 +0000"' in line
        assert line.endswith(a_message("Projet") + b")")


async def test_client_that_waits_is_told_to_go_ahead() -> None:
    async with running() as site, site.signed_in() as client:
        message = a_message()
        tag = await client.begin(f"APPEND INBOX {{{len(message)}}}")
        assert (await client.response()).startswith(b"+ ")
        await client.send(message + b"\r\n")
        assert (await client.finish(tag)).ok


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("APPEND absent {100}", "NO [TRYCREATE]"),
        ("APPEND INBOX {25000001}", "NO [TOOBIG]"),
        (f"APPEND INBOX ({'x' * 101}) {{100}}", "NO [LIMIT]"),
        ("APPEND INBOX (\\Recent) {100}", "BAD"),
    ],
)
async def test_what_will_not_be_taken_is_refused_before_it_is_sent(command: str, answer: str) -> None:
    async with running() as site, site.signed_in() as client:
        assert (await client.ask(command)).completion.startswith(answer)
        await client.good("NOOP")


async def test_refused_literal_does_not_break_what_follows() -> None:
    """Outlook goes on with IDLE after a refused message."""
    async with running() as site, site.signed_in("INBOX") as client:
        assert not (await client.append("absent", a_message())).ok
        assert not (await client.append("INBOX", b"x" * 30_000_000)).ok
        tag = await client.idle()
        await site.fill(a_message())
        assert await client.response() == b"* 1 EXISTS"
        await client.response()
        await client.send(b"DONE\r\n")
        assert (await client.finish(tag)).ok


@pytest.mark.parametrize("broken", [b"Subject: x\n\nbare\n", b"Subject: x\r\n\r\n" + b"y" * 200_000])
async def test_what_is_no_message_is_refused(broken: bytes) -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        assert (await client.append("INBOX", broken)).completion.startswith("NO")
        assert (await client.good("NOOP")).untagged == []


async def test_draft_with_long_lines_is_taken() -> None:
    async with running() as site, site.signed_in() as client:
        assert (await client.append("Brouillons", a_message(body="<p>" * 9_000))).ok


async def test_message_appended_to_the_selected_mailbox_is_news() -> None:
    async with running() as site, site.signed_in("INBOX") as client:
        assert (await client.append("INBOX", a_message())).untagged == [b"1 EXISTS", b"1 RECENT"]


async def test_octets_are_durable_before_the_answer() -> None:
    async with running() as site, site.signed_in() as client:
        await client.append("INBOX", a_message("Durable"))

        def stored(tx: Tx) -> BlobKey:
            [(_, entry, _)] = newest(tx, site.vault, 9)
            return tx.blobs.open(site.vault, tx.mail.content(site.vault, entry.mid).blob)

        key = await site.at.store.read(stored)
        assert site.at.blobs.read(key) == a_message("Durable")


async def test_answer_joins_the_thread_of_its_parent() -> None:
    async with running() as site:
        await site.fill(a_message("Question", more="Message-ID: <q@x.example>\r\n"))
        await site.fill(a_message("Re: Question", more="References: <q@x.example>\r\n"), mailbox="Envoyés")
        messages = await site.at.store.read(lambda tx: newest(tx, site.vault, 9))
        assert len({entry.thread for _, entry, _ in messages}) == 1


async def test_appending_leaves_a_trace() -> None:
    async with running() as site, site.signed_in() as client:
        await client.append("INBOX", a_message())
        [event] = await site.at.store.read(lambda tx: tx.audit.events(site.vault, 1))
        assert event.action == "message.appended"

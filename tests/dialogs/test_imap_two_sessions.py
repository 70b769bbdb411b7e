"""Two sessions on one mailbox: each client's copy, rebuilt from what it hears, is what the server has."""

import asyncio
import random

import pytest

from tests.builders.imap_client import ImapClient, Reply
from tests.builders.imap_model import MailboxModel
from tests.builders.imap_site import Site, a_message, running

FLAGS = ("\\Seen", "\\Flagged", "\\Deleted", "\\Answered", "$Label1")
NUMBERS_STAND = ("FETCH", "STORE", "SEARCH")


class Pair:
    """A client and its copy of INBOX."""

    def __init__(self, client: ImapClient) -> None:
        self.client = client
        self.model = MailboxModel()

    async def begin(self) -> None:
        self.model.hear((await self.client.good("SELECT INBOX")).untagged)
        await self.look()

    async def ask(self, command: str) -> Reply:
        before = self.model.expunges_heard
        reply = await self.client.ask(command)
        self.model.hear(reply.untagged)
        if command.startswith(NUMBERS_STAND):
            assert self.model.expunges_heard == before, "EXPUNGE while numbers must stand"
        assert not reply.completion.startswith("BAD"), (command, reply.completion)
        return reply

    async def look(self) -> None:
        if self.model.messages:
            await self.ask("FETCH 1:* (UID FLAGS)")

    async def act(self, dice: random.Random) -> None:
        count = len(self.model.messages)
        if dice.random() < 0.25 or not count:
            self.model.hear((await self.client.append("INBOX", a_message(f"m{dice.random()}"))).untagged)
            return
        low, high = sorted((dice.randint(1, count), dice.randint(1, count)))
        uid = self.model.messages[low - 1].uid or 1
        flag, sign = dice.choice(FLAGS), dice.choice(("+", "-", ""))
        await self.ask(
            dice.choice(
                (
                    f"STORE {low}:{high} {sign}FLAGS ({flag})",
                    f"STORE {low} {sign}FLAGS.SILENT ({flag})",
                    f"UID STORE {uid}:* {sign}FLAGS ({flag})",
                    f"FETCH {low} BODY[]",
                    f"FETCH {low}:* (UID FLAGS)",
                    f"UID FETCH {uid} BODY[TEXT]",
                    f"SEARCH {flag.lstrip(chr(92)).upper() if flag[0] == chr(92) else f'KEYWORD {flag}'}",
                    f"UID SEARCH {low}:{high}",
                    f"COPY {low} INBOX",
                    f"UID COPY {uid} Corbeille",
                    f"MOVE {low} Corbeille",
                    f"UID MOVE {uid} INBOX",
                    "EXPUNGE",
                    f"UID EXPUNGE {uid}:{uid + 3}",
                    "NOOP",
                    "CHECK",
                    "STATUS INBOX (MESSAGES)",
                )
            )
        )


async def _silent_changes(pair: Pair) -> None:
    """Learn what .SILENT kept from this client: it knows what it did, the model does not."""
    await pair.ask("NOOP")
    await pair.look()


async def _truth(site: Site) -> list[tuple[int | None, frozenset[bytes] | None]]:
    folder = (await site.mailbox.open("INBOX")).folder.id
    entries = await site.at.store.read(lambda tx: tx.mail.entries(site.vault, folder, 1, 2**32))
    return [(entry.uid, frozenset(flag.encode() for flag in entry.flags.split())) for entry in entries]


@pytest.mark.parametrize("seed", range(12))
async def test_each_copy_equals_the_mailbox_after_any_run_of_commands(seed: int) -> None:
    dice = random.Random(seed)  # the seed is the test's name: a failure can be repeated
    async with running() as site:
        await site.fill(*[a_message(f"m{number}") for number in range(6)])
        async with site.signed_in() as first, site.signed_in() as second:
            pairs = [Pair(first), Pair(second)]
            for pair in pairs:
                await pair.begin()
            for _ in range(120):
                await dice.choice(pairs).act(dice)
            for pair in pairs:
                await _silent_changes(pair)
                assert pair.model.state == await _truth(site)


async def test_each_copy_equals_the_mailbox_when_both_act_at_once() -> None:
    async def run(pair: Pair, seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(100):
            await pair.act(dice)

    async with running() as site:
        await site.fill(*[a_message() for _ in range(6)])
        async with site.signed_in() as first, site.signed_in() as second:
            pairs = [Pair(first), Pair(second)]
            for pair in pairs:
                await pair.begin()
            await asyncio.gather(*(run(pair, seed) for seed, pair in enumerate(pairs)))
            for pair in pairs:
                await _silent_changes(pair)
                assert pair.model.state == await _truth(site)


async def test_flags_are_told_without_asking_again() -> None:
    """The same without .SILENT and without a last look: what is heard suffices."""
    dice = random.Random(7)
    async with running() as site:
        await site.fill(*[a_message() for _ in range(8)])
        async with site.signed_in() as first, site.signed_in() as second:
            pairs = [Pair(first), Pair(second)]
            for pair in pairs:
                await pair.begin()
            for _ in range(150):
                pair = dice.choice(pairs)
                low = dice.randint(1, 8)
                await pair.ask(f"STORE {low} {dice.choice('+-')}FLAGS ({dice.choice(FLAGS)})")
            for pair in pairs:
                await pair.ask("NOOP")
                assert pair.model.state == await _truth(site)


async def test_expunge_waits_until_numbers_may_move() -> None:
    async with running() as site:
        await site.fill(a_message("un"), a_message("deux"), a_message("trois"))
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 1 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            assert (await client.good("SEARCH SUBJECT trois")).numbers == [3]
            assert (await client.good("FETCH 3 UID")).untagged[0] == b"3 FETCH (UID 3)"
            gone = await client.ask("FETCH 1:2 UID")
            assert gone.completion.startswith("OK [EXPUNGEISSUED]")
            assert gone.untagged == [b"2 FETCH (UID 2)"]
            assert (await client.ask("STORE 1 +FLAGS \\Seen")).completion.startswith("OK [EXPUNGEISSUED]")
            assert (await client.good("STORE 1 +FLAGS.SILENT \\Seen")).untagged == []
            assert (await client.good("NOOP")).untagged == [b"1 EXPUNGE"]
            assert (await client.good("SEARCH SUBJECT trois")).numbers == [2]


async def test_new_messages_are_told_while_expunges_wait() -> None:
    async with running() as site:
        await site.fill(a_message(), a_message())
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 1 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            await other.append("INBOX", a_message())
            assert b"3 EXISTS" in (await client.good("SEARCH ALL")).untagged
            assert (await client.good("FETCH 3 UID")).untagged == [b"3 FETCH (UID 3)"]
            assert (await client.good("NOOP")).untagged == [b"1 EXPUNGE"]


async def test_silent_store_still_tells_what_another_session_changed() -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.good("STORE 1 +FLAGS.SILENT \\Flagged")
            reply = await client.good("STORE 1 +FLAGS.SILENT \\Seen")
            assert reply.untagged == [b"1 FETCH (FLAGS (\\Flagged \\Seen))"]


async def test_a_message_that_comes_and_goes_in_between_is_never_told() -> None:
    async with running() as site:
        await site.fill(a_message())
        async with site.signed_in("INBOX") as client, site.signed_in("INBOX") as other:
            await other.append("INBOX", a_message())
            await other.good("STORE 2 +FLAGS.SILENT \\Deleted")
            await other.good("EXPUNGE")
            assert (await client.good("NOOP")).untagged == []
            await other.append("INBOX", a_message())
            # The other session was told of it as recent, and no other is.
            assert (await client.good("NOOP")).untagged == [b"2 EXISTS"]
            assert (await client.good("FETCH 2 UID")).untagged == [b"2 FETCH (UID 3)"]

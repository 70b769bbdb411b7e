"""Eight clients on one mailbox at once: none hears a NO or BAD that Dovecot would not give, all end with the truth."""

import asyncio
import random
from contextlib import AsyncExitStack

import pytest

from tests.builders.imap_client import ImapClient
from tests.builders.imap_model import MailboxModel
from tests.builders.imap_site import Site, a_message, running

CLIENTS = 8
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "suivi", "$Lu", "urgent")
FEW = 12
"""Messages below which a client adds one."""


class _Busy:
    """A client that does as a busy person would, with its copy of INBOX."""

    def __init__(self, client: ImapClient, seed: int) -> None:
        self.client = client
        self.model = MailboxModel()
        self.dice = random.Random(seed)
        self.acts = 0

    async def ask(self, command: str) -> None:
        reply = await self.client.ask(command)
        self.model.hear(reply.untagged)
        # COPY and MOVE are all or nothing, for Dovecot too (RFC 2180 §4.4.1).
        gone = command.startswith(("COPY", "MOVE")) and reply.completion.startswith("NO [EXPUNGEISSUED]")
        assert reply.ok or gone, (command, reply.completion)

    async def work(self, until: float) -> None:
        loop = asyncio.get_running_loop()
        await self.ask("SELECT INBOX")
        while loop.time() < until:
            self.acts += 1
            await self._act()
        await self.ask("NOOP")
        if self.model.messages:
            await self.ask("FETCH 1:* (UID FLAGS)")

    async def _act(self) -> None:
        count, dice = len(self.model.messages), self.dice
        if count < FEW:
            reply = await self.client.append("INBOX", a_message(f"m{dice.random()}"), f"({dice.choice(FLAGS[:3])})")
            assert reply.ok
            self.model.hear(reply.untagged)
            return
        if dice.random() < 0.2:
            await self._idle()
            return
        low, high = sorted((dice.randint(1, count), dice.randint(1, count)))
        flag, sign = dice.choice(FLAGS), dice.choice(("+", "-", ""))
        await self.ask(
            dice.choice(
                (
                    f"STORE {low}:{high} {sign}FLAGS ({flag})", f"STORE {low} {sign}FLAGS.SILENT ({flag} \\Seen)",
                    f"STORE {low} +FLAGS (\\Deleted)", "EXPUNGE", "EXPUNGE", f"UID EXPUNGE {low}:*",
                    f"FETCH {low}:{high} (UID FLAGS)", f"FETCH {low} BODY[]", f"FETCH {low}:{high} (ENVELOPE UID)",
                    f"UID FETCH {low}:* BODY[TEXT]", "SEARCH UNSEEN", f"SEARCH KEYWORD {FLAGS[-1]} {low}:{high}",
                    f"COPY {low} Corbeille", f"UID MOVE {low} Corbeille", "NOOP", "CHECK", "STATUS INBOX (RECENT)",
                )
            )
        )  # fmt: skip

    async def _idle(self) -> None:
        """Wait until somebody else has done something, if it is soon."""
        tag = await self.client.idle()
        try:
            async with asyncio.timeout(0.1):
                self.model.hear([(await self.client.response()).removeprefix(b"* ")])
        except TimeoutError:
            pass
        await self.client.send(b"DONE\r\n")
        reply = await self.client.finish(tag)
        assert reply.ok, reply.completion
        self.model.hear(reply.untagged)


async def _truth(site: Site) -> list[tuple[int | None, frozenset[bytes] | None]]:
    folder = (await site.mailbox.open("INBOX")).folder.id
    entries = await site.at.store.read(lambda tx: tx.mail.entries(site.vault, folder, 1, 2**32))
    return [(entry.uid, frozenset(entry.flags.encode().split())) for entry in entries]


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(180)])])
async def test_eight_clients_store_expunge_fetch_and_idle_on_one_mailbox(seconds: int) -> None:
    async with running() as site, AsyncExitStack() as stack:
        await site.fill(*[a_message(f"m{number}") for number in range(20)])
        clients = [await stack.enter_async_context(site.signed_in()) for _ in range(CLIENTS)]
        busy = [_Busy(client, seed) for seed, client in enumerate(clients)]
        until = asyncio.get_running_loop().time() + seconds
        await asyncio.gather(*(each.work(until) for each in busy))
        # Whoever ended sooner has not heard what the others did since.
        for each in busy:
            await each.ask("NOOP")
            if each.model.messages:
                await each.ask("FETCH 1:* (UID FLAGS)")
            assert each.model.state == await _truth(site)
        assert min(each.acts for each in busy) > seconds
        assert sum(each.model.expunges_heard for each in busy) > seconds

"""Mail clients that do as busy persons would, all on one mailbox, each with its own copy of it."""

import asyncio
import random

from tests.builders.imap_client import ImapClient
from tests.builders.imap_model import MailboxModel
from tests.builders.imap_site import a_message

Known = list[tuple[int | None, frozenset[bytes] | None]]
"""UIDs and flags of a mailbox, in the order of its numbers."""
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "suivi", "$Lu", "urgent")
FEW = 12
"""Messages below which a client adds one."""


class BusyClient:
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

    async def knows(self) -> Known:
        """Give what the client knows of the mailbox, once it has asked for what it was not told."""
        await self.ask("NOOP")
        if self.model.messages:
            await self.ask("FETCH 1:* (UID FLAGS)")
        return self.model.state


async def work_together(clients: list[ImapClient], seconds: float) -> list[BusyClient]:
    """Let clients work on INBOX at once, so long; give each with what it has heard."""
    busy = [BusyClient(client, seed) for seed, client in enumerate(clients)]
    until = asyncio.get_running_loop().time() + seconds
    await asyncio.gather(*(each.work(until) for each in busy))
    assert min(each.acts for each in busy) > seconds
    assert sum(each.model.expunges_heard for each in busy) > seconds
    return busy

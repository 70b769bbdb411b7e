"""Mail clients that mark messages without pause, and behave as programs do when the other side dies.

Each replaces the flags of one message after another in a mailbox that nobody else marks. The ledger has what it was
told is done, and what it asked for without an answer.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import Final

from tests.crash.ledger import Flags, Ledger
from tests.crash.site import Site

_FLAGS: Final = (r"\Answered", r"\Draft", r"\Flagged", r"\Seen")
_CHOICES: Final[tuple[Flags, ...]] = tuple(
    frozenset(some) for some in chain.from_iterable(combinations(_FLAGS, count) for count in range(1, 5))
)
_AT_ONCE = 8
"""Messages that are marked before the mailbox is looked at again."""
_LIMIT = 30.0
_PAUSE, _REST = 0.02, 0.05
"""Seconds between two marks, and before a connection that failed is tried again."""


@dataclass(slots=True)
class MailClient:
    """One connection after another, one mark after another."""

    site: Site
    ledger: Ledger
    address: str
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def mark_for_ever(self) -> None:
        """Mark until told to stop."""
        context = ssl.create_default_context(cafile=str(self.site.world.authority))
        while not self.stopping.is_set():
            await self.site.serving.wait()
            try:
                ends = await asyncio.open_connection("127.0.0.1", self.site.ports["imap"], ssl=context,
                                                     server_hostname="localhost")  # fmt: skip
            except OSError:
                await asyncio.sleep(_REST)
                continue
            try:
                await self._talk(*ends)
            except (OSError, EOFError, TimeoutError):
                await asyncio.sleep(_REST)
            finally:
                ends[1].transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chance = self.ledger.chance

        async def ask(command: str) -> list[str]:
            """Give what stands before the OK; `EOFError` when there is no OK."""
            async with asyncio.timeout(_LIMIT):
                writer.write(b"a " + command.encode() + b"\r\n")
                lines = []
                while not (line := await reader.readline()).startswith(b"a "):
                    if not line.endswith(b"\n"):
                        raise EOFError("the server is gone")
                    lines.append(line.decode())
                if not line.startswith(b"a OK"):
                    raise EOFError(line.decode())
                return lines

        await ask(f'LOGIN "{self.address}" "{self.site.world.passwords[self.address]}"')
        await ask("SELECT INBOX")
        while not self.stopping.is_set():
            found = await ask("UID SEARCH ALL")
            uids = [int(word) for line in found if line.startswith("* SEARCH") for word in line.split()[2:]]
            for uid in chance.sample(uids, min(_AT_ONCE, len(uids))):
                marks = self.ledger.marks_of(self.address, uid)
                others = [one for one in _CHOICES if one not in marks.possible]
                if not others:
                    continue  # asked for so often in vain that anything is possible
                marks.offer(flags := chance.choice(others))
                await ask(f"UID STORE {uid} FLAGS.SILENT ({' '.join(sorted(flags))})")
                marks.acknowledge()
                await asyncio.sleep(_PAUSE)
            await asyncio.sleep(_PAUSE)

"""Laboratories that send without pause, over mutual TLS, and behave as mail servers do when the other side dies.

What was not acknowledged is sent again, octet for octet, until it is; some is given up instead, and some that was
acknowledged is sent once more.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.crash.ledger import LABORATORY, MARKED, Ledger, Sending
from tests.crash.mail_client import MailClient
from tests.crash.site import Site
from tests.crash.system_calls import Transmission

_GIVEN_UP = 0.1
"""Share of broken transmissions that are not repeated: the message may then be there once, or not at all."""
_REPEATED = 0.1
"""Share of acknowledged messages that are sent once more on purpose."""
_LIMIT = 30.0
_PAUSE = 0.02
"""Seconds before a message that was put off, or a connection that failed, is tried again."""


@dataclass(slots=True)
class Laboratory:
    """One connection after another, one message after another."""

    site: Site
    ledger: Ledger
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledged: list[Transmission] = field(default_factory=list)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def send_for_ever(self) -> None:
        """Send until told to stop; what is under way then is sent to its end."""
        chance = self.ledger.chance
        while not self.stopping.is_set():
            sending = self.ledger.next()
            while not sending.acknowledged:
                if not await self.offer(sending) and sending.offered and chance.random() < _GIVEN_UP:
                    break
            if sending.acknowledged and chance.random() < _REPEATED:
                await self.offer(sending)
        self.hang_up()

    async def offer(self, sending: Sending) -> bool:
        """Send once, on the open connection or a new one; say whether it was acknowledged."""
        await self.site.serving.wait()
        try:
            async with asyncio.timeout(_LIMIT):
                if self._writer is None:
                    await self._connect()
                reply = await self._transmit(sending)
        except (OSError, EOFError, TimeoutError):
            self.hang_up()
            await asyncio.sleep(_PAUSE)
            return False
        if reply.startswith("250"):
            sending.acknowledged += 1
            return True
        # A refusal for good would be taken for the message's end: 5xx never answers a fault of the server.
        (self.ledger.deferrals if reply.startswith("4") else self.ledger.refusals).append(reply)
        self.hang_up()
        await asyncio.sleep(_PAUSE)
        return False

    def hang_up(self) -> None:
        """Drop the connection, if there is one."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def leave_after_the_dot(self, sending: Sending) -> None:
        """Send a message to its final dot on a new connection, and close without waiting for the reply."""
        await self._connect()
        await self._begin(sending)
        assert self._writer is not None
        self._writer.write(sending.wire)
        sending.offered += 1
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
        self._reader = self._writer = None

    async def _connect(self) -> None:
        world = self.site.world
        sender = world.senders[str(LABORATORY.address)]
        context = ssl.create_default_context(cafile=str(world.authority))
        context.load_cert_chain(sender.certificate, sender.key)
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.site.ports["relay"])
        await self._reply()
        await self._ask("EHLO labo.example")
        await self._ask("STARTTLS")
        await self._writer.start_tls(context, server_hostname="localhost")
        await self._ask("EHLO labo.example")

    async def _transmit(self, sending: Sending) -> str:
        refusal = await self._begin(sending)
        if refusal:
            return refusal
        assert self._writer is not None
        handed = time.time()
        self._writer.write(sending.wire)
        await self._writer.drain()
        sending.offered += 1
        self.ledger.offering.set()
        reply = await self._reply()
        if reply.startswith("250"):
            port = self._writer.get_extra_info("sockname")[1]
            self.acknowledged.append(Transmission(port, handed, time.time()))
        return reply

    async def _begin(self, sending: Sending) -> str:
        """Say the envelope, up to 354; give the first reply that is not as wished, or nothing."""
        commands = [f"MAIL FROM:<{LABORATORY.address}>", *(f"RCPT TO:<{to}>" for to in sending.recipients), "DATA"]
        for command in commands:
            reply = await self._ask(command)
            if not reply.startswith(("250", "354")):
                return reply
        return ""

    async def _ask(self, command: str) -> str:
        assert self._writer is not None
        self._writer.write(command.encode() + b"\r\n")
        return await self._reply()

    async def _reply(self) -> str:
        assert self._reader is not None
        while True:
            line = await self._reader.readline()
            if not line.endswith(b"\n"):
                raise EOFError("the server is gone")
            if line[3:4] != b"-":
                return line.decode().rstrip()


@dataclass(slots=True)
class Load:
    """Several laboratories at once, and mail clients that mark what comes."""

    site: Site
    ledger: Ledger
    connections: int = 4
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    laboratories: list[Laboratory] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[Transmission]:
        """List every transmission that was answered with 250."""
        return [sent for laboratory in self.laboratories for sent in laboratory.acknowledged]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send while the block runs, and at its end to the end of what is under way: the server must answer then."""
        async with asyncio.TaskGroup() as watching:
            watcher = watching.create_task(self.site.watch())
            async with asyncio.TaskGroup() as sending:
                for _ in range(self.connections):
                    laboratory = Laboratory(self.site, self.ledger, self.stopping)
                    self.laboratories.append(laboratory)
                    sending.create_task(laboratory.send_for_ever())
                for address in MARKED:
                    sending.create_task(MailClient(self.site, self.ledger, address, self.stopping).mark_for_ever())
                try:
                    yield
                finally:
                    self.stopping.set()
            watcher.cancel()

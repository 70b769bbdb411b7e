"""A client that sends what it is told and reads whole responses, literals included; it knows no more of IMAP."""

import asyncio
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")
_PATIENCE = 10.0


@dataclass(frozen=True)
class Reply:
    """What a command brought: its completion without the tag, and the untagged responses before it."""

    completion: str
    untagged: list[bytes]

    @property
    def ok(self) -> bool:
        return self.completion.startswith("OK")

    def named(self, word: bytes) -> list[bytes]:
        """Give the untagged responses that hold a word, without ``* ``."""
        return [line for line in self.untagged if word in line]

    @property
    def numbers(self) -> list[int]:
        """Give the result of SEARCH."""
        [line] = [line for line in self.untagged if line.startswith(b"SEARCH")]
        return [int(word) for word in line.split()[1:]]


class ImapClient:
    """One connection; responses come without their CRLF and without ``* ``."""

    def __init__(self, port: int, context: ssl.SSLContext | None) -> None:
        self._port, self._context = port, context
        self._serial = 0
        self.greeting = b""

    async def __aenter__(self) -> Self:
        reader, writer = await asyncio.open_connection("localhost", self._port, ssl=self._context, limit=1 << 26)
        await self.greeted_on(reader, writer)
        return self

    async def greeted_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk on these streams from now on."""
        self._reader, self._writer = reader, writer
        self.greeting = await self.response()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.transport.abort()

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    @property
    def socket(self) -> socket.socket:
        """Give this end of the connection."""
        # Any: the stream does not say what stands behind a name.
        found: socket.socket = self._writer.get_extra_info("socket")
        return found

    def stop_reading(self) -> None:
        """Leave what the server sends in the sockets."""
        # A public way to a stream's transport is only in its writer; what is read and written there is one.
        transport = self._writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()

    def go_on_reading(self) -> None:
        """Take it from there."""
        transport = self._writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.resume_reading()

    async def line(self) -> bytes:
        """Read one line, and no literal that it announces."""
        async with asyncio.timeout(_PATIENCE):
            return await self._line()

    async def octets(self, count: int) -> bytes:
        """Read a literal."""
        async with asyncio.timeout(_PATIENCE):
            return await self._reader.readexactly(count)

    async def response(self) -> bytes:
        """Read one response with its literals; empty when the server has closed."""
        async with asyncio.timeout(_PATIENCE):
            whole = await self._line()
            while found := _LITERAL.search(whole):
                whole += await self._reader.readexactly(int(found[1]))
                whole += await self._line()
        return whole.removesuffix(b"\r\n")

    async def _line(self) -> bytes:
        try:
            return await self._reader.readline()
        except ConnectionError:
            return b""

    async def begin(self, command: str | bytes) -> bytes:
        """Send a command and give its tag."""
        self._serial += 1
        tag = b"t%d" % self._serial
        await self.send(tag + b" " + (command.encode() if isinstance(command, str) else command) + b"\r\n")
        return tag

    async def finish(self, tag: bytes) -> Reply:
        """Read up to the completion of a command."""
        untagged: list[bytes] = []
        while True:
            line = await self.response()
            if line.startswith(tag + b" "):
                return Reply(line[len(tag) + 1 :].decode(), untagged)
            if not line:
                raise ConnectionResetError("the server has closed the connection")
            untagged.append(line.removeprefix(b"* "))

    async def ask(self, command: str | bytes) -> Reply:
        """Send a command and read its answer."""
        return await self.finish(await self.begin(command))

    async def good(self, command: str | bytes) -> Reply:
        """Send a command that must succeed."""
        reply = await self.ask(command)
        assert reply.ok, (command, reply)
        return reply

    async def append(self, mailbox: str, message: bytes, arguments: str = "") -> Reply:
        """Append with a literal that does not wait."""
        head = f"APPEND {mailbox} {arguments}{' ' if arguments else ''}{{{len(message)}+}}\r\n"
        return await self.ask(head.encode() + message)

    async def idle(self) -> bytes:
        """Begin IDLE and give its tag."""
        tag = await self.begin("IDLE")
        assert (await self.response()).startswith(b"+ ")
        return tag

    async def closed(self) -> bool:
        """Read on until the server closes."""
        while await self.response():
            pass
        return True


def flags_in(responses: Sequence[bytes]) -> list[bytes]:
    """Give the flag lists of FETCH responses."""
    return [found[1] for line in responses if (found := re.search(rb"FLAGS \(([^)]*)\)", line))]

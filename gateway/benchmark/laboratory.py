"""Laboratories that send results as fast as they are taken: raw SMTP over mutual TLS, in a process of their own."""

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one client process sends.

    Attributes:
        messages: ``(recipient, dot-stuffed message with its final dot)``.
        connections: how many at once.
        per_connection: messages before a connection is closed and another opened.
    """

    port: int
    authority: Path
    certificate: Path
    key: Path
    sender: str
    messages: tuple[tuple[str, bytes], ...]
    connections: int
    per_connection: int


@dataclass(slots=True)
class SendingFigures:
    """What came of it: acknowledgements, refusals, and the time from the final dot to the 250 of each message."""

    accepted: int
    refused: list[str]
    waits: list[float]
    began: float
    ended: float


def send_all(load: Load, result: "Connection[SendingFigures, object]") -> None:
    """Send everything; the entry of a client process."""
    result.send(uvloop.run(_send_all(load)))


async def _send_all(load: Load) -> SendingFigures:
    context = ssl.create_default_context(cafile=str(load.authority))
    context.load_cert_chain(load.certificate, load.key)
    sent = SendingFigures(0, [], [], time.perf_counter(), 0.0)
    messages = iter(load.messages)
    await asyncio.gather(*(_slot(load, context, messages, sent) for _ in range(load.connections)))
    sent.ended = time.perf_counter()
    return sent


async def _slot(
    load: Load, context: ssl.SSLContext, messages: Iterator[tuple[str, bytes]], sent: SendingFigures
) -> None:
    while batch := list(islice(messages, load.per_connection)):
        client = await _Client.connect(load.port, context)
        for recipient, message in batch:
            await client.send(load.sender, recipient, message, sent)
        await client.quit()


class _Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int, context: ssl.SSLContext) -> "_Client":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = cls(reader, writer)
        await client._reply()
        await client._ask(b"EHLO bench.example\r\n")
        await client._ask(b"STARTTLS\r\n")
        await writer.start_tls(context, server_hostname="localhost")
        await client._ask(b"EHLO bench.example\r\n")
        return client

    async def _reply(self) -> bytes:
        while True:
            line = await self._reader.readline()
            if line[3:4] != b"-":
                return line

    async def _ask(self, command: bytes) -> bytes:
        self._writer.write(command)
        return await self._reply()

    async def send(self, sender: str, recipient: str, message: bytes, sent: SendingFigures) -> None:
        envelope = f"MAIL FROM:<{sender}> SIZE={len(message)}\r\nRCPT TO:<{recipient}>\r\nDATA\r\n"
        self._writer.write(envelope.encode())
        replies = [await self._reply() for _ in range(3)]
        if not replies[2].startswith(b"354"):
            sent.refused.append(next(line for line in replies if line[:1] in b"45").decode(errors="replace"))
            return
        self._writer.write(message)
        await self._writer.drain()
        handed = time.perf_counter()
        reply = await self._reply()
        if reply.startswith(b"250"):
            sent.accepted += 1
            sent.waits.append(time.perf_counter() - handed)
        else:
            sent.refused.append(reply.decode(errors="replace"))

    async def quit(self) -> None:
        await self._ask(b"QUIT\r\n")
        self._writer.close()
        with suppress(OSError):  # the server may hang up first
            await self._writer.wait_closed()

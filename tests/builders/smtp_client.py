"""A raw SMTP client: sends exactly the octets it is told to, and reads replies."""

import asyncio
import ssl
from types import TracebackType
from typing import Self


class SmtpClient:
    """One connection; use it with ``async with``."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.context = context
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        name = "localhost" if self.context else None
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.context, server_hostname=name
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.transport.abort()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def reply(self) -> str:
        """Read one reply, of one or more lines; empty when the server has closed."""
        lines = []
        while True:
            try:
                line = await self.reader.readline()
            except ConnectionError:
                line = b""
            lines.append(line.decode("ascii"))
            if line[3:4] != b"-":
                return "".join(lines).rstrip("\r\n")

    async def ask(self, command: str) -> str:
        """Send a command, read its reply."""
        self.send(command.encode() + b"\r\n")
        return await self.reply()

    async def start_tls(self, context: ssl.SSLContext) -> None:
        assert (await self.ask("STARTTLS")).startswith("220")
        await self.writer.start_tls(context, server_hostname="localhost")

    async def greet(self, name: str = "client.example") -> str:
        """Read the greeting if TLS has not begun since, say EHLO."""
        return await self.ask(f"EHLO {name}")

    async def begin(self, sender: str = "labo@labo.example", *recipients: str) -> None:
        """Take a message up to 354."""
        assert (await self.ask(f"MAIL FROM:<{sender}>")).startswith("250")
        for recipient in recipients or ("295109912611193@patient.mssante.fr",):
            assert (await self.ask(f"RCPT TO:<{recipient}>")).startswith("250")
        assert (await self.ask("DATA")).startswith("354")

    async def deliver(self, content: bytes, sender: str = "labo@labo.example", *recipients: str) -> str:
        """Send a message whose content is given as it goes over the wire, without its end."""
        await self.begin(sender, *recipients)
        self.send(content + b".\r\n")
        return await self.reply()

    async def closed(self) -> bool:
        """Wait until the server closes; False when it says something more."""
        try:
            return await self.reader.read(1) == b""
        except ConnectionError:
            return True

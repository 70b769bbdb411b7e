"""Somebody who deposits documents without a message: real HTTPS with a certificate."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gateway.demonstration.invented_people import PAYER as PAYER_ENTRY
from gateway.demonstration.mail import Sender

PAYER = str(PAYER_ENTRY.address)


@dataclass(frozen=True)
class DepositAnswer:
    """What the face said; Any: JSON."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def documents(self) -> list[int]:
        """Give the numbers of the documents."""
        return [int(number, 16) for number in self.json["documents"]]

    @property
    def code(self) -> str:
        """Give the code of a refusal, after looking at its form."""
        (issue,) = self.json["issue"]
        assert self.json["resourceType"] == "OperationOutcome"
        assert issue["details"]["text"]
        assert issue["diagnostics"]
        (coding,) = issue["details"]["coding"]
        return str(coding["code"])


@dataclass(frozen=True)
class Depositor:
    """Who deposits at a port: with a certificate and its key, or with none."""

    port: int
    authority: Path
    pair: tuple[Path, Path] | None

    @classmethod
    def of(cls, port: int, authority: Path, sender: Sender) -> "Depositor":
        """Be one of the world's senders."""
        return cls(port, authority, (sender.certificate, sender.key))

    def post(
        self,
        patient: str,
        data: bytes | Iterable[bytes],
        media_type: str = "application/octet-stream",
        *,
        title: str = "",
        as_: str = "",
        **headers: str,
    ) -> DepositAnswer:
        """Deposit one document; pieces are sent as chunks, without their length."""
        fields = {"Content-Type": media_type} | headers
        fields |= {"Slug": quote(title)} if title else {}
        fields |= {"From": as_} if as_ else {}
        return self.ask("POST", f"/patients/{patient}/documents", data, fields)

    @contextmanager
    def slow_post(self, patient: str) -> Iterator[None]:
        """Begin a deposit whose body does not come, until the context ends."""
        head = f"POST /patients/{patient}/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
        with (
            socket.create_connection(("localhost", self.port), 15) as plain,
            self._context().wrap_socket(plain, server_hostname="localhost") as client,
        ):
            client.sendall(head.encode())
            yield

    def ask(
        self, method: str, path: str, data: bytes | Iterable[bytes] | None, fields: dict[str, str]
    ) -> DepositAnswer:
        """Send a request."""
        client = http.client.HTTPSConnection("localhost", self.port, context=self._context(), timeout=15)
        try:
            client.request(method, path, data, fields, encode_chunked=data is not None and not isinstance(data, bytes))
            found = client.getresponse()
            return DepositAnswer(found.status, dict(found.getheaders()), found.read())
        finally:
            client.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority))
        if self.pair:
            context.load_cert_chain(*self.pair)
        return context

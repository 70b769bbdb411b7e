"""A mail client that lists, searches and waits: raw IMAP over TLS, so that the client costs next to nothing."""

import socket
import ssl
import time
from pathlib import Path

from gateway.benchmark.watch import percentiles

_ITEMS = "FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE)"
_SEARCHES = ('TEXT "introuvable"', 'HEADER SUBJECT "biologiques"', "UNSEEN", "SINCE 1-Jan-2026")
Figures = dict[str, object]


class ImapClient:
    """One connection; blocking."""

    def __init__(self, port: int, authority: Path) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        plain = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._tls = context.wrap_socket(plain, server_hostname="localhost")
        self._file = self._tls.makefile("rb", buffering=1 << 20)
        self._file.readline()
        self._number = 0

    @property
    def connection(self) -> socket.socket:
        """Give the connection."""
        return self._tls

    def ask(self, command: str) -> int:
        """Run a command to its tagged reply; gives the number of lines before it."""
        self._number += 1
        tag = b"b%d " % self._number
        self._tls.sendall(tag + command.encode() + b"\r\n")
        lines = 0
        while True:
            line = self._file.readline()
            if line.startswith(tag):
                if line[len(tag) : len(tag) + 2] != b"OK":
                    raise RuntimeError(line.decode(errors="replace"))
                return lines
            if not line:
                raise ConnectionResetError("the server closed the connection")
            lines += 1

    def append(self, mailbox: str, message: bytes) -> int:
        """Store a message, with a literal that does not wait; gives the number of lines before the reply."""
        return self.ask(f"APPEND {mailbox} {{{len(message)}+}}\r\n{message.decode()}")

    def idle(self) -> None:
        """Begin to wait for news."""
        self._number += 1
        self._tls.sendall(b"b%d IDLE\r\n" % self._number)
        self._file.readline()

    def wait_for_exists(self) -> float:
        """Give the moment at which a new message is announced."""
        while True:
            if b" EXISTS" in self._file.readline():
                return time.perf_counter()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._tls.close()


def measure_mailbox(port: int, authority: Path, user: str, password: str, repeat: int) -> Figures:
    """Time sign-in, listing and searching of an INBOX."""
    times: dict[str, list[float]] = {}

    def timed(name: str, client: ImapClient, command: str) -> int:
        began = time.perf_counter()
        lines = client.ask(command)
        times.setdefault(name, []).append(time.perf_counter() - began)
        return lines

    listed = 0
    for _ in range(repeat):
        began = time.perf_counter()
        client = ImapClient(port, authority)
        times.setdefault("connect", []).append(time.perf_counter() - began)
        timed("login", client, f'LOGIN "{user}" "{password}"')
        timed("select", client, "SELECT INBOX")
        listed = timed("list", client, _ITEMS)
        for search in _SEARCHES:
            timed(f"search {search.split()[0].lower()}", client, f"SEARCH {search}")
        client.close()
    return {"messages": listed, **{name: percentiles(values) for name, values in times.items()}}

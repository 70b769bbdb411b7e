"""A proxy for HTTP that fails as networks and busy servers do, as often as a test asks for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HttpFault(Enum):
    """What happens to a request instead of its answer."""

    UNAVAILABLE = auto()
    """Answered with 503; the server never sees it."""
    CUT_BEFORE = auto()
    """The connection ends in the middle of the request's octets."""
    CUT_AFTER = auto()
    """The server does it, and the connection ends in the middle of its answer."""
    SILENT = auto()
    """Never answered, until the test ends."""


@dataclass(slots=True)
class FaultyProxy:
    """A running proxy.

    Attributes:
        faults: what happens to the next requests, one after another; then all is well.
        always: what happens to every request, once `faults` are used up.
        only: method of the requests that anything happens to; empty for all.
        seen: methods of the requests that came.
    """

    target: tuple[str, int]
    port: int = 0
    faults: list[HttpFault | None] = field(default_factory=list)
    always: HttpFault | None = None
    only: str = ""
    seen: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        """Give its address."""
        return f"http://127.0.0.1:{self.port}"

    def next_fault(self, method: str) -> HttpFault | None:
        """Take the fault of the next request."""
        if self.only not in ("", method):
            return None
        return self.faults.pop(0) if self.faults else self.always


@contextmanager
def faulty_proxy(port: int) -> Iterator[FaultyProxy]:
    """Run a proxy before the server on a port of this machine."""
    proxy = FaultyProxy(("127.0.0.1", port))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            fault = proxy.next_fault(self.command)
            proxy.seen.append(self.command)
            length = int(self.headers.get("Content-Length") or 0)
            if fault is HttpFault.CUT_BEFORE:
                self.rfile.read(length // 2)
                self.close_connection = True
                return
            body = self.rfile.read(length)
            if fault is HttpFault.SILENT:
                proxy.ended.wait(20)
                self.close_connection = True
            elif fault is HttpFault.UNAVAILABLE:
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.forward(body, cut=fault is HttpFault.CUT_AFTER)

        def forward(self, body: bytes, *, cut: bool) -> None:
            connection = HTTPConnection(*proxy.target, timeout=10)
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            octets = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            if answer.getheader("Content-Length") is None and self.command != "HEAD":
                self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets[: len(octets) // 2] if cut else octets)
            self.close_connection = cut
            connection.close()

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield proxy
    finally:
        proxy.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()

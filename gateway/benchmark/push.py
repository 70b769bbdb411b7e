"""Times from the 250 of a letter until who waits is told of it: a mail client in IDLE, and an open page.

Letters come by turns to the process that serves whoever waits, and to another, where there are several. What news cost
between processes is then the difference of two figures of one run.
"""

import asyncio
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from gateway.benchmark.mailbox import Figures, ImapClient
from gateway.benchmark.serving import Say, Server, process_with, writer_of
from gateway.benchmark.watch import percentiles
from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.demonstration.mail import letter
from gateway.demonstration.world import World

_WRITER, _DOCTOR, _PATIENT = PROFESSIONALS[1], PROFESSIONALS[2], PATIENTS[1]
_TRIES = 20
"""Connections that are opened until one of them is at a process that is wanted."""


def measure_push(world: World, server: Server, pushes: int, say: Say) -> Figures:
    """Time so many letters for each: told by the process that took the letter, and by another."""
    say("waiting in IDLE and at an open page")
    figures: Figures = {}
    with _idle(world, server) as (client, at):
        figures |= _timed(world, server, at, "idle", str(_DOCTOR.address), pushes, client.wait_for_exists)
    with _open_page(world, server) as (page, at):
        figures |= _timed(world, server, at, "page", _PATIENT.address, pushes, page.wait_for_one_more)
    return figures


def _timed(
    world: World, server: Server, at: int, name: str, to: str, pushes: int, told: Callable[[], float]
) -> Figures:
    with ExitStack() as stack:
        writers = {"same": _writer_at(world, server, {at}, stack)}
        if others := {*server.processes} - {at}:
            writers["other"] = _writer_at(world, server, others, stack)
        waits: dict[str, list[float]] = {which: [] for which in writers}
        for number in range(pushes):
            for which, writer in writers.items():
                raw = letter(_WRITER, to, f"Avis {number}", "Bonjour.\n", datetime.now(UTC))
                writer.sendmail(str(_WRITER.address), [to], raw)
                answered = time.perf_counter()
                waits[which].append(max(0.0, told() - answered))
    return {f"{name}_{which}_process": percentiles(found) for which, found in waits.items()}


def _writer_at(world: World, server: Server, wanted: set[int], stack: ExitStack) -> smtplib.SMTP_SSL:
    """Sign in at one of the processes that are wanted: which one takes a connection is not the client's to say."""
    for _ in range(_TRIES):
        client = stack.enter_context(writer_of(world, server, str(_WRITER.address)))
        if client.sock and process_with(server.processes, client.sock) in wanted:
            return client
    raise RuntimeError(f"none of {_TRIES} connections came to the process that was wanted")


# ---------------------------------------------------------------- who waits


@contextmanager
def _idle(world: World, server: Server) -> Iterator[tuple[ImapClient, int]]:
    client = ImapClient(server.ports["imap"], world.authority)
    client.ask(f'LOGIN "{_DOCTOR.address}" "{world.passwords[str(_DOCTOR.address)]}"')
    client.ask("SELECT INBOX")
    client.idle()
    try:
        yield client, process_with(server.processes, client.connection)
    finally:
        client.close()


class _Page:
    """The stream of an open page, line by line."""

    def __init__(self, connection: ssl.SSLSocket, port: int, cookies: str) -> None:
        head = f"GET /evenements?depuis=0 HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookies}\r\n\r\n"
        connection.sendall(head.encode("ascii"))
        self._lines = connection.makefile("rb")
        self._unread = -1
        self.wait_for_one_more()

    def wait_for_one_more(self) -> float:
        """Give the moment at which more unread messages are told of than before."""
        for line in self._lines:
            _, found, count = line.partition(b'"unread":')
            if found and (unread := int(count.partition(b",")[0])) > self._unread:
                self._unread = unread
                return time.perf_counter()
        raise ConnectionResetError("the server closed the stream")


@contextmanager
def _open_page(world: World, server: Server) -> Iterator[tuple[_Page, int]]:
    port, trust = server.ports["web"], ssl.create_default_context(cafile=str(world.authority))
    cookies = asyncio.run(_signed_in(world, port))
    plain = socket.create_connection(("localhost", port), 60)
    with plain, trust.wrap_socket(plain, server_hostname="localhost") as connection:
        yield _Page(connection, port, cookies), process_with(server.processes, connection)


async def _signed_in(world: World, port: int) -> str:
    notices = world.settings.path(world.settings.paths.notices)
    async with Browser(f"https://localhost:{port}", str(world.authority)) as browser:
        await browser.sign_in(_PATIENT.identifier, _PATIENT.password, notices)
        return browser.cookies

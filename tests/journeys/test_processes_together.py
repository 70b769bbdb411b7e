"""Two processes serve one gateway: what is done at one is seen, counted and forbidden at the other at once."""

import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from gateway.benchmark.serving import process_with
from gateway.ports.store import Tx
from gateway.services.access.actors import operator_of
from tests.builders.busy_clients import Known, work_together
from tests.builders.gateway_mail import CLAIRE, PAUL, converse, letter, submission_connection
from tests.builders.gateway_site import OCTAVE, ZELIE, GatewaySite, serving, until
from tests.builders.imap_client import ImapClient
from tests.builders.patient_browser import signed_in
from tests.builders.postgres_server import PostgresServer
from tests.builders.process_tree import serving_below

FREE, PER_ADDRESS = 5, 12
"""Failures of an account before it is locked; connections of one address."""
pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def site(request: pytest.FixtureRequest) -> Iterator[GatewaySite]:
    """Give a gateway of two processes on one SQLite, then one on PostgreSQL."""
    limit, database = f"max_connections_per_address = {PER_ADDRESS}", ""
    if request.param == "PostgreSQL":
        server: PostgresServer = request.getfixturevalue("postgres")
        database = server.url(server.new_database())
    with serving(lines={"imap": limit}, processes=2, database=database) as running:
        yield running


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Close what a test opens."""
    with ExitStack() as opened:
        yield opened


class MailClient:
    """One connection by IMAP, line by line; `process` is the one that has taken it, 0 when none has."""

    def __init__(self, site: GatewaySite, stack: ExitStack) -> None:
        trust = ssl.create_default_context(cafile=str(site.world.authority))
        plain = stack.enter_context(socket.create_connection(("localhost", site.ports["imap"]), timeout=15))
        self.process = 0
        try:
            self._tls = stack.enter_context(trust.wrap_socket(plain, server_hostname="localhost"))
        except OSError:
            return
        self._lines = stack.enter_context(self._tls.makefile("rb"))
        if self.line().startswith(b"* OK"):
            self.process = process_with(serving_below(site.pid), self._tls)

    def send(self, text: str) -> None:
        """Send a line."""
        self._tls.sendall(text.encode() + b"\r\n")

    def line(self, wanted: bytes = b"") -> bytes:
        """Give the next line in which `wanted` stands; nothing when the server has closed."""
        for line in self._lines:
            if wanted in line:
                return line
        return b""


def _at_each(site: GatewaySite, stack: ExitStack, each: int = 1) -> tuple[list[MailClient], list[MailClient]]:
    """Connect by IMAP so often to each process; new connections go to whoever has fewer."""
    clients = [MailClient(site, stack) for _ in range(2 * each)]
    first, second = ([one for one in clients if one.process == process] for process in serving_below(site.pid))
    assert len(first) == len(second) == each
    return first, second


def test_mail_clients_of_both_processes_are_told_of_a_message(site: GatewaySite, stack: ExitStack) -> None:
    (first,), (second,) = _at_each(site, stack)
    clients = first, second
    for client in clients:
        client.send(f"a LOGIN {PAUL} {site.world.passwords[PAUL]}\r\nb SELECT INBOX\r\nc IDLE")
        while not (line := client.line()).startswith(b"+"):
            assert line
    with submission_connection(site, CLAIRE) as sent:
        for number in (1, 2):
            assert converse(sent, CLAIRE, [PAUL], letter(CLAIRE, PAUL).raw).status == "250 2.0.0"
            assert [client.line(b" EXISTS") for client in clients] == [b"* %d EXISTS\r\n" % number] * 2


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(180)])])
async def test_eight_clients_at_both_processes_agree_on_one_mailbox(site: GatewaySite, seconds: int) -> None:
    trust, processes = ssl.create_default_context(cafile=str(site.world.authority)), serving_below(site.pid)
    vault = site.vault(ZELIE)

    def truth(tx: Tx) -> Known:
        [inbox] = [folder for folder in tx.mail.folders(vault) if folder.name == "INBOX"]
        found = tx.mail.entries(vault, inbox.id, 1, 2**32)
        return [(entry.uid, frozenset(entry.flags.encode().split())) for entry in found]

    async with AsyncExitStack() as opened:
        clients = [await opened.enter_async_context(ImapClient(site.ports["imap"], trust)) for _ in range(8)]
        taken = Counter(process_with(processes, client.socket) for client in clients)
        assert taken == dict.fromkeys(processes, 4)
        for client in clients:
            await client.good(f"LOGIN {ZELIE} {site.world.passwords[ZELIE]}")
        for each in await work_together(clients, seconds):
            assert await each.knows() == site.observer.read(truth)


async def test_pages_open_at_both_processes_are_told_and_a_session_holds_at_both(site: GatewaySite) -> None:
    patient, processes = site.new_patient(), serving_below(site.pid)
    async with signed_in(site, patient) as browser:
        # The browser of the demonstration opens pages only; its cookies are what is needed here.
        session, streams = browser._client, dict[int, aiohttp.ClientResponse]()
        while len(streams) < len(processes):
            stream = await session.get(f"https://localhost:{site.ports['web']}/evenements?depuis=0")
            assert stream.status == 200
            assert stream.connection is not None
            assert stream.connection.transport is not None
            streams.setdefault(process_with(processes, stream.connection.transport.get_extra_info("socket")), stream)
        with submission_connection(site, CLAIRE) as sent:
            assert converse(sent, CLAIRE, [patient.address], letter(CLAIRE, patient.address).raw).status == "250 2.0.0"
        for stream in streams.values():
            while b'"unread":1' not in await stream.content.readline():
                assert not stream.content.at_eof()
            stream.close()


def test_connections_of_one_address_are_counted_over_both(site: GatewaySite, stack: ExitStack) -> None:
    _at_each(site, stack, PER_ADDRESS // 2)
    assert [MailClient(site, stack).process for _ in range(3)] == [0, 0, 0]


def test_account_that_is_guessed_at_one_process_is_locked_at_the_other(site: GatewaySite, stack: ExitStack) -> None:
    guessed, other = _at_each(site, stack, FREE)
    for client in guessed:
        client.send(f"x LOGIN {OCTAVE} wrong")
    since = datetime.now(UTC) - timedelta(minutes=1)
    until(lambda: len(site.observer.read(lambda tx: tx.attempts.since(since, 100))) >= FREE, "nobody is told")
    answers = []
    # It takes a moment to be learnt. By itself, the other process would answer all of them.
    for client in other[:3]:
        client.send(f"x LOGIN {OCTAVE} wrong")
        answers.append(client.line())
    assert answers[-1].startswith(b"* BYE")


def test_space_that_a_command_erased_takes_no_mail_at_either(site: GatewaySite, stack: ExitStack) -> None:
    patient, processes = site.new_patient(), serving_below(site.pid)
    connections = [stack.enter_context(submission_connection(site, ZELIE)) for _ in processes]
    assert {process_with(processes, one.sock) for one in connections if one.sock} == set(processes)

    def answers() -> list[str]:
        raw = letter(ZELIE, patient.address).raw
        return [converse(one, ZELIE, [patient.address], raw).status for one in connections]

    assert answers() == ["250 2.0.0"] * 2
    vault = site.vault(patient.address)
    site.observer.run(site.observer.core.erasure.erase(vault, "", operator_of(vault)))
    assert {answer[:1] for answer in answers()} == {"5"}

"""What every listener does, on every edge: counts from accept on, survives, bounds handshakes, drains."""

import asyncio
import resource
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
import uvloop
from structlog.testing import capture_logs

from gateway.listening import bound, port_of
from tests.builders.edges import EDGES, TLS_EDGES, open_sockets, other_end, serving

Run: TypeAlias = Callable[[Coroutine[None, None, set[str]]], set[str]]
SOON = timedelta(milliseconds=50)
every_edge = pytest.mark.parametrize("name", EDGES)
every_edge_with_tls = pytest.mark.parametrize("name", TLS_EDGES)


@every_edge
@pytest.mark.parametrize("limit", ["max_connections", "max_connections_per_address"])
async def test_connection_over_the_limit_is_turned_away_and_room_comes_back(
    tmp_path: Path, name: str, limit: str
) -> None:
    async with serving(name, tmp_path, **{limit: 2}) as edge:
        async with edge.connected() as first, edge.connected() as second:
            assert await first.served()
            assert await second.served()
            assert not await edge.serves()
        await _until_served(edge.serves)


async def _until_served(serves: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await serves():
            await asyncio.sleep(0)


@every_edge
async def test_crowd_from_one_address_leaves_room_for_another(tmp_path: Path, name: str) -> None:
    async with serving(name, tmp_path, max_connections_per_address=1) as edge, edge.connected() as client:
        assert await client.served()
        assert not await edge.serves()
        assert await edge.serves(source="127.0.0.2")


def test_every_address_of_a_host_has_one_port_and_a_taken_one_leaves_nothing_open() -> None:
    sockets = bound("localhost", 0)
    held = open_sockets()
    assert {one.getsockname()[1] for one in sockets} == {port_of(sockets)}
    with pytest.raises(OSError):
        bound("localhost", port_of(sockets))
    assert open_sockets() == held
    for one in sockets:
        one.close()


@every_edge_with_tls
async def test_handshake_in_progress_counts_as_a_connection(tmp_path: Path, name: str) -> None:
    async with serving(name, tmp_path, max_connections=1) as edge:
        with edge.silent():
            assert not await edge.serves()


@every_edge_with_tls
async def test_flood_of_handshakes_that_never_end_is_cut_and_room_comes_back(tmp_path: Path, name: str) -> None:
    async with serving(name, tmp_path, max_connections=20, handshake_timeout=SOON) as edge:
        with ExitStack() as stack:
            flood = [stack.enter_context(edge.silent()) for _ in range(40)]
            await _until_served(edge.serves)
            assert {await asyncio.to_thread(one.recv, 1) for one in flood} == {b""}


@every_edge_with_tls
@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n\r\n", b"EHLO x\r\n", b"\x16\x03\x01\xff\xff" + bytes(200)])
async def test_client_that_speaks_something_else_is_closed_and_told_nothing(
    tmp_path: Path, name: str, said: bytes
) -> None:
    with capture_logs() as logs:
        async with serving(name, tmp_path) as edge:
            with edge.silent() as raw:
                raw.sendall(said)
                raw.shutdown(socket.SHUT_WR)
                heard = await asyncio.to_thread(raw.makefile("rb").read)
            assert heard == b"" or heard[0] == 0x15  # an alert of TLS
    [line] = [entry for entry in logs if entry["event"] == "listening.handshake_failed"]
    assert line["door"] == name


@every_edge
async def test_answers_do_not_wait_for_acknowledgements(tmp_path: Path, name: str) -> None:
    async with serving(name, tmp_path) as edge, edge.connected() as client:
        assert await client.served()
        with other_end(client) as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
            assert accepted.proto == socket.IPPROTO_TCP


@every_edge
async def test_listener_outlives_a_lack_of_file_descriptors(tmp_path: Path, name: str) -> None:
    with capture_logs() as logs:
        async with serving(name, tmp_path) as edge:
            with socket.socket() as waiting:
                waiting.settimeout(5)
                with _no_more_files():
                    waiting.connect(("127.0.0.1", edge.port))
                    async with asyncio.timeout(5):
                        while not any(entry["event"] == "listening.accept_failed" for entry in logs):
                            await asyncio.sleep(0)
                await _until_served(edge.serves)


@contextmanager
def _no_more_files() -> Iterator[None]:
    before, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, _numbers())) + 1, hard))
    with ExitStack() as stack:
        try:
            while True:
                stack.enter_context(open("/dev/null", "rb"))  # noqa: PTH123 - as many as there are
        except OSError:
            pass
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (before, hard))


def _numbers() -> list[str]:
    return [number.name for number in Path("/proc/self/fd").iterdir()]


@every_edge
async def test_clients_that_leave_at_once_disturb_nobody(tmp_path: Path, name: str) -> None:
    async with serving(name, tmp_path, max_connections=5, handshake_timeout=SOON) as edge:
        for _ in range(30):
            with edge.silent() as raw:
                # Closing then resets the connection, often before it is accepted.
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await _until_served(edge.serves)


@every_edge
async def test_end_closes_clients_that_wait(tmp_path: Path, name: str) -> None:
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(serving(name, tmp_path))
        async with edge.connected() as client:
            assert await client.served()
            ending = asyncio.create_task(stack.aclose())
            assert await client.ends()
            async with asyncio.timeout(4):
                await ending


@every_edge
async def test_end_does_not_wait_for_handshakes(tmp_path: Path, name: str) -> None:
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(serving(name, tmp_path))
        with edge.silent() as raw:
            # The listener has it when another, that came later, has been served.
            assert await edge.serves()
            if name == "relay":
                raw.close()
            async with asyncio.timeout(4):
                await stack.aclose()


@every_edge
async def test_ipv4_through_the_socket_of_ipv6_is_counted_as_ipv4(tmp_path: Path, name: str) -> None:
    async with (
        serving(name, tmp_path, host="::", max_connections_per_address=1) as edge,
        edge.connected("127.0.0.1") as client,
    ):
        assert await client.served()
        assert not await edge.serves("127.0.0.1")
        assert await edge.serves("127.0.0.1", "127.0.0.2")
        assert await edge.serves("::1")


async def _storm(folder: Path, name: str) -> None:
    """Come, stay half, leave, be refused, be served; then end with handshakes and connections open."""
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(serving(name, folder, max_connections=8, handshake_timeout=SOON))
        with ExitStack() as raw:
            for _ in range(12):
                raw.enter_context(edge.silent())
            await asyncio.gather(*(edge.serves() for _ in range(12)))
        await _until_served(edge.serves)
        with edge.silent():
            async with edge.connected() as client:
                assert await client.served()
                await stack.aclose()


@every_edge
@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_no_socket_and_no_task_is_left_behind(tmp_path: Path, name: str, run: Run) -> None:
    async def left_behind() -> set[str]:
        before = open_sockets()
        await _storm(tmp_path, name)
        # The loop closes sockets in turns of its own.
        async with asyncio.timeout(5):
            while open_sockets() - before or len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0)
        return open_sockets() - before

    assert run(left_behind()) == set()

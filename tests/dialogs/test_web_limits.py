"""The time that the web listener gives a client: for a head, a body, an answer, between requests, at the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest
import uvloop
from aiohttp import web
from structlog.testing import capture_logs

from tests.builders.edges import GET, Client, Edge, passed, serving_web

Run: TypeAlias = Callable[[Coroutine[None, None, int]], int]
SOON = timedelta(milliseconds=50)
BIG = 8_000_000
POST = b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
ASK_BIG = b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n"
on_both_loops = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@dataclass
class Site:
    """An application that waits, reads and sends, and an edge in front of it."""

    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def serving(self, folder: Path, **limits: Any) -> AsyncIterator[Edge]:  # Any: fields of `WebLimits`
        app = web.Application()
        app.router.add_get("/", self._hello)
        app.router.add_get("/wait", self._wait)
        app.router.add_get("/big", self._big)
        app.router.add_post("/body", self._body)
        async with serving_web(folder, app, **limits) as edge:
            yield edge

    async def _hello(self, _: web.Request) -> web.Response:
        return web.Response(text="bonjour")

    async def _wait(self, _: web.Request) -> web.Response:
        self.begun.set()
        await self.may_end.wait()
        return web.Response(text="enfin")

    async def _big(self, _: web.Request) -> web.Response:
        return web.Response(body=bytes(BIG))

    async def _body(self, request: web.Request) -> web.Response:
        self.begun.set()
        try:
            return web.Response(text=f"lu {len(await request.read())}")
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@pytest.fixture
async def site() -> Site:
    return Site()


def _asks(client: Client, request: bytes) -> None:
    client.writer.write(request)


async def test_client_that_asks_nothing_is_closed(tmp_path: Path, site: Site) -> None:
    async with site.serving(tmp_path, header_timeout=SOON) as edge, edge.connected() as client:
        assert await client.ends()


@pytest.mark.parametrize("served_before", [False, True])
async def test_head_that_trickles_is_cut(tmp_path: Path, site: Site, served_before: bool) -> None:
    with capture_logs() as logs:
        async with site.serving(tmp_path, header_timeout=SOON) as edge, edge.connected() as client:
            if served_before:
                assert await client.served()
            _asks(client, b"GET / HTTP/1.1\r\nX: ")
            await passed(3 * SOON, lambda: _asks(client, b"x"))
            assert await client.ends()
    assert [entry["part"] for entry in logs if entry["event"] == "web.too_slow"] == ["head"]


async def test_connection_without_requests_is_closed_after_its_time(tmp_path: Path, site: Site) -> None:
    async with site.serving(tmp_path, keep_alive=SOON) as edge, edge.connected() as client:
        assert await client.served()
        assert await client.ends()


async def test_requests_that_follow_each_other_share_a_connection(tmp_path: Path, site: Site) -> None:
    async with site.serving(tmp_path, header_timeout=SOON) as edge, edge.connected() as client:
        for _ in range(5):
            _asks(client, GET)
            assert await _answer(client) == b"bonjour"
            await passed(SOON / 2)


async def _answer(client: Client) -> bytes:
    async with asyncio.timeout(5):
        head = await client.reader.readuntil(b"\r\n\r\n")
        [length] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return await client.reader.readexactly(int(length.partition(b":")[2]))


async def test_body_that_trickles_is_cut_and_its_request_cancelled(tmp_path: Path, site: Site) -> None:
    with capture_logs() as logs:
        async with site.serving(tmp_path, window=SOON) as edge, edge.connected() as client:
            _asks(client, POST + b"x")
            assert await client.ends()
            await site.cancelled.wait()
    assert [entry["part"] for entry in logs if entry["event"] == "web.too_slow"] == ["body"]


async def test_body_that_flows_outlives_every_window(tmp_path: Path, site: Site) -> None:
    limits = {"window": SOON, "header_timeout": SOON, "min_rate": 100}
    async with site.serving(tmp_path, **limits) as edge, edge.connected() as client:
        _asks(client, POST)
        for _ in range(10):
            _asks(client, bytes(100))
            await passed(SOON / 2)
        assert await _answer(client) == b"lu 1000"


async def test_handler_may_take_longer_than_any_window(tmp_path: Path, site: Site) -> None:
    limits = {"window": SOON, "header_timeout": SOON, "keep_alive": SOON}
    async with site.serving(tmp_path, **limits) as edge, edge.connected() as client:
        _asks(client, b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await site.begun.wait()
        await passed(4 * SOON)
        site.may_end.set()
        assert await _answer(client) == b"enfin"


@on_both_loops
def test_client_that_does_not_read_is_cut(tmp_path: Path, run: Run) -> None:
    limits = {"window": SOON, "keep_alive": SOON, "max_connections": 1}

    async def dialog() -> int:
        async with Site().serving(tmp_path, **limits) as edge, edge.connected() as client:
            _asks(client, ASK_BIG)
            # Both loops make stream transports here, but uvloop's do not inherit asyncio's class.
            cast(asyncio.Transport, client.writer.transport).pause_reading()
            async with asyncio.timeout(5):
                while not await edge.serves():
                    await asyncio.sleep(0)
        return 1

    assert run(dialog()) == 1


@on_both_loops
@pytest.mark.parametrize("request_", [ASK_BIG, ASK_BIG[:-2] + b"Connection: close\r\n\r\n"], ids=["kept", "last"])
def test_client_that_reads_slowly_gets_everything(tmp_path: Path, run: Run, request_: bytes) -> None:
    limits = {"window": 4 * SOON, "header_timeout": SOON, "keep_alive": SOON}

    async def dialog() -> int:
        async with Site().serving(tmp_path, **limits) as edge, edge.connected() as client:
            _asks(client, request_)
            await client.reader.readuntil(b"\r\n\r\n")
            read = 0
            while chunk := await client.reader.read(min(200_000, BIG - read)):
                read += len(chunk)
                await passed(SOON / 10)
        return read

    assert run(dialog()) == BIG


@pytest.mark.parametrize("flood", [b"GET / HTTP/1.1\r\nX: " + bytes(100_000), b"GET /" + b"x" * 100_000])
async def test_endless_head_is_refused_and_closed(tmp_path: Path, site: Site, flood: bytes) -> None:
    async with site.serving(tmp_path) as edge, edge.connected() as client:
        _asks(client, flood)
        assert (await client.reader.readline()).startswith(b"HTTP/1.0 400")
        assert await client.ends()


async def test_requests_sent_all_at_once_are_answered_one_by_one(tmp_path: Path, site: Site) -> None:
    async with site.serving(tmp_path) as edge, edge.connected() as client:
        _asks(client, GET * 1_000)
        assert {await _answer(client) for _ in range(1_000)} == {b"bonjour"}


async def test_end_lets_a_request_under_way_be_answered(tmp_path: Path, site: Site) -> None:
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(site.serving(tmp_path))
        async with edge.connected() as client, edge.connected() as idle:
            _asks(client, b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await site.begun.wait()
            ending = asyncio.create_task(stack.aclose())
            assert await idle.ends()
            site.may_end.set()
            assert await _answer(client) == b"enfin"
            assert await client.ends()
            await ending


async def test_end_lets_a_body_under_way_come_in(tmp_path: Path, site: Site) -> None:
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(site.serving(tmp_path))
        async with edge.connected() as client, edge.connected() as idle:
            _asks(client, POST + bytes(500))
            await site.begun.wait()
            ending = asyncio.create_task(stack.aclose())
            assert await idle.ends()
            _asks(client, bytes(500))
            assert await _answer(client) == b"lu 1000"
            await ending


async def test_end_does_not_wait_for_ever(tmp_path: Path, site: Site) -> None:
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(site.serving(tmp_path, drain_timeout=SOON))
        async with edge.connected() as client:
            _asks(client, POST)
            await site.begun.wait()
            async with asyncio.timeout(4):
                await stack.aclose()
            assert await client.ends()
    assert site.cancelled.is_set()

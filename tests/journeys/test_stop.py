"""SIGTERM while people are at it: each is told or answered, nobody is waited for, and the end is a good one."""

import asyncio
import os
import signal
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.builders.gateway_site import serving, until
from tests.builders.patient_browser import signed_in

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def _connected(stack: AsyncExitStack, port: int, tls: ssl.SSLContext | None = None) -> asyncio.StreamReader:
    reader, writer = await asyncio.open_connection("localhost", port, ssl=tls)
    # Held until then: a writer that nobody holds closes its connection.
    stack.callback(writer.close)
    return reader


async def test_open_pages_idle_clients_and_half_handshakes_do_not_hold_the_end(stack: AsyncExitStack) -> None:
    with serving() as site:
        browser = await stack.enter_async_context(signed_in(site, site.new_patient()))
        # The browser of the demonstration opens pages only; its cookies are what is needed here.
        live = browser._client.get(f"https://localhost:{site.ports['web']}/evenements?depuis=0")
        stream = await stack.enter_async_context(live)
        assert await stream.content.readline() == b"retry: 3000\n"
        trust = ssl.create_default_context(cafile=str(site.world.authority))
        ports = site.ports
        idle = [await _connected(stack, ports[name], trust) for name in ("imap", "web")]
        relay = await _connected(stack, ports["relay"])
        assert (await relay.readline()).startswith(b"220")
        half = [await _connected(stack, port) for port in ports.values()]
        began = time.monotonic()
        os.kill(site.pid, signal.SIGTERM)
        assert (await relay.readline()).startswith(b"421 4.3.2")
        # The stream ends as it should: not one octet of its last chunk is missing.
        while await stream.content.readany():
            pass
        for reader in [*idle, *half]:
            while await reader.read(4096):
                pass
        await asyncio.to_thread(until, lambda: not Path(f"/proc/{site.pid}/fd/0").exists(), "it still runs")
        assert time.monotonic() - began < 8

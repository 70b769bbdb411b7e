"""Live streams: told of changes, bounded, ended with their session, silent about content."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientError, ClientResponse

from gateway.domain.access import Actor
from gateway.domain.account import digest_of
from gateway.domain.errors import StoreUnavailable
from tests.builders.web_client import Browser, browsing
from tests.builders.web_people import NOW
from tests.builders.web_world import WebWorld
from webmail.identifiers import MessageRef
from webmail.messages.model import Message
from webmail.pulse import Pulse

HELLO = Message(id=MessageRef("m-9"), at=NOW, author="Dr Hélène Vasseur", text="Bonjour.", unread=True)


@asynccontextmanager
async def listening(browser: Browser, since: int = 1) -> AsyncIterator[ClientResponse]:
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    async with browser.session.get(f"{browser.base}/evenements?depuis={since}", headers=headers) as response:
        yield response


async def event(response: ClientResponse) -> dict[str, str]:
    """Read the next event, past comments."""
    async with asyncio.timeout(5):
        while True:
            block = (await response.content.readuntil(b"\n\n")).decode()
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in fields:
                return fields


async def test_change_is_told_with_counts_and_nothing_else(browser: Browser, world: WebWorld) -> None:
    async with listening(browser) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        await world.receive("c-vasseur", HELLO)
        told = await event(response)
    assert told["event"] == "pulse"
    assert told["id"] == "2"
    assert json.loads(told["data"]) == {"unread": 3, "documents": 2}


async def test_change_between_page_and_subscription_is_told_at_once(browser: Browser, world: WebWorld) -> None:
    await world.receive("c-vasseur", HELLO)
    async with listening(browser, since=1) as response:
        assert (await event(response))["id"] == "2"


async def test_browser_that_comes_back_continues_where_it_was(browser: Browser, world: WebWorld) -> None:
    await world.receive("c-vasseur", HELLO)
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items()), "Last-Event-ID": "2"}
    async with browser.session.get(f"{browser.base}/evenements?depuis=1", headers=headers) as response:
        await world.end("c-vasseur")
        assert (await event(response))["id"] == "3"


async def test_stream_ends_with_the_session(browser: Browser) -> None:
    async with listening(browser) as response:
        await browser.sessions.delete(digest_of(browser.cookies["__Host-pli"]))
        assert (await event(response))["event"] == "fin"
        assert await response.content.read() == b""


async def test_one_session_holds_few_streams(browser: Browser) -> None:
    async with listening(browser), listening(browser), listening(browser) as third:
        assert third.status == 429


async def test_stream_that_ended_makes_room_for_another(browser: Browser) -> None:
    async with listening(browser), listening(browser):
        pass
    async with asyncio.timeout(5):
        while (await browser.get("/evenements?depuis=x")).status != 400:
            pass
        while True:
            async with listening(browser) as again:
                if again.status == 200:
                    return


@pytest.mark.parametrize("since", ["", "x", "-1", "1" * 19, "²"])
async def test_impossible_revision_is_refused(browser: Browser, since: str) -> None:
    assert (await browser.get(f"/evenements?depuis={since}")).status == 400


async def test_server_that_stops_ends_its_streams(world: WebWorld) -> None:
    async with asyncio.timeout(10):
        async with browsing(world) as browser, listening(browser) as response:
            assert response.status == 200


class FailingWorld(WebWorld):
    async def pulse(self, actor: Actor) -> Pulse:
        raise StoreUnavailable(f"{actor.vault:x}")


async def test_failure_cuts_the_stream_and_says_nothing() -> None:
    world = FailingWorld()
    async with browsing(world) as browser, listening(browser) as response:
        await world.tell()
        with pytest.raises((ClientError, asyncio.IncompleteReadError)):
            await event(response)
